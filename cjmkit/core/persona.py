"""Persona: one kind of person, with the verdict on whether that kind is really there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cjmkit.core.estimate import Estimate, Value
from cjmkit.core.evidence import Evidence, Quote
from cjmkit.core.showing import html
from cjmkit.core.stage import Note

__all__ = ["Persona", "Verdict"]


class Verdict(Value):
    """What the data say about the groups, travelling with every persona made from them.

    Parameters
    ----------
    status : {"stable", "tentative", "exploratory", "none", "assumed"}
        ``"assumed"`` for a persona that nobody found in data; ``"none"`` where the groups are not there and the
        researcher went on regardless.
    en, ru : str
        One plain sentence in each language.
    p_value : float or None
        Of the test against data without groups.
    stability : float or None
        Bootstrap Jaccard of this persona.
    n : int
        People behind the clustering.
    """

    status: Literal["stable", "tentative", "exploratory", "none", "assumed"] = "assumed"
    en: str = "assumed: nobody has looked for this group in data"
    ru: str = "предположение: в данных эту группу никто не искал"
    p_value: float | None = None
    stability: float | None = None
    n: int = 0

    def text(self, lang: str | None = None) -> str:
        """The sentence in one language."""
        from cjmkit.i18n import say

        return say(en=self.en, ru=self.ru, lang=lang)


class Persona(Value):
    """One kind of person.

    Parameters
    ----------
    id, name : str
        Short stable name, and the name that the researcher gave.
    description : str
        A few sentences.
    share : Estimate or None
        Share of people of this kind.
    traits, goals, expectations, barriers : tuple of Note
        What sets the persona apart; each with its evidence.
    quotes : tuple of Quote
        In their own words.
    channels : tuple of str
        Channels they prefer.
    participants : tuple of str
        Who belongs to it.
    verdict : Verdict
        Whether the group is really there.
    evidence : tuple of Evidence
        Anything else it rests on.
    """

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    description: str = ""
    share: Estimate | None = None
    traits: tuple[Note, ...] = ()
    goals: tuple[Note, ...] = ()
    expectations: tuple[Note, ...] = ()
    barriers: tuple[Note, ...] = ()
    quotes: tuple[Quote, ...] = ()
    channels: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    verdict: Verdict = Verdict()
    evidence: tuple[Evidence, ...] = ()

    def __repr__(self) -> str:
        share = f", {self.share.text(lang='en')}" if self.share is not None else ""
        return f"<Persona {self.id!r}: {self.name}{share}>"

    def _repr_html_(self) -> str:
        return html(self)
