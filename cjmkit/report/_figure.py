"""The map as a picture for papers and slides: PNG, SVG and PDF, no browser needed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError, suggest
from cjmkit.files import write_atomically
from cjmkit.view.fonts import Measure

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
    if kind == "png" and made.axes[0].texts and made.axes[0].texts[0].get_fontfamily() == ["DejaVu Sans"]:
        return write_atomically(path, _png(made, dots, journey.title))
    with mpl.rc_context({"svg.hashsalt": "cjmkit", "pdf.fonttype": 42, "svg.fonttype": "path"}):
        made.savefig(out, format=kind, dpi=dots, metadata=date | {"Title": journey.title})
    return write_atomically(path, out.getvalue())


def _png(made: Figure, dots: float, title: str) -> bytes:
    """A PNG whose letters are drawn once each and then copied: a large map has 200,000."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import to_rgb
    from PIL import Image, PngImagePlugin

    made.set_dpi(dots)
    ax = made.axes[0]
    for text in ax.texts:
        text.set_visible(False)
    canvas = FigureCanvasAgg(made)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[..., :3].copy()
    letters, measure = _Letters(picture), Measure()
    for text, (x, y) in zip(ax.texts, ax.transData.transform([t.get_position() for t in ax.texts]), strict=True):
        text.set_visible(True)
        size, line = float(text.get_fontsize()) * dots / 72, text.get_text()
        if text.get_horizontalalignment() == "center":
            x -= measure.width(line, size, bold=text.get_fontweight() == "bold") / 2
        ink = np.array(to_rgb(text.get_color())) * 255
        if text.get_path_effects():
            letters.write(line, x, len(picture) - y, text, size, np.full(3, 255.0), halo=max(1, round(size * 0.12)))
        letters.write(line, x, len(picture) - y, text, size, ink)
    told, out = PngImagePlugin.PngInfo(), io.BytesIO()
    told.add_itxt("Title", title)
    Image.fromarray(picture).save(out, format="png", dpi=(dots, dots), pnginfo=told, compress_level=4)
    return out.getvalue()


class _Letters:
    """Writes into a picture, to a quarter of a pixel; a letter of one look, size and place in its pixel is kept."""

    def __init__(self, picture: Any) -> None:
        self.picture, self.measure = picture, Measure()
        self._fonts: dict[tuple[Any, ...], Any] = {}
        self._drawn: dict[tuple[Any, ...], tuple[Any, int]] = {}

    def write(self, line: str, x: float, y: float, look: Any, size: float, ink: Any, halo: int = 0) -> None:
        """A line of text from x along the baseline y, in the font of a text artist."""
        from matplotlib.font_manager import findfont
        from PIL import ImageFont

        bold, base = look.get_fontweight() == "bold", round(y)
        key = (bold, look.get_fontstyle(), size)
        if key not in self._fonts:
            # Without a layout engine of its own: the places of letters are ours.
            path = findfont(look.get_fontproperties())
            self._fonts[key] = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
        for c in line:
            if c not in " \xa0\u202f":
                part = int(x % 1 * 4)
                kept = (*key, c, part, halo)
                if kept not in self._drawn:
                    self._drawn[kept] = self._draw(c, self._fonts[key], part / 4, halo)
                cover, left = self._drawn[kept]
                at = self.picture[base - cover.shape[0] * 3 // 4 :, int(x) - left :]
                at = at[: cover.shape[0], : cover.shape[1]]
                at += ((ink - at) * cover[: at.shape[0], : at.shape[1]]).astype("int16").astype("uint8")
            x += self.measure.width(c, size, bold=bold)

    @staticmethod
    def _draw(c: str, font: Any, shift: float, halo: int) -> tuple[Any, int]:
        """How much of each pixel a letter covers, and how far its origin lies from the left edge."""
        import numpy as np
        from PIL import Image, ImageDraw

        tall = 4 * (int(font.size * 1.3 + halo) // 4 + 1)
        left = int(font.size / 6) + halo + 1
        cell = Image.new("L", (int(font.getlength(c)) + 2 * left + 2, tall))
        place = (left + shift, tall * 3 // 4)
        ImageDraw.Draw(cell).text(place, c, 255, font, anchor="ls", stroke_width=halo)
        return np.asarray(cell, "float32")[..., None] / 255, left
