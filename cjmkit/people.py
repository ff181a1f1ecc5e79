"""Who is who: one way to write a person's id, at every door."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ids"]


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


def _one(value: Any) -> str | None:
    if not isinstance(value, str):
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif isinstance(value, float) or (hasattr(value, "is_integer") and not isinstance(value, int)):
            value = int(value) if value.is_integer() else value
    return unicodedata.normalize("NFC", str(value)).strip() or None
