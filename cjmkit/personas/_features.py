"""One row a person, from whatever there is: talk, open answers, codes, survey items, behaviour."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError, DataWarning, SmallSampleWarning, suggest
from cjmkit.i18n import count, say
from cjmkit.personas._numbers import records
from cjmkit.personas._space import Space, components_for
from cjmkit.text.vectors import Embedder

if TYPE_CHECKING:
    from cjmkit.personas._sources import Texts

__all__ = ["BLOCKS", "Features", "features", "shuffled"]

BLOCKS = ("ratings", "choices", "options", "behaviour", "codes", "talk", "answers")
"""Blocks that features can have, in the order of the table."""

_INFO = ["column", "block", "kind", "item", "text", "answered", "used", "why"]


@dataclass(frozen=True, eq=False, repr=False)
class Features:
    """What is known of each person, with where every column came from.

    Make one with :func:`cjmkit.personas.features`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a person (index ``person``), one column a question; missing answers stay missing.
    columns_info : pandas.DataFrame
        One row a column of `table`: column, block, kind (number, skewed, level, yes_no, share, topic), item (the
        survey item, code or event behind it), text (its wording), answered (people with a value), used, why (why it
        is not used).
    weights : dict of str to float
        Weight of each block in the clustering; 1 is as much as any other.
    warnings : tuple of str
        What was left out or should be known.
    said : dict of str to tuple
        Per person the stems of their own words, for the profile; interviewers' words never enter.
    passages : dict of str to DataFrame
        The codings, turns and answers that quotes are taken from.
    """

    table: pd.DataFrame
    columns_info: pd.DataFrame
    weights: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spelling: Mapping[str, str] = field(default_factory=dict)
    passages: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    survey_name: str = ""
    model: Mapping[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> pd.Index:
        """Ids of the people."""
        return self.table.index

    @property
    def n(self) -> int:
        """How many people."""
        return len(self.table)

    @property
    def blocks(self) -> pd.DataFrame:
        """One row a block: block, columns, people (with at least one value), weight."""
        rows = []
        for b in self._block_names():
            own = self.table[self._columns(b)]
            rows.append([b, own.shape[1], int(own.notna().any(axis=1).sum()), float(self.weights.get(b, 1.0))])
        return pd.DataFrame(rows, columns=["block", "columns", "people", "weight"])

    def _block_names(self) -> list[str]:
        used = self.columns_info[self.columns_info["used"]]
        return [b for b in dict.fromkeys(used["block"]) if float(self.weights.get(b, 1.0)) > 0]

    def _columns(self, block: str) -> list[str]:
        i = self.columns_info
        return list(i.loc[(i["block"] == block) & i["used"], "column"])

    def only(self, *blocks: str) -> Features:
        """The same people with some of the blocks.

        Raises
        ------
        CjmError
            If there is no such block.
        """
        have = list(dict.fromkeys(self.columns_info["block"]))
        for b in blocks:
            if b not in have:
                raise CjmError(suggest(b, have, what="block"))
        keep = self.columns_info["block"].isin(blocks)
        info = self.columns_info[keep].reset_index(drop=True)
        counts = {b: c for b, c in self.counts.items() if b in blocks}
        return replace(self, table=self.table[list(info["column"])], columns_info=info, counts=counts)

    def __repr__(self) -> str:
        parts = ", ".join(f"{b.block} {b.columns}" for b in records(self.blocks))
        return f"<Features: {self.n} people; columns: {parts or 'none'}>"

    def _repr_html_(self) -> str:
        from html import escape

        told = "".join(f"<li>{escape(w)}</li>" for w in self.warnings)
        head = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"))
        return f"<p><b>{head}</b></p>{self.blocks.to_html(index=False)}" + (f"<ul>{told}</ul>" if told else "")

    # for the clustering

    def space(self) -> Space:
        """The people as standardised columns, for the clustering.

        Numbers are z-scored (skewed ones as normal scores), levels become scaled indicators as in multiple
        correspondence analysis, shares their square roots, topics stay as they are.
        """
        columns: list[np.ndarray] = []
        levels: list[np.ndarray | None] = []
        block: list[int] = []
        weights: list[float] = []
        kinds = self.columns_info.set_index("column")["kind"]
        names = self._block_names()
        where: dict[str, int] = {}
        nominal: list[int] = []
        for number, b in enumerate(names):
            weights.append(float(self.weights.get(b, 1.0)))
            for c in self._columns(b):
                where[c] = len(columns)
                raw = self.table[c]
                block.append(number)
                if kinds[c] == "level":
                    codes, coded = _level_codes(raw)
                    nominal.append(len(columns))
                    columns.append(codes)
                    levels.append(coded)
                else:
                    columns.append(_standard(raw.to_numpy(dtype=float, na_value=np.nan), str(kinds[c])))
                    levels.append(None)
        if not columns:
            raise CjmError(
                say(
                    en="no column is left to find groups with; features.columns_info says why each was left out",
                    ru="не осталось ни одного столбца, по которому можно искать группы; "
                    "features.columns_info говорит, почему каждый исключён",
                )
            )
        matrix = np.column_stack(columns)
        counts = tuple(
            (tuple(where[c] for c in self._columns(b)), self.counts[b][self._columns(b)].to_numpy(dtype=float))
            for b in names
            if b in self.counts
        )
        topics = tuple(
            tuple(where[c] for c in self._columns(b)) for b in names if set(kinds[self._columns(b)]) == {"topic"}
        )
        wide = sum(1 if lv is None else lv.shape[1] for lv in levels)
        space = Space(
            matrix, tuple(levels), tuple(block), tuple(weights), components_for(len(matrix), wide), counts, topics
        )  # fmt: skip
        return _order_levels(space, nominal) if nominal else space


def _standard(x: np.ndarray, kind: str) -> np.ndarray:
    if kind == "skewed":
        from scipy.special import ndtri
        from scipy.stats import rankdata

        known = ~np.isnan(x)
        x = x.copy()
        x[known] = ndtri((rankdata(x[known]) - 0.5) / known.sum())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, sd = np.nanmean(x), np.nanstd(x)
    if kind in ("share", "topic"):
        return x - mean
    return (x - mean) / sd if sd > 0 else x * 0


def _level_codes(raw: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Level numbers (NaN where missing), and the scaled indicators (levels, levels) of each level."""
    codes, uniques = pd.factorize(raw, sort=True, use_na_sentinel=True)
    p = np.bincount(codes[codes >= 0], minlength=len(uniques)) / max(1, (codes >= 0).sum())
    table = (np.eye(len(uniques)) - p) / np.sqrt(p)
    return np.where(codes >= 0, codes.astype(float), np.nan), table


def _order_levels(space: Space, nominal: list[int]) -> Space:
    """Number the levels along the leading axis, so that a null without groups can carry it through them."""
    encoded = space.encoded()
    mean, scale, axes = space.basis(encoded)
    lead = ((encoded - mean) * scale) @ axes[:, 0]
    columns, levels = space.columns.copy(), list(space.levels)
    for j in nominal:
        c = columns[:, j]
        k = levels[j].shape[0]  # type: ignore[union-attr]
        known = ~np.isnan(c)
        place = [lead[known & (c == v)].mean() if (known & (c == v)).any() else 0.0 for v in range(k)]
        order = np.argsort(place, kind="stable")
        rank = np.empty(k)
        rank[order] = np.arange(k)
        columns[known, j] = rank[c[known].astype(int)]
        levels[j] = levels[j][order]  # type: ignore[index]
    return replace(space, columns=columns, levels=tuple(levels))


class _Builder:
    """Collects columns of different blocks, each with its people."""

    def __init__(self) -> None:
        self.series: dict[str, pd.Series] = {}
        self.info: list[dict[str, Any]] = []
        self.counts: dict[str, pd.DataFrame] = {}
        self.passages: dict[str, pd.DataFrame] = {}
        self.warnings: list[str] = []

    def warn(self, message: str, kind: type[Warning] = DataWarning) -> None:
        self.warnings.append(message)
        warnings.warn(kind(message), stacklevel=4)

    def add(self, name: str, values: pd.Series, *, block: str, kind: str, item: str, text: str = "") -> None:
        column, again = name, 2
        while column in self.series:
            column, again = f"{name} ({again})", again + 1
        self.series[column] = values
        self.info.append({"column": column, "block": block, "kind": kind, "item": item, "text": text})


def _person_index(index: Iterable[Any]) -> pd.Index:
    """Ids as text, however the file wrote them: 7, 7.0 and "7" are one person."""

    def one(v: Any) -> str:
        if isinstance(v, float) and v.is_integer():
            v = int(v)
        return str(v).strip()

    return pd.Index([one(v) for v in index], name="person", dtype="str")


def _known(values: Any) -> pd.Series:
    return pd.Series(values).map(lambda v: v is not None and v == v and str(v).strip() not in ("", "<NA>", "NaT"))


def features(
    *,
    survey: Any = None,
    items: Sequence[str] | str | None = None,
    codings: pd.DataFrame | None = None,
    turns: pd.DataFrame | None = None,
    answers: pd.DataFrame | pd.Series | None = None,
    behaviour: pd.DataFrame | None = None,
    embed: Embedder | None = None,
    weights: Mapping[str, float] | None = None,
    people: Iterable[Any] | None = None,
    themes: int = 12,
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
        `answers`.
    items : list of str, optional
        Which columns of the survey, in place of all that can be used.
    codings : pandas.DataFrame, optional
        Coded passages: the share of each code among a person's codings, block ``codes``. Columns participant, code.
    turns : pandas.DataFrame, optional
        Interviews: participant, role, text. Only the respondent's own turns are read: questions differ between
        interviews, and would make the groups. Block ``talk``.
    answers : pandas.DataFrame or Series, optional
        Open answers: a column respondent (or participant, person) and text (or value); or a Series with the person as
        index. Block ``answers``.
    behaviour : pandas.DataFrame, optional
        One row a person (index), numbers such as visits or days to buy. Block ``behaviour``.
    embed : callable, optional
        List of texts → array, in place of the built-in text vectors.
    weights : dict, optional
        Weight of a block, 1 for those not named, 0 to leave one out.
    people : iterable, optional
        Only these people; those without any data are kept as empty rows, and counted.
    themes : int
        How many themes the talk is sorted into.
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
    from cjmkit.personas import _sources

    if all(s is None for s in (survey, codings, turns, answers, behaviour)):
        raise CjmError("nothing to make features from: give survey=, codings=, turns=, answers= or behaviour=")
    b = _Builder()
    name = ""
    if survey is not None:
        name = _sources.from_survey(b, survey, items)
    if behaviour is not None:
        _sources.from_behaviour(b, behaviour)
    if codings is not None:
        _sources.from_codings(b, codings)
        b.passages["codings"] = codings
    texts = _sources.Texts(b, embed, themes, seed, like.model if like is not None else {})
    if turns is not None:
        texts.add(_sources.talk(b, turns), "talk")
        b.passages["turns"] = turns
    if answers is not None:
        texts.add(_sources.open_answers(answers), "answers")
        b.passages["answers"] = answers if isinstance(answers, pd.DataFrame) else _sources.open_answers(answers)
    return _finished(b, weights, people, name, texts)


def _finished(
    b: _Builder, weights: Mapping[str, float] | None, people: Iterable[Any] | None, name: str, texts: Texts
) -> Features:
    everyone = dict.fromkeys(p for s in b.series.values() for p in s.index)
    if people is not None:
        everyone = dict.fromkeys(_person_index(people))
    if not everyone:
        raise CjmError("nobody is left: no source has a person with data")
    index = pd.Index(list(everyone), name="person", dtype="str")
    table = pd.DataFrame({c: s.reindex(index) for c, s in b.series.items()}, index=index)
    counts = {k: c.reindex(index).fillna(0) for k, c in b.counts.items()}
    infinite = []
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
    have = list(dict.fromkeys(info["block"]))
    for k, w in (weights or {}).items():
        if k not in have:
            raise CjmError(suggest(k, have, what="block"))
        if not (isinstance(w, int | float) and np.isfinite(w) and w >= 0):
            raise CjmError(f"weight of block {k!r} is {w!r}; a weight is a number, 0 or more")
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
    if len(table) < 20:
        b.warn(
            say(
                en=f"{len(table)} people are too few to find groups among; at least 20 are needed",
                ru=f"людей слишком мало, чтобы искать среди них группы ({len(table)}); нужно не меньше 20",
            ),
            SmallSampleWarning,
        )
    info["answered"] = info["answered"].astype(int)
    info["used"] = info["used"].astype(bool)
    return Features(
        table, info, dict(weights or {}), counts, tuple(b.warnings), texts.said, texts.spelling, b.passages, name,
        texts.model
    )  # fmt: skip


def _is_skewed(x: np.ndarray) -> bool:
    """Whether a few far values would decide where the clusters lie: more than a scale's few points, and a long tail."""
    if np.unique(x).size <= 11 and x.size > 11:
        return False
    sd = x.std()
    return bool(sd > 0 and abs((((x - x.mean()) / sd) ** 3).mean()) > 1)


def _listed(names: Iterable[Any], most: int = 6) -> str:
    names = [str(n) for n in names]
    return ", ".join(names[:most]) + (f", … ({len(names)})" if len(names) > most else "")


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
