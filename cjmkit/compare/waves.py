"""Several maps: which of them are waves of one, and which changes between two waves hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cjmkit.compare.maps import journeys as compared
from cjmkit.core.journey import EmotionPoint, Journey
from cjmkit.view.lanes import is_gap
from cjmkit.view.story import main_source

__all__ = ["Waves", "by_waves"]


@dataclass(frozen=True)
class Waves:
    """The waves of one map, the earliest first; a map with one wave is the same thing."""

    journeys: tuple[Journey, ...]

    @property
    def latest(self) -> Journey:
        """The map as it stands now."""
        return self.journeys[-1]

    @property
    def earlier(self) -> Journey | None:
        """The wave before the latest."""
        return self.journeys[-2] if len(self.journeys) > 1 else None

    def curve(self, journey: Journey) -> list[EmotionPoint | None]:
        """Everybody's curve of a wave, from the source of the latest; a place for each stage of the latest map."""
        source = main_source(self.latest)
        mine = [p for p in journey.emotion if p.source == source and not is_gap(p)]
        # Where a map has one persona, that one is everybody.
        who = {p.persona for p in mine}
        one = "" if "" in who or len(who) > 1 else next(iter(who), "")
        at = {p.stage: p for p in mine if p.persona == one}
        return [at.get(s.id) for s in self.latest.stages]

    def held(self) -> dict[str, Any]:
        """Changes of everybody's curve since the wave before that hold after correction: stage to its row."""
        if self.earlier is None:
            return {}
        found = compared(self.earlier, self.latest).emotion
        mine = {p.stage: p.persona for p in self.curve(self.latest) if p is not None}
        rows = found[found["sure"] & (found["source"] == main_source(self.latest))].to_dict("records")
        return {str(r["stage"]): r for r in rows if mine.get(str(r["stage"])) == r["persona"]}


def by_waves(journeys: Iterable[Journey]) -> list[Waves]:
    """Maps of one title (without the wave's name) whose waves differ belong together; one without a name is the latest.

    Examples
    --------
    >>> import cjmkit as cj
    >>> tea = cj.Journey(id="t", title="Tea")
    >>> before = tea.replace(id="t-2025", title="Tea, 2025", wave="2025")
    >>> found = by_waves([tea, before, tea.replace(id="c", title="Coffee")])
    >>> [[j.wave for j in w.journeys] for w in found]
    [['2025', ''], ['']]
    """
    groups: dict[str, list[Journey]] = {}
    for j in journeys:
        groups.setdefault(j.title.removesuffix(j.wave).rstrip(" ,:(").casefold(), []).append(j)
    out = []
    for group in groups.values():
        names = [(j.wave, j.date) for j in group]
        if len(set(names)) < len(names):
            out += [Waves((j,)) for j in group]
            continue
        out.append(Waves(tuple(sorted(group, key=lambda j: (not j.wave, str(j.date or ""), j.wave)))))
    return out
