"""One row a person, from whatever there is: talk, open answers, codes, survey items, behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.errors import CjmError, NotEnough, SmallSampleWarning, suggest
from cjmkit.i18n import count, say
from cjmkit.people import said
from cjmkit.personas._builder import Builder
from cjmkit.personas._columns import from_behaviour, from_codings, from_survey
from cjmkit.personas._suitable import repeats
from cjmkit.personas._texts import Talk, Texts
from cjmkit.personas._texts import talk as spoken_by
from cjmkit.personas.data import Features, person_index
from cjmkit.personas.grid_data import GridData
from cjmkit.personas.placing import FEWEST_PLACED, from_grid

__all__ = ["features", "shuffled"]

_INFO = ["column", "block", "kind", "item", "text", "answered", "used", "why"]


def features(
    *,
    survey: Any = None,
    items: Sequence[str] | str | None = None,
    also: Sequence[str] | str | None = None,
    codings: pd.DataFrame | None = None,
    codebook: Any = None,
    turns: pd.DataFrame | None = None,
    answers: Any = None,
    behaviour: pd.DataFrame | pd.Series | None = None,
    grid: GridData | None = None,
    weights: Mapping[str, float] | None = None,
    people: Iterable[Any] | None = None,
    talk: Talk | None = None,
    like: Features | None = None,
    seed: int = 0,
) -> Features:
    """Put together what is known of each person.

    Any mix of sources; a person has one id everywhere. People who are in some sources only are kept: what is not
    known of them is missing, not zero.

    Parameters
    ----------
    survey : Survey or pandas.DataFrame, optional
        Survey answers, one row a respondent (a plain DataFrame has the person in its index). Scales and numbers become
        the block ``ratings``, single choices ``choices``, multiple choices ``options``; open answers are left to
        `answers`. Of a Survey only what can tell kinds of people apart is taken: attitudes, needs, habits, means. Ids,
        weights, dates, strata, codes without labels, demographics, the outcome, what was rated along the journey and
        what few answered are left out, each with its reason in ``left_out``.
    items : list of str, optional
        Which columns of the survey, in place of those that can tell kinds of people apart.
    also : list of str, optional
        Columns of the survey or variables of the grid that were left out (``left_out`` says why), to be put back.
    codings : pandas.DataFrame, optional
        Coded passages: the share of each code among a person's codings, block ``codes``. Columns participant, code.
    codebook : Codebook, optional
        Titles of the codes; codes that it does not hold are counted, and a warning names them.
    turns : pandas.DataFrame, optional
        Interviews: participant, role, text. Only the respondent's own turns are read: questions differ between
        interviews, and would make the groups. Block ``talk``.
    answers : pandas.DataFrame, Series, mapping or list, optional
        Open answers: a column respondent (or participant, person) and text (or value); a Series or mapping from person
        to text; or a list, each of another person. Block ``answers``.
    behaviour : pandas.DataFrame, optional
        One row a person (index), numbers such as visits or days to buy. Block ``behaviour``.
    grid : Grid, optional
        People placed on behavioural variables, from :func:`cjmkit.personas.grid`: block ``placements``. What the
        interviews do not tell stays missing. Variables on which raters do not agree (alpha below .667) are left out;
        `also` puts them back. Alone, and with 8 to 40 people, patterns are looked for by a procedure of their own.
    weights : dict, optional
        Weight of a block, 1 for those not named, 0 to leave one out.
    people : iterable, optional
        Only these people; those without any data are kept as empty rows, and counted.
    talk : Talk, optional
        How `turns` and `answers` are read: how many themes, and by which text vectors.
    like : Features, optional
        Use the themes and topics of these features instead of learning new ones: for new people who are to be put into
        existing personas, and for another wave.
    seed : int
        For the themes.

    Returns
    -------
    Features

    Raises
    ------
    CjmError
        If there is no source, a column is missing, one person has two rows, or nobody has data.

    Warns
    -----
    DataWarning
        What was left out: constant columns, infinite numbers, texts in other languages, questions that differ.

    Examples
    --------
    >>> import pandas as pd
    >>> likert = pd.DataFrame({"price": [1, 5, 4], "advice": [5, 1, 2]}, index=["anna", "boris", "vera"])
    >>> f = features(survey=likert)
    >>> f
    <Features: 3 people; columns: ratings 2>
    >>> f.columns_info[["column", "block", "kind", "answered"]].values.tolist()
    [['price', 'ratings', 'number', 3], ['advice', 'ratings', 'number', 3]]
    """
    if all(s is None for s in (survey, codings, turns, answers, behaviour, grid)):
        raise CjmError(
            en="nothing to make features from: give survey=, codings=, turns=, answers=, behaviour= or grid=",
            ru="признаки не из чего делать: дайте survey=, codings=, turns=, answers=, behaviour= или grid=",
        )
    b = Builder()
    name = ""
    reliability: dict[str, float] = {}
    if grid is not None:
        also, reliability = from_grid(b, grid, also)
        if also and survey is None:
            raise CjmError("also: " + suggest(next(iter(also)), [v.id for v in grid.variables], what="variable"))
    if survey is not None:
        name = from_survey(b, survey, items, also)
    if behaviour is not None:
        from_behaviour(b, behaviour)
    if codings is not None:
        from_codings(b, codings, codebook)
        b.passages["codings"] = codings
    texts = Texts(b, talk or Talk(), seed, like.model if like is not None else {})
    if turns is not None:
        texts.add(spoken_by(b, turns), "talk")
        b.passages["turns"] = turns
    if answers is not None:
        own = said(answers)
        texts.add(own, "answers")
        b.passages["answers"] = answers if isinstance(answers, pd.DataFrame) else own
    made = _finished(b, weights, people, name, texts)
    made = carried(made, b.cautions)
    return made if grid is None else replace(made, grid=grid, reliability=reliability)


def _nobody() -> NotEnough:
    return NotEnough(
        say(en="nobody is left: no source has a person with data", ru="никого не осталось: ни о ком нет данных"),
        why=say(en="groups are looked for in what people differ in", ru="группы ищут в том, чем люди различаются"),
        action=say(
            en="name rating items under `survey: attitudes:` in study.yaml, or give codings or behaviour",
            ru="назовите оценочные вопросы в study.yaml: `survey: attitudes:`, дайте разметку или поведение",
        ),
        lane="personas",
    )


def _finished(
    b: Builder, weights: Mapping[str, float] | None, people: Iterable[Any] | None, name: str, texts: Texts
) -> Features:
    everyone = dict.fromkeys(p for s in b.series.values() for p in s.index)
    if people is not None:
        everyone = dict.fromkeys(person_index(people))
    if not everyone:
        raise _nobody()
    index = pd.Index(list(everyone), name="person", dtype="str")
    table = pd.DataFrame({c: s.reindex(index) for c, s in b.series.items()}, index=index)
    counts = {k: c.reindex(index).fillna(0) for k, c in b.counts.items()}
    _tell_omitted(b)
    infinite = []
    again = repeats(table, [r["column"] for r in b.info if r["block"] in ("ratings", "choices", "options")])
    for row in b.info:
        c = row["column"]
        if row["kind"] != "level":
            numbers = table[c].to_numpy(dtype=float, na_value=np.nan)
            if np.isinf(numbers).any():
                infinite.append(c)
                numbers = np.where(np.isinf(numbers), np.nan, numbers)
            table[c] = numbers
        values = table[c].dropna()
        row["answered"] = len(values)
        row["used"], row["why"] = True, ""
        if values.nunique() < 2:
            row["used"] = False
            row["why"] = say(en="everybody the same", ru="у всех одно и то же") if len(values) else say(
                en="no answers", ru="нет ответов"
            )  # fmt: skip
        elif row["kind"] == "yes_no" and min(values.sum(), len(values) - values.sum()) < 2:
            row["used"], row["why"] = False, say(en="fewer than two people", ru="меньше двух человек")
        elif row["column"] in again:
            row["used"] = False
            row["why"] = say(en=f"says the same as {again[row['column']]}", ru=f"то же, что {again[row['column']]}")
        elif row["kind"] == "number" and _is_skewed(values.to_numpy(dtype=float)):
            row["kind"] = "skewed"
    info = pd.DataFrame(b.info).reindex(columns=_INFO)
    if infinite:
        b.warn(
            say(
                en=f"infinite numbers count as missing in {_listed(infinite)}",
                ru=f"бесконечные значения считаются пропусками: {_listed(infinite)}",
            )
        )
    dropped = info[~info["used"].astype(bool)]
    if len(dropped):
        b.warn(
            say(
                en=f"left out of the clustering: {_listed(dropped['column'])} (see columns_info)",
                ru=f"не участвуют в поиске групп: {_listed(dropped['column'])} (см. columns_info)",
            )
        )
    _check_weights(weights or {}, list(dict.fromkeys(info["block"])))
    empty = int(table.isna().all(axis=1).sum())
    if empty:
        b.warn(
            say(
                en=f"{count(empty, en=('person has', 'people have'), ru=('', '', ''), lang='en')} no data at all and "
                "will be left out of the groups",
                ru="без каких-либо данных: "
                f"{count(empty, en=('', ''), ru=('человек', 'человека', 'человек'), lang='ru')}; в группы не войдут",
            )
        )
    least = FEWEST_PLACED if set(info["block"]) == {"placements"} else 20
    if len(table) - empty < least:
        b.warn(
            say(
                en=f"{len(table)} people are too few to find groups among; at least {least} are needed",
                ru=f"людей слишком мало, чтобы искать среди них группы ({len(table)}); нужно не меньше {least}",
            ),
            SmallSampleWarning,
        )
    info["answered"] = info["answered"].astype(int)
    info["used"] = info["used"].astype(bool)
    return Features(
        table, info, dict(weights or {}), counts, tuple(b.warnings), texts.said, texts.spelling, b.passages, name,
        texts.model, pd.DataFrame(b.omitted, columns=["column", "text", "why"]),
        pd.DataFrame({c: s.reindex(index) for c, s in b.aside.items()}, index=index),
    )  # fmt: skip


def _check_weights(weights: Mapping[str, float], have: list[str]) -> None:
    for k, w in weights.items():
        if k not in have:
            raise CjmError(suggest(k, have, what="block"))
        if not (isinstance(w, int | float) and np.isfinite(w) and w >= 0):
            raise CjmError(
                en=f"weight of block {k!r} is {w!r}; a weight is a number, 0 or more",
                ru=f"вес блока {k!r} равен {w!r}; вес — число от 0",
            )


def _tell_omitted(b: Builder) -> None:
    many = len(b.omitted) - b.told
    if many:
        b.warn(
            say(
                en=f"{many} questions cannot tell kinds of people apart and are left out (see left_out; "
                "put one back with also=)",
                ru=f"вопросов, по которым виды людей не различить: {many}; они не участвуют (см. left_out; "
                "вернуть — also=)",
            )
        )


def _is_skewed(x: np.ndarray) -> bool:
    """Whether a few far values would decide where the clusters lie: more than a scale's few points, and a long tail."""
    if np.unique(x).size <= 11 and x.size > 11:
        return False
    sd = x.std()
    return bool(sd > 0 and abs((((x - x.mean()) / sd) ** 3).mean()) > 1)


def _listed(names: Iterable[Any], n: int = 6) -> str:
    names = [str(n) for n in names]
    return ", ".join(names[:n]) + (f", … ({len(names)})" if len(names) > n else "")


def shuffled(features: Features, seed: int = 0) -> Features:
    """Give everybody somebody else's answers: the same columns, no kinds of people.

    Each column is permuted among those who answered it; shares of codes and themes are dealt out again with the
    totals of each person and of each code kept. What :func:`cjmkit.personas.fit` finds in the copy, it would find
    anywhere.

    Parameters
    ----------
    features : Features
        The real ones.
    seed : int
        Decides the shuffle.

    Returns
    -------
    Features

    Examples
    --------
    >>> import pandas as pd
    >>> f = features(survey=pd.DataFrame({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1]}))
    >>> g = shuffled(f, seed=1)
    >>> sorted(g.table["a"]) == sorted(f.table["a"])
    True
    """
    rng = np.random.default_rng(seed)
    table = features.table.copy()
    counts = {}
    of_shares: set[str] = set()
    for b, c in features.counts.items():
        dealt = _dealt(c.to_numpy(dtype=int), rng)
        counts[b] = pd.DataFrame(dealt, index=c.index, columns=c.columns)
        total = dealt.sum(axis=1, keepdims=True)
        shares = np.where(total > 0, np.sqrt(dealt / np.maximum(total, 1)), np.nan)
        for j, name in enumerate(c.columns):
            if name in table.columns:
                table[name] = shares[:, j]
                of_shares.add(name)
    for name in table.columns:
        if name in of_shares:
            continue
        known = np.flatnonzero(table[name].notna())
        values = table[name].to_numpy(copy=True)
        values[known] = values[known][rng.permutation(known.size)]
        table[name] = values
    return replace(features, table=table, counts=counts, said={}, passages={}, warnings=features.warnings)


def _dealt(counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Deal the passages out again: same number for each person, same number of each code."""
    people = np.repeat(np.arange(counts.shape[0]), counts.sum(axis=1))
    codes = np.repeat(np.arange(counts.shape[1]), counts.sum(axis=0))
    out = np.zeros_like(counts)
    np.add.at(out, (people, rng.permutation(codes)), 1)
    return out
