"""Columns of people from surveys, registers and codings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.i18n import say
from cjmkit.people import PERSON
from cjmkit.personas._builder import Builder, once
from cjmkit.personas._suitable import reason
from cjmkit.personas.data import person_index
from cjmkit.survey.multi import ticked
from cjmkit.survey.options import answers_of

__all__ = ["add_shares", "from_behaviour", "from_codings", "from_survey"]

SCALES = ("nps", "csat", "ces", "sus", "likert")
_RATINGS = (*SCALES, "number", "ranking")


def from_survey(
    b: Builder, survey: Any, items: Sequence[str] | str | None, also: Sequence[str] | str | None = None
) -> str:
    """Columns of a Survey, or of a plain table with the person in its index."""
    if isinstance(survey, pd.DataFrame):
        _from_frame(b, survey, items)
        return "survey"
    for attribute in ("items", "values", "raw"):
        if not hasattr(survey, attribute):
            raise CjmError(
                en=f"survey: expected a Survey or a DataFrame, got {type(survey).__name__}",
                ru=f"survey: нужен Survey или DataFrame, пришло {type(survey).__name__}",
            )
    wanted = _wanted(survey, items)
    table = survey.items.set_index("item")
    long = None
    forced = set(_asked(survey, also, list(table.index))) if also is not None else set()
    for name in wanted:
        row = table.loc[name]
        if items is None and name not in forced:
            answers = _indexed(survey.raw(name), f"survey column {name!r}")
            why = reason(row.to_dict() | {"item": name}, answers, len(answers))
            if why:
                b.omit(name, str(row.get("text", "") or ""), why, answers)
                continue
        kind, option = str(row["type"]), str(row.get("option", "") or "")
        text = _wording(str(row.get("text", "") or name), option)
        if kind in _RATINGS:
            s = survey.values(name)
            b.add(name, _indexed(s, f"survey column {name!r}"), block="ratings", kind="number", item=name, text=text)
        elif kind == "ordered":
            places = {o: k for k, o in enumerate(answers_of(survey, survey.item(name))[1], 1)}
            s = survey.raw(name).map(places).astype(float)
            b.add(name, _indexed(s, f"survey column {name!r}"), block="ratings", kind="number", item=name, text=text)
        elif kind == "single":
            chosen = survey.raw(name)
            if chosen.notna().any():
                answers, options, names = answers_of(survey, survey.item(name))
                chosen = answers.map(dict(zip(options, names, strict=True)))
            _add_choice(b, name, _indexed(chosen, f"survey column {name!r}"), text)
        elif kind == "multi":
            if long is None:
                long = survey.answers()
            own = long[long["item"] == name]
            asked = person_index(survey.raw(name).index)
            _add_options(b, name, own, asked, text, option)
        elif items is not None:
            raise CjmError(
                en=f"item {name!r} is of type {kind!r}, which cannot be compared between people; use scales, numbers, "
                f"single and "
                "multiple choices here, and open answers as answers=",
                ru=f"вопрос {name!r} вида {kind!r}, его нельзя сравнивать между людьми; здесь берите шкалы, числа, "
                f"одиночный и множественный выбор, а открытые ответы — через answers=",
            )
    used = {row["item"] for row in b.info}
    b.cautions = tuple(survey.cautions(*(n for n in wanted if n in used))) if hasattr(survey, "cautions") else ()
    return str(getattr(survey, "name", "survey"))


def _wording(text: str, option: str) -> str:
    """What a row of a grid asks, without the question that all its rows share."""
    if option:
        return option
    grid = re.fullmatch(r".*\[(.+)\]\s*", text, re.DOTALL)
    return grid.group(1) if grid else text


def _wanted(survey: Any, items: Sequence[str] | str | None) -> list[str]:
    known = list(survey.items["item"])
    if items is None:
        person = getattr(survey, "person", None)
        return [i for i in known if i != person]
    return _asked(survey, items, known)


def _asked(survey: Any, items: Sequence[str] | str, known: list[str]) -> list[str]:
    asked = [items] if isinstance(items, str) else list(items)
    if hasattr(survey, "find"):
        return list(dict.fromkeys(n for a in asked for n in survey.find(a)))
    for i in asked:
        if i not in known:
            raise CjmError(suggest(i, known, what="item"))
    return asked


def _indexed(s: pd.Series, what: str) -> pd.Series:
    s = s.copy(deep=False)
    s.index = person_index(s.index)
    once(s.index, what)
    return s


def _add_choice(b: Builder, name: str, s: pd.Series, text: str) -> None:
    s = s.where(s.notna(), None).map(lambda v: None if v is None or v != v else str(v).strip() or None)
    found = s.dropna()
    counts = found.value_counts()
    if len(counts) > max(2, min(20, len(found) // 3)):
        b.warn(
            say(
                en=f"{name!r} has {len(counts)} different answers for {len(found)} people: not a choice that can be "
                f"compared",
                ru=f"у {name!r} разных ответов {len(counts)} на {len(found)} человек: сравнивать людей по нему нельзя",
            )
        )
        return
    rare = counts[counts < max(2, 0.02 * len(found))].index
    if len(rare) and len(counts) - len(rare) >= 1:
        # A level of one person is an indicator of that person, and would be a group of its own.
        s = s.where(~s.isin(rare), "(other)" if len(rare) > 1 else None)
    b.add(name, s.astype(object), block="choices", kind="level", item=name, text=text)


def _add_options(b: Builder, name: str, own: pd.DataFrame, asked: pd.Index, text: str, option: str) -> None:
    people = person_index(own["respondent"])
    chosen = own["value"].map(lambda v: str(v).strip())
    if option:
        hit = pd.Series(0.0, index=asked)
        hit[asked.isin(people[ticked(chosen).to_numpy()])] = 1.0
        b.add(f"{name}", hit, block="options", kind="yes_no", item=name, text=text)
        return
    answered = asked[asked.isin(people)]
    for o in sorted(chosen.unique(), key=lambda o: (-(chosen == o).sum(), o))[:30]:
        hit = pd.Series(0.0, index=answered)
        hit[answered.isin(people[(chosen == o).to_numpy()])] = 1.0
        b.add(f"{name}: {o}", hit, block="options", kind="yes_no", item=name, text=f"{text}: {o}")


def _from_frame(b: Builder, frame: pd.DataFrame, items: Sequence[str] | str | None) -> None:
    frame = frame.copy(deep=False)
    if isinstance(frame.index, pd.RangeIndex):
        for c in PERSON:
            if c in frame.columns:
                frame = frame.set_index(c)
                break
    frame.index = person_index(frame.index)
    once(frame.index, "survey")
    if not frame.columns.is_unique:
        raise CjmError(
            en=f"survey: column {frame.columns[frame.columns.duplicated()][0]!r} is there twice",
            ru=f"survey: столбец {frame.columns[frame.columns.duplicated()][0]!r} стоит дважды",
        )
    asked = [items] if isinstance(items, str) else list(items) if items is not None else list(frame.columns)
    for name in asked:
        if name not in frame.columns:
            raise CjmError("survey: " + suggest(name, frame.columns, what="item"))
        s = frame[name]
        if pd.api.types.is_bool_dtype(s.dtype):
            b.add(str(name), s.astype(float), block="options", kind="yes_no", item=str(name))
        elif pd.api.types.is_numeric_dtype(s.dtype) and not isinstance(s.dtype, pd.CategoricalDtype):
            values = s.astype("Float64").astype(float) if str(s.dtype) != "float64" else s
            two = set(values.dropna().unique()) <= {0.0, 1.0}
            b.add(
                str(name), values, block="options" if two else "ratings", kind="yes_no" if two else "number",
                item=str(name),
            )  # fmt: skip
        elif isinstance(s.dtype, pd.CategoricalDtype) and s.cat.ordered:
            values = pd.Series(s.cat.codes.to_numpy(dtype=float), index=s.index).where(lambda c: c >= 0)
            b.add(str(name), values, block="ratings", kind="number", item=str(name))
        elif pd.api.types.is_datetime64_any_dtype(s.dtype):
            raise CjmError(
                en=f"survey column {name!r} holds dates; make a number of it first, such as days since something",
                ru=f"в столбце опроса {name!r} даты; сначала сделайте из него число, например дней с какого-то события",
            )
        else:
            _add_choice(b, str(name), s, "")


# ---- behaviour and codes --------------------------------------------------------------------------------------------


def from_behaviour(b: Builder, behaviour: pd.DataFrame | pd.Series) -> None:
    """Numbers of each person, from an event log or another register."""
    if isinstance(behaviour, pd.Series):
        behaviour = behaviour.to_frame(str(behaviour.name or "behaviour"))
    if not isinstance(behaviour, pd.DataFrame):
        raise CjmError(
            en=f"behaviour: expected a DataFrame with the person as index, got {type(behaviour).__name__}",
            ru=f"behaviour: нужен DataFrame с человеком в индексе, пришло {type(behaviour).__name__}",
        )
    frame = behaviour.copy(deep=False)
    if isinstance(frame.index, pd.RangeIndex):
        for c in PERSON:
            if c in frame.columns:
                frame = frame.set_index(c)
                break
    frame.index = person_index(frame.index)
    once(frame.index, "behaviour")
    left = []
    for name in frame.columns:
        s = frame[name]
        if pd.api.types.is_timedelta64_dtype(s.dtype):
            s = s.dt.total_seconds()
        if pd.api.types.is_bool_dtype(s.dtype):
            b.add(str(name), s.astype(float), block="behaviour", kind="yes_no", item=str(name))
        elif pd.api.types.is_numeric_dtype(s.dtype):
            values = s.astype("Float64").astype(float) if str(s.dtype) != "float64" else s
            b.add(str(name), values, block="behaviour", kind="number", item=str(name))
        elif s.nunique() <= 12:
            _add_choice(b, str(name), s, "")
            if b.info and b.info[-1]["item"] == str(name):
                b.info[-1]["block"] = "behaviour"
        else:
            left.append(str(name))
    if left:
        b.warn(
            say(
                en=f"behaviour: not numbers, left out: {', '.join(left)}",
                ru=f"behaviour: не числа, не участвуют: {', '.join(left)}",
            )
        )


def from_codings(b: Builder, codings: pd.DataFrame, codebook: Any = None) -> None:
    """The share of each code among a person's codings; a passage that two coders gave the same code counts once."""
    need_columns(codings, ["participant", "code"], what="codings")
    known = codings["participant"].notna() & codings["code"].notna()
    table = codings[known]
    if not len(table):
        raise CjmError(
            en="codings: no row has both a participant and a code", ru="codings: нет строки и с участником, и с кодом"
        )
    table = table.assign(participant=person_index(table["participant"]).to_numpy(), code=table["code"].astype(str))
    if "coder" in table.columns and table["coder"].nunique() > 1:
        # Each coder's codes weigh the same; the counts stay whole numbers for the null model.
        place = [c for c in ("document", "start", "end") if c in table.columns]
        if len(place) == 3:
            table = table.drop_duplicates(["participant", "code", *place])
    counts = pd.crosstab(table["participant"], table["code"]).reindex(pd.unique(table["participant"]))
    by_people = (counts > 0).sum(axis=0)
    common = by_people[(by_people >= max(2, 0.05 * len(counts)))].index
    rest = [c for c in counts.columns if c not in set(common)]
    if not len(common):
        b.warn(say(en="no code was given to two people", ru="нет кода, который встретился бы у двух человек"))
        return
    kept = counts[list(common)].copy()
    if rest:
        kept["(rare codes)"] = counts[rest].sum(axis=1)
    titles = _titles_of(codebook)
    strange = [str(c) for c in common if titles and str(c) not in titles]
    if strange:
        b.warn(
            say(
                en=f"codes that the codebook does not hold: {', '.join(strange[:5])}",
                ru=f"кодов нет в книге кодов: {', '.join(strange[:5])}",
            )
        )
    add_shares(b, kept, "codes", {c: titles.get(str(c), str(c)) for c in kept.columns})


def _titles_of(codebook: Any) -> dict[str, str]:
    """What a codebook (or a table with name and title) calls each code."""
    if codebook is None:
        return {}
    if isinstance(codebook, pd.DataFrame):
        name = "name" if "name" in codebook else "code"
        need_columns(codebook, [name], what="codebook")
        title = codebook["title"] if "title" in codebook else codebook[name]
        return {str(c): str(t) if pd.notna(t) and t else str(c) for c, t in zip(codebook[name], title)}
    try:
        return {c.name: c.title or c.name for c in codebook}
    except (AttributeError, TypeError):
        raise CjmError(
            en=f"codebook: expected study.codebook() or a table with name and title, got {type(codebook).__name__}",
            ru=f"codebook: нужен study.codebook() или таблица с name и title, пришло {type(codebook).__name__}",
        ) from None


def add_shares(b: Builder, counts: pd.DataFrame, block: str, texts: dict[str, str]) -> None:
    counts = counts.copy()
    counts.index = person_index(counts.index)
    counts.columns = [f"{block}: {c}" for c in counts.columns]
    total = counts.sum(axis=1).astype(float)
    shares = counts.div(total.where(total > 0), axis=0) ** 0.5
    for c, plain in zip(counts.columns, texts.values()):
        b.add(c, shares[c], block=block, kind="share", item=plain, text=plain)
    b.counts[block] = counts
