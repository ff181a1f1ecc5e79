"""The map as a picture for papers and slides: PNG, SVG and PDF, no browser needed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError, suggest
from cjmkit.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figure", "save_picture"]

_FORMATS = ("png", "svg", "pdf")
_MOST_PIXELS = 60e6


def figure(journey: Journey, **look: Any) -> Figure:
    """Draw the map as a matplotlib figure, as large as its text needs or of a size that was asked for.

    Parameters
    ----------
    journey : Journey
        The map.
    **look
        Language, size, lanes, persona, headline, blueprint: see :func:`cjmkit.plot.journey_map`.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot, so nothing has to be closed.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> sorted({t.get_text() for t in figure(j, lang="en").axes[0].texts} & {"A bicycle", "Attention"})
    ['A bicycle']
    """
    from matplotlib.figure import Figure

    from cjmkit.plot.map import journey_map

    made = journey_map(journey, **look).get_figure()
    assert isinstance(made, Figure)
    return made


def save_picture(
    journey: Journey,
    path: str | os.PathLike[str],
    *,
    dpi: int = 200,
    **look: Any,
) -> Path:
    """Save the map as PNG, SVG or PDF, by the suffix of `path`; the same journey gives the same bytes.

    PDF embeds its fonts, SVG holds the letters as shapes: both look the same on every machine.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like
        Where to; ``.png``, ``.svg`` or ``.pdf``.
    dpi : int
        Dots per inch of a PNG; fewer for a map so large that it would pass 60 million pixels.
    **look
        ``size="16:9"``, ``"A3"`` or ``"A1"``, language, lanes, persona, headline, blueprint: see
        :func:`cjmkit.plot.journey_map`.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    CjmError
        If the suffix is another one.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> save_picture(j, tempfile.mkdtemp() + "/map.svg").read_text("utf-8")[:5]
    '<?xml'
    >>> save_picture(j, tempfile.mkdtemp() + "/slide.png", size="16:9", lanes=["emotion", "goals"]).name
    'slide.png'
    """
    import matplotlib as mpl

    kind = Path(path).suffix.lower().lstrip(".")
    if kind not in _FORMATS:
        raise CjmError(suggest(kind or str(path), _FORMATS, what="picture format"))
    made = figure(journey, **look)
    inches = made.get_figwidth() * made.get_figheight()
    dots = min(dpi, (_MOST_PIXELS / inches) ** 0.5, 65_000 / max(made.get_figwidth(), made.get_figheight()))
    date = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}[kind]
    out = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "cjmkit", "pdf.fonttype": 42, "svg.fonttype": "path"}):
        made.savefig(out, format=kind, dpi=dots, metadata=date | {"Title": journey.title})
    return write_atomically(path, out.getvalue())
