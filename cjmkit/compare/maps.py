"""Compare two journeys: two waves, two personas, or a plan and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmkit.compare.changes import changed_cells, changed_others, changed_stages, merged_order, pieces
from cjmkit.compare.feelings import compared_emotion, compared_shares
from cjmkit.compare.matching import SIMILAR
from cjmkit.core.journey import EmotionPoint, Journey
from cjmkit.core.persona import Persona
from cjmkit.core.printed import Printing
from cjmkit.core.result import Result, result_html, table_html
from cjmkit.core.stage import LANES, Touchpoint, lane_title
from cjmkit.i18n import count, current_language, number, say

__all__ = ["Comparison", "journeys"]

_KINDS = ("stage", "touchpoint", "note", "persona", "action", "link")
_COLUMNS = ["kind", "stage", "lane", "id", "change", "before", "after", "detail", "evidence_before", "evidence_after"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Comparison(Result):
    """What changed from one journey to another.

    Attributes
    ----------
    a, b : Journey
        Before and after.
    table : DataFrame
        A row a change: kind (stage, touchpoint, note, persona, action, link), stage, lane, id, change (added, removed,
        changed, moved, evidence), before, after (texts), detail (which fields), evidence_before, evidence_after
        (how many pieces).
    shares : DataFrame
        Notes on both maps that carry a share of people: stage, lane, id, text, before, after, difference, low, high,
        n_before, n_after, sure (the interval, corrected for so many notes, excludes no change).
    emotion : DataFrame
        stage, title, persona, source, before, after, difference, low, high, n_before, n_after, sure, reason.
    warnings : tuple of str
        What a reader should know.
    """

    a: Journey
    b: Journey
    table: pd.DataFrame
    emotion: pd.DataFrame
    shares: pd.DataFrame
    warnings: tuple[str, ...] = ()

    _key = ("kind", "stage", "lane", "id")

    @property
    def names(self) -> tuple[str, str]:
        """How the two are called: by wave, else by title, else by id."""
        for field in ("wave", "title", "id"):
            one, two = getattr(self.a, field), getattr(self.b, field)
            if one and two and one != two:
                return str(one), str(two)
        return say(en="before", ru="раньше"), say(en="after", ru="теперь")

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return self.table.empty and not bool((self.emotion["difference"].abs() > 1e-9).any())

    def counts(self) -> pd.DataFrame:
        """Number of changes: kind by change."""
        if self.table.empty:
            return pd.DataFrame(columns=["added", "removed", "changed", "moved", "evidence"])
        out = self.table.groupby(["kind", "change"]).size().unstack(fill_value=0)
        out = out.reindex(columns=["added", "removed", "changed", "moved", "evidence"], fill_value=0)
        return out.reindex([k for k in _KINDS if k in out.index]).rename_axis(index=None, columns=None)

    def evidence_gained(self) -> int:
        """Pieces of evidence more than before, over all notes and touchpoints of both maps."""
        return pieces(self.b) - pieces(self.a)

    def map(self) -> Journey:
        """One journey that shows both: what came is marked +, what went −, and both emotion curves are drawn.

        Personas are doubled, one per journey, so that each curve keeps its name. What is the same appears once.
        """
        first, second = self.names
        lost = self.table[self.table["change"] == "removed"]
        came = set(self.table.loc[self.table["change"] == "added", "id"])
        stages = []
        ids = [s.id for s in self.b.stages]
        old_stages, new_stages = ({s.id: s for s in j.stages} for j in (self.a, self.b))
        for stage in merged_order(self.a, self.b):
            old = old_stages.get(stage)
            new = new_stages.get(stage)
            if new is None:
                assert old is not None
                stages.append(old.replace(title=f"− {old.title}"))
                continue
            fields: dict[str, Any] = {"title": new.title if old is not None else f"+ {new.title}"}
            gone = set(lost.loc[lost["stage"] == stage, "id"])
            for lane in LANES:
                fields[lane] = _both(getattr(old, lane, ()), getattr(new, lane), came, gone)
            fields["touchpoints"] = _both(getattr(old, "touchpoints", ()), new.touchpoints, came, gone)
            stages.append(new.replace(**fields))
        known = {s.id for s in stages}
        personas: list[Persona] = []
        points: list[EmotionPoint] = []
        for name, journey in ((first, self.a), (second, self.b)):
            mine = {p.id: _named(p, name) for p in journey.personas}
            everybody = Persona(id=f"~{name}", name=name)
            used = {p.persona for p in journey.emotion}
            personas += [*mine.values(), *([everybody] if "" in used else [])]
            points += [p.replace(persona=mine[p.persona].id if p.persona else everybody.id) for p in journey.emotion]
        links = [k for k in self.b.links if k.source in ids and (k.target in ids or not k.target)]
        actions = [i for i in self.b.improvements if not i.stage or i.stage in known]
        return Journey(
            id=f"{self.b.id}-compared",
            title=f"{self.b.title}: {first} → {second}",
            language=self.b.language,
            framework=self.b.framework if ids == [s.id for s in stages] else "",
            stages=tuple(stages),
            links=tuple(links),
            personas=tuple(_unique(personas)),
            emotion=tuple(points),
            improvements=tuple(actions),
        )

    def summary(self, lang: str | None = None) -> str:
        """Two sentences: what came and went, and where the feeling changed for sure."""
        lang = current_language(lang)
        first, second = self.names
        parts = []
        words = {
            "added": ("added", "добавлено"),
            "removed": ("removed", "удалено"),
            "changed": ("changed", "изменено"),
            "moved": ("moved", "перенесено"),
            "evidence": ("with other evidence", "с другими свидетельствами"),
        }
        tally = self.table["change"].value_counts()
        for change, (en, ru) in words.items():
            if change in tally:
                parts.append(say(en=f"{tally[change]} {en}", ru=f"{ru} {tally[change]}", lang=lang))
        nothing = say(en="nothing on the map changed", ru="на карте ничего не изменилось", lang=lang)
        text = f"{first} → {second}: {', '.join(parts) or nothing}."
        gained = self.evidence_gained()
        if gained:
            more_pieces = count(
                abs(gained),
                en=("piece of evidence", "pieces of evidence"),
                ru=("свидетельство", "свидетельства", "свидетельств"),
                lang=lang,
            )
            more = say(en="more", ru="больше", lang=lang) if gained > 0 else say(en="fewer", ru="меньше", lang=lang)
            text += say(en=f" {more_pieces} {more}.", ru=f" На {more_pieces} {more}.", lang=lang)
        sure = self.emotion[self.emotion["sure"]]
        if len(sure):
            r: Any = sure.iloc[int(sure["difference"].abs().to_numpy().argmax())]
            sep = "; " if lang == "ru" else ", "
            d, low, high = (number(r[k], 1, lang=lang) for k in ("difference", "low", "high"))
            text += say(
                en=f" Feeling changed most at “{r['title']}”: {d} [{low}{sep}{high}].",
                ru=f" Сильнее всего изменилась эмоция на этапе «{r['title']}»: {d} [{low}{sep}{high}].",
                lang=lang,
            )
        elif len(self.emotion.dropna(subset=["difference"])):
            text += say(
                en=" The figures on the maps show no change of feeling; compare the scores to be sure.",
                ru=" По числам на картах изменения эмоции не видно; надёжнее сравнить сами оценки.",
                lang=lang,
            )
        return text

    def _repr_html_(self) -> str:
        titles = {s.id: s.title for j in (self.a, self.b) for s in j.stages}
        heads = {
            "kind": ("what", "что"),
            "proof": ("evidence", "свидетельств"),
            "before": ("before", "раньше"),
            "after": ("now", "теперь"),
        }
        rows = self.table.assign(
            lane=[lane_title(v) if v else "" for v in self.table["lane"]],
            proof=[
                f"{a} → {b}" for a, b in zip(self.table["evidence_before"], self.table["evidence_after"], strict=True)
            ],
        )
        columns = ["kind", "stage", "lane", "change", "before", "after", "proof"]
        changes = Printing(heads=heads, titles=titles).html(rows, columns) if len(rows) else ""
        mood = ""
        if len(self.emotion):
            mood = table_html(self.emotion, ["persona", "title", "source", "before", "after", "difference"])
        return result_html(self.summary(), changes + mood, self.warnings)


def journeys(a: Journey, b: Journey, *, similar: float = SIMILAR) -> Comparison:
    """Compare two journeys, part by part.

    Stages are matched by id; notes and touchpoints by id, then by equal text, then, within a cell, by similar text.

    Parameters
    ----------
    a, b : Journey
        Before and after; any two journeys.
    similar : float
        From which similarity (0 to 1) two notes of a cell count as one that was reworded; above 1 for never.

    Returns
    -------
    Comparison

    Notes
    -----
    Emotion is compared from the figures on the two maps, as if their people were strangers: the interval is the square-
    and-add one (Zou and Donner 2008). It is wide, but safe, where the same people answered twice; with the scores at
    hand, :func:`cjmkit.emotion.difference` compares them as pairs and corrects for the number of stages. Here ``sure``
    asks for an interval without zero after Bonferroni over all points of the two maps.

    Examples
    --------
    >>> from cjmkit.core.journey import Journey
    >>> from cjmkit.core.stage import Stage
    >>> old = Journey(id="flat", title="Flat", stages=(Stage(id="deal", title="Deal"),))
    >>> new = old.with_note("deal", "barriers", "Contract in small print")
    >>> journeys(old, new).table[["kind", "stage", "change", "after"]]
       kind stage change                    after
    0  note  deal  added  Contract in small print
    """
    said: list[str] = []
    rows: list[dict[str, Any]] = []
    changed_stages(a, b, rows)
    changed_cells(a, b, rows, similar=similar)
    changed_others(a, b, rows)
    missing = {s.id for s in a.stages} ^ {s.id for s in b.stages}
    if missing:
        said.append(
            say(
                en=f"{len(missing)} stages are on one map only; their emotion is not compared",
                ru=f"этапов только на одной карте: {len(missing)}; их эмоции не сравниваются",
            )
        )
    if {s.id for s in a.stages}.isdisjoint({s.id for s in b.stages}):
        said.append(
            say(
                en="the two maps share no stage; are they journeys of the same thing?",
                ru="у карт нет общих этапов; это пути одного и того же?",
            )
        )
    if a.framework != b.framework:
        said.append(
            say(
                en=f"the stage models differ: {a.framework or 'own'} and {b.framework or 'own'}",
                ru=f"модели этапов разные: {a.framework or 'своя'} и {b.framework or 'своя'}",
            )
        )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    emotion, shares = compared_emotion(a, b, said), compared_shares(a, b, similar=similar)
    return Comparison(a=a, b=b, table=table, emotion=emotion, shares=shares, warnings=tuple(said))


def _both(old: tuple[Any, ...], new: tuple[Any, ...], came: set[str], gone: set[str]) -> tuple[Any, ...]:
    field = "name" if any(isinstance(x, Touchpoint) for x in (*old, *new)) else "text"
    out = [x.replace(**{field: f"+ {x.text}"}) if x.id in came else x for x in new]
    there = {x.id for x in new}
    out += [x.replace(**{field: f"− {x.text}"}) for x in old if x.id in gone and x.id not in there]
    return tuple(out)


def _named(persona: Persona, wave: str) -> Persona:
    return persona.replace(id=f"{persona.id}~{wave}", name=f"{persona.name} ({wave})")


def _unique(personas: list[Persona]) -> list[Persona]:
    return list({p.id: p for p in personas}.values())
