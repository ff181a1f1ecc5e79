"""Scores of questions with options: shares of answers, multi-selects, rankings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.survey._decode import norm
from cjmkit.survey._intervals import within
from cjmkit.survey._result import SMALL, each_group, group_of
from cjmkit.survey._scored import Score, _figure, _warn
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import SCALE_TYPES, Item, plain
from cjmkit.survey.multi import split_options, ticked

__all__ = ["answers_of", "chosen"]


_OPTIONS = 50


def answers_of(survey: SurveyData, it: Item) -> tuple[pd.Series, list[Any], list[str]]:
    """The answers to one question as they are counted.

    Returns
    -------
    (answers, options, names)
        One answer a person; the different ones, on a scale from low to high with those that nobody gave, otherwise
        the most frequent first, at most 50 and the rest as one; how each is called.
    """
    raw = survey.raw(it)
    if raw.isna().all():
        raise CjmError(
            en=f"column {it.item!r}: nobody answered ({survey.n} people)",
            ru=f"столбец {it.item!r}: не ответил никто ({survey.n} человек)",
        )
    if it.type in SCALE_TYPES and it.scale:
        numbers = survey.values(it.replace(reverse=False))
        low, high = it.ends or (1.0, 5.0)
        points = list(range(int(low), int(high) + 1)) if high - low <= 20 else sorted(numbers.dropna().unique())
        labels = dict(enumerate(it.scale, start=1)) if isinstance(it.scale[0], str) else {}
        labels = labels or {p: t for c, t in it.labels for p in points if norm(c) == norm(p)}
        return numbers, points, [str(labels.get(p, plain(p))) for p in points]
    labels_of = dict(it.labels)
    options = list(raw.value_counts().index)
    if it.type == "ordered":
        place = {norm(s): k for k, s in enumerate(it.scale)} if it.scale and isinstance(it.scale[0], str) else {}
        options.sort(key=lambda o: place.get(norm(o), len(place)) if place else float(o))
        return raw, options, [str(labels_of.get(o, plain(o))) for o in options]
    if len(options) > _OPTIONS:
        # Write-ins: the few that people share are options, the long tail is one row.
        tail = set(options[_OPTIONS:])
        rest = "(other)"
        raw = raw.astype(object).map(lambda v: rest if v in tail else v, na_action="ignore")
        options = [*options[:_OPTIONS], rest]
    return raw, options, [str(labels_of.get(o, plain(o))) for o in options]


def _share(survey: SurveyData, it: Item, by: Any, w: np.ndarray | None, level: float) -> Score:
    raw, known, names = answers_of(survey, it)
    labels_of = dict(zip(known, names, strict=True))
    counted = raw.value_counts()
    # The most frequent first; "other answers" stay last, as answers_of has them.
    ordered = it.type == "ordered"
    options = known if ordered else sorted(counted.index, key=lambda o: (known.index(o) == _OPTIONS, -counted[o]))
    name, groups = group_of(survey, by) if by is not None else ("", None)
    rows = []
    for g, mask in each_group(groups, survey.n):
        for o in options:
            x = np.where(raw.isna(), np.nan, (raw == o).to_numpy(dtype=float))
            row = _figure("share", *within(x, w, mask), it, None, level)
            rows.append({**({"group": g} if groups is not None else {}), "answer": labels_of[o], **row})
    table = pd.DataFrame(rows)
    if ordered:  # what lies at or below, and the answer of the person in the middle
        table["cumulative"] = (
            table.groupby("group")["value"].cumsum() if groups is not None else table["value"].cumsum()
        )
        below = table["cumulative"] - table["value"]
        table["median"] = (below < 0.5 - 1e-9) & (table["cumulative"] >= 0.5 - 1e-9)
    blank = survey._frame[it.item].isna().to_numpy()[survey.counted]
    spread = pd.DataFrame(
        [(labels_of[o], int(counted[o])) for o in options]
        + [
            ("(coded as no answer)", int((raw.isna().to_numpy() & ~blank).sum())),
            ("(blank)", int(blank.sum())),
        ],
        columns=["answer", "n"],
    )
    spread["share"] = spread["n"] / survey.n
    notes = _warn(survey, it, "share", np.where(raw.isna(), np.nan, 1.0), w, raw)
    return Score(
        survey.name,
        "share",
        (it.item,),
        it.question,
        table,
        None,
        spread,
        {},
        name,
        "",
        it.scale,
        w is not None,
        tuple(notes),
    )


def _chosen_in_columns(survey: SurveyData, members: list[Item]) -> tuple[np.ndarray, list[str]]:
    """Who chose what, boolean (people, options), for a question with one column an option."""
    if members and all(m.coding == "code" for m in members):
        return _chosen_by_code(survey, members)
    columns = []
    for it in members:
        raw = survey.raw(it)
        if it.options and not it.separator:
            columns.append(
                raw.map(lambda v, yes=frozenset(it.options): str(plain(v)) in yes).fillna(False).to_numpy(dtype=bool)
            )
        else:
            columns.append(ticked(raw).to_numpy(dtype=bool))
    return np.column_stack(columns), [it.option or it.question for it in members]


def _chosen_by_code(survey: SurveyData, members: list[Item]) -> tuple[np.ndarray, list[str]]:
    """The same where each column holds the code of something chosen: an option is a code found in any of them."""
    answers = pd.DataFrame({m.item: survey.raw(m) for m in members})
    codes = sorted(
        {plain(v) for m in members for v in answers[m.item].dropna().unique()}, key=lambda v: (isinstance(v, str), v)
    )
    labels = {norm(c): t for m in members for c, t in m.labels}
    columns = [(answers == c).any(axis=1).to_numpy() for c in codes]
    grid = np.column_stack(columns) if columns else np.zeros((len(answers), 0), dtype=bool)
    return grid, [labels.get(norm(c), str(c)) for c in codes]


def _answering(survey: SurveyData, it: Item) -> np.ndarray:
    """Who chose at least one option of the question that `it` belongs to."""
    key = f"answering:{it.group}"
    if key not in survey._cache or not it.group:
        members = [i for i in survey.all_items if i.type == "multi" and i.group == it.group] if it.group else [it]
        survey._cache[key] = _chosen_in_columns(survey, members)[0].any(axis=1)
    return survey._cache[key]


def chosen(survey: SurveyData, members: list[Item]) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Who chose what.

    Returns
    -------
    (chosen, options, answering)
        Boolean (people, options); the options' wordings; who gave any answer, boolean (people,).
    """
    if len(members) == 1 and members[0].separator:
        it = members[0]
        lists = split_options(survey.raw(it), it)
        answered = lists.notna().to_numpy()
        counts: dict[str, int] = {}
        for options in lists.dropna():
            for o in options:
                counts[o] = counts.get(o, 0) + 1
        names = list(it.options) or [o for o, k in sorted(counts.items(), key=lambda p: -p[1]) if k > 1][:100]
        names = [n for n in names if n in counts] + [n for n in names if n not in counts]
        place = {o: j for j, o in enumerate(names)}
        grid = np.zeros((survey.n, len(names) + 1), dtype=bool)
        for i, options in enumerate(lists):
            if isinstance(options, list):
                for o in options:
                    grid[i, place.get(o, len(names))] = True
        if grid[:, -1].any():
            names.append("(other)")
            return grid, names, answered
        return grid[:, :-1], names, answered
    ticks = [m for m in members if m.type == "multi"]
    if len(ticks) == 1 and ticks[0].group:
        ticks = [i for i in survey.all_items if i.type == "multi" and i.group == ticks[0].group]
    grid, names = _chosen_in_columns(survey, ticks)
    answered = np.asarray(grid.any(axis=1))
    for it in members:
        if it.type == "open":
            answered |= survey.raw(it).notna().to_numpy()
    return grid, names, answered


def _multi(
    survey: SurveyData, members: list[Item], by: Any, w: np.ndarray | None, base: str, asked: Any, level: float
) -> Score:
    if base not in ("answering", "asked", "choices"):
        raise CjmError(suggest(base, ("answering", "asked", "choices"), what="base"))
    if not any(m.type == "multi" for m in members):
        raise CjmError(
            en=f"{members[0].item!r} is no multi-select; it is of type {members[0].type!r}",
            ru=f"{members[0].item!r} — не множественный выбор, а вопрос вида {members[0].type!r}",
        )
    members = [m for m in members if m.type in ("multi", "open")]
    grid, options, answered = chosen(survey, members)
    if not answered.any():
        raise CjmError(
            en=f"{members[0].group or members[0].item!r}: nobody chose anything",
            ru=f"{members[0].group or members[0].item!r}: никто ничего не выбрал",
        )
    seen = np.ones(survey.n, dtype=bool)
    notes = []
    if asked is not None:
        given = asked if isinstance(asked, pd.Series) else pd.Series(np.asarray(asked))
        if given.shape == (len(survey),):
            seen = given.to_numpy(dtype=bool)[survey.counted]
        elif given.shape == (survey.n,):
            seen = given.to_numpy(dtype=bool)
        else:
            raise CjmError(
                en=f"asked= needs {len(survey)} true or false values, one a row; got {given.shape[0]}",
                ru=f"asked= нужны {len(survey)} значений True или False, по одному на строку; пришло {given.shape[0]}",
            )
        extra = int((answered & ~seen).sum())
        if extra:
            notes.append(
                say(
                    en=f"{extra} people answered although asked= says they were not asked",
                    ru=f"{extra} чел. ответили, хотя по asked= их не спрашивали",
                )
            )
    elif base == "asked":
        notes.append(
            say(
                en="asked= was not given: everybody counts as asked", ru="asked= не задан: считается, что спросили всех"
            )
        )
    name, groups = group_of(survey, by) if by is not None else ("", None)
    rows = []
    for g, inside in each_group(groups, survey.n):
        for j, option in enumerate(options):
            x = grid[:, j].astype(float)
            figures = {}
            for b, people in (("answering", answered), ("asked", seen | answered)):
                m = inside & people
                figures[b] = _figure("share", *within(np.where(people, x, np.nan), w, inside), None, None, level)
                figures[b]["n"] = int(m.sum()) if w is None else figures[b]["n"]
            total = float((grid[inside] * (1 if w is None else np.nan_to_num(w)[inside][:, None])).sum())
            mine = float((grid[inside, j] * (1 if w is None else np.nan_to_num(w)[inside])).sum())
            row: dict[str, Any] = {} if groups is None else {"group": g}
            row |= {"option": option, "chosen": int(grid[inside, j].sum())}
            if base == "choices":
                row |= {
                    "value": mine / total if total else math.nan,
                    "low": math.nan,
                    "high": math.nan,
                    "n": int(grid[inside].sum()),
                    "method": "count",
                }
            else:
                row |= figures[base]
            row |= {
                "share_answering": figures["answering"]["value"],
                "n_answering": figures["answering"]["n"],
                "share_asked": figures["asked"]["value"],
                "n_asked": figures["asked"]["n"],
                "share_choices": mine / total if total else math.nan,
            }
            rows.append(row)
    details: dict[str, Any] = {
        "asked": int((seen | answered).sum()),
        "answering": int(answered.sum()),
        "people": survey.n,
        "choices": int(grid.sum()),
    }
    if len(options) > 2 and groups is None:
        details |= _cochran(grid[answered])
    if (answered.sum()) < SMALL:
        notes.append(
            say(en=f"only {int(answered.sum())} people answered", ru=f"ответили всего {int(answered.sum())} чел.")
        )
    question = members[0].group if len(members) > 1 and not members[0].separator else members[0].question
    return Score(
        survey.name,
        "multi",
        tuple(m.item for m in members),
        (members[0].text if question.startswith("QID") else question),
        pd.DataFrame(rows),
        None,
        pd.DataFrame(),
        details,
        name,
        base,
        (),
        w is not None,
        tuple(notes),
    )


def _cochran(grid: np.ndarray) -> dict[str, float]:
    """Cochran's Q: whether all options are chosen equally often by the same people."""
    from scipy.special import chdtrc

    k = grid.shape[1]
    columns, rows = grid.sum(axis=0), grid.sum(axis=1)
    below = k * rows.sum() - (rows**2).sum()
    if below <= 0:
        return {}
    q = (k - 1) * (k * (columns**2).sum() - columns.sum() ** 2) / below
    return {"cochran_q": float(q), "df": k - 1, "p": float(chdtrc(k - 1, q))}


def _ranking(survey: SurveyData, members: list[Item], by: Any, w: np.ndarray | None, level: float) -> Score:
    if len(members) == 1 and members[0].group:
        members = [i for i in survey.all_items if i.type == "ranking" and i.group == members[0].group]
    if len(members) < 2:
        raise CjmError(
            en="a ranking needs the columns of all its options; name their group",
            ru="ранжированию нужны столбцы всех вариантов; назовите их группу",
        )
    block = np.column_stack([survey.values(m.replace(reverse=False)).to_numpy() for m in members])
    k = block.shape[1]
    ordered = np.sort(block, axis=1)
    full = (ordered == np.arange(1, k + 1)).all(axis=1)
    some = ~np.isnan(block).all(axis=1)
    notes = []
    if (some & ~full).any():
        notes.append(
            say(
                en=f"{int((some & ~full).sum())} people ranked only some options or gave one rank twice; they do "
                f"not count",
                ru=f"{int((some & ~full).sum())} чел. проранжировали не всё или повторили ранг; они не учтены",
            )
        )
    if not full.any():
        raise CjmError(
            en=f"{members[0].group!r}: nobody ranked all {k} options",
            ru=f"{members[0].group!r}: никто не расставил все {k} вариантов",
        )
    if w is not None:
        notes.append(say(en="the tests of a ranking take no weights", ru="критерии для ранжирования веса не учитывают"))
    name, groups = group_of(survey, by) if by is not None else ("", None)
    rows = []
    for g, those in each_group(groups, survey.n):
        inside: np.ndarray = full & those
        for j, it in enumerate(members):
            x = np.where(inside, block[:, j], np.nan)
            row = _figure("mean", x, w, None, None, level)
            row |= {
                "first_share": float((block[inside, j] == 1).mean()) if inside.any() else math.nan,
                "borda": float((k - block[inside, j]).sum()),
            }
            rows.append({**({} if groups is None else {"group": g}), "option": it.option or it.question, **row})
    details: dict[str, Any] = {"n": int(full.sum())}
    if groups is None and full.sum() > 1:
        from scipy.special import chdtrc

        ranks = block[full]
        n = len(ranks)
        chi2 = 12 / (n * k * (k + 1)) * float((ranks.sum(axis=0) ** 2).sum()) - 3 * n * (k + 1)
        details |= {"friedman": chi2, "df": k - 1, "p": float(chdtrc(k - 1, chi2)), "kendall_w": chi2 / (n * (k - 1))}
    return Score(
        survey.name,
        "ranking",
        tuple(m.item for m in members),
        members[0].group or members[0].question,
        pd.DataFrame(rows),
        None,
        pd.DataFrame(),
        details,
        name,
        "",
        (1, k),
        w is not None,
        tuple(notes),
    )
