"""The finished map in the three forms that people ask for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cjmkit.core.journey import Journey
from cjmkit.i18n import current_language, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Written", "write"]


@dataclass(frozen=True)
class Written:
    """The files that were written; shows itself as a sentence."""

    paths: tuple[Path, ...]
    lang: str

    def __repr__(self) -> str:
        names = ", ".join(f"{p.parent.name}/{p.name}" for p in self.paths)
        return say(en=f"Written: {names}", ru=f"Записано: {names}", lang=self.lang)


def write(
    journey: Journey,
    folder: str | os.PathLike[str],
    *,
    documents: pd.DataFrame | None = None,
    lang: str | None = None,
    headline: str = "",
    question: str = "",
    earlier: Journey | None = None,
) -> Written:
    """Write ``map.html``, ``map.png`` and ``map.xlsx`` of a journey into a folder.

    Parameters
    ----------
    journey : Journey
        The finished map.
    folder : path-like
        Where to; made if it is not there.
    documents : pandas.DataFrame, optional
        Columns document and text: with them the page shows each quote in its context.
    lang : {"en", "ru"}, optional
        Language of the labels; the one in use by default.
    headline, question : str
        The sentence on page and picture, and what the study asked: see :func:`html`.
    earlier : Journey, optional
        The map of an earlier wave: the page says what changed since.

    Returns
    -------
    Written
        The three paths.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> [p.name for p in write(j, tempfile.mkdtemp()).paths]
    ['map.html', 'map.png', 'map.xlsx']
    """
    from cjmkit.exchange import to_xlsx
    from cjmkit.report._figure import save_picture
    from cjmkit.report._page import html

    target, lang = Path(folder), current_language(lang)
    target.mkdir(parents=True, exist_ok=True)
    paths = tuple(target / f"map.{suffix}" for suffix in ("html", "png", "xlsx"))
    html(journey, paths[0], documents=documents, lang=lang, headline=headline, question=question, earlier=earlier)
    save_picture(journey, paths[1], lang=lang, headline=headline)
    to_xlsx(journey, paths[2], lang=lang)
    return Written(paths, lang)
