"""What a banner table is made of: blocks of rows, groups of columns, and their sums over people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cjmkit.errors import CjmError, one_of, suggest
from cjmkit.survey._result import group_of, rows_text
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import SCALE_TYPES, Item
from cjmkit.survey.options import answers_of, chosen

__all__ = ["STATISTICS", "Block", "Columns", "Line", "blocks", "column_groups"]

STATISTICS = ("share", "top2", "bottom2", "mean", "median", "nps")
_DEFAULT = {"nps": ("share", "nps"), "number": ("mean", "median"), "sus": ("mean",), "ranking": ("mean",)}
_CATEGORIES = 60

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """One row of a table: what it says, which statistic, and one number a person (0 where there is no answer)."""

    label: str
    kind: str
    values: Floats
    depth: int = 0
    net: bool = False


@dataclass(frozen=True)
class Block:
    """The rows of one question; `answered` says who belongs to its base."""

    item: str
    question: str
    answered: npt.NDArray[np.bool_]
    lines: list[Line] = field(default_factory=list)
    base: str = "answering"


@dataclass(frozen=True)
class Columns:
    """The columns of one question, boolean (people, columns); one person may stand in several of them."""

    name: str
    labels: tuple[str, ...]
    inside: npt.NDArray[np.bool_]
    items: tuple[str, ...] = ()


def column_groups(survey: SurveyData, columns: Any) -> list[Columns]:
    """Resolve ``columns=``: names of items, Series by respondent, tuples of them for nested columns."""
    if isinstance(columns, str | pd.Series | tuple):
        columns = [columns]
    out = [_columns(survey, c) for c in columns]
    if not out:
        raise CjmError(
            en="columns= names no item; give at least one, for example columns=['age']",
            ru="columns= пуст; назовите хотя бы один вопрос, например columns=['age']",
        )
    return out


def _columns(survey: SurveyData, given: Any) -> Columns:
    if isinstance(given, tuple):
        parts = [_columns(survey, g) for g in given]
        first = parts[0]
        for other in parts[1:]:
            pairs = [(i, j) for i in range(len(first.labels)) for j in range(len(other.labels))]
            inside = np.column_stack([first.inside[:, i] & other.inside[:, j] for i, j in pairs])
            seen = np.asarray(inside.any(axis=0))
            labels = [f"{first.labels[i]} · {other.labels[j]}" for i, j in pairs]
            first = Columns(
                f"{first.name} · {other.name}",
                tuple(t for t, s in zip(labels, seen, strict=True) if s),
                inside[:, seen],
                first.items + other.items,
            )
        return _fits(first)
    if isinstance(given, str):
        members = [survey.item(n) for n in survey.find(given)]
        if all(m.type == "multi" for m in members):
            grid, names, _ = chosen(survey, members)
            keep = np.asarray(grid.any(axis=0))
            label = members[0].group or members[0].item
            items = tuple(m.item for m in members)
            return _fits(Columns(label, tuple(n for n, k in zip(names, keep, strict=True) if k), grid[:, keep], items))
        it = survey.item(given)
        if it.type in ("open", "id", "date"):
            raise CjmError(
                en=f"columns: item {it.item!r} is of type {it.type!r}; columns are items with few answers, or a Series",
                ru=f"columns: вопрос {it.item!r} имеет тип {it.type!r}; в столбцы годятся вопросы с немногими "
                "ответами или Series",
            )
        if it.type != "number":
            raw, options, names = answers_of(survey, it)
            if it.type == "single" and not it.labels:
                order = sorted(range(len(names)), key=lambda k: _natural(names[k]))
                names, options = [names[k] for k in order], [options[k] for k in order]
            inside = np.column_stack([(raw == o).to_numpy(dtype=bool, na_value=False) for o in options])
            keep = np.asarray(inside.any(axis=0))
            kept = tuple(n for n, k in zip(names, keep, strict=True) if k)
            return _fits(Columns(it.item, kept, inside[:, keep], (it.item,)))
    name, groups = group_of(survey, given)
    labels = sorted(groups.dropna().unique(), key=_natural)
    return _fits(
        Columns(name, tuple(labels), np.column_stack([(groups == g).to_numpy(dtype=bool) for g in labels]), (name,))
    )


def _natural(text: str) -> tuple[bool, float, str]:
    """Numbers and ranges in their order ("18-34", "35-54", "55+"), other texts by the alphabet after them."""
    first = re.search(r"\d+(?:\.\d+)?", text)
    starts = first is not None and first.start() <= 2
    return (not starts, float(first.group()) if first and starts else 0.0, text)


def _fits(found: Columns) -> Columns:
    if len(found.labels) > _CATEGORIES:
        raise CjmError(
            en=f"columns: {found.name!r} makes {len(found.labels)} columns; a table takes up to {_CATEGORIES} a "
            "question. Join answers first, or use an item with fewer",
            ru=f"columns: {found.name!r} даёт столбцов: {len(found.labels)}; в таблице их до {_CATEGORIES} на вопрос. "
            "Объедините ответы или возьмите вопрос, где их меньше",
        )
    return found


def blocks(
    survey: SurveyData,
    rows: Any,
    statistics: Any,
    nets: Mapping[str, Mapping[str, Any]] | None,
) -> list[Block]:
    """Resolve ``rows=``: each question becomes a block, the options of one multi-select one block together."""
    wanted = [rows] if isinstance(rows, str) else list(rows)
    out: list[Block] = []
    given = dict(nets or {})
    used: set[str] = set()
    done: set[str] = set()
    for row in wanted:
        for name in survey.find(row):
            it = survey.item(name)
            key = it.group if it.group and it.type in ("multi", "sus") else it.item
            if key in done:
                continue
            done.add(key)
            chosen_nets = next((given[k] for k in (row, key, it.item) if k in given), {})
            used |= {k for k in (row, key, it.item) if k in given}
            out.append(_block(survey, it, _statistics(statistics, it, row), chosen_nets))
    if not out:
        raise CjmError(en="rows= names no item", ru="rows= пуст: не назван ни один вопрос")
    if unused := set(given) - used:
        raise CjmError(suggest(sorted(unused)[0], [b.item for b in out], what="item in nets="))
    return out


def _statistics(given: Any, it: Item, row: str) -> tuple[str, ...]:
    if isinstance(given, Mapping):
        given = given.get(it.item, given.get(row))
    if given is None:
        return _DEFAULT.get(it.type, ("share", "top2", "mean") if it.type in SCALE_TYPES else ("share",))
    chosen_kinds = (given,) if isinstance(given, str) else tuple(given)
    for k in chosen_kinds:
        one_of(k, STATISTICS, what="statistic")
    return chosen_kinds


def _block(survey: SurveyData, it: Item, kinds: tuple[str, ...], nets: Mapping[str, Any]) -> Block:
    if it.type in ("open", "id", "date", "meta", "weight"):
        raise CjmError(
            en=f"rows: item {it.item!r} is of type {it.type!r} and has no figure; set_item({it.item!r}, type=…) if it "
            "is a question with answers to count",
            ru=f"rows: вопрос {it.item!r} имеет тип {it.type!r}, считать нечего; set_item({it.item!r}, type=…), если "
            "это вопрос с ответами",
        )
    if it.type == "multi":
        grid, names, answered = chosen(survey, [it])
        block = Block(it.group or it.item, it.text if it.separator or not it.group else it.group, answered)
        found = {n: grid[:, j] for j, n in enumerate(names)}
        block.lines.extend(_answer_lines(block, found, nets))
        return block
    if it.type == "sus":
        from cjmkit.survey._questionnaires import sus_of

        x = sus_of(survey, [it]).to_numpy(dtype=float)
        return Block(
            it.group or it.item, "System Usability Scale", ~np.isnan(x), [Line("mean", "mean", np.nan_to_num(x))]
        )
    if it.type in ("single", "ordered") or (it.type == "number" and kinds == ("share",)):
        return _single(survey, it, nets)
    x = survey.values(it).to_numpy(dtype=float)
    block = Block(it.item, it.question, ~np.isnan(x))
    _needs_scale(it, kinds)
    for k in kinds:
        block.lines.extend(_scale_lines(survey, it, block, x, k, nets))
    return block


def _single(survey: SurveyData, it: Item, nets: Mapping[str, Any]) -> Block:
    raw, options, names = answers_of(survey, it)
    block = Block(it.item, it.question, raw.notna().to_numpy())
    found = {n: (raw == o).to_numpy(dtype=bool, na_value=False) for o, n in zip(options, names, strict=True)}
    block.lines.extend(_answer_lines(block, found, nets))
    return block


def _needs_scale(it: Item, kinds: Sequence[str]) -> None:
    wrong = [k for k in kinds if k in ("top2", "bottom2") and not it.scale]
    wrong += [k for k in kinds if k == "nps" and it.ends not in ((0.0, 10.0), (1.0, 10.0), None)]
    if wrong:
        raise CjmError(
            en=f"item {it.item!r} cannot be shown as {wrong[0]}: its scale is {list(it.scale) or 'not known'}; "
            "set_item(…, scale=…) says it",
            ru=f"вопрос {it.item!r} нельзя показать как {wrong[0]}: шкала {list(it.scale) or 'неизвестна'}; "
            "её задаёт set_item(…, scale=…)",
        )


def _scale_lines(
    survey: SurveyData, it: Item, block: Block, x: Floats, kind: str, nets: Mapping[str, Any]
) -> list[Line]:
    filled = np.nan_to_num(x)
    if kind in ("mean", "median"):
        return [Line(kind, kind, filled if kind == "mean" else x)]
    if kind == "nps":
        up, down = block.answered & (x >= 9), block.answered & (x < 7)
        return [Line("nps", "nps", 100.0 * (up.astype(float) - down))]
    low, high = it.ends or (0.0, 10.0)
    if kind in ("top2", "bottom2"):
        hit = x > high - 2 if kind == "top2" else x < low + 2
        return [Line(kind, "share", (block.answered & hit).astype(float), net=True)]
    if it.type == "nps" and not nets:
        parts = (("promoters", x >= 9), ("passives", (x >= 7) & (x < 9)), ("detractors", x < 7))
        return [Line(name, "share", (block.answered & hit).astype(float)) for name, hit in parts]
    raw, options, names = answers_of(survey, it)
    found = {n: (raw == o).to_numpy(dtype=bool, na_value=False) for o, n in zip(options, names, strict=True)}
    return _answer_lines(block, found, nets)


def _answer_lines(block: Block, found: Mapping[str, npt.NDArray[np.bool_]], nets: Mapping[str, Any]) -> list[Line]:
    """Nets first, each with its answers below it, then the answers in no net."""
    out: list[Line] = []
    listed: list[str] = []

    def members(what: Any) -> list[str]:
        if isinstance(what, Mapping):
            return [m for part in what.values() for m in members(part)]
        texts = [str(what)] if isinstance(what, str | int | float) else [str(t) for t in what]
        for t in texts:
            if t not in found:
                raise CjmError(suggest(t, found, what=f"answer to {block.item!r} in nets="))
        return texts

    def add(name: str, what: Any, depth: int) -> None:
        inside = np.logical_or.reduce([found[m] for m in members(what)])
        out.append(Line(name, "share", inside.astype(float), depth, net=True))
        if isinstance(what, Mapping):
            for part, inner in what.items():
                add(str(part), inner, depth + 1)
            return
        for m in members(what):
            if m not in listed:
                listed.append(m)
                out.append(Line(m, "share", found[m].astype(float), depth + 1))

    for name, what in nets.items():
        if not members(what):
            raise CjmError(
                en=f"nets: {name!r} of {block.item!r} joins no answers; it has {rows_text(found)}",
                ru=f"nets: {name!r} ({block.item!r}) не объединяет ни одного ответа; есть {rows_text(found)}",
            )
        add(str(name), what, 0)
    out += [Line(n, "share", f.astype(float)) for n, f in found.items() if n not in listed]
    return out
