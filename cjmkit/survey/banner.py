"""Banner tables: many questions in rows, several groups side by side, with letters for what differs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from cjmkit.core.caution import carried
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, one_of
from cjmkit.files import write_atomically
from cjmkit.i18n import count, say
from cjmkit.survey._banner_cells import cells_of
from cjmkit.survey._banner_parts import Columns, blocks, column_groups
from cjmkit.survey._banner_shown import banner_html, banner_markdown, banner_xlsx, wide
from cjmkit.survey._result import SMALL, rows_text, weights_of
from cjmkit.survey.data import SurveyData

__all__ = ["Banner", "banner"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Banner(Result):
    """Questions in rows, groups of people in columns.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a cell: item, question, row, statistic (share 0 to 1, mean, median, nps), depth (0, 1 … below its
        net), net, by (the question of the column; empty for the total), column, letter (of the column), value, low,
        high, se, chosen (people in the cell, unweighted), n (unweighted base), n_weighted, n_effective, small (base
        too small to test), letters (columns of the same question whose value is lower beyond chance).
    tests : pandas.DataFrame
        One row a pair that was tested: item, row, statistic, by, a, b, difference, p, p_adjusted.
    correction, min_n, weighted
        How p was adjusted within a row, the smallest base that is tested, and whether people have weights.
    """

    survey: str
    table: pd.DataFrame
    tests: pd.DataFrame
    correction: str
    min_n: int
    weighted: bool
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    _key: ClassVar[tuple[str, ...]] = ("item", "row", "column")
    _figure: ClassVar[Figure] = Figure()

    def summary(self, lang: str | None = None) -> str:
        """One or two plain sentences, in English or Russian."""
        rows = self.table.drop_duplicates(["item", "row", "statistic"])
        columns = self.table.drop_duplicates(["by", "column"])
        found = self.tests["p_adjusted"].lt(1 - self.level)
        questions = count(
            rows["item"].nunique(), en=("question", "questions"), ru=("вопрос", "вопроса", "вопросов"), lang=lang
        )
        groups = count(len(columns) - 1, en=("group", "groups"), ru=("группа", "группы", "групп"), lang=lang)
        pairs = count(len(self.tests), en=("pair", "pairs"), ru=("пара", "пары", "пар"), lang=lang)
        name = {"holm": "Holm", "bh": "Benjamini–Hochberg", "none": say(en="none", ru="нет", lang=lang)}
        return say(
            en=f"{questions} by {groups}; {int(found.sum())} of {pairs} differ (correction within a row: "
            f"{name[self.correction]}).",
            ru=f"{questions}, {groups}; сравнений {pairs}, различий {int(found.sum())} (поправка внутри строки: "
            f"{name[self.correction]}).",
            lang=lang,
        )

    def _estimate_of(self, row: Mapping[str, Any]) -> Estimate:
        return replace_percent(self._figure.of(row, self.level), row["statistic"] == "share")

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        name = {"share": f"share: {row['row']}", "nps": "NPS"}.get(row["statistic"], row["statistic"])
        return SurveyFigure(
            survey=self.survey,
            item=row["item"],
            question=row["question"],
            where=f"{row['by']}: {row['column']}" if row["by"] else "",
            statistic=name + (", weighted" if self.weighted else ""),
            estimate=self._estimate_of(row),
            cautions=self.cautions_on(row["item"]),
        )

    def sorted(self) -> Self:
        """The answers of each question by their share in the total, the largest first; nets keep their answers.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey, banner
        >>> t = pd.DataFrame({"id": range(9), "plan": list("aabbbbccc"), "sex": list("fmfmfmfmf")})
        >>> banner(Survey.from_frame(t), "plan", "sex").sorted().wide().index.get_level_values(1)[1:].tolist()
        ['b', 'c', 'a']
        """
        whole = self.table[self.table["by"] == ""]
        order: dict[Any, int] = {}
        for _, part in whole.groupby("item", sort=False):
            shares = part[part["statistic"] == "share"]
            trees: list[list[Any]] = []
            for r in shares.itertuples():
                if r.depth and trees:
                    trees[-1].append(r)
                else:
                    trees.append([r])
            trees.sort(key=lambda t: (t[0].row in ("top2", "bottom2"), -t[0].value))
            for tree in trees:
                for r in tree:
                    order[r.item, r.row, r.statistic] = len(order)
            for r in part[part["statistic"] != "share"].itertuples():
                order[r.item, r.row, r.statistic] = len(order)
        keys = [order[k] for k in zip(self.table["item"], self.table["row"], self.table["statistic"], strict=True)]
        table = self.table.iloc[np.argsort(keys, kind="stable")].reset_index(drop=True)
        return replace(self, table=table)

    def without(self, min_n: int) -> Self:
        """Leave out columns with fewer than `min_n` people in the base of every question."""
        most = self.table.groupby(["by", "column"])["n"].transform("max")
        table = self.table[(most >= min_n) | (self.table["by"] == "")].reset_index(drop=True)
        return replace(self, table=table)

    def wide(self, lang: str | None = None) -> pd.DataFrame:
        """The table as it is printed, every cell a text with its letters: question and row down, columns across.

        Its ``.style`` is a pandas Styler for those who want their own look.
        """
        return wide(self, lang)

    def html(self, lang: str | None = None) -> str:
        """The table as HTML, with its own styles in the elements, for a report or a mail."""
        return banner_html(self, lang)

    def markdown(self, lang: str | None = None) -> str:
        """The table as Markdown, a table a question."""
        return banner_markdown(self, lang)

    def write(self, path: str | os.PathLike[str], *, lang: str | None = None) -> Path:
        """Write the table as ``.xlsx``, ``.html``, ``.md`` or ``.csv`` (the tidy table).

        The workbook has a sheet of contents and a sheet for each question; figures are numbers, letters stand beside
        them, cells with letters are shaded, and there are no formulas.

        Raises
        ------
        CjmError
            If the suffix is another one.
        """
        kind = one_of(Path(path).suffix.lower(), (".xlsx", ".html", ".md", ".csv"), what="suffix of the file")
        if kind == ".xlsx":
            return write_atomically(path, banner_xlsx(self, lang))
        if kind == ".csv":
            return write_atomically(path, self.table.to_csv(index=False, lineterminator="\n"))
        return write_atomically(path, self.html(lang) if kind == ".html" else self.markdown(lang))

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.summary())}</p>{self.html()}"


def replace_percent(e: Estimate, percent: bool) -> Estimate:
    """The estimate, shown as a share or as it is."""
    return e.model_copy(update={"percent": percent})


def banner(
    survey: SurveyData,
    rows: Any,
    columns: Any,
    *,
    weights: Any = None,
    nets: Mapping[str, Mapping[str, Any]] | None = None,
    statistics: Any = None,
    correction: str = "holm",
    level: float = 0.95,
    min_n: int = SMALL,
) -> Banner:
    """Make a banner table: any questions by several groups, with bases, intervals and significance letters.

    Parameters
    ----------
    survey : Survey
        The answers.
    rows : str or list of str
        Items, groups or patterns. Answers of choices and scales become shares, with the upper two answers and the
        mean of a scale, NPS with its parts, mean and median of a number; a multi-select is one question, whose base
        is who answered it.
    columns : str, Series, tuple, or list of them
        Groups of people: an item, or a Series from respondent to group; a tuple nests one in the other. The options of
        a multi-select may be columns: people then stand in several, and the tests know it.
    weights : str, Series, array, Raking or Design, optional
        Weights of the people.
    nets : mapping, optional
        Item to {name of the net: its answers}; a mapping in place of the answers makes sub-nets.
    statistics : str, tuple, or mapping of item to them, optional
        Of ``share``, ``top2``, ``bottom2``, ``mean``, ``median``, ``nps``.
    correction : {"holm", "bh", "none"}
        For the number of pairs compared within a row.
    level : float
        Level of intervals and letters.
    min_n : int
        Columns with fewer people in the base are marked and not tested.

    Returns
    -------
    Banner

    Raises
    ------
    CjmError
        If an item is unknown or has no figure, stands in rows and columns, makes more than 60 columns, or a weight is
        not above 0.

    Notes
    -----
    A letter under a column says: the value is higher than in the column of that letter, among the columns of the same
    question. Shares: z test with the pooled share (R's ``prop.test`` without continuity correction; SPSS Custom
    Tables); means: Welch; NPS: z on adjusted values; medians: Mood's test, of shares above the common median. With
    weights, bases are effective ones: the smaller of Kish's (Σw)²/Σw² and the n of a simple sample with the same
    linearised standard error. Of people in two columns the shared part of the variance is taken off. The total contains
    its columns and is not tested.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, banner
    >>> t = pd.DataFrame({"id": range(200), "age": ["18-34", "35+"] * 100})
    >>> t["plan"] = ["basic"] * 70 + ["plus"] * 30 + ["basic", "plus"] * 20 + ["plus"] * 60
    >>> t.loc[t["age"].eq("35+") & t.index.isin(range(70)), "plan"] = "plus"
    >>> found = banner(Survey.from_frame(t), rows=["plan"], columns=["age"])
    >>> found.wide(lang="en").loc[("plan", "plus")].tolist()
    ['72%', '45%', '100% A']
    """
    one_of(correction, ("holm", "bh", "none"), what="correction")
    if not 0 < level < 1:
        raise CjmError(en=f"level lies between 0 and 1; got {level}", ru=f"level лежит между 0 и 1; получено {level}")
    w = weights_of(survey, weights)
    groups = column_groups(survey, columns)
    questions = blocks(survey, rows, statistics, nets)
    both = [b.item for b in questions for g in groups if b.item == g.name or b.item in g.items]
    if both:
        raise CjmError(
            en=f"{both[0]!r} stands in rows and in columns; take it out of one of them",
            ru=f"{both[0]!r} стоит и в строках, и в столбцах; уберите из одного места",
        )
    people = np.ones((survey.n, 1), dtype=bool)
    across = [Columns("", ("total",), people), *groups]
    letters = _letters(sum(len(g.labels) for g in groups))
    cells, tests = [], []
    for block in questions:
        found, tested = cells_of(block, across, letters, w, (correction, level, min_n))
        cells.append(found)
        tests.append(tested)
    table = pd.concat(cells, ignore_index=True)
    pairs = pd.concat(tests, ignore_index=True)
    notes = _notes(table, min_n, w)
    result = Banner(
        survey=survey.name,
        table=table,
        tests=pairs,
        correction=correction,
        min_n=min_n,
        weighted=w is not None,
        level=level,
        warnings=tuple(notes),
    )
    known = survey._by_name()
    return carried(result, survey.cautions(*(known[b.item] for b in questions if b.item in known)))


def _letters(k: int) -> list[str]:
    """A to Z, then AA, AB … for the columns after the total."""
    abc = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [""] + [(abc[i // 26 - 1] if i >= 26 else "") + abc[i % 26] for i in range(k)]


def _notes(table: pd.DataFrame, min_n: int, w: Any) -> list[str]:
    notes = []
    small = [
        f"{by}: {column}" for by, column in table[table["small"] & (table["by"] != "")][["by", "column"]].to_numpy()
    ]
    if small:
        notes.append(
            say(
                en=f"fewer than {min_n} people, marked * and not tested: {rows_text(dict.fromkeys(small))}",
                ru=f"меньше {min_n} чел., отмечены * и не сравниваются: {rows_text(dict.fromkeys(small))}",
            )
        )
    if w is not None and np.isnan(w).any():
        k = int(np.isnan(w).sum())
        notes.append(say(en=f"{k} people have no weight and do not count", ru=f"{k} чел. без веса не учтены"))
    return notes
