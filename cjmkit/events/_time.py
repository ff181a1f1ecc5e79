"""Spans of time as the engines count them."""

from __future__ import annotations

import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.events.data import LogData

__all__ = ["moment_us", "span_us"]


def span_us(span: str | pd.Timedelta | None) -> int | None:
    """Microseconds of a duration; None stays None.

    Examples
    --------
    >>> span_us("30min")
    1800000000
    """
    if span is None:
        return None
    try:
        out = int(pd.Timedelta(span) / pd.Timedelta(1, "us"))
    except ValueError:
        raise CjmError(
            en=f"{span!r} is no duration; write for example '30min', '7D' or pd.Timedelta(days=7)",
            ru=f"{span!r} — не длительность; пишите, например, '30min', '7D' или pd.Timedelta(days=7)",
        ) from None
    if out <= 0:
        raise CjmError(
            en=f"a duration has to be longer than zero; {span!r} came", ru=f"длительность больше нуля; пришло {span!r}"
        )
    return out


def moment_us(log: LogData, at: str | pd.Timestamp | None) -> int:
    """The moment at which to look, in µs since 1970: the end of the log, where none is named."""
    if at is None:
        return log._canon.t_max
    stamp = pd.Timestamp(at)
    stamp = stamp.tz_localize(log.tz or "UTC") if stamp.tzinfo is None else stamp
    return int(stamp.value) // 1000  # .value is in ns, whatever the unit
