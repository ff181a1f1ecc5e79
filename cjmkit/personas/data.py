"""What is known of each person: one row a person, one column a question, with where every column came from."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import Careful
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import count, say
from cjmkit.people import ids
from cjmkit.personas._space import Space, components_for

__all__ = ["BLOCKS", "Features", "person_index", "records"]

BLOCKS = ("ratings", "choices", "options", "behaviour", "codes", "talk", "answers", "placements")
"""Blocks that features can have, in the order of the table."""

_INFO = ["column", "block", "kind", "item", "text", "answered", "used", "why"]


@dataclass(frozen=True, eq=False, repr=False)
class Features(Careful):
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
    aside : pandas.DataFrame
        Questions of few levels that were left out: groups that are their levels are no kinds of people.
    grid : Grid or None
        Where people were placed on behavioural variables, for quotes and names.
    reliability : dict of str to float
        Agreement of the raters on each variable (alpha); patterns are looked for with these weights.
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
    omitted: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["column", "text", "why"]))
    aside: pd.DataFrame = field(default_factory=pd.DataFrame)
    grid: Any = None
    reliability: Mapping[str, float] = field(default_factory=dict)

    @property
    def left_out(self) -> pd.DataFrame:
        """Questions that play no part, one a row: column, text, why. Put one back with ``features(..., also=[…])``."""
        unused = self.columns_info.loc[~self.columns_info["used"].astype(bool), ["column", "text", "why"]]
        return pd.concat([self.omitted, unused], ignore_index=True)

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
        return f"<p><b>{head}</b></p>{frame_html(self.blocks)}" + (f"<ul>{told}</ul>" if told else "")

    # for the clustering

    def at(self, rows: np.ndarray) -> Features:
        """The same columns for some of the people, by row number.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit import personas
        >>> f = personas.features(survey=pd.DataFrame({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1]}))
        >>> f.at([0, 2]).n
        2
        """
        counts = {b: c.iloc[rows] for b, c in self.counts.items()}
        return replace(self, table=self.table.iloc[rows], counts=counts)

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
            raise NotEnough(
                say(
                    en="no column is left to find groups with; features.columns_info says why each was left out",
                    ru="не осталось ни одного столбца, по которому можно искать группы; "
                    "features.columns_info говорит, почему каждый исключён",
                ),
                why=say(
                    en="groups are looked for in what people differ in", ru="группы ищут в том, чем люди различаются"
                ),
                action=say(
                    en="name rating items under `survey: attitudes:` in study.yaml, or give codings or behaviour",
                    ru="назовите оценочные вопросы в study.yaml: `survey: attitudes:`, дайте разметку или поведение",
                ),
                lane="personas",
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


def person_index(index: Iterable[Any]) -> pd.Index:
    """Ids as the index ``person``; see :func:`cjmkit.people.ids`."""
    return ids(index).rename("person")


def records(table: pd.DataFrame) -> Iterator[Any]:
    """Rows of a table as named tuples, whose fields may be of any type."""
    return iter(table.itertuples())
