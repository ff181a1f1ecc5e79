"""Spans of time in microseconds, the unit in which every engine counts."""

from __future__ import annotations

import pandas as pd

from cjmkit.errors import CjmError

__all__ = ["microseconds"]


def microseconds(window: str | pd.Timedelta | None) -> int | None:
    if window is None:
        return None
    try:
        out = int(pd.Timedelta(window) / pd.Timedelta(1, "us"))
    except ValueError:
        raise CjmError(f"{window!r} is no duration; write for example '30min', '7D' or pd.Timedelta(days=7)") from None
    if out <= 0:
        raise CjmError(f"a duration has to be longer than zero; {window!r} came")
    return out
