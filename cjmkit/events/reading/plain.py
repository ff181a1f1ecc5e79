"""Tables of nobody's format: parts guessed by the usual names of columns, and by what the columns hold."""

from __future__ import annotations

import re

from cjmkit.errors import FileFormatError, suggest
from cjmkit.events._duck import quote
from cjmkit.events.reading.view import View

__all__ = ["guess"]

_NAMES = {
    "user": "user_id userid user client_id clientid customer_id customerid customer visitor_id session_id participant "
    "person respondent case case_id caseid who пользователь клиент",
    "time": "timestamp time event_time eventtime datetime date_time created_at server_time occurred_at ts when date "
    "время дата",
    "event": "event event_name eventname action event_type activity handling type what событие действие",
    "channel": "channel source utm_source traffic_source acquisition_channel medium канал источник",
}
_DATE = re.compile(r"^\d{4}[-/.]\d\d|^\d\d[./]\d\d[./]\d{4}|^1[0-9]{9}(\d{3}|\d{6})?$|^20\d{6}(\d{6})?$")
_BEGUN = re.compile(r"(start|begin|начало)", re.IGNORECASE)
_DONE = re.compile(r"(end|finish|complete|stop|конец|окончание)", re.IGNORECASE)


def guess(view: View, given: dict[str, str | None]) -> dict[str, tuple[str, str, str]]:
    """Part to (column, status, reason); what was named in the call goes first.

    Raises
    ------
    FileFormatError
        If a part cannot be told; two columns that could be the time are named, and the first is not taken in silence.
    """
    columns = list(view.types) or [k for k in view.keys if "." not in k]
    out: dict[str, tuple[str, str, str]] = {}
    for role, column in given.items():
        if column is not None:
            if column not in columns:
                raise FileFormatError(
                    en=f"{role}= names a column that is not there: {suggest(column, columns, what='column')}",
                    ru=f"{role}= называет столбец, которого нет: {suggest(column, columns, what='column')}",
                    path=view.parts[0],
                )
            out[role] = (column, "given", "named in the call")
    folded = {c.casefold().replace(" ", "_"): c for c in columns}
    for role, names in _NAMES.items():
        if role in out:
            continue
        found = [folded[n] for n in names.split() if n in folded and folded[n] not in [c for c, _, _ in out.values()]]
        if role == "time":
            dated = [c for c in found if _holds_times(view, c)]
            others = [c for c in columns if c not in found and _holds_times(view, c)]
            if dated:
                rest = [*dated[1:], *others]
                status = "contradictory" if rest and dated[0].casefold() in ("date", "дата") else "guessed"
                why = "by its name and what it holds" + (f"; {', '.join(rest)} could be it too" if rest else "")
                out[role] = (dated[0], status, why)
                continue
            begun = [c for c in others if _BEGUN.match(c)]
            if len(begun) == 1 and len(others) == 2 and _DONE.match(next(c for c in others if c not in begun)):
                out[role] = (begun[0], "guessed", "when it began; the other is its end")
                continue
            if len(others) > 1:
                raise FileFormatError(
                    en=f"several columns could be the time: {', '.join(others)}; say time= in "
                    f"options=ReadOptions(time=…)",
                    ru=f"временем могут быть несколько столбцов: {', '.join(others)}; скажите time= в "
                    f"options=ReadOptions(time=…)",
                    path=view.parts[0],
                )
            found = others or found
        if found:
            out[role] = (found[0], "guessed", "by what it holds" if role == "time" else "by its name")
    lacking = [r for r in ("user", "time", "event") if r not in out]
    if lacking:
        raise FileFormatError(
            en=f"no column tells the {' or the '.join(lacking)}; say {', '.join(f'{r}=' for r in lacking)}. "
            f"The file has the columns {', '.join(columns[:40])}",
            ru=f"ни один столбец не говорит, где {' или '.join(lacking)}; скажите "
            f"{', '.join(f'{r}=' for r in lacking)}. В файле столбцы {', '.join(columns[:40])}",
            path=view.parts[0],
        )
    return out


def _holds_times(view: View, column: str) -> bool:
    """Whether most of the first values look like times."""
    kind = view.types.get(column, "")
    if kind.startswith(("TIMESTAMP", "DATE")):
        return True
    expression = f"CAST({quote(column)} AS VARCHAR)" if view.types else f"(j ->> '$.\"{column}\"')"
    some = view.duck.sql(f"SELECT {expression} FROM {view.source} LIMIT 50").fetchall()
    known = [str(r[0]).strip() for r in some if r[0] not in (None, "")]
    return bool(known) and sum(bool(_DATE.match(v)) for v in known) >= 0.8 * len(known)
