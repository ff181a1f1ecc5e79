"""From a table of scores to one value per person and stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.core.caution import Caution, unpacked
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import say
from cjmkit.people import ids

__all__ = ["SCALE", "SOURCES", "Cells", "Scores", "cautions_of", "person_ids", "read_scores", "stage_order"]

SCALE = (-2.0, 2.0)
SOURCES = ("survey", "reviews", "coding", "text", "researcher", "employees", "managers")


@dataclass(frozen=True, eq=False)
class Cells:
    """One value per person and unit: `y` (P, S), NaN for missing; `rows` (S,) ratings behind each unit."""

    y: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]
    people: npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Scores:
    """A checked table of scores as integer codes, sorted so that the order of rows cannot matter."""

    person: npt.NDArray[np.int64]
    unit: npt.NDArray[np.int64]
    source: npt.NDArray[np.int64]
    score: npt.NDArray[np.float64]
    people: npt.NDArray[np.object_]
    units: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    titles: dict[str, str]
    warnings: tuple[str, ...]

    def cells(self, rows: npt.NDArray[np.bool_]) -> Cells:
        """Average the chosen rows within person and unit."""
        person, unit, score = self.person[rows], self.unit[rows], self.score[rows]
        here, index = np.unique(person, return_inverse=True)
        size = len(self.units)
        key = index * size + unit
        count = np.bincount(key, minlength=len(here) * size)
        total = np.bincount(key, weights=score, minlength=len(here) * size)
        with np.errstate(invalid="ignore", divide="ignore"):
            y = (total / count).reshape(len(here), size)
        return Cells(y, count.reshape(len(here), size).sum(axis=0), self.people[here])


def cautions_of(scores: pd.DataFrame, source: str | Sequence[str] | None = None) -> tuple[Caution, ...]:
    """What the scores say is not known of the answers behind them (column `cautions`)."""
    if not isinstance(scores, pd.DataFrame) or "cautions" not in scores:
        return ()
    if source is not None and "source" in scores:
        scores = scores[scores["source"].isin([source] if isinstance(source, str) else list(source))]
    return unpacked(scores["cautions"])


def person_ids(values: Any) -> npt.NDArray[np.object_]:
    """Ids of people as an array of text; see :func:`cjmkit.people.ids`."""
    return np.asarray(ids(values).to_numpy(dtype=object))


def stage_order(stages: Iterable[Any] | None) -> tuple[list[str], dict[str, str]]:
    """Ids in order and titles, from ids, Stage objects or anything with ``.stages``."""
    if stages is None:
        return [], {}
    stages = getattr(stages, "stages", stages)
    stages = stages if isinstance(stages, str) else list(stages)
    if isinstance(stages, str):
        raise CjmError(
            en=f"stages are a sequence of ids or Stage objects; one string came: {stages!r}",
            ru=f"stages — последовательность id или объектов Stage; пришла одна строка: {stages!r}",
        )
    order = [str(getattr(s, "id", s)) for s in stages]
    titles = {str(s.id): str(s.title) for s in stages if hasattr(s, "id") and hasattr(s, "title") and s.title}
    twice = sorted({i for i in order if order.count(i) > 1})
    if twice:
        raise CjmError(
            en=f"stage {twice[0]!r} is named twice in stages=; name each stage once, in the order of the journey",
            ru=f"этап {twice[0]!r} назван в stages= дважды; назовите каждый один раз, в порядке пути",
        )
    return order, titles


def read_scores(
    scores: pd.DataFrame,
    *,
    unit: str = "stage",
    source: str | Sequence[str] | None = None,
    stages: Iterable[Any] | None = None,
) -> Scores:
    """Check a table of scores: columns, scale, stages, sources.

    Raises
    ------
    CjmError
        If columns are missing, ratings lie outside −2..2 or a stage or source is unknown.
    """
    if unit not in ("stage", "touchpoint"):
        raise CjmError(suggest(unit, ("stage", "touchpoint"), what="unit"))
    if not isinstance(scores, pd.DataFrame):
        raise CjmError(
            en=f"scores is a table (pandas DataFrame) with columns participant, stage, score; {type(scores).__name__} "
            f"came",
            ru=f"scores — таблица (pandas DataFrame) со столбцами participant, stage, score; пришло "
            f"{type(scores).__name__}",
        )
    person = "participant" if "participant" in scores else "respondent"
    needed = [person, "stage", "score"] + (["touchpoint"] if unit == "touchpoint" else [])
    for column in needed:
        if column not in scores:
            hint = " (or respondent)" if column == "respondent" else ""
            raise CjmError(
                en=f"the table of scores has no column {'participant' if hint else column!r}{hint}; "
                f"it has {', '.join(map(str, scores.columns)) or 'none'}",
                ru=f"в таблице оценок нет столбца {('participant' if hint else column)!r}{hint}; есть "
                f"{', '.join(map(str, scores.columns)) or 'ничего'}",
            )
    said: list[str] = []
    if source is not None and "source" in scores:
        wanted = [source] if isinstance(source, str) else list(source)
        present = [str(s) for s in scores["source"].dropna().unique()]
        for name in wanted:
            if name not in present:
                raise CjmError(suggest(name, present, what="source"))
        scores = scores[scores["source"].isin(wanted)]
    elif source is not None and not isinstance(source, str):
        raise CjmError(
            en="the table has no column 'source', so source= may name only one",
            ru="в таблице нет столбца 'source', поэтому в source= может стоять только один",
        )
    value = pd.to_numeric(scores["score"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    lost = int((np.isnan(value) & scores["score"].notna().to_numpy()).sum())
    if lost:
        example = scores["score"][np.isnan(value) & scores["score"].notna().to_numpy()].iloc[0]
        raise CjmError(
            en=f"{lost} scores are not numbers, for example {example!r}; scores lie between −2 and 2",
            ru=f"оценок не числом: {lost}, например {example!r}; оценки лежат между −2 и 2",
        )
    outside = (value < SCALE[0] - 1e-9) | (value > SCALE[1] + 1e-9)
    if outside.any():
        worst = value[outside]
        raise CjmError(
            en=f"{int(outside.sum())} of {len(value)} scores lie outside −2..2 (from {worst.min():g} to "
            f"{worst.max():g}). "
            "Put answers on that scale first: (x − lowest) · 4 / (highest − lowest) − 2, which "
            "cjmkit.survey.stage_scores does from the items' scales",
            ru=f"вне −2..2 лежат {int(outside.sum())} из {len(value)} оценок (от {worst.min():g} до {worst.max():g}). "
            f"Сначала переведите ответы на эту шкалу: (x − низ) · 4 / (верх − низ) − 2; cjmkit.survey.stage_scores "
            f"делает это по шкалам вопросов",
        )
    ok = ~np.isnan(value) & scores["stage"].notna().to_numpy() & scores[person].notna().to_numpy()
    if unit == "touchpoint":
        ok &= scores["touchpoint"].notna().to_numpy() & (scores["touchpoint"].astype(str) != "").to_numpy()
    dropped = int((~np.isnan(value) & ~ok).sum())
    if dropped:
        said.append(
            say(
                en=f"{dropped} scores have no person or no {unit} and were left out",
                ru=f"оценок без человека или этапа: {dropped}; они не учтены",
            )
        )
    if not ok.any():
        raise NotEnough(
            say(
                en="there are no scores: every row lacks a person, a stage or a score",
                ru="оценок нет: в каждой строке не хватает человека, этапа или оценки",
            ),
            why=say(en="a curve is the mean of people at stages", ru="кривая — это среднее людей по этапам"),
            action=say(
                en="mark how people felt (valence, −2 to 2) and at which stage when you code",
                ru="при разметке отмечайте, что люди чувствовали (valence, от −2 до 2) и на каком этапе",
            ),
            lane="emotion",
        )
    scores, value = scores[ok], value[ok]

    order, titles = stage_order(stages)
    stage_code, stage_ids = _stage_codes(scores["stage"], order, said)
    if unit == "touchpoint":
        touch_code, touch_names = pd.factorize(scores["touchpoint"].astype(str), sort=True)
        pair = stage_code * len(touch_names) + touch_code
        used, unit_code = np.unique(pair, return_inverse=True)
        units = tuple((stage_ids[p // len(touch_names)], str(touch_names[p % len(touch_names)])) for p in used)
    else:
        unit_code, units = stage_code, tuple((s, "") for s in stage_ids)

    raw, names = pd.factorize(scores[person])
    merged, people = pd.factorize(person_ids(names), sort=True)
    person_code = merged[raw]
    if "source" in scores:
        source_raw, source_names = pd.factorize(scores["source"].fillna("").astype(str))
        known = [s for s in SOURCES if s in set(source_names)] + sorted(set(source_names) - set(SOURCES))
        source_code = np.array([known.index(s) for s in source_names])[source_raw]
        sources: tuple[str, ...] = tuple(known)
    else:
        source_code, sources = np.zeros(len(value), dtype=np.int64), (source if isinstance(source, str) else "survey",)
    turn = np.lexsort((value, unit_code, person_code, source_code))
    everybody = np.asarray(people, dtype=object)
    codes = (person_code[turn], unit_code[turn], source_code[turn], value[turn])
    return Scores(*codes, everybody, units, sources, titles, tuple(said))


def _stage_codes(column: pd.Series, order: list[str], said: list[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    if not order and isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        order = [str(c) for c in column.cat.categories]
    raw, names = pd.factorize(column)
    found = [str(n) for n in names]
    if order:
        for name in found:
            if name not in order:
                raise CjmError(suggest(name, order, what="stage"))
    else:
        # Order of appearance would make the curve depend on how the rows happen to be sorted.
        order = sorted(set(found))
        if len(order) > 1:
            said.append(
                say(
                    en="no order of stages was given, so they stand in alphabetical order; pass stages=",
                    ru="порядок этапов не задан, они стоят по алфавиту; передайте stages=",
                )
            )
    place = {name: i for i, name in enumerate(order)}
    return np.array([place[n] for n in found])[raw], order
