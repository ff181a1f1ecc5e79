"""What sets one kind of people apart, and how many of each kind name what stands on a map."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cjmkit.core.estimate import Estimate
from cjmkit.core.journey import Journey
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note
from cjmkit.i18n import number, say

__all__ = ["Apart", "apart", "apart_text", "shares_of", "top_of"]

_APART = re.compile(r"^(.+): (−?[\d., \u202f\xa0]+)(\s?%)?, (?:others|у остальных) (−?[\d., \u202f\xa0]+)(\s?%)?$")


@dataclass(frozen=True)
class Apart:
    """A trait that can be drawn: the persona's figure with its interval, and that of the others behind it.

    Parameters
    ----------
    label : str
        What was asked or counted.
    own : Estimate
        Of people of this kind.
    others : float
        Of everybody else.
    """

    label: str
    own: Estimate
    others: float

    @property
    def percent(self) -> bool:
        """Whether both figures are shares."""
        return self.own.percent


def apart_text(label: str, own: float, others: float, *, percent: bool, lang: str | None = None) -> str:
    """A trait in words; :func:`apart` reads it back.

    Examples
    --------
    >>> apart_text("Cooks", 4.04, 2.26, percent=False, lang="en")
    'Cooks: 4.0, others 2.3'
    """
    digits = 0 if percent else 1
    mine, rest = (number(v, digits, percent=percent, lang=lang) for v in (own, others))
    return say(en=f"{label}: {mine}, others {rest}", ru=f"{label}: {mine}, у остальных {rest}", lang=lang)


def apart(note: Note) -> Apart | None:
    """The figures of a trait, or None where it has none to draw: a trait written by hand is a sentence.

    Examples
    --------
    >>> from cjmkit import Estimate, Note
    >>> note = Note(text="Cooks: 4.0, others 2.3", estimate=Estimate(value=4.04, low=3.8, high=4.2, n=70))
    >>> apart(note).label, apart(note).others, apart(Note(text="Likes to cook"))
    ('Cooks', 2.3, None)
    """
    found = _APART.match(note.text)
    if found is None or note.estimate is None or note.estimate.value is None:
        return None
    others = float(re.sub(r"[^\d.−]", "", found[4].replace(",", ".")).replace("−", "-"))
    return Apart(found[1], note.estimate, others / 100 if found[5] else others)


def top_of(traits: Sequence[Apart]) -> float:
    """Where the bars of some traits of one kind end: at 100% for shares, else at 5 or the largest figure.

    Examples
    --------
    >>> from cjmkit import Estimate
    >>> top_of([Apart("Cooks", Estimate(value=4.0, low=3.8, high=4.2, n=70), 2.3)])
    5.0
    """
    if all(a.percent for a in traits):
        return 1.0
    return max(5.0, *(max(a.own.value or 0.0, a.own.high or 0.0, a.others) for a in traits))


def shares_of(journey: Journey, note: Note, lane: str = "barriers") -> list[tuple[Persona, Estimate]]:
    """How many people of each kind name what a note says, anywhere on their way, as far as the personas know.

    Parameters
    ----------
    journey : Journey
        The map with its personas.
    note : Note
        Of the lane goals, expectations or barriers; it is known by its words, as notes made of one code are.
    lane : str
        The lane of the note.

    Returns
    -------
    list of (Persona, Estimate)
        Nothing for a persona that nobody asked, and nothing for a note of a single persona.

    Examples
    --------
    >>> import cjmkit as cj
    >>> note = cj.Note(text="No kettle", estimate=cj.Estimate(value=0.5, n=10))
    >>> persona = cj.Persona(id="P1", name="Guest", barriers=[note])
    >>> stage = cj.Stage(id="k", title="Kitchen", barriers=["No kettle"])
    >>> j = cj.Journey(id="t", title="Tea", stages=[stage], personas=[persona])
    >>> [(p.name, e.value) for p, e in shares_of(j, stage.barriers[0])]
    [('Guest', 0.5)]
    """
    if note.persona or lane not in ("goals", "expectations", "barriers"):
        return []
    found = []
    for p in journey.personas:
        same = next((n for n in getattr(p, lane) if n.text == note.text and n.estimate is not None), None)
        if same is not None and same.estimate is not None and same.estimate.value is not None:
            found.append((p, same.estimate))
    return found
