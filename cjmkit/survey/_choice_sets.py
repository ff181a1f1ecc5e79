"""Choice tasks as people export them: one row an offer; checked, ordered and coded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.errors import CjmError, one_of, suggest
from cjmkit.i18n import say
from cjmkit.people import ids
from cjmkit.survey._result import rows_text

__all__ = ["Sets", "read_sets"]

_NAMES = {
    "person": ("person", "id", "participant", "respondent", "respid", "resp_id", "resp.id", "sys_respnum", "user"),
    "task": ("task", "qid", "question", "ques", "set", "choiceset", "choice_set", "cs", "scenario"),
    "chosen": ("chosen", "choice", "response", "selected", "picked", "answer"),
}
_OTHER = ("alt", "altid", "alternative", "concept", "profile", "profileid", "offer", "obsid", "position", "version")
_YES = {"1", "1.0", "true", "yes", "y", "да", "x"}
_NO = {"0", "0.0", "false", "no", "n", "нет", "", "-"}

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int_]


@dataclass(frozen=True, eq=False)
class Sets:
    """Offers of all tasks as numbers. Levels are coded by effects: the part-worths of an attribute add up to 0."""

    x: Floats
    sets: Ints
    chosen: npt.NDArray[np.bool_]
    people: Ints
    names: list[str]
    levels: dict[str, list[str]]
    linear: dict[str, tuple[float, float]]
    columns: list[tuple[str, str]]
    none: bool
    data: pd.DataFrame

    def part(self, attribute: str, level: Any) -> Floats:
        """The coded row of one level alone."""
        out = np.zeros(len(self.columns))
        if attribute in self.linear:
            out[self.columns.index((attribute, "(slope)"))] = float(level)
            return out
        levels = self.levels[attribute]
        for i, (a, lev) in enumerate(self.columns):
            if a == attribute:
                out[i] = 1.0 if lev == level else -1.0 if level == levels[-1] else 0.0
        return out

    def none_code(self) -> Floats:
        """The coded row of "none of these"."""
        return np.array([float(c == ("(none)", "(none)")) for c in self.columns])

    def code(self, name: str, given: Mapping[str, Any]) -> Floats:
        """The coded row of an offer."""
        known = [*self.levels, *self.linear]
        for a in given:
            if a not in known:
                raise CjmError(f"{name!r}: " + suggest(a, known, what="attribute"))
        if lacking := [a for a in known if a not in given]:
            raise CjmError(
                en=f"offer {name!r} has no level of {rows_text(lacking)}",
                ru=f"у предложения {name!r} нет уровня: {rows_text(lacking)}",
            )
        row = np.zeros(len(self.columns))
        for a in self.levels:
            lev = _text(given[a])
            if lev not in self.levels[a]:
                raise CjmError(f"{name!r}, {a}: " + suggest(lev, self.levels[a], what="level"))
            row += self.part(a, lev)
        for a, (low, high) in self.linear.items():
            v = float(given[a])
            if not low <= v <= high:
                raise CjmError(
                    en=f"{name!r}: {a} = {v:g} lies outside of what was shown, {low:g} to {high:g}",
                    ru=f"{name!r}: {a} = {v:g} вне показанного, от {low:g} до {high:g}",
                )
            row += self.part(a, v)
        return row

    def parts(self) -> Iterator[tuple[str, str, Floats, int, float, int]]:
        """Attribute, level, its coded row, offers with it, share of them chosen, people who saw it."""
        who = self.people[self.sets]
        offered = ~self.data["(none)"].to_numpy()
        for a, levels in self.levels.items():
            for lev in levels:
                at = (self.data[a] == lev).to_numpy() & offered
                yield a, lev, self.part(a, lev), int(at.sum()), float(self.chosen[at].mean()), len(np.unique(who[at]))
        for a in self.linear:
            share = float(self.chosen[offered].mean())
            yield a, "(slope)", self.part(a, 1.0), int(offered.sum()), share, len(self.names)
        if self.none:
            at = ~offered
            people = len(np.unique(who[at]))
            yield "(none)", "(none)", self.none_code(), int(at.sum()), float(self.chosen[at].mean()), people


def read_sets(
    choices: pd.DataFrame,
    attributes: Iterable[str] | None,
    linear: str | Iterable[str],
    columns: Mapping[str, str] | None,
    unchosen: str,
) -> tuple[Sets, list[str]]:
    """Check a table of choices and code it; what was left out is said."""
    one_of(unchosen, ("left out", "none"), what="unchosen")
    named = _columns(choices, columns or {})
    numbers = [linear] if isinstance(linear, str) else list(linear)
    every = [c for c in choices.columns if c not in named.values()]
    wanted = (
        [c for c in every if str(c).lower() not in _OTHER]
        if attributes is None
        else ([attributes] if isinstance(attributes, str) else list(attributes))
    )
    wanted += [a for a in numbers if a not in wanted]
    for a in wanted:
        if a not in choices.columns:
            raise CjmError(suggest(a, every, what="attribute (column)"))
    if not wanted:
        raise CjmError(en="no column is left for the attributes", ru="для свойств не осталось столбцов")
    data, notes = _rows(choices, named, wanted, numbers, unchosen)
    for a in numbers:
        values = pd.to_numeric(data[a].where(~data["(none)"]), errors="coerce")
        bad = data.index[values.isna() & ~data["(none)"]]
        if len(bad):
            raise CjmError(
                en=f"column {a!r}: {len(bad)} values are no numbers (rows {rows_text(bad)}); linear= takes numbers",
                ru=f"столбец {a!r}: не числа: {len(bad)} (строки {rows_text(bad)}); linear= берёт числа",
            )
        data[a] = values
    for a in wanted:
        if a not in numbers:
            data[a] = data[a].map(_text).where(~data["(none)"], "")
            holes = data.index[(data[a] == "") & ~data["(none)"]]
            if len(holes):
                raise CjmError(
                    en=f"column {a!r}: {len(holes)} offers have no level (rows {rows_text(holes)}); only “none of "
                    f"these” has none at all",
                    ru=f"столбец {a!r}: у {len(holes)} предложений нет уровня (строки {rows_text(holes)}); совсем без "
                    f"уровней бывает только «ничего»",
                )
    return _coded(data, [a for a in wanted if a not in numbers], numbers), notes


def _columns(choices: pd.DataFrame, given: Mapping[str, str]) -> dict[str, str]:
    for key, column in given.items():
        if key not in _NAMES:
            raise CjmError(suggest(key, _NAMES, what="role of a column"))
        if column not in choices.columns:
            raise CjmError(suggest(column, choices.columns, what="column"))
    named = dict(given)
    lower = {str(c).lower().strip(): c for c in choices.columns}
    for role, usual in _NAMES.items():
        if role not in named:
            hit = next((lower[u] for u in usual if u in lower and lower[u] not in named.values()), None)
            if hit is None:
                raise CjmError(
                    en=f"which column is the {role}? columns={{{role!r}: …}}; there are "
                    f"{rows_text(map(str, choices.columns), 12)}",
                    ru=f"в каком столбце {role}? columns={{{role!r}: …}}; есть "
                    f"{rows_text(map(str, choices.columns), 12)}",
                )
            named[role] = hit
    return named


def _rows(
    choices: pd.DataFrame, named: Mapping[str, str], wanted: list[str], numbers: list[str], unchosen: str
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of complete tasks in order, with person, task, chosen and whether the offer is none."""
    notes: list[str] = []
    said = choices[named["chosen"]].map(lambda v: "" if pd.isna(v) else str(v).strip().lower())
    strange = choices.index[~said.isin(_YES | _NO)]
    if len(strange):
        raise CjmError(
            en=f"column {named['chosen']!r}: {said[strange[0]]!r} is neither yes nor no (rows {rows_text(strange)}); "
            f"each offer has 1 if it was chosen, else 0",
            ru=f"столбец {named['chosen']!r}: {said[strange[0]]!r} — ни да, ни нет (строки {rows_text(strange)}); у "
            f"каждого предложения 1, если его выбрали, иначе 0",
        )
    data = choices[wanted].copy()
    data["(person)"] = ids(choices[named["person"]])
    data["(task)"] = ids(choices[named["task"]])
    data["(chosen)"] = said.isin(_YES)
    # Of "none of these" a price may be written as 0.
    blank = [
        choices[a].map(_text).isin(["", "0"] if a in numbers and len(wanted) > len(numbers) else [""]) for a in wanted
    ]
    data["(none)"] = np.logical_and.reduce(blank)
    nobody = data["(person)"].isna() | data["(task)"].isna()
    if nobody.any():
        notes.append(
            say(
                en=f"{int(nobody.sum())} rows without person or task were left out",
                ru=f"без человека или задания пропущено строк: {int(nobody.sum())}",
            )
        )
        data = data[~nobody]
    grouped = data.groupby(["(person)", "(task)"], sort=False)
    picks = grouped["(chosen)"].transform("sum")
    twice = data[picks > 1].drop_duplicates(["(person)", "(task)"])
    if len(twice):
        which = rows_text(f"{p}/{t}" for p, t in zip(twice["(person)"], twice["(task)"], strict=True))
        raise CjmError(
            en=f"{len(twice)} tasks have more than one choice (person/task: {which}); is {named['task']!r} really the "
            f"column of the task?",
            ru=f"заданий больше чем с одним выбором: {len(twice)} (человек/задание: {which}); точно ли задание в "
            f"{named['task']!r}?",
        )
    empty = data.loc[picks == 0, ["(person)", "(task)"]].drop_duplicates()
    if len(empty) and unchosen == "none":
        rows = empty.assign(**{"(chosen)": True, "(none)": True})
        others = data.loc[picks > 0, ["(person)", "(task)"]].drop_duplicates()
        others = others.assign(**{"(chosen)": False, "(none)": True})
        data = pd.concat([data, rows, others], ignore_index=True)
    elif len(empty):
        notes.append(
            say(
                en=f"{len(empty)} tasks in which nothing was chosen were left out (unchosen='none' takes them as none "
                f"of these)",
                ru=f"пропущено заданий, где ничего не выбрано: {len(empty)} (unchosen='none' — считать их отказом)",
            )
        )
        data = data[picks > 0]
    size = data.groupby(["(person)", "(task)"], sort=False)["(chosen)"].transform("size")
    if (size < 2).any():
        alone = int((size < 2).sum())
        notes.append(
            say(en=f"{alone} tasks with one offer were left out", ru=f"пропущено заданий с одним предложением: {alone}")
        )
        data = data[size >= 2]
    if data["(person)"].nunique() < 3:
        k = int(data["(person)"].nunique())
        raise CjmError(
            en=f"{k} people made a choice; conjoint needs three at least, and thirty to say much",
            ru=f"выбор сделали {k} чел.; нужно хотя бы трое, а чтобы сказать многое — тридцать",
        )
    return data, notes


def _coded(data: pd.DataFrame, factors: list[str], numbers: list[str]) -> Sets:
    pair = pd.MultiIndex.from_frame(data[["(person)", "(task)"]])
    code = pd.factorize(pair)[0]
    order = np.argsort(code, kind="stable")
    data, code = data.iloc[order].reset_index(drop=True), code[order]
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    people, names = pd.factorize(data["(person)"].iloc[starts])
    offered = ~data["(none)"].to_numpy()
    levels = {a: sorted(set(data.loc[offered, a]), key=_order) for a in factors}
    for a, own in levels.items():
        if not 2 <= len(own) <= 30:
            raise CjmError(
                en=f"attribute {a!r} has {len(own)} levels; a part-worth each needs 2 to 30"
                + (f". Of a number take linear={a!r}" if len(own) > 30 else ""),
                ru=f"у свойства {a!r} уровней: {len(own)}; для отдельной ценности нужно от 2 до 30"
                + (f". Для числа есть linear={a!r}" if len(own) > 30 else ""),
            )
    columns = [(a, lev) for a, own in levels.items() for lev in own[:-1]] + [(a, "(slope)") for a in numbers]
    none = bool((~offered).any())
    if none:
        columns.append(("(none)", "(none)"))
    x = np.zeros((len(data), len(columns)))
    for i, (a, lev) in enumerate(columns):
        if a == "(none)":
            x[:, i] = ~offered
        elif a in numbers:
            x[:, i] = data[a].fillna(0.0)
        else:
            x[:, i] = (data[a] == lev).astype(float) - ((data[a] == levels[a][-1]) & offered)
    centred = x - (np.add.reduceat(x, starts, axis=0) / np.diff(starts, append=len(x))[:, None])[code]
    scale = np.sqrt((centred**2).mean(axis=0))
    flat = [f"{a}: {lev}" for (a, lev), s in zip(columns, scale, strict=True) if s < 1e-9]
    if flat or np.linalg.matrix_rank(centred / np.where(scale > 0, scale, 1), tol=1e-8 * len(x)) < len(columns):
        raise CjmError(
            en="attributes cannot be told apart: within the tasks "
            + (f"these never differ: {rows_text(flat)}" if flat else "some always change together")
            + "; name attributes= without them",
            ru="свойства нельзя отделить друг от друга: внутри заданий "
            + (f"не различаются: {rows_text(flat)}" if flat else "некоторые всегда меняются вместе")
            + "; назовите attributes= без них",
        )
    span = {a: (float(data.loc[offered, a].min()), float(data.loc[offered, a].max())) for a in numbers}
    chosen = data["(chosen)"].to_numpy(dtype=bool)
    return Sets(x, code, chosen, people, [str(n) for n in names], levels, span, columns, none, data)


def _text(value: Any) -> str:
    """A level as text; whole numbers without their .0."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _order(text: str) -> tuple[int, float, str]:
    """Numbers by their value, before words."""
    try:
        return 0, float(text.replace(",", ".")), text
    except ValueError:
        return 1, 0.0, text
