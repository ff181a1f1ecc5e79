"""Caution: what is not known of the answers behind a figure, and what the figure would be otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, TypeVar

from pydantic import Field

from cjmkit.core.estimate import Value
from cjmkit.i18n import listing, number, say

__all__ = ["Careful", "Caution", "Way", "among", "carried", "cautions_in", "contradictions", "packed", "unpacked"]

Said = tuple[str, str]
"""A text in English and in Russian."""

_MOST = 3
"""Contradictions that a result says among its warnings; all of them are in its `cautions`."""


class Way(Value):
    """One way to read answers: in words, with the mean that it gives.

    Parameters
    ----------
    words : (str, str)
        The reading in English and in Russian, "1 to 5, 6 no answer".
    value : float or None
        Mean of the answers under it; None where it is no scale.
    n : int
        How many answers then count.
    """

    words: Said
    value: float | None = None
    n: int = Field(default=0, ge=0)

    def text(self, lang: str | None = None) -> str:
        """``3.81 (n 2831) if 1 to 6``."""
        words = say(en=self.words[0], ru=self.words[1], lang=lang)
        if self.value is None:
            return words
        return f"{number(self.value, 2, lang=lang)} (n {self.n}) {say(en='if', ru='если', lang=lang)} {words}"


class Caution(Value):
    """How the answers behind a figure were read, where that is not known.

    Parameters
    ----------
    items : tuple of str
        The columns that it is about.
    status : {"contradictory", "guessed"}
        Two readings fit, or one reading fits and nothing says it.
    reason : (str, str)
        What is doubtful, in English and in Russian.
    ways : tuple of Way
        The reading in use, then the others; the means are of these items together.

    Examples
    --------
    >>> six = Caution(items=["food"], status="contradictory", reason=("6 may be an answer", "6: это ответ?"),
    ...               ways=[Way(words=("1 to 5, 6 no answer", ""), value=3.615, n=2421),
    ...                     Way(words=("1 to 6", ""), value=3.81, n=2831)])
    >>> print(six.text("en"))
    food: 6 may be an answer. 3.62 (n 2421) if 1 to 5, 6 no answer; 3.81 (n 2831) if 1 to 6
    """

    items: tuple[str, ...] = Field(min_length=1)
    status: Literal["contradictory", "guessed"]
    reason: Said
    ways: tuple[Way, ...] = ()

    @property
    def contradictory(self) -> bool:
        """Whether more than one reading fits."""
        return self.status == "contradictory"

    def text(self, lang: str | None = None) -> str:
        """One sentence: which items, what is doubtful, and the value under each reading."""
        why = say(en=self.reason[0], ru=self.reason[1] or self.reason[0], lang=lang)
        both = "; ".join(w.text(lang) for w in self.ways)
        return f"{listing(self.items, 4, lang=lang)}: {why}" + (
            ("" if why[-1:] == "?" else ".") + f" {both}" if both else ""
        )


@dataclass(frozen=True, eq=False, repr=False)
class Careful:
    """What is made from answers and carries what is not known of them.

    Attributes
    ----------
    cautions : tuple of Caution
        What is not known of the answers behind the figures, an item or a battery each.
    """

    cautions: tuple[Caution, ...] = field(default=(), kw_only=True)

    @property
    def footnotes(self) -> tuple[str, ...]:
        """Which items were read by a guess, and why; four at most."""
        return tuple(c.text() for c in self.cautions if not c.contradictory)[:4]

    def cautions_on(self, *items: str) -> tuple[Caution, ...]:
        """The cautions that concern some items (columns joined by ``", "`` count each).

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit import survey
        >>> codes = pd.DataFrame({"id": range(50), "Rate the food": [1, 2, 3, 4, 5, 6, 6, 6, 6, 5] * 5})
        >>> figure = survey.score(survey.Survey.from_frame(codes), "Rate the food")
        >>> [(w.words[0], round(w.value, 2), w.n) for w in figure.cautions_on("Rate the food")[0].ways]
        [('1 to 5, 6 no answer', 3.33, 30), ('1 to 6', 4.4, 50)]
        """
        return tuple(c for c in self.cautions if any(among(name, item) for name in c.items for item in items))


def among(name: str, joined: str) -> bool:
    """Whether a name is one of those that are joined by ``", "``; a name may hold commas itself.

    Examples
    --------
    >>> among("Here, too", "Here, too, There"), among("too", "There, tool")
    (True, False)
    """
    return f", {name}, " in f", {joined}, "


R = TypeVar("R", bound=Careful)


def carried(result: R, cautions: Iterable[Caution]) -> R:
    """The result with its cautions; contradictions come first among its warnings."""
    found = tuple(cautions)
    if not found:
        return result
    open_ = contradictions(found)
    said = [c.text() for c in open_[:_MOST]]
    if len(open_) > _MOST:
        k = len(open_) - _MOST
        said.append(
            say(en=f"and {k} items more can be read in two ways: .cautions", ru=f"и ещё вопросов, которые читаются "
                f"двояко: {k}; они в .cautions")
        )  # fmt: skip
    changes: dict[str, Any] = (
        {"warnings": tuple(dict.fromkeys((*said, *getattr(result, "warnings", ()))))} if said else {}
    )
    return replace(result, cautions=found, **changes)


def contradictions(cautions: Iterable[Caution]) -> tuple[Caution, ...]:
    """Those that are contradictions, each once."""
    return tuple(dict.fromkeys(c for c in cautions if c.contradictory))


def cautions_in(evidence: Iterable[Any]) -> tuple[Caution, ...]:
    """The cautions that pieces of evidence carry, each once."""
    return tuple(dict.fromkeys(c for e in evidence for c in getattr(e, "cautions", ())))


def packed(cautions: Iterable[Caution]) -> str:
    """Cautions as a text that a column of a table can hold, in CSV too; empty where there are none.

    Examples
    --------
    >>> c = Caution(items=["food"], status="guessed", reason=("scale 1–5 guessed", "шкала 1–5 по догадке"))
    >>> unpacked(packed([c])) == (c,)
    True
    """
    found = [c.model_dump(mode="json", exclude_defaults=True) for c in cautions]
    return json.dumps(found, ensure_ascii=False) if found else ""


def unpacked(texts: Any) -> tuple[Caution, ...]:
    """Cautions of a text of :func:`packed`, or of a column of them, each once."""
    column = [texts] if isinstance(texts, str) else list(dict.fromkeys(t for t in texts if isinstance(t, str)))
    return tuple(dict.fromkeys(c for t in column for c in _read(t)))


@cache
def _read(text: str) -> tuple[Caution, ...]:
    return tuple(Caution.model_validate(c) for c in json.loads(text)) if text else ()
