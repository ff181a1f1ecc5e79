"""Survey: the answers as they came, and how each column is to be read. A value: changing it gives a new one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import count, say, shorten
from cjmkit.survey._asked import asked_html, doubts_line
from cjmkit.survey.items import ANSWER_TYPES, SCALE_TYPES, Item, changed, plain
from cjmkit.survey.multi import split_options
from cjmkit.survey.values import SurveyValues

__all__ = ["FORMAT", "SurveyData"]

FORMAT = "cjmkit/survey/1"


@dataclass(frozen=True, eq=False, repr=False)
class SurveyData(SurveyValues):
    """A survey: one row a respondent, one column an item.

    What :class:`cjmkit.survey.Survey` binds the verbs to. The data stay as they came; what the codes mean lies
    in the items, so every decision can be seen, corrected with :meth:`set_item` and saved with :meth:`save_decisions`.

    Attributes
    ----------
    data : pandas.DataFrame
        The answers as they came; the index counts rows as a spreadsheet does.
    items : pandas.DataFrame
        One row an item: item, text, type, scale, missing, reverse, stage, touchpoint, group, option, language.
    person : str
        The column that says who answered.
    name : str
        Name of the survey, for evidence.
    """

    def answers(self) -> pd.DataFrame:
        """All answers in long form.

        Returns
        -------
        pandas.DataFrame
            respondent, item, value. Scales give numbers, everything else the answer as it came; missing codes and
            blanks have no row; a multi-select in one column gives a row for each option.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.answers().head(3)
          respondent   item value
        0        ann  taste   5.0
        1        ben  taste   4.0
        2        ann  price   2.0
        """
        parts = []
        for it in self._items:
            if it.type not in ANSWER_TYPES:
                continue
            if it.type in SCALE_TYPES or it.type in ("number", "ranking"):
                column: pd.Series = self.values(it)
            else:
                column = self.raw(it)
                if it.type == "multi" and it.separator:
                    column = split_options(column, it).explode()
            column = column.dropna()
            parts.append(
                pd.DataFrame({"respondent": column.index, "item": it.item, "value": column.to_numpy(dtype=object)})
            )
        if not parts:
            return pd.DataFrame({"respondent": [], "item": [], "value": []})
        return pd.concat(parts, ignore_index=True)

    def describe(self) -> pd.DataFrame:
        """One row an item: item, type, n (people who answered), coded_missing, blank, distinct, example answers.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.describe()[["item", "type", "n", "coded_missing"]]
            item    type  n  coded_missing
        0     id      id  3              0
        1  taste  likert  2              1
        2  price  likert  3              0
        """
        rows = []
        for it in self._items:
            column = self._frame[it.item][self.counted]
            answered = self.raw(it).notna()
            blank = int(column.isna().sum())
            n = int(answered.sum())
            top = column.dropna().value_counts().head(3).index.tolist()
            rows.append(
                [it.item, it.type, n, len(column) - blank - n, blank, column.nunique(), [plain(t) for t in top]]
            )
        return pd.DataFrame(rows, columns=["item", "type", "n", "coded_missing", "blank", "distinct", "examples"])

    # deciding ----------------------------------------------------------------------------------------------------

    def set_item(self, item: str | Iterable[str], **changes: Any) -> Self:
        """Correct how one or more items are read; returns a new survey.

        Parameters
        ----------
        item : str or iterable of str
            A name, a group, a pattern with ``*``, or several of them.
        **changes
            Fields of :class:`Item`: ``type``, ``scale``, ``missing``, ``reverse``, ``stage``, ``touchpoint``, ``text``,
            ``language``, ``group``, ``option``, ``labels``, ``separator``, ``options``.

        Raises
        ------
        CjmError
            If no item fits, or a field or its value is unknown.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> s = Survey.from_frame(pd.DataFrame({"id": ["a", "b"], "Q7": [4, 6]}))
        >>> s = s.set_item("Q7", type="likert", scale=(1, 5), missing=[6], stage="buying")
        >>> s.values("Q7").tolist()
        [4.0, nan]
        """
        names = set(self.find(item))
        if "item" in changes:
            raise CjmError(
                en="an item keeps the name of its column; change the header in the file, or the wording with text=",
                ru="вопрос носит имя своего столбца; поменяйте заголовок в файле или формулировку через text=",
            )
        reads = set(changes) & {"type", "scale", "missing", "reverse", "labels", "separator", "options", "coding"}
        if reads:
            changes = {"why": "set", "why_ru": "задано", "status": "known", **changes}
        new = tuple(changed(i, changes) if i.item in names else i for i in self._items)
        settled = names if reads and changes["status"] != "contradictory" else set()
        left = [replace(d, items=tuple(n for n in d.items if n not in settled)) for d in self.open_doubts]
        return replace(self, _items=new, open_doubts=tuple(d for d in left if d.items), _cache={})

    def link(self, links: Mapping[str, Any]) -> Self:
        """Say where on the journey the items belong; returns a new survey.

        Parameters
        ----------
        links : mapping
            Stage to a name, pattern or list of them; or stage to a mapping of touchpoint to the same.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> s = Survey.from_frame(pd.DataFrame({"id": ["a", "b"], "chat": [4, 5], "site": [2, 3]}))
        >>> s = s.link({"evaluation": {"Chat": "chat", "Site": ["site"]}})
        >>> s.item("site").stage, s.item("site").touchpoint
        ('evaluation', 'Site')
        """
        out = self
        for stage, what in links.items():
            if isinstance(what, Mapping):
                for touchpoint, names in what.items():
                    out = out.set_item(names, stage=stage, touchpoint=touchpoint)
            else:
                out = out.set_item(what, stage=stage)
        return out

    def decisions(self) -> dict[str, Any]:
        """Everything that was decided, as plain values that YAML can hold and `read(decisions=…)` takes back.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.decisions()["items"]["price"]
        {'type': 'likert', 'scale': [1, 5], 'missing': [9], 'language': 'en'}
        """
        return {
            "format": FORMAT,
            "person": None if self.numbered else self.person,
            "items": {i.item: i.saved() for i in self._items if not (self.numbered and i.item == self.person)},
        }

    def save_decisions(self, path: str | os.PathLike[str]) -> Path:
        """Write the decisions as YAML, whole or not at all.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> import tempfile
        >>> s.save_decisions(tempfile.mkdtemp() + "/wave.items.yaml").name
        'wave.items.yaml'
        """
        import yaml

        from cjmkit.files import write_atomically

        text = yaml.safe_dump(self.decisions(), allow_unicode=True, sort_keys=False, width=120)
        return write_atomically(path, text)

    def keep(self, rows: Any) -> Self:
        """Keep some of the respondents; returns a new survey.

        Parameters
        ----------
        rows : boolean sequence, or callable
            Aligned with :attr:`data`; a callable is given `data`.

        Raises
        ------
        CjmError
            If nobody is left.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> s.keep(s.values("price") <= 2).n
        2
        """
        mask = np.asarray(rows(self.data) if callable(rows) else rows, dtype=bool)
        if mask.shape != (len(self._frame),):
            raise CjmError(
                en=f"keep() needs {len(self._frame)} true or false values, one a row; got shape {mask.shape}",
                ru=f"keep() нужны {len(self._frame)} значений True или False, по одному на строку; пришло {mask.shape}",
            )
        if not mask.any():
            raise CjmError(
                en=f"survey {self.name!r}: the filter leaves nobody of {self.n}",
                ru=f"опрос {self.name!r}: отбор не оставил никого из {self.n}",
            )
        return replace(self, _frame=self._frame[mask], _cache={})

    # showing -----------------------------------------------------------------------------------------------------

    def report(self, lang: str | None = None) -> str:
        """What was decided about the file and its columns, in words.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjmkit.survey import Survey
        >>> answers = pd.DataFrame({"id": ["ann", "ben", "eva"], "taste": [5, 4, 9], "price": [2, 1, 3]})
        >>> s = Survey.from_frame(answers).set_item(["taste", "price"], type="likert", scale=(1, 5), missing=(9,))
        >>> print(s.report("en"))
        survey: 3 people, 2 items
          id         1  id
          likert     2  taste, price
        """
        s = self.source
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"), lang=lang)
        asked = [i for i in self._items if i.type in ANSWER_TYPES]
        items = count(len(asked), en=("item", "items"), ru=("вопрос", "вопроса", "вопросов"), lang=lang)
        lines = [f"{self.name}: {people}, {items}"]
        facts = [
            s.platform,
            s.encoding,
            say(en=f"header rows: {s.header_rows}", ru=f"строк заголовка: {s.header_rows}", lang=lang),
        ]
        if s.path or s.platform:
            lines[0] += f" ({', '.join(f for f in facts if f)})"
        by_type: dict[str, list[Item]] = {}
        for i in self._items:
            by_type.setdefault(i.type, []).append(i)
        for kind, members in by_type.items():
            shown = ", ".join(shorten(i.item, 32) for i in members[:4]) + (", …" if len(members) > 4 else "")
            lines.append(f"  {kind:<8}{len(members):>4}  {shown}")
        lines += ["  " + note for note in self._notes(lang)]
        return "\n".join(lines)

    def _notes(self, lang: str | None = None) -> list[str]:
        notes = ["· " + say(en=en, ru=ru, lang=lang) for en, ru in self.source.notes]
        if self.open_doubts:
            notes.append("? " + doubts_line([d.items[0] for d in self.open_doubts], lang))
        return notes

    def __repr__(self) -> str:
        return self.report()

    def _repr_html_(self) -> str:
        people = count(self.n, en=("person", "people"), ru=("человек", "человека", "человек"))
        answered = {i.item: int(self.raw(i).notna().sum()) for i in self._items}
        return asked_html(f"{self.name}: {people}", self._items, answered, self._notes())
