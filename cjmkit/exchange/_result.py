"""What an importer hands back: the journey, and what it could not keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from cjmkit.core.journey import Journey
from cjmkit.i18n import count, say

__all__ = ["Imported"]


@dataclass(frozen=True)
class Imported:
    r"""A journey that came from a file of another kind.

    Parameters
    ----------
    journey : Journey
        What was read.
    notes : tuple of str
        A line for everything that was dropped, repaired or guessed, with its place in the file; empty where the
        file was taken over whole.

    Examples
    --------
    >>> import cjmkit as cj
    >>> read = cj.exchange.from_mermaid("journey\n title Tea\n section Kitchen\n  Boil water: 3: Me")
    >>> journey, notes = read
    >>> journey.stages[0].title, notes
    ('Kitchen', ())
    """

    journey: Journey
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Any]:
        return iter((self.journey, self.notes))

    def summary(self, lang: str | None = None) -> str:
        """One sentence: whether everything was taken over."""
        if not self.notes:
            return say(
                en=f"“{self.journey.title}” was read; nothing was dropped or repaired.",
                ru=f"Карта «{self.journey.title}» прочитана; ничего не потеряно и не исправлено.",
                lang=lang,
            )
        n = count(len(self.notes), en=("remark", "remarks"), ru=("замечание", "замечания", "замечаний"), lang=lang)
        return say(en=f"“{self.journey.title}” was read with {n}:", ru=f"Карта «{self.journey.title}», {n}:", lang=lang)

    def __repr__(self) -> str:
        return "\n".join([self.summary(), *(f"  {n}" for n in self.notes)])

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{escape(n)}</li>" for n in self.notes)
        return f"<p>{escape(self.summary())}</p>" + (f"<ul>{rows}</ul>" if rows else "")
