"""Tables of nobody's format: parts guessed by the usual names of columns, and by what the columns hold."""

from __future__ import annotations

import re
from pathlib import Path

from cjmkit.errors import FileFormatError, suggest
from cjmkit.events.reading.layout import epoch, utc
from cjmkit.events.reading.view import View
from cjmkit.i18n import say

__all__ = ["aside", "folded", "guess", "holds_times", "joined_clock", "named", "readings", "zone_named"]

_NAMES = {
    "user": (
        "user id|userid|user|client id|clientid|customer id|customerid|customer|visitor id|distinct id|participant"
        "|person|person id|respondent|patient|patient id|member id|subscriber id|account id|contact id|profile id|who",
        r"(user|customer|client|visitor|person|buyer|shopper|profile|account|member|subscriber|contact|guest|student"
        r"|patient|passenger|guid|employee|device|cookie|anonymous)s?( (id|key|no|number|uuid|guid|hash|code))?",
        r"(.* )?(пользовател|клиент|контрагент|покупател|посетител|абонент|контакт|заказчик|пациент|гост)\w*( .*)?",
        r"(.* )?(user|customer|client|visitor|person|contact|member|account|billing)s? (id|key|uuid|email|e mail|name)",
        r"(e ?mail|email address|e mail address|phone|phone number|телефон|почта|msisdn)",
        "case|case id|caseid|case key|session id|sessionid|case number|case no",
        r"(case|ticket|lead|deal|opportunity|application|claim|contract|request|issue|incident|trace|session|loan|policy"
        r"|order)s?( (id|key|no|number|uuid))?",
        r"(.* )?(сделк|лид|обращени|заявк|кейс|договор|заказ|инцидент|дел)\w*( .*)?",
    ),
    "time": (
        "timestamp|time|event time|eventtime|datetime|date time|created at|server time|occurred at|event timestamp"
        "|event datetime|event date|ts|when|время события|дата события|дата и время|период|date|время|дата",
        r"(.* )?(start|started|begin|begun|начал\w*)( .*)?",
        r"(.* )?(time|timestamp|date|datetime|at|on|время|дата)( .*)?",
    ),
    "event": (
        "event|event name|eventname|action|event type|activity|activity name|событие|название события|вид события"
        "|тип события|действие",
        r"(event|activity|action|operation|task|step|milestone)( (name|type|label|title|de|en|ru|fr|es))?",
        r"(.* )?(событи|действи|операци|активност)\w*( .*)?",
        "handling|what|stage|status|state|этап|стадия|статус",
        r"(.* )?(stage|status|state|стади\w*|этап\w*|статус\w*)( .*)?",
        "type|тип|page|url|path|screen|screen name|page path|page url|страница",
    ),
    "channel": (
        "channel|source|utm source|traffic source|acquisition channel|medium|media source|канал|источник",
        r"(.* )?(utm source|traffic source|first source|referrer|referer|канал\w*|источник\w*|via)( .*)?",
    ),
}
"""Names of each part, the likeliest first; a name is its words in small letters."""

_DATE = re.compile(
    r"^\d{4}[-/.]\d\d?[-/.]\d\d?|^\d\d?[./-]\d\d?[./-](\d{4}|\d\d)(?!\d)|^1[0-9]{9}(\d{3}|\d{6}|\d{9})?(\.\d+)?$"
    r"|^20\d{6}(\d{6})?$|^(\w{3}, )?\d\d?[ -][A-Za-z]{3,9}[ -]\d{4}|^[A-Z][a-z]{2,8} \d\d?,? \d{4}"
)
_CLOCK = re.compile(r"^\d\d?:\d\d(:\d\d(\.\d+)?)?( ?[AP]M)?$", re.IGNORECASE)
_BEGUN = re.compile(r"(^| )(start|started|begin|began|begun|начал\w*)( |$)")
_DONE = re.compile(r"(^| )(end|ended|finish|finished|complete|completed|stop|конец|окончани\w*|заверш\w*)( |$)")
_ASIDE = re.compile(
    r"(^| )(received?|upload\w*|import\w*|insert\w*|ingest\w*|sync\w*|load\w*|process\w*|updated?|modified|изменени\w*"
    r"|загрузк\w*)( |$)"
)
"""Moments of the data's own travels or of the last change, rather than of the event."""
_PERSONS = re.compile(r"(^| )(birth\w*|born|dob|рожд\w*|install|joined|signup|first seen|expir\w*|due|valid)( |$)")
"""Moments of the person or of a term."""
_NOT_EVENT = re.compile(
    r"(^| )(id|key|time|timestamp|date|datetime|at|json|properties|params|value|count|no|дата|время)$"
)


def folded(name: str) -> str:
    """A name as its words in small letters.

    Examples
    --------
    >>> folded("eventName"), folded(" Case_ID "), folded("Дата/время")
    ('event name', 'case id', 'дата время')
    """
    parted = re.sub(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])", " ", name.strip())
    return " ".join(re.findall(r"[^\W_]+", parted.casefold()))


def aside(column: str) -> bool:
    """Whether a moment is of something else than the event, by its name."""
    return _ASIDE.search(folded(column)) is not None


def named(columns: list[str], role: str) -> list[list[str]]:
    """Columns whose names speak for a part, in groups: the surest group first."""
    out: list[list[str]] = []
    left = {c: folded(c) for c in columns}
    for pattern in _NAMES[role]:
        exact = pattern.split("|") if "(" not in pattern else None
        if exact:
            fits = sorted((c for c in left if left[c] in exact), key=lambda c: exact.index(left[c]))
            out += [[c] for c in fits]
        else:
            fits = [c for c in left if re.fullmatch(pattern, left[c])]
            out += [fits] if fits else []
        for c in fits:
            del left[c]
    return out


def zone_named(column: str) -> str | None:
    """The zone that a column's name tells: only Moscow's is written there in so many letters.

    Examples
    --------
    >>> zone_named("Дата и время (МСК)"), zone_named("Дата")
    ('Europe/Moscow', None)
    """
    return "Europe/Moscow" if re.search(r"(^| )(мск|msk|моск\w*|moscow)( |$)", folded(column)) else None


def guess(view: View, given: dict[str, str | None], *, dates: list[str], path: Path) -> dict[str, tuple[str, str, str]]:
    """Part to (column, status, reason); what was named in the call goes first.

    Parameters
    ----------
    view : View
    given : dict
        Part to the column that the call names.
    dates : list of str
        Columns that hold times.
    path : Path
        The file, for messages.

    Raises
    ------
    FileFormatError
        If a part cannot be told; several columns that could be the time are named with their readings.
    """
    columns = view.columns
    out: dict[str, tuple[str, str, str]] = {}
    for role, column in given.items():
        if column is not None:
            if column not in columns:
                raise FileFormatError(
                    en=f"{role}= names a column that is not there: {suggest(column, columns, what='column')}",
                    ru=f"{role}= называет столбец, которого нет: {suggest(column, columns, what='column')}",
                    path=path,
                )
            out[role] = (column, "given", "named in the call")
    for role in ("user", "event", "channel"):
        if role in out:
            continue
        taken = {c for c, _, _ in out.values()} | set(dates)
        left = [c for c in columns if c not in taken and not (role == "event" and _NOT_EVENT.search(folded(c)))]
        groups = named(left, role)
        if groups:
            rest = [c for g in groups[:2] for c in g if c != groups[0][0]][:3] if role != "channel" else []
            why = "by its name" + (f"; {', '.join(rest)} could be it too" if rest else "")
            out[role] = (groups[0][0], "guessed", why)
    if "time" not in out and (
        time := _time(view, out, [d for d in dates if d not in {c for c, _, _ in out.values()}], path)
    ):
        out["time"] = time
    lacking = [r for r in ("user", "time", "event") if r not in out]
    if lacking:
        raise FileFormatError(
            en=f"no column tells the {' or the '.join(lacking)}; say {', '.join(f'{r}=' for r in lacking)}. "
            f"The file has the columns {', '.join(columns[:40])}",
            ru=f"ни один столбец не говорит, где {' или '.join(lacking)}; скажите "
            f"{', '.join(f'{r}=' for r in lacking)}. В файле столбцы {', '.join(columns[:40])}",
            path=path,
        )
    return {r: out[r] for r in ("user", "time", "event", "channel") if r in out}


def _time(
    view: View, found: dict[str, tuple[str, str, str]], dates: list[str], path: Path
) -> tuple[str, str, str] | None:
    """Which of the columns with times is the event's; a doubt is said with what each reading gives."""
    if len(dates) < 2:
        return (dates[0], "guessed", "by what it holds") if dates else None
    dates = [d for d in dates if not _PERSONS.search(folded(d))] or dates
    own = [d for d in dates if not aside(d)] or dates
    begun = [d for d in own if _BEGUN.search(folded(d))]
    done = [d for d in own if _DONE.search(folded(d))]
    if len(begun) == 1 and done and set(own) <= {*begun, *done}:
        return begun[0], "guessed", f"when it began; {done[0]} is its end"
    groups = named(own, "time")
    best = groups[0] if groups else own
    person = view.get(found["user"][0]) if "user" in found else None
    if len(best) > 1 or (not groups and len(own) > 1):
        said = readings(view, person, own)[0]
        raise FileFormatError(
            en=f"several columns could be the time: {', '.join(own)}. {said}. Say which: options=ReadOptions(time=…)",
            ru=f"временем могут быть несколько столбцов: {', '.join(own)}. {said}. Скажите, какой: "
            "options=ReadOptions(time=…)",
            path=path,
        )
    rest = [d for d in dates if d != best[0]]
    if not rest:
        return best[0], "guessed", "by its name and what it holds"
    said, changed = readings(view, person, [best[0], *rest[:2]])
    # A doubt is one where the other reading would tell another story.
    status = "contradictory" if changed else "guessed"
    return best[0], status, f"by its name and what it holds; {', '.join(rest)} could be it too. {said}"


def readings(view: View, person: str | None, columns: list[str]) -> tuple[str, int]:
    """What the log would be by each of several columns: from when to when, and whose order of events would change."""
    rows = f"(SELECT *, {view.place} AS __p FROM {view.source} LIMIT 200000)"
    moments = []
    for c in columns:
        at = view.get(c) or "NULL"
        digits = f"regexp_full_match({at}, '[0-9]{{10,19}}')"
        moments.append(f"CASE WHEN {digits} THEN {epoch(at)} ELSE {utc(at)} END")
    ends = ", ".join(f"make_timestamp(min({m})), make_timestamp(max({m}))" for m in moments)
    spans = view.duck.sql(f"SELECT {ends} FROM {rows}").fetchall()[0]
    said = [
        f"{c}: {spans[2 * i]:%Y-%m-%d %H:%M} – {spans[2 * i + 1]:%Y-%m-%d %H:%M}"
        for i, c in enumerate(columns)
        if spans[2 * i] is not None
    ]
    changed, people = 0, 0
    if person is not None and len(columns) > 1:
        ranks = ", ".join(f"row_number() OVER (PARTITION BY u ORDER BY m{i}, __p) AS r{i}" for i in range(2))
        inner = f"SELECT {person} AS u, {moments[0]} AS m0, {moments[1]} AS m1, __p FROM {rows}"
        changed, people = view.duck.sql(
            f"SELECT count(DISTINCT u) FILTER (r0 <> r1), count(DISTINCT u) FROM (SELECT u, {ranks} FROM ({inner}))"
        ).fetchall()[0]
        said.append(
            say(
                en=f"the order of events would differ for {changed:,} of {people:,} people",
                ru=f"порядок событий изменился бы у {changed} из {people} человек",
            )
        )
    return "; ".join(said), int(changed)


def holds_times(view: View) -> tuple[list[str], list[str]]:
    """Columns whose first values look like times, and those that hold only a clock's."""
    columns = view.columns
    names = [folded(c) for c in columns]
    asked = [
        c for c, n in zip(columns, names) if not re.search(r"(^| )(phone|телефон|zip|postcode|inn|инн|sku)( |$)", n)
    ]
    first = {c: [v.strip() for v in view.first[c][:50] if v.strip()] for c in asked if c in view.first}
    if rest := [c for c in asked if c not in first]:
        shown = ", ".join(view.get(c) or "NULL" for c in rest)
        some = view.duck.sql(f"SELECT {shown} FROM {view.source} LIMIT 50").fetchall()
        first |= {c: [str(row[i]).strip() for row in some if row[i] not in (None, "")] for i, c in enumerate(rest)}
    dates, clocks = [], []
    for column in asked:
        kind, known = view.types.get(column, ""), first[column]
        if kind.startswith(("TIMESTAMP", "DATE")):
            dates.append(column)
        elif known and sum(bool(_DATE.match(v)) for v in known) >= 0.8 * len(known):
            # Ten digits may be any number: only a name makes them a time.
            if not known[0].isdigit() or re.search(
                r"(^| )(time\w*|date\w*|ts|at|when|moment|дата|время)( |$)", folded(column)
            ):
                dates.append(column)
        elif known and all(_CLOCK.match(v) for v in known):
            clocks.append(column)
    return dates, clocks


def joined_clock(view: View, dates: list[str], clocks: list[str]) -> tuple[str, str, str] | None:
    """A day in one column and its clock in another: (day, clock, expression)."""
    if len(dates) != 1 or len(clocks) != 1:
        return None
    day, clock = view.get(dates[0]), view.get(clocks[0])
    some = view.duck.sql(f"SELECT {day} FROM {view.source} LIMIT 50").fetchall()
    if any(r[0] and re.search(r"[ T](?!00:00:00)\d\d?:\d\d", str(r[0])) for r in some):
        return None
    bare = f"regexp_replace({day}, '[ T]00:00:00$', '')"
    return dates[0], clocks[0], f"concat_ws(' ', {bare}, {clock})"
