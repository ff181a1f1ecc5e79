"""What a reader says about a format: an SQL expression for each part that a field plays, and how to write times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cjmkit.events._duck import text

__all__ = ["NOTHING", "Layout", "ReadOptions", "either", "epoch", "local", "slash", "utc"]

NOTHING = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True)
class ReadOptions:
    """What a reader does with what every export holds; the defaults are what most people want.

    Parameters
    ----------
    goals : mapping, optional
        Names of goals by their number (Yandex.Metrica).
    object_type : str, optional
        Which objects of an OCEL log are the people (for example ``"customer"``).
    time : str, optional
        Column of a plain table that is the time, where several could be.
    time_format : str, optional
        How a plain table writes its times, as ``strptime`` has it, where the values do not tell (``"%m/%d/%Y %H:%M"``).
    project_tz : str, optional
        Zone of a Mixpanel project from before 2023, whose raw exports hold local seconds instead of UTC.
    identity : {"backfill", "later", "off"}
        An anonymous id that meets a known one belongs to that person: with all that it did before, only from then on,
        or not at all.
    duplicates, bots, test_users : {"drop", "keep"}
        Events whose insert id came before; events of agents that call themselves robots; people who look like testers.
    clock : {"occurred", "received"}
        Whose clock counts, where an export has both.
    drop_bad : bool
        Leave out rows whose time cannot be read instead of raising.
    lifecycle : {"pair", "keep"}
        Start and completion of one activity are one event (at its start), or an event each.
    memory_limit : str, optional
        For DuckDB, for example ``"2GB"``; what does not fit goes to disk.

    Examples
    --------
    >>> ReadOptions(bots="keep").identity
    'backfill'
    """

    goals: Mapping[object, str] = field(default_factory=dict)
    object_type: str | None = None
    time: str | None = None
    time_format: str | None = None
    identity: str = "backfill"
    duplicates: str = "drop"
    bots: str = "drop"
    test_users: str = "keep"
    clock: str = "occurred"
    drop_bad: bool = False
    lifecycle: str = "pair"
    project_tz: str | None = None
    memory_limit: str | None = None


@dataclass(frozen=True)
class Layout:
    """Expressions over the rows of `source`; times are µs since 1970 in UTC.

    Parameters
    ----------
    format : str
        Name of the format.
    source : str
        What to select from; it has a column ``__place`` with a row's place.
    event, time : str
        What happened, and when it occurred.
    known, anon : str
        The id of a person who is known, and of a device or a browser.
    channel, id, received, agent : str
        The channel; the insert id; when it was received; who called.
    written : str
        The time as it was written, for messages.
    roles : mapping
        Part to (field, reason) for the report.
    properties : mapping
        Name to expression of what stays as a column.
    alias : (str, str, str), optional
        Condition of a row that joins two ids, and these.
    clean : bool
        Whether ids such as ``0`` or ``anonymous`` mean nobody.
    keep : str
        Condition of a row that is an event.
    clock : str
        Whose clock and which zone the times are in.
    notes : tuple of str
    counts : mapping
        What the reader itself counted.
    status : str
        known or guessed.
    """

    format: str
    source: str
    event: str
    time: str
    known: str = NOTHING
    anon: str = NOTHING
    channel: str = NOTHING
    id: str = NOTHING
    received: str = "CAST(NULL AS BIGINT)"
    agent: str = NOTHING
    written: str = NOTHING
    roles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    alias: tuple[str, str, str] | None = None
    clean: bool = True
    keep: str = "true"
    clock: str = "UTC"
    notes: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    status: str = "known"


def either(*expressions: str | None) -> str:
    """The first of several expressions that holds something.

    Examples
    --------
    >>> either("a", None, "b")
    'coalesce(a, b)'
    """
    there = [e for e in expressions if e is not None and e != NOTHING]
    return NOTHING if not there else there[0] if len(there) == 1 else f"coalesce({', '.join(there)})"


def slash(*expressions: str | None) -> str:
    """Several texts joined by `` / ``, missing ones left out."""
    there = [e for e in expressions if e is not None]
    return f"nullif(concat_ws(' / ', {', '.join(there)}), '')" if there else NOTHING


_WRITTEN = (
    "['%Y/%m/%d %H:%M:%S.%f', '%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M', '%d.%m.%Y %H:%M:%S.%f', '%d.%m.%Y %H:%M:%S', "
    "'%d.%m.%Y %H:%M', '%d.%m.%Y']"
)
_ZONED = "\\d[T ]?\\d\\d:?\\d\\d.*(Z|UTC|[+-]\\d\\d(:?\\d\\d)?)$"


def utc(expression: str | None) -> str:
    """µs of a written time: with its offset, where it has one, else in UTC."""
    if expression is None:
        return "CAST(NULL AS BIGINT)"
    written = f"regexp_replace({expression}, ' ([+-]\\d\\d):?(\\d\\d)$', '\\1:\\2')"
    return f"epoch_us(coalesce(try_cast({written} AS TIMESTAMPTZ), try_strptime({expression}, {_WRITTEN})))"


def local(expression: str, zone: str | None) -> str:
    """µs of a written time: with its offset, where it has one, else in a zone."""
    if not zone:
        return utc(expression)
    plain = f"coalesce(try_cast({expression} AS TIMESTAMP), try_strptime({expression}, {_WRITTEN}))"
    return (
        f"CASE WHEN regexp_matches({expression}, '{_ZONED}') THEN {utc(expression)} "
        f"ELSE epoch_us(timezone({text(zone)}, {plain})) END"
    )


def epoch(expression: str | None) -> str:
    """µs of a number that is seconds, ms, µs or ns by its size, value by value."""
    if expression is None:
        return "CAST(NULL AS BIGINT)"
    n = f"try_cast({expression} AS DOUBLE)"
    whole = f"try_cast({expression} AS BIGINT)"
    return (
        f"CASE WHEN {n} < 1e8 THEN NULL WHEN {n} < 1e11 THEN CAST(round({n} * 1000000) AS BIGINT) "
        f"WHEN {n} < 1e14 THEN coalesce({whole} * 1000, CAST(round({n} * 1000) AS BIGINT)) "
        f"WHEN {n} < 1e17 THEN coalesce({whole}, CAST(round({n}) AS BIGINT)) ELSE {whole} // 1000 END"
    )
