"""The grid as a value: who stands where, by whom, on what words."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, suggest
from cjmkit.files import write_atomically
from cjmkit.i18n import count, current_language, say
from cjmkit.people import ids
from cjmkit.personas.placements import COLUMNS, SETTLED, checked_placements, empty_placements, write_placements
from cjmkit.personas.variables import Variable, unique, variables_yaml

__all__ = ["GridData"]


@dataclass(frozen=True, eq=False, repr=False)
class GridData:
    """People on behavioural variables, placed by one rater or several, each placement with its passages.

    Read one with :func:`cjmkit.personas.grid`. A value: placing somebody gives a new one, and nothing is written
    before :meth:`save`.

    Attributes
    ----------
    variables : tuple of Variable
        What people are placed on.
    placements : pandas.DataFrame
        One row a passage: rater, participant, variable, value, document, start, end, quote, memo.
    people : tuple of str
        Everybody who was interviewed, placed or not.
    warnings : tuple of str
        What does not fit the interviews.
    """

    variables: tuple[Variable, ...]
    placements: pd.DataFrame = field(default_factory=empty_placements)
    people: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    folder: Path | None = None
    before: Mapping[str, bytes | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(self.variables))
        unique(self.variables)
        if "rater" not in self.placements.columns:
            raise CjmError(
                en="placements need a column rater: who placed", ru="расстановкам нужен столбец rater: кто ставил"
            )
        object.__setattr__(self, "placements", checked_placements(self.placements, self.variables))
        placed = dict.fromkeys([*ids(self.people).dropna(), *self.placements["participant"]])
        object.__setattr__(self, "people", tuple(placed))

    @property
    def raters(self) -> tuple[str, ...]:
        """Who placed, without what was settled afterwards."""
        return tuple(r for r in dict.fromkeys(self.placements["rater"]) if r != SETTLED)

    @property
    def n(self) -> int:
        """How many people have a placement."""
        return int(self.table.notna().any(axis=1).sum())

    def variable(self, name: str) -> Variable:
        """A variable by id.

        Raises
        ------
        CjmError
            If there is none.
        """
        for v in self.variables:
            if v.id == name:
                return v
        raise CjmError(suggest(name, [v.id for v in self.variables], what="variable"))

    @cached_property
    def _once(self) -> pd.DataFrame:
        return self.placements.drop_duplicates(["rater", "participant", "variable"])

    def by_rater(self, variable: str) -> pd.DataFrame:
        """Placements on one variable: people × raters, missing where a rater found nothing.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit import personas
        >>> money = personas.Variable(id="money", ends=("counts", "never asks"))
        >>> said = pd.DataFrame([["eva", "anna", "money", 2], ["tom", "anna", "money", 3]],
        ...     columns=["rater", "participant", "variable", "value"])
        >>> personas.Grid((money,), said).by_rater("money").values.tolist()
        [[2.0, 3.0]]
        """
        v = self.variable(variable)
        own = self._once[(self._once["variable"] == variable) & (self._once["rater"] != SETTLED)]
        out = own.pivot(index="participant", columns="rater", values="value")
        out = out.reindex(index=list(self.people), columns=list(self.raters))
        out.index.name = "participant"
        return out.astype(float) if v.kind == "range" else out.astype(object)

    @cached_property
    def table(self) -> pd.DataFrame:
        """People × variables, one value each.

        What was settled counts first; otherwise the median of the raters on a range, and on a choice what most of them
        chose (missing where they are split evenly).
        """
        out = {}
        settled = self._once[self._once["rater"] == SETTLED].set_index(["participant", "variable"])["value"]
        for v in self.variables:
            each = self.by_rater(v.id)
            if v.kind == "range":
                values = each.median(axis=1) if each.shape[1] else pd.Series(np.nan, index=each.index)
            else:
                values = each.apply(_most, axis=1) if each.shape[1] else pd.Series(None, index=each.index, dtype=object)
            values = values.astype(float if v.kind == "range" else object)
            for person in values.index:
                if (person, v.id) in settled.index:
                    values[person] = settled[(person, v.id)]
            out[v.id] = values.astype(float) if v.kind == "range" else values.astype(object)
        made = pd.DataFrame(out, index=pd.Index(list(self.people), name="participant", dtype="str"))
        return made

    def quotes(self, participant: str | None = None, variable: str | None = None) -> pd.DataFrame:
        """Passages that placements rest on, of a person, a variable, or both: rows of `placements` with a quote."""
        own = self.placements[self.placements["quote"] != ""]
        if participant is not None:
            own = own[own["participant"] == self._person(participant)]
        if variable is not None:
            own = own[own["variable"] == self.variable(variable).id]
        return own.reset_index(drop=True)

    def _unsettled(self, variable: str) -> list[str]:
        """Whom raters place differently, and nobody has settled yet."""
        apart = (each := self.by_rater(variable)).nunique(axis=1) > 1
        t = self.placements
        settled = set(t.loc[(t["rater"] == SETTLED) & (t["variable"] == variable), "participant"])
        return [p for p in each.index[apart] if p not in settled]

    def _person(self, participant: Any) -> str:
        who = str(ids([participant])[0])
        if who not in self.people:
            raise CjmError(suggest(who, self.people, what="person"))
        return who

    # ---- placing --------------------------------------------------------------------------------------------------

    def place(
        self,
        participant: str,
        variable: str,
        value: Any,
        *,
        rater: str,
        passage: Mapping[str, Any] | None = None,
        memo: str = "",
    ) -> Self:
        """Put a person somewhere on a variable.

        Parameters
        ----------
        participant, variable : str
            Who, on what.
        value : number or str or None
            A place from 1 to 7, or an option; None takes the placement back and keeps nothing of it.
        rater : str
            Who places. Other raters' placements are never touched.
        passage : mapping, optional
            What it rests on: document, start, end, quote, such as a row of :meth:`passages`. With the value that is
            there already the passage is added to it.
        memo : str
            Why.

        Returns
        -------
        Grid

        Examples
        --------
        >>> from cjmkit import personas
        >>> grid = personas.Grid((personas.Variable(id="money", ends=("counts", "never asks")),), people=["anna"])
        >>> grid = grid.place("anna", "money", 2, rater="eva", memo="keeps a log")
        >>> grid.table.loc["anna", "money"].item(), grid.raters
        (2.0, ('eva',))
        """
        if not str(rater).strip():
            raise CjmError(en="placing needs a rater: who places", ru="чтобы ставить, нужен rater: кто ставит")
        v, who = self.variable(variable), self._person(participant)
        checked = v.checked(value)
        t = self.placements
        own = (t["rater"] == rater) & (t["participant"] == who) & (t["variable"] == variable)
        kept = t[own] if checked is not None else t[own].iloc[:0]
        kept = kept.assign(value=pd.Series([checked] * len(kept), index=kept.index, dtype=object))
        row: dict[str, Any] = dict.fromkeys(("rater", *COLUMNS), "")
        row |= {"rater": rater, "participant": who, "variable": variable, "value": checked, "memo": memo}
        row |= {k: passage[k] for k in ("document", "start", "end", "quote") if passage is not None and k in passage}
        if checked is not None and (passage is not None or memo or not len(kept)):
            bare = kept["quote"].eq("") & kept["memo"].eq("")
            same = kept["document"].eq(str(row["document"])) & kept["start"].astype(object).eq(row["start"])
            kept = pd.concat([kept[~bare & ~same], pd.DataFrame([row])], ignore_index=True)
        return replace(self, placements=pd.concat([t[~own], kept], ignore_index=True))

    def settle(self, participant: str, variable: str, value: Any, *, memo: str = "") -> Self:
        """Keep what the raters agreed on after talking: it counts before their own placements, which stay.

        Parameters
        ----------
        participant, variable : str
            Who, on what.
        value : number or str or None
            As for :meth:`place`.
        memo : str
            Why.

        Examples
        --------
        >>> from cjmkit import personas
        >>> grid = personas.Grid((personas.Variable(id="money", ends=("counts", "never asks")),), people=["anna"])
        >>> grid = grid.place("anna", "money", 2, rater="eva").place("anna", "money", 6, rater="tom")
        >>> grid.table.loc["anna", "money"].item(), grid.settle("anna", "money", 3).table.loc["anna", "money"].item()
        (4.0, 3.0)
        """
        return self.place(participant, variable, value, rater=SETTLED, memo=memo)

    def save(self, folder: str | os.PathLike[str] | None = None) -> Self:
        """Write ``variables.yaml`` (where there is none) and ``placements/<rater>.csv``.

        Parameters
        ----------
        folder : path-like, optional
            Folder of the study; where the grid was read from by default.

        Returns
        -------
        Grid
            That knows what the files hold now.

        Raises
        ------
        CjmError
            If a file was written by somebody else since it was read: nothing of it is overwritten.
        """
        where = Path(folder) if folder is not None else self.folder
        if where is None:
            raise CjmError(
                en="save where? give the folder of the study: grid.save(folder)",
                ru="куда сохранить? дайте папку исследования: grid.save(folder)",
            )
        if not (where / "variables.yaml").exists():
            write_atomically(where / "variables.yaml", variables_yaml(self.variables))
        before = self.before if where == self.folder else {}
        now = write_placements(self.placements, where / "placements", self.variables, before)
        return replace(self, folder=where, before=now)

    # ---- showing --------------------------------------------------------------------------------------------------

    def summary(self, lang: str | None = None) -> str:
        """How many people stand on how many variables, by whom, and how much the interviews do not tell."""
        lang = current_language(lang)
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        many = count(
            len(self.variables), en=("variable", "variables"), ru=("переменная", "переменные", "переменных"), lang=lang
        )
        by = ", ".join(self.raters) or say(en="nobody", ru="никем", lang=lang)
        placed = self.table[self.table.notna().any(axis=1)]
        gone = round(100 * float(placed.isna().to_numpy().mean())) if placed.size else 0
        return say(
            en=f"{people}, {many}, placed by {by}; of {gone}% of the places the interviews do not tell.",
            ru=f"{people}, {many}; расставили: {by}; о {gone} % мест интервью молчат.",
            lang=lang,
        )

    def __repr__(self) -> str:
        return f"<Grid: {self.summary()}>"

    def _repr_html_(self) -> str:
        from html import escape

        told = "".join(f"<li>{escape(w)}</li>" for w in self.warnings)
        shown = self.table.rename(columns={v.id: v.name or v.id for v in self.variables})
        return (
            f"<p><b>{escape(self.summary())}</b></p>{frame_html(shown)}"
            + (f"<ul>{told}</ul>" if told else "")
        )  # fmt: skip


def _most(values: pd.Series) -> Any:
    counts = values.dropna().value_counts()
    if not len(counts) or (len(counts) > 1 and counts.iloc[0] == counts.iloc[1]):
        return None
    return counts.index[0]


def as_numbers(table: pd.DataFrame, variables: Iterable[Variable]) -> tuple[np.ndarray, np.ndarray]:
    """Values as numbers (people, variables), NaN where missing, and which columns are choices (their options' numbers).

    Examples
    --------
    >>> from cjmkit.personas.variables import Variable
    >>> v = [Variable(id="a", ends=("x", "y")), Variable(id="b", options=("app", "shop"))]
    >>> x, nominal = as_numbers(pd.DataFrame({"a": [1.0, 7.0], "b": ["shop", None]}), v)
    >>> x.tolist(), nominal.tolist()
    ([[1.0, 1.0], [7.0, nan]], [False, True])
    """
    columns, nominal = [], []
    for v in variables:
        if v.kind == "range":
            columns.append(table[v.id].to_numpy(dtype=float, na_value=np.nan))
        else:
            place = {o: float(i) for i, o in enumerate(v.options)}
            columns.append(np.array([place.get(x, np.nan) for x in table[v.id]], dtype=float))
        nominal.append(v.kind == "choice")
    return np.column_stack(columns) if columns else np.empty((len(table), 0)), np.array(nominal, dtype=bool)
