"""Who is who: one way to write a person's id, at every door."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cjmkit.errors import CjmError, suggest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PERSON", "by_file_name", "folded_id", "groups", "ids", "named", "person_column", "said"]

PERSON = ("participant", "respondent", "person", "user")
"""Names of a column that says who it is."""
_TEXT = ("text", "value", "answer", "quote")


def ids(values: Iterable[Any]) -> pd.Index:
    """Ids of people as text: what a file says stays as it is, and a number is written without a needless ``.0``.

    ``"0007"``, ``"NA"`` and ``"1.0"`` are names and stay; the numbers 7 and 7.0 are both ``"7"``, because a column of
    whole numbers turns into decimals as soon as one cell is empty. Blanks at the ends go, letters are composed
    (Unicode NFC), and what is missing (None, NaN, an empty cell) is missing.

    Parameters
    ----------
    values : iterable
        Texts, numbers, categories, a column or an index.

    Returns
    -------
    pandas.Index
        As many as came in, text or missing, with the name that they had.

    Examples
    --------
    >>> list(ids([7, 7.0, "7 ", "0007", "1.0", "NA"]))
    ['7', '7', '7', '0007', '1.0', 'NA']
    >>> ids([1.0, None]).isna().tolist()
    [False, True]
    """
    import pandas as pd

    index = pd.Index(values)
    kind = index.dtype
    if pd.api.types.is_integer_dtype(kind) and not index.hasnans:
        return index.astype("str")
    # A million events name a few thousand people: each spelling is looked at once.
    codes, spellings = pd.factorize(index.astype("object"), use_na_sentinel=True)
    written = pd.array([_one(v) for v in spellings], dtype="str")
    return pd.Index(written.take(codes, allow_fill=True), dtype="str", name=index.name)


_BEGINS = re.compile(
    r"(?P<who>(?:[prsui]|id|resp|respondent|participant|person|user|subject|[риу]|респондент|участник|информант)"
    r"[ _-]?\d+)(?P<rest>[ _.\-].*)",
    re.IGNORECASE | re.DOTALL,
)


def by_file_name(names: Iterable[str]) -> dict[str, str]:
    """Whose each file is, where files of one kind begin with an id of their own: ``P1_notes.txt``, ``P2_notes.txt``.

    Files are of one kind where their names differ in nothing but numbers after the id. Two files of one kind and one
    id, or a single file of its kind, name nobody: then the number counts something else.

    Parameters
    ----------
    names : iterable of str
        Names or paths with ``/``.

    Examples
    --------
    >>> by_file_name(["P1_GMT20211118.odt", "P2_GMT20211119.odt", "anna.txt", "wave1_a.txt", "wave2_a.txt"])
    {'P1_GMT20211118.odt': 'P1', 'P2_GMT20211119.odt': 'P2'}
    >>> by_file_name(["P1_morning.txt", "P1_evening.txt"])
    {}
    """
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    for name in names:
        if found := _BEGINS.fullmatch(name.rsplit("/", 1)[-1]):
            kinds[re.sub(r"\d+", "#", found["rest"])][name] = found["who"]
    out: dict[str, str] = {}
    for files in kinds.values():
        who = [folded_id(w) for w in files.values()]
        if len(files) > 1 and len(set(who)) == len(who):
            out |= files
    return out


def folded_id(person: object) -> str:
    """An id without what writers vary: case, blanks and dashes, noughts before a number (``P01``, ``p-1`` are ``p1``).

    Examples
    --------
    >>> folded_id("P-01") == folded_id("p1"), folded_id("0010")
    (True, '10')
    """
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[\s_\-–.№#]+", "", str(person)).casefold())


def person_column(table: pd.DataFrame, what: str) -> str:
    """The column that says who it is.

    Raises
    ------
    CjmError
        If there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> person_column(pd.DataFrame({"respondent": [1], "text": ["slow"]}), "answers")
    'respondent'
    """
    for c in PERSON:
        if c in table.columns:
            return c
    raise CjmError(
        en=f"{what}: no column says who it is; expected one of {', '.join(PERSON)}, got {', '.join(map(str, table))}",
        ru=f"{what}: ни один столбец не говорит, кто это; ожидался один из {', '.join(PERSON)}, есть "
        f"{', '.join(map(str, table))}",
    )


def said(answers: Any, what: str = "answers") -> pd.DataFrame:
    """What people said, in whatever form it comes: person, text; what is missing or empty is left out.

    Parameters
    ----------
    answers : DataFrame, Series, mapping or iterable of str
        A table with a column for the person (participant, respondent, person or user) and one for the text (text,
        value, answer or quote); of turns that have a role, the respondents'. A Series or mapping from person to text.
        A list of texts: each is another person, numbered from 1.
    what : str
        Name of it in errors.

    Examples
    --------
    >>> import pandas as pd
    >>> said(["too slow", None, "rude"]).values.tolist()
    [['1', 'too slow'], ['3', 'rude']]
    >>> said(pd.Series({7: "too slow"})).values.tolist() == said({7.0: "too slow"}).values.tolist()
    True
    """
    import pandas as pd

    if isinstance(answers, str) or not hasattr(answers, "__iter__"):
        raise CjmError(
            en=f"{what}: expected a table, a Series or a list of texts, got {type(answers).__name__} {answers!r:.40}; "
            "one text goes into a list",
            ru=f"{what}: нужна таблица, Series или список текстов, пришло {type(answers).__name__} {answers!r:.40}; "
            "один текст положите в список",
        )
    if isinstance(answers, pd.DataFrame):
        who = person_column(answers, what)
        column = next((c for c in _TEXT if c in answers.columns), None)
        if column is None:
            raise CjmError(f"{what}: " + suggest("text", answers.columns, what="column"))
        if "role" in answers.columns:
            respondents = answers["role"].astype("str").str.casefold().eq("respondent").fillna(False)
            answers = answers[respondents] if respondents.any() else answers
        people, texts = answers[who], answers[column]
    elif isinstance(answers, pd.Series) or hasattr(answers, "keys"):
        texts = pd.Series(answers, dtype="object")
        people = texts.index.to_series()
    else:
        texts = pd.Series(list(answers), dtype="object")
        people = pd.Series(range(1, len(texts) + 1))
    out = pd.DataFrame({"person": ids(people), "text": texts.astype("object").to_numpy()})
    out = out[out["person"].notna() & out["text"].notna()]
    out["text"] = out["text"].astype("str")
    return out[out["text"].str.strip() != ""].reset_index(drop=True)


def named(by: Any) -> Any:
    """Groups under the names that a researcher gave them, in the order of their ids; what has no names stays as it is.

    Labels of personas carry the names in ``attrs["names"]`` once they were given (``found.named``), so that no table
    and no picture made of them shows an id.

    Examples
    --------
    >>> import pandas as pd
    >>> by = pd.Series({"ann": "P2", "joe": "P1"})
    >>> by.attrs["names"] = {"P1": "Savers", "P2": "Families"}
    >>> named(by).tolist(), list(named(by).cat.categories)
    (['Families', 'Savers'], ['Savers', 'Families'])
    """
    import pandas as pd

    names = by.attrs.get("names") if isinstance(by, pd.Series) else None
    if not names:
        return by
    order = [names.get(i, i) for i in sorted(map(str, by.dropna().unique()))]
    said = [names.get(str(v), str(v)) if v == v and v is not None else None for v in by]
    return pd.Series(pd.Categorical(said, categories=list(dict.fromkeys(order))), index=by.index, name=by.name)


def groups(by: Any, what: str = "by") -> pd.Series:
    """Groups of people, in whatever form they come: person → label, people once, missing ones left out.

    Parameters
    ----------
    by : Series, mapping or DataFrame
        From person to label; a table needs a column for the person, or people as its index, and one more column.
    what : str
        Name of it in errors.

    Examples
    --------
    >>> import pandas as pd
    >>> groups({1: "new", "2": "old"}).to_dict() == groups(pd.Series(["new", "old"], index=[1, 2])).to_dict()
    True
    """
    import pandas as pd

    if isinstance(by, pd.DataFrame):
        who = next((c for c in PERSON if c in by.columns), None)
        by = by.set_index(who) if who else by
        if by.shape[1] != 1:
            raise CjmError(
                en=f"{what}: a table with {by.shape[1]} columns beside the person; keep the one that holds the groups",
                ru=f"{what}: в таблице кроме человека столбцов: {by.shape[1]}; оставьте один, с группами",
            )
        by = by.iloc[:, 0]
    if isinstance(by, str) or not (isinstance(by, pd.Series) or hasattr(by, "keys")):
        raise CjmError(
            en=f"{what}: expected a Series or a mapping from person to group, got {type(by).__name__}",
            ru=f"{what}: нужен Series или словарь «человек → группа», пришло {type(by).__name__}",
        )
    out = pd.Series(named(by), dtype="object")
    out.index = ids(out.index)
    out = out[out.notna().to_numpy() & out.index.notna()]
    twice = out.index[out.index.duplicated()].unique()
    if len(twice) and (out.groupby(level=0).nunique() > 1).any():
        raise CjmError(
            en=f"{what}: {len(twice)} people stand in more than one group: {', '.join(map(str, twice[:5]))}",
            ru=f"{what}: больше чем в одной группе: {', '.join(map(str, twice[:5]))} (всего {len(twice)})",
        )
    return out[~out.index.duplicated()].astype("str")


def _one(value: Any) -> str | None:
    if not isinstance(value, str):
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif isinstance(value, float) or (hasattr(value, "is_integer") and not isinstance(value, int)):
            value = int(value) if value.is_integer() else value
    return unicodedata.normalize("NFC", str(value)).strip() or None
