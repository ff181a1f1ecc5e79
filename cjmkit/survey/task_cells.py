"""Cells of task tables: which axis are people, which are tasks, and what a cell says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from pathlib import Path

from cjmkit.errors import CjmError
from cjmkit.i18n import listing, say
from cjmkit.intake.containers import read_bytes
from cjmkit.intake.sheets import read_sheets
from cjmkit.intake.tables import is_total
from cjmkit.people import folded_id

__all__ = ["Cell", "Sheet", "clock", "looks_like_tasks", "read_cells"]

Grid = list[list[str]]

_PERSON = re.compile(
    r"(?:[prsu]|id|resp|respondent|participant|person|user|tester|subject|[риу]|респондент|участник|испытуемый)"
    r"[ _\-.№#]*\d+",
    re.IGNORECASE,
)
_TASK = re.compile(r"(?:t|task|scenario|step|з|задание|задача|сценарий|шаг)[ _\-.№#]*\d+\b.*", re.IGNORECASE)
_WHO = re.compile(
    r"participant|respondent|person|user|tester|subject|(?:participant|respondent|user)[ _]?(?:id|no|number)|"
    r"участник|респондент|испытуемый|пользователь",
    re.IGNORECASE,
)
_WHAT = re.compile(r"task|task[ _]?(?:id|no|name|number)|scenario|задание|задача|сценарий", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_IN_NAME = re.compile(
    r"(?<![^\W\d_])([^\W\d_]\d+|(?:participant|person|user|участник)[ _-]?\d+)$|"
    r"((?<=[a-zа-яё])[A-ZА-ЯЁ]\d+)$"
)
_YES = {"1", "yes", "y", "true", "done", "success", "completed", "pass", "passed", "✓", "да", "сделано", "успех", "+"}
_NO = {
    "0",
    "no",
    "n",
    "false",
    "failed",
    "fail",
    "failure",
    "not done",
    "abandoned",
    "✗",
    "нет",
    "не сделано",
    "неудача",
    "-",
}
_BLANK = {"", "na", "n/a", "nan", "none", "нет данных", "."}
_SECONDS = re.compile(r"time|second|duration|\bsec\b|время|секунд|длительн", re.IGNORECASE)
_MINUTES = re.compile(r"minute|\bmin\b|минут|\bмин\b", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """What one table says of one person and task."""

    participant: str
    task: str
    measure: str
    said: str
    file: str


@dataclass(frozen=True)
class Sheet:
    """The cells of one file, and what is odd in it."""

    cells: tuple[Cell, ...]
    doubts: tuple[str, ...] = ()


def clock(said: str) -> float | None:
    """Seconds of ``03:01.59`` or ``1:02:03``; None for anything else.

    Examples
    --------
    >>> clock("03:01.5"), clock("1:00:05"), clock("12")
    (181.5, 3605.0, None)
    """
    if not (m := _CLOCK.fullmatch(said.strip())):
        return None
    return int(m[1] or 0) * 3600 + int(m[2]) * 60 + float(m[3].replace(",", "."))


def meaning(cells: Iterable[Cell]) -> tuple[str, str, dict[Cell, float]]:
    """The kind of a measure (share, time, count; "" where none fits), how it was told, and the value of each cell."""
    said = {c: c.said.strip().casefold() for c in cells if c.said.strip().casefold() not in _BLANK}
    if said and all(clock(s) is not None for s in said.values()):
        return "time", "known", {c: clock(s) or 0.0 for c, s in said.items()}
    if said and all(s in _YES | _NO for s in said.values()):
        worded = not set(said.values()) <= {"0", "1"}
        return "share", "known" if worded else "guessed", {c: float(s in _YES) for c, s in said.items()}
    numbers = {c: _number(s) for c, s in said.items()}
    if not said or any(v is None for v in numbers.values()):
        return "", "", {}
    values = {c: float(v or 0) for c, v in numbers.items()}
    name = next(iter(values)).measure
    if _MINUTES.search(name):
        return "time", "known", {c: 60 * v for c, v in values.items()}
    if _SECONDS.search(name):
        return "time", "guessed", values
    whole = all(v == int(v) and v >= 0 for v in values.values())
    return ("count", "guessed", values) if whole else ("", "", {})


def _number(said: str) -> float | None:
    try:
        return float(said.replace(",", "."))
    except ValueError:
        return None


def looks_like_tasks(rows: Grid, name: str) -> bool:
    """Whether a table is one of tasks by people, or of the tasks of one person whom the file's name says.

    Examples
    --------
    >>> looks_like_tasks([["", "P1", "P2", "P3"], ["T1", "1", "0", "1"], ["T2", "0", "0", "1"]], "done.csv")
    True
    >>> looks_like_tasks([["id", "Q1"], ["P1", "4"], ["P2", "5"]], "survey.csv")
    False
    """
    if len(rows) < 3:
        return False
    try:
        cells = _cells(rows, name).cells
    except CjmError:
        return False
    # A log of who did which task when has a person and task many times, and a list of tasks no measure at all.
    if len({(c.participant, c.task, c.measure) for c in cells}) < len(cells):
        return False
    by_measure: dict[str, list[Cell]] = {}
    for c in cells:
        by_measure.setdefault(c.measure, []).append(c)
    return any(meaning(own)[0] for own in by_measure.values())


def read_cells(path: Path) -> Sheet:
    """The cells of one file.

    Raises
    ------
    CjmError
        If people or tasks cannot be told.
    """
    sheets, _ = read_sheets(read_bytes(path), path)
    return _cells(next(iter(sheets.values())), path.name)


def _cells(rows: Grid, name: str) -> Sheet:
    rows = [[c.strip() for c in r] for r in rows if any(c.strip() for c in r)]
    head = rows[0] if rows else []
    stem = name.rsplit(".", 1)[0]
    what = next((k for k, h in enumerate(head) if _WHAT.fullmatch(h)), None)
    who = next((k for k, h in enumerate(head) if _WHO.fullmatch(h)), None)
    across, down = head[1:], [r[0] for r in rows[1:]]
    if what == 0 and _mostly(_TASK, across):
        what = None  # "Task | T1 | T2": the header of the first column of a wide table
    if what is not None and not _mostly(_PERSON, across):
        return _long(rows, what, who, stem)
    people_across, tasks_down = _mostly(_PERSON, across), _mostly(_TASK, down)
    if people_across and (tasks_down or what == 0):
        return _wide(rows, stem, name)
    if _mostly(_PERSON, down) and _mostly(_TASK, across):
        return _wide([list(r) for r in zip(*rows)], stem, name)
    raise CjmError(
        en=f"{name}: neither rows nor columns are people (P1, P2 …) and tasks (T1, T2 …); a table with the columns "
        "participant, task and one a measure is read too",
        ru=f"{name}: ни строки, ни столбцы не похожи на людей (P1, P2 …) и задания (T1, T2 …); читается и таблица со "
        "столбцами participant, task и по одному на показатель",
    )


def _mostly(pattern: re.Pattern[str], names: list[str]) -> bool:
    own = [n for n in names if n and not is_total([n])]
    return len(own) >= 2 and sum(bool(pattern.fullmatch(n)) for n in own) >= 0.8 * len(own)


def _wide(rows: Grid, stem: str, file: str) -> Sheet:
    """Tasks down, people across; totals are checked against their parts and left out."""
    head = rows[0]
    own = [k for k, h in enumerate(head) if k and h and not is_total([h])]
    totals = [k for k, h in enumerate(head) if k and is_total([h])]
    cells, doubts = [], []
    for row in rows[1:]:
        if is_total([row[0]]) or not row[0]:
            continue
        cells += [Cell(head[k], row[0], stem, row[k], file) for k in own if k < len(row)]
        for k in totals:
            said, parts = _number(row[k]), [_number(row[j]) for j in own if j < len(row)]
            if said is not None and None not in parts and (added := sum(p or 0 for p in parts)) != said:
                doubts.append(
                    say(
                        en=f"{stem}: {row[0]}: {head[k]} says {said:g}, the people add up to {added:g}",
                        ru=f"{stem}: {row[0]}: в {head[k]} стоит {said:g}, а по людям выходит {added:g}",
                    )
                )
    return Sheet(tuple(cells), tuple(doubts))


def _long(rows: Grid, what: int, who: int | None, stem: str) -> Sheet:
    """A row a task (of a person): every other column is a measure."""
    person, measure = "", stem
    if who is None:
        found = _IN_NAME.search(stem)
        begins = re.match(r"([^\W\d_]\d+)[ _.\-]+", stem)
        if not found and not begins:
            raise CjmError(
                en=f"{stem}: no column and no file name says whose tasks these are (TimesP1.csv, P1_times.csv)",
                ru=f"{stem}: ни столбец, ни имя файла не говорит, чьи это задания (TimesP1.csv, P1_times.csv)",
            )
        if found:
            person, measure = found[1] or found[2], stem[: found.start()]
        elif begins:
            person, measure = begins[1], stem[begins.end() :]
        measure = measure.strip(" _-.")
    others = [k for k, h in enumerate(rows[0]) if k not in (what, who) and h]
    cells = [
        Cell(
            person if who is None else row[who], row[what], _called(measure, rows[0][k], len(others), who), row[k], stem
        )
        for row in rows[1:]
        for k in others
        if row[what] and not is_total([row[what]]) and (who is None or row[who])
    ]
    return _without_running_totals(cells)


def _called(stem: str, column: str, columns: int, who: int | None) -> str:
    if who is not None or not stem:
        return column
    return stem if columns == 1 else f"{stem}: {column}"


def _without_running_totals(cells: list[Cell]) -> Sheet:
    """A stopwatch writes each lap and the time so far: the second is left out, and the lap keeps the file's name.

    Where a lap and the step of the time so far are more than a second apart, the lap is taken and that is said.
    """
    by_measure: dict[str, list[Cell]] = {}
    for c in cells:
        by_measure.setdefault(c.measure, []).append(c)
    times = {m: [t for c in own if (t := clock(c.said)) is not None] for m, own in by_measure.items()}
    for whole, part in permutations(times, 2):
        so_far, laps = times[whole], times[part]
        if not 3 <= len(laps) == len(so_far) == len(by_measure[part]) == len(by_measure[whole]):
            continue
        steps = [b - a for a, b in pairwise([0.0, *so_far])]
        off = [k for k, (step, lap) in enumerate(zip(steps, laps)) if abs(step - lap) > 1]
        if min(steps) < 0 or len(off) > 0.3 * len(laps):
            continue
        short = part.split(": ")[0] if len(by_measure) == 2 else part
        kept = [replace(c, measure=short) if c.measure == part else c for c in cells if c.measure != whole]
        return Sheet(tuple(kept), tuple(_lap_doubt(by_measure[part][k], laps[k], steps[k], short) for k in off))
    return Sheet(tuple(cells))


def _lap_doubt(cell: Cell, lap: float, step: float, measure: str) -> str:
    return say(
        en=f"{measure}: {cell.participant} {cell.task}: the lap is {lap:.0f} s, by the running time {step:.0f} s; "
        "the lap is taken",
        ru=f"{measure}: {cell.participant} {cell.task}: круг {lap:.0f} с, по нарастающему времени {step:.0f} с; "
        "взят круг",
    )


def same_people(cells: Iterable[Cell]) -> dict[str, str]:
    """One spelling for each person: the one that the first file uses.

    Raises
    ------
    CjmError
        If one file has two people whom only case, blanks or noughts tell apart.

    Examples
    --------
    >>> same_people([Cell("P1", "T1", "done", "1", "a"), Cell("p01", "T1", "time", "9", "b")])
    {'P1': 'P1', 'p01': 'P1'}
    """
    first: dict[str, str] = {}
    within: dict[tuple[str, str], str] = {}
    out: dict[str, str] = {}
    for c in cells:
        key = folded_id(c.participant)
        if within.setdefault((c.file, key), c.participant) != c.participant:
            both = listing([within[c.file, key], c.participant], 2)
            raise CjmError(
                en=f"{c.file}: {both} are one person or two? Write each the same way everywhere",
                ru=f"{c.file}: {both} — это один человек или двое? Пишите каждого везде одинаково",
            )
        out[c.participant] = first.setdefault(key, c.participant)
    return out
