"""Tables that are not one row a person: a row an answer, or a column a person; and people who answered twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from cjmkit.i18n import listing
from cjmkit.intake.tables import Cells, caption_rows
from cjmkit.survey._decode import norm
from cjmkit.survey.reading.platforms import Column

__all__ = ["from_long", "repeated_rows", "upright"]

Note = tuple[str, str]

_QUESTION = re.compile(
    r"question(?: ?(?:text|label|name|title|wording))?|item|prompt|вопрос|текст вопроса|формулировка(?: вопроса)?"
)
_CODE = re.compile(r"(?:question|item|variable|field)(?: ?(?:id|code|key|no|number))|variable|field|variable name|"
                   r"код вопроса|номер вопроса|переменная|показатель|поле")  # fmt: skip
_ROW = re.compile(r"sub ?question(?: text)?|statement|row(?: text| label)?|подвопрос|утверждение|строка(?: вопроса)?")
_ANSWER = re.compile(
    r"answer(?: ?(?:text|value|label))?|response(?: ?(?:text|value))?|value|reply|ответ|текст ответа|значение"
)
_PERSON = re.compile(
    r"(?:respondent|participant|person|user|customer|client|panelist|member|submission|response|record|case|interview|session)"
    r"(?: ?(?:id|no|number|key|uuid|code))?|id|uuid|респондент|участник|анкета|(?:id|ид|код|номер) "
    r"(?:респондента|участника|анкеты)|идентификатор"
)
_SOMEBODY = re.compile(
    r"(?:p|r|s|u|id|resp|respondent|participant|person|user|interview|респондент|участник|анкета|чел|интервью)"
    r"[ _\-.№#]*\d+"
)
_ASKS = re.compile(r"questions?|item|items|вопросы?|пункт")
_NO_PEOPLE = re.compile(
    r"n|count|counts|share|percent|%|total|mean|average|base|answer|answers|label|code|type|text|options?|choices|value|"
    r"всего|доля|среднее|ответы?|тип|код|варианты|значение"
)


def _head(name: str) -> str:
    return norm(re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.]", " ", name))


def from_long(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[str], list[Note]] | None:
    """A table with a row an answer (person, question, answer) as one with a row a person; None for other tables.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : list of Column
        Its headers.

    Returns
    -------
    (frame, multi, notes) or None
        `multi` names the columns where somebody gave several answers; they stand in one cell, a line an answer. What
        is the same in all rows of each person stays a column; other columns are left out, and that is said.

    Examples
    --------
    >>> rows = [("a", "Food", 4), ("a", "Why", "hot"), ("b", "Food", 2), ("b", "Why", "late"), ("c", "Food", 5)]
    >>> long = pd.DataFrame(rows, columns=["Respondent ID", "Question", "Answer"])
    >>> wide, _, _ = from_long(long, [Column(c) for c in long])
    >>> wide.to_numpy(dtype=object, na_value=None).tolist()
    [['a', 4, 'hot'], ['b', 2, 'late'], ['c', 5, None]]
    """
    roles = _roles(columns)
    if roles is None:
        return None
    person, question, code, row, answer = roles
    person = person or _somebody(frame, columns, question, {question, code, row, answer})
    if not person:
        return None
    asked = frame[question].astype("string").str.strip()
    if row:
        below = frame[row].astype("string").str.strip()
        asked = asked.where(below.isna(), asked + " [" + below.fillna("") + "]")
    if code and code != question and _clash(asked, frame[code]):
        # Two questions with one wording: their codes tell them apart.
        asked = asked + " (" + frame[code].astype("string") + ")"
    good = frame[person].notna() & asked.notna()
    people, questions = frame.loc[good, person].nunique(), asked[good].nunique()
    rows = int(good.sum())
    if not (people >= 2 and questions >= 2 and rows > people and rows > questions and rows >= 1.5 * people):
        return None
    if questions > 2000 or questions > 0.5 * rows:
        return None
    return _spread(frame, good, asked, person, answer, {question, code, row})


def _roles(columns: list[Column]) -> tuple[str, str, str, str, str] | None:
    heads = {c.name: _head(c.text or c.name) for c in columns}

    def first(pattern: re.Pattern[str], taken: set[str]) -> str:
        return next((n for n, h in heads.items() if n not in taken and pattern.fullmatch(h)), "")

    if len(columns) > 25:
        return None
    code = first(_CODE, set())
    question = first(_QUESTION, {code}) or code
    answer = first(_ANSWER, {question, code})
    person = first(_PERSON, {question, code, answer})
    row = first(_ROW, {question, code, answer, person})
    return (person, question, code, row, answer) if question and answer else None


def _somebody(frame: pd.DataFrame, columns: list[Column], question: str, taken: set[str]) -> str:
    """The column that tells people apart where no header says so: each value nearly once a question, many values."""
    best, most = "", 0
    for c in columns:
        if c.name in taken or c.kind in ("date", "duration", "weight") or frame[c.name].isna().any():
            continue
        n = frame[c.name].nunique()
        pairs = frame[[c.name, question]].drop_duplicates()
        if most < n <= len(frame) / 1.5 and len(pairs) >= 0.6 * len(frame):
            best, most = c.name, n
    return best


def _clash(asked: pd.Series, codes: pd.Series) -> bool:
    return bool(codes.groupby(asked).nunique().max() > 1)


def _spread(
    frame: pd.DataFrame, good: pd.Series, asked: pd.Series, person: str, answer: str, used: set[str]
) -> tuple[pd.DataFrame, list[str], list[Note]]:
    rows = frame.loc[good, [person, answer]].assign(asked=asked[good])
    told = rows.dropna(subset=[answer])
    twice = told.duplicated([person, "asked"], keep=False)
    same = told.duplicated([person, "asked", answer])
    multi = list(dict.fromkeys(told.loc[twice & ~same.groupby(told["asked"]).transform("all"), "asked"]))
    several = told[told["asked"].isin(multi)].drop_duplicates([person, "asked", answer])
    joined = several.groupby([person, "asked"], sort=False)[answer].agg(lambda a: "\n".join(map(str, a)))
    single = told[~told["asked"].isin(multi)].drop_duplicates([person, "asked"]).set_index([person, "asked"])[answer]
    order = list(dict.fromkeys(rows["asked"]))
    wide = pd.concat([single.astype(object), joined.astype(object)]).unstack("asked")
    first = frame.loc[good].drop_duplicates(person)
    wide = wide.reindex(index=pd.Index(first[person]), columns=order)
    rest = [c for c in frame.columns if c not in used | {person, answer}]
    varies = frame.loc[good, rest].groupby(frame.loc[good, person]).nunique().max() if rest else pd.Series(dtype=float)
    kept = [c for c in rest if varies[c] <= 1 and c not in order]
    filled = frame.loc[good, kept].groupby(frame.loc[good, person], sort=False).first()
    wide.insert(0, person, first[person].to_numpy())
    for at, c in enumerate(kept, 1):
        wide.insert(at, c, filled[c].reindex(first[person]).to_numpy())
    wide.index = first.index
    wide.columns = pd.Index(wide.columns.astype(str), name=None)
    wide = wide.apply(_number_if_all_are)
    left = [c for c in rest if c not in kept]
    notes: list[Note] = [
        (
            f"a row an answer: {len(frame)} rows are {len(wide)} people and {len(order)} questions",
            f"строка на ответ: строк {len(frame)}, это людей {len(wide)} и вопросов {len(order)}",
        )
    ]
    if left:
        shown = listing(left, 4)
        said = (f"differ within a person and are left out: {shown}", f"различаются внутри человека, пропущены: {shown}")
        notes.append(said)
    if lost := int((~good).sum()):
        en = f"{lost} rows without person or question are left out"
        notes.append((en, f"строк без человека или вопроса пропущено: {lost}"))
    return wide, multi, notes


def _number_if_all_are(column: pd.Series) -> pd.Series:
    if column.dtype != object:
        return column
    told = column.dropna()
    if told.empty or not told.map(lambda v: isinstance(v, int | float) and not isinstance(v, bool)).all():
        return (
            column.where(column.notna(), None).astype("str") if told.map(lambda v: isinstance(v, str)).all() else column
        )
    return pd.to_numeric(column)


def upright(cells: Cells) -> Cells:
    """A sheet with a column a person turned round; other sheets as they are.

    The headers name people ("P1", "Respondent 2", or anything where the first says "Question"), and the first column
    holds the questions.
    """
    top = caption_rows(cells.head)
    head = cells.head[top:]
    if len(head) < 3:
        return cells
    names = [c.strip() for c in head[0]]
    while names and not names[-1]:
        names.pop()
    asked = [row[0].strip() for row in head[1:] if row and row[0].strip()]
    if len(names) < 4 or len(asked) < 2 or len(set(asked)) < len(asked):
        return cells
    people = [norm(n) for n in names[1:]]
    told = sum(bool(_SOMEBODY.fullmatch(n)) for n in people) >= 0.8 * len(people)
    asks = (
        bool(_ASKS.fullmatch(norm(names[0]))) and len(people) >= 4 and not any(_NO_PEOPLE.fullmatch(n) for n in people)
    )
    wordy = sum(" " in a or a.endswith("?") for a in asked) >= 0.7 * len(asked)
    if len(set(people)) < len(people) or not (asks or (told and wordy)):
        return cells
    body = cells.body(top + 1, len(names)).reindex(columns=range(len(names)))
    body = body[body[0].notna()]
    turned = body.set_index(0).T
    turned.index = pd.RangeIndex(2, len(turned) + 2, name="row")
    turned.insert(0, "respondent", names[1:])
    header = [str(c).strip() for c in turned.columns]
    turned.columns = pd.RangeIndex(len(header))
    turned = turned.apply(_number_if_all_are)
    shown = [["" if pd.isna(v) else str(v) for v in row] for row in turned.head(20).itertuples(index=False)]
    note = ("a column a person: the sheet was turned round", "столбец на человека: лист повёрнут")
    return replace(cells, head=[header, *shown], body=_rows_of(turned), notes=[*cells.notes, note])


def _rows_of(table: pd.DataFrame) -> Callable[[int, int], pd.DataFrame]:
    def body(header_rows: int, width: int) -> pd.DataFrame:
        return table.iloc[max(header_rows - 1, 0) :].reindex(columns=range(width))

    return body


def repeated_rows(frame: pd.DataFrame, names: list[str], enough: int = 5) -> np.ndarray:
    """Which rows hold, in all these columns, just what an earlier row holds; rows with few answers never count.

    Parameters
    ----------
    frame : pandas.DataFrame
    names : list of str
        The columns of answers.
    enough : int
        A row with fewer answers than this says too little.

    Examples
    --------
    >>> t = pd.DataFrame([[1, 2, 3, 4, 5], [1, 2, 3, 4, 4], [1, 2, 3, 4, 5]], columns=list("abcde"))
    >>> repeated_rows(t, list("abcde")).tolist()
    [False, False, True]
    """
    out = np.zeros(len(frame), dtype=bool)
    if len(names) < enough:
        return out
    # A few columns at a time: most rows differ from all others soon, and need no further look.
    left = np.arange(len(frame))
    key = np.zeros(len(frame), dtype=np.uint64)
    answered = np.zeros(len(frame), dtype=np.int64)
    for at in range(0, len(names), 6):
        part = frame[names[at : at + 6]].iloc[left]
        seen = pd.util.hash_pandas_object(part, index=False).to_numpy()
        key[left] = key[left] * np.uint64(1_000_003) + seen
        answered[left] += part.notna().sum(axis=1).to_numpy()
        again = pd.Series(key[left]).duplicated(keep=False).to_numpy()
        left = left[again]
        if not len(left):
            return out
    left = left[answered[left] >= enough]
    out[left] = pd.Series(key[left]).duplicated().to_numpy()
    return out
