"""The answers of a survey as they came, and as numbers on the scale that each item has."""

from __future__ import annotations

import fnmatch
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import Caution
from cjmkit.errors import CjmError, ScaleWarning, suggest
from cjmkit.i18n import say
from cjmkit.people import ids
from cjmkit.survey._decode import decode, folded_spelling, norm, same_answers
from cjmkit.survey.cautions import cautions_of, off_scale
from cjmkit.survey.items import SCALE_TYPES, Item, plain
from cjmkit.survey.reading.resolve import Doubt, Reading

__all__ = ["SourceReport", "SurveyValues"]

_COLUMNS = ["item", "text", "type", "scale", "missing", "reverse", "stage", "touchpoint", "group", "option", "language"]


@dataclass(frozen=True)
class SourceReport:
    """What the file turned out to be.

    Parameters
    ----------
    path, platform, encoding, separator : str
        Where from, which platform's export, how it was written; empty where it does not apply.
    header_rows : int
        Rows above the first answer.
    respondents, columns : int
        Rows of answers and columns in the file.
    notes : tuple of (str, str)
        What was decided and what was left alone, each in English and Russian.
    """

    path: str = ""
    platform: str = ""
    encoding: str = ""
    separator: str = ""
    header_rows: int = 1
    respondents: int = 0
    columns: int = 0
    blank_rows: int = 0
    ragged: int = 0
    duplicate_headers: int = 0
    empty_headers: int = 0
    bom: bool = False
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class SurveyValues:
    """What a survey holds: :class:`cjmkit.survey.data.SurveyData` adds what is decided about it."""

    _frame: pd.DataFrame
    _items: tuple[Item, ...]
    person: str
    name: str = "survey"
    source: SourceReport = SourceReport()
    numbered: bool = False
    open_doubts: tuple[Doubt, ...] = ()
    _cache: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self._frame.empty:
            raise CjmError(
                en=f"survey {self.name!r} has no answers: {self._frame.shape[0]} rows, {self._frame.shape[1]} columns",
                ru=f"в опросе {self.name!r} нет ответов: строк {self._frame.shape[0]}, столбцов {self._frame.shape[1]}",
            )
        if not self._frame.columns.is_unique:
            twice = sorted({str(c) for c in self._frame.columns[self._frame.columns.duplicated()]})
            raise CjmError(
                en=f"survey {self.name!r}: column names must differ; repeated: {', '.join(map(repr, twice))}",
                ru=f"опрос {self.name!r}: имена столбцов должны различаться; повторяются: "
                f"{', '.join(map(repr, twice))}",
            )
        if [i.item for i in self._items] != list(self._frame.columns):
            raise CjmError(
                en="items and columns do not match; make surveys with read() or Survey.from_frame()",
                ru="вопросы не подходят к столбцам; опросы создают read() и Survey.from_frame()",
            )
        if self.person not in self._frame.columns:
            raise CjmError(f"survey {self.name!r}: " + suggest(self.person, self._frame.columns, what="person column"))

    # looking -----------------------------------------------------------------------------------------------------

    @property
    def data(self) -> pd.DataFrame:
        """The answers as they came (a copy on write: changing it changes nothing here)."""
        return self._frame.copy(deep=False)

    @property
    def items(self) -> pd.DataFrame:
        """The items, one a row."""
        return pd.DataFrame([[getattr(i, c) for c in _COLUMNS] for i in self._items], columns=_COLUMNS)

    @property
    def all_items(self) -> tuple[Item, ...]:
        """The items as values, in the order of the columns."""
        return self._items

    def __len__(self) -> int:
        return len(self._frame)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SurveyValues):
            return NotImplemented
        return (
            self.person == other.person
            and [i.saved() | {"item": i.item} for i in self._items]
            == [i.saved() | {"item": i.item} for i in other._items]
            and same_answers(self._frame, other._frame)
        )

    __hash__ = None  # type: ignore[assignment]

    def find(self, pattern: str | Iterable[str]) -> list[str]:
        """Names of the items that fit a name or a pattern with ``*``, in the order of the columns.

        Raises
        ------
        CjmError
            If nothing fits; the message names the nearest.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.find("t*")
        ['taste']
        """
        if not isinstance(pattern, str):
            found: list[str] = []
            for p in pattern:
                found += [n for n in self.find(str(p)) if n not in found]
            return found
        names = [i.item for i in self._items]
        if pattern in names:
            return [pattern]
        groups = [i.item for i in self._items if i.group == pattern]
        if groups:
            return groups
        if any(c in pattern for c in "*?"):
            p = pattern.replace("[", "[[]")
            hits = [i.item for i in self._items if fnmatch.fnmatch(i.item.casefold(), p.casefold())]
            hits = hits or [i.item for i in self._items if fnmatch.fnmatch(i.text.casefold(), p.casefold())]
            if hits:
                return hits
        raise CjmError(f"survey {self.name!r}: " + suggest(pattern, names, what="item"))

    def item(self, name: str) -> Item:
        """One item by its name, or by a pattern that fits only one.

        Raises
        ------
        CjmError
            If none fits, or more than one.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.item("taste").scale
        (1, 5)
        """
        found = self.find(name)
        if len(found) > 1:
            raise CjmError(
                en=f"{name!r} fits {len(found)} items: {', '.join(map(repr, found[:8]))}; name one of them",
                ru=f"{name!r} подходит к {len(found)} вопросам: {', '.join(map(repr, found[:8]))}; назовите один",
            )
        return self._by_name()[found[0]]

    def _by_name(self) -> dict[str, Item]:
        if "by_name" not in self._cache:
            self._cache["by_name"] = {i.item: i for i in self._items}
        return self._cache["by_name"]

    @property
    def respondents(self) -> pd.Series:
        """Ids of the people as texts, aligned with :attr:`data`."""
        if "people" not in self._cache:
            texts = pd.Series(ids(self._frame[self.person]), index=self._frame.index, dtype="string")
            # A row without an id is still a person, and nobody else.
            rows = pd.Series([f"row {r}" for r in self._frame.index], index=self._frame.index, dtype="string")
            self._cache["people"] = texts.where(texts.notna(), rows).rename("respondent")
        return self._cache["people"]

    @property
    def counted(self) -> np.ndarray:
        """Which rows count: where one respondent answered twice, only the last row; boolean, aligned with `data`."""
        if "counted" not in self._cache:
            self._cache["counted"] = ~self.respondents.duplicated(keep="last").to_numpy()
        return self._cache["counted"]

    @property
    def n(self) -> int:
        """How many people answered."""
        return int(self.counted.sum())

    def values(self, item: str | Item) -> pd.Series:
        """Answers as numbers on the item's scale, missing codes out, reversed where the item says so.

        One value a person, NaN where there is no answer; the index is the respondent. What lies outside the scale
        counts as no answer, and a warning names column and rows.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.values("taste").tolist()
        [5.0, 4.0, nan]
        """
        it = item if isinstance(item, Item) else self.item(item)
        if it.status == "contradictory":
            self._caution(it)
        key = f"values:{it.item}:{it.reverse}:{it.scale}"
        if key not in self._cache:
            numbers, outside = decode(self._frame[it.item], it)
            if outside.any():
                self._complain(it, outside)
            keep = self.counted
            self._cache[key] = pd.Series(
                numbers[keep] if not keep.all() else numbers, index=self._people_index(), name=it.item, copy=False
            )
        return self._cache[key].copy(deep=False)

    def raw(self, item: str | Item) -> pd.Series:
        """Answers as they came, one a person, missing codes out; the index is the respondent.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.raw("taste").to_dict()
        {'ann': 5.0, 'ben': 4.0, 'eva': nan}
        """
        it = item if isinstance(item, Item) else self.item(item)
        column = self._frame[it.item]
        if it.missing:
            folded = {norm(m) for m in it.missing}
            positions, uniques = pd.factorize(column, use_na_sentinel=True)
            gone = np.array([norm(plain(u)) in folded for u in uniques] + [False])
            column = column.mask(gone[positions])
        if it.type in ("single", "ordered") and not pd.api.types.is_numeric_dtype(column.dtype):
            column = folded_spelling(column)
        out = column[self.counted] if not self.counted.all() else column.copy(deep=False)
        out.index = self._people_index()
        return out

    def _people_index(self) -> pd.Index:
        if "index" not in self._cache:
            self._cache["index"] = pd.Index(self.respondents[self.counted], name="respondent")
        return self._cache["index"]

    def doubt_of(self, item: str) -> Doubt | None:
        """The open question about an item; None where there is none.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> codes = pd.DataFrame({"id": range(50), "Rate the food": [1, 2, 3, 4, 5, 6, 6, 6, 6, 5] * 5})
        >>> Survey.from_frame(codes).doubt_of("Rate the food").items
        ('Rate the food',)
        """
        return next((d for d in self.open_doubts if item in d.items), None)

    def cautions(self, *items: Item | str, together: bool = False) -> tuple[Caution, ...]:
        """What is not known of some items, of each by itself or of a battery together, with the mean under each way.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> s = Survey.from_frame(pd.DataFrame({"id": range(50), "Rate the food": [1, 2, 3, 4, 5, 6, 6, 6, 6, 5] * 5}))
        >>> [(w.words[0], round(w.value, 2), w.n) for w in s.cautions("Rate the food")[0].ways]
        [('1 to 5, 6 no answer', 3.33, 30), ('1 to 6', 4.4, 50)]
        """
        members = [i if isinstance(i, Item) else self.item(i) for i in items]
        return cautions_of(members, self.doubt_of, self.mean_as, together=together)

    def mean_as(self, it: Item, reading: Reading) -> tuple[float, int]:
        """Mean and n of an item under another reading; no mean for one that is no scale.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> codes = pd.DataFrame({"id": range(50), "Rate the food": [1, 2, 3, 4, 5, 6, 6, 6, 6, 5] * 5})
        >>> survey = Survey.from_frame(codes)
        >>> item = survey.item("Rate the food")
        >>> means = [survey.mean_as(item, way) for way in survey.doubt_of(item.item).readings]
        >>> [(round(mean, 2), n) for mean, n in means]
        [(3.33, 30), (4.4, 50)]
        """
        if reading.type not in (*SCALE_TYPES, "number"):
            return float("nan"), 0
        key = f"mean:{it.item}:{reading}"
        if key not in self._cache:
            turned = it.replace(**reading.changes(it.missing))
            values = decode(self._frame[it.item], turned)[0][self.counted]
            n = int((~np.isnan(values)).sum())
            self._cache[key] = (float(np.nanmean(values)), n) if n else (float("nan"), 0)
        mean: tuple[float, int] = self._cache[key]
        return mean

    def _caution(self, it: Item) -> None:
        if f"said:{it.item}" in self._cache:
            return
        self._cache[f"said:{it.item}"] = True
        said = self.cautions(it)[0].text()
        en, ru = "survey.doubts() shows it, survey.settle() answers it", "см. survey.doubts() и survey.settle()"
        warnings.warn(ScaleWarning(f"{said}. {say(en=en, ru=ru)}."), stacklevel=4)

    def _complain(self, it: Item, outside: np.ndarray) -> None:
        warnings.warn(off_scale(it, self._frame.loc[outside, it.item]), stacklevel=4)
