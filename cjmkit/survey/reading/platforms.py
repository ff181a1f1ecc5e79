"""Which platform wrote the export, how many rows are headers, and what each column is, told from the structure."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections import Counter
from dataclasses import dataclass, field

from cjmkit.survey._decode import norm, parse_number
from cjmkit.survey.reading.headers import (
    GENERIC,
    GIZMO,
    LIME,
    LIME_CORE,
    MONKEY,
    MONKEY_SECOND,
    QUALTRICS,
    QUALTRICS_CORE,
    RUSSIAN,
    TIMESTAMPS,
    TYPEFORM,
    YANDEX,
)
from cjmkit.survey.reading.systems import System, system_of

__all__ = ["Column", "Layout", "looks_like_date", "recognise"]

Note = tuple[str, str]


@dataclass
class Column:
    """One column before its answers are looked at; `kind` is "" for questions, else id, date, meta, duration or
    weight.
    """

    name: str
    text: str = ""
    group: str = ""
    option: str = ""
    kind: str = ""
    unnamed: bool = False
    separator: str = ""
    unit: str = ""
    chosen: str = ""
    missing: tuple[int, ...] = ()


@dataclass
class Layout:
    """What the top of the file says."""

    platform: str
    header_rows: int
    columns: list[Column]
    duplicates: int = 0
    empty: int = 0
    notes: list[Note] = field(default_factory=list)


_DATE = re.compile(
    r"^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.\d{1,2}\.\d{4})"
    r"([ T,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*([AaPp][Mm])?\s*(Z|UTC|(GMT|UTC)?[+-]\d{1,2}(:?\d{2})?|GMT|MSK)?\s*$"
)


def looks_like_date(text: str) -> bool:
    """Whether a cell reads as a date or a moment."""
    return bool(_DATE.match(text))


def _cell(row: list[str], j: int) -> str:
    return row[j].strip() if j < len(row) else ""


def _body_cells(head: list[list[str]], start: int, j: int) -> list[str]:
    return [c for c in (_cell(r, j) for r in head[start:]) if c]


def recognise(head: list[list[str]], header_rows: int | None = None) -> Layout:
    """Tell the platform and the header rows from the first rows of the file.

    Parameters
    ----------
    head : list of list of str
        The first rows as text.
    header_rows : int, optional
        How many rows are headers, where the caller knows better; 0 for none.
    """
    head = [[c.replace("\ufeff", "") for c in r] for r in head]
    # A single row may be too long by accident; if most are longer than the first, the last headers are missing.
    usual = Counter(len(r) for r in head[1:]).most_common(1)
    width = max(len(head[0]), usual[0][0] if usual else 0)
    first = [norm(_cell(head[0], j)) for j in range(width)]
    layout = _recognise(head, width, first, header_rows)
    if layout.header_rows:
        layout.empty = sum(not f for f in first)
    _make_unique(layout)
    return layout


def _recognise(head: list[list[str]], width: int, first: list[str], given: int | None) -> Layout:
    names = [_cell(head[0], j) for j in range(width)]
    if given == 0:
        columns = [Column(f"column {j + 1}") for j in range(width)]
        return Layout("generic", 0, columns)
    import_row = _import_id_row(head, width) if given in (None, 2, 3) else None
    if import_row is not None:
        return _qualtrics(head, width, names, import_row + 1, import_row, "qualtrics")
    core = sum(n in QUALTRICS_CORE for n in first)
    second = [norm(_cell(head[1], j)) for j in range(width)] if len(head) > 1 else []
    if core >= 4 and given is None:
        dated = [j for j, n in enumerate(first) if n in ("startdate", "enddate", "recordeddate")]
        two = bool(second) and not any(looks_like_date(_cell(head[1], j)) for j in dated) and bool(dated)
        return _qualtrics(head, width, names, 2 if two else 1, None, "qualtrics")
    legacy = sum(bool(re.fullmatch(r"v\d+", n)) for n in first) >= 3 and {"responseid", "responseset"} <= set(second)
    if legacy and given is None:
        return _qualtrics(head, width, names, 2, None, "qualtrics-legacy")
    if given is None and _two_rows_of_a_question(head, width, first, second):
        return _question_and_option(head, width, first, second)
    if given == 2:
        blanks = sum(1 for j in range(1, width) if not names[j] and _cell(head[1], j))
        return _question_and_option(head, width, first, second) if blanks else _code_and_label(head, width, names)
    if given is None and _codes_above_labels(head, width, names):
        return _code_and_label(head, width, names)
    return _one_row(head, width, names, first)


# Qualtrics ---------------------------------------------------------------------------------------------------------


def _import_id_row(head: list[list[str]], width: int) -> int | None:
    for i, row in enumerate(head[:4]):
        cells = [c for c in row if c.strip()]
        if cells and sum("ImportId" in c for c in cells) >= max(1, len(cells) // 2):
            return i
    return None


def import_id(cell: str) -> str:
    """The ImportId of a Qualtrics column, written as JSON or, by older exports, as a Python dict.

    Examples
    --------
    >>> import_id('{"ImportId":"QID2_TEXT"}'), import_id("{'ImportId': 'QID1'}")
    ('QID2_TEXT', 'QID1')
    """
    for load in (json.loads, ast.literal_eval):
        try:
            found = load(cell)
        except (ValueError, SyntaxError):
            continue
        if isinstance(found, dict) and "ImportId" in found:
            return str(found["ImportId"])
    m = re.search(r"ImportId['\"]+\s*:\s*['\"]([^'\"]+)", cell)
    return m.group(1) if m else ""


_IMPORT_KIND = {
    "startDate": "date", "endDate": "date", "recordedDate": "date", "status": "meta", "ipAddress": "meta",
    "progress": "meta",
    "duration": "duration", "finished": "meta", "_recordId": "id", "responseId": "id", "recipientLastName": "meta",
    "recipientFirstName": "meta", "recipientEmail": "meta", "externalDataReference": "meta", "locationLatitude": "meta",
    "locationLongitude": "meta", "distributionChannel": "meta", "userLanguage": "meta", "responseSet": "meta",
}  # fmt: skip


def _qualtrics(
    head: list[list[str]], width: int, names: list[str], rows: int, import_row: int | None, platform: str
) -> Layout:
    columns = []
    for j, name in enumerate(names):
        text = _cell(head[1], j) if rows > 1 else ""
        ident = import_id(_cell(head[import_row], j)) if import_row is not None else ""
        kind = _IMPORT_KIND.get(ident, "") or QUALTRICS.get(norm(name), "")
        if re.search(r"_NPS_GROUP(_\d+)?$|_DO(_\d+)*$|_DO_", f"{name} {ident}"):
            kind = "meta"  # computed from another column, or the order in which options were shown
        if platform == "qualtrics-legacy" and not kind:
            kind = QUALTRICS.get(norm(text).replace(" ", ""), "")
        if not kind and _generic_kind(name) in ("id", "weight"):
            kind = _generic_kind(name)
        group = ""
        if not kind:
            # QID12_3 is option 3 of question 12; the export's own name may have been changed by hand.
            m = re.match(r"(QID\d+)(?:#\d+)?[_-]", ident)
            group = m.group(1) if m else ""
            if not group and (m := re.match(r"^(.+?)(?:#\d+)?_[-\d]+(?:_[-\d]+)*(?:_TEXT)?$", name)):
                group = m.group(1)
        text = " ".join(text.split()) if text else text
        columns.append(Column(name, text if text != name else "", group, "", "" if kind == "number" else kind))
    _options_from_common_text(columns)
    return Layout(platform, rows, columns)


def _options_from_common_text(columns: list[Column]) -> None:
    """In a group, what the texts share is the question, the rest after the last dash is the option."""
    groups: dict[str, list[Column]] = {}
    for c in columns:
        if c.group:
            groups.setdefault(c.group, []).append(c)
    for members in groups.values():
        if len(members) < 2:
            members[0].group = ""
            continue
        shared = members[0].text
        for m in members[1:]:
            while shared and not m.text.startswith(shared):
                shared = shared[:-1]
        cut = max(shared.rfind(" - ") + 3, shared.rfind("-") + 1, shared.rfind(": ") + 2)
        for m in members:
            m.option = m.text[cut:].strip() if cut > 2 and len(m.text) > cut else ""


# Two rows ----------------------------------------------------------------------------------------------------------


def _two_rows_of_a_question(head: list[list[str]], width: int, first: list[str], second: list[str]) -> bool:
    """The question above, its options below: blanks to the right of a question, or SurveyMonkey's "Response"."""
    if len(head) < 2 or width < 2:
        return False
    marked = sum(s in MONKEY_SECOND for s in second)
    spanned = sum(1 for j in range(1, width) if not first[j] and second[j])
    alone = [j for j in range(width) if first[j] and (j + 1 == width or first[j + 1])]
    # Under a single question the second row is blank, repeats it, or says "Response"; an answer would stand there
    # otherwise.
    quiet = sum(1 for j in alone if not second[j] or second[j] == first[j] or second[j] in MONKEY_SECOND)
    if marked and (first[0] in MONKEY or not second[0]) and quiet >= 0.5 * max(1, len(alone)):
        return True
    return spanned >= 2 and quiet >= 0.6 * max(1, len(alone)) and bool(first[0])


def _question_and_option(head: list[list[str]], width: int, first: list[str], second: list[str]) -> Layout:
    monkey = any(f in ("respondentid", "respondent id") for f in first) or any(s in MONKEY_SECOND for s in second)
    columns: list[Column] = []
    question = ""
    for j in range(width):
        above, below = " ".join(_cell(head[0], j).split()), " ".join(_cell(head[1], j).split())
        if above:
            question = above
        kind = MONKEY.get(norm(above), "") if above and (not below or norm(below) == norm(above)) else ""
        kind = kind or (_russian_kind(above) if above and not below else "")
        option = "" if norm(below) in MONKEY_SECOND or norm(below) == norm(question) else below
        columns.append(Column(f"{question} [{option}]" if option else question, question, question, option, kind))
    sizes = Counter(c.group for c in columns)
    for c in columns:
        if sizes[c.group] == 1 and not c.option:
            c.group = ""
    return Layout("surveymonkey" if monkey else "generic-2header", 2, columns)


def _codes_above_labels(head: list[list[str]], width: int, names: list[str]) -> bool:
    """Row 1 holds codes (q1, nps, V12), row 2 the wordings, then answers."""
    if len(head) < 3 or width < 2:
        return False
    code = re.compile(r"^[^\W\d_][\w.#:\-]{0,39}$|^[A-Za-zА-Яа-я]{0,4}\d[\w.#:\-]*$")
    labels = [_cell(head[1], j) for j in range(width)]
    filled = [j for j in range(width) if names[j]]
    if len(filled) < 2 or sum(bool(code.match(names[j])) for j in filled) < 0.9 * len(filled):
        return False
    if sum(bool(labels[j]) for j in filled) < 0.8 * len(filled):
        return False
    fresh = tell = told = 0
    for j in filled:
        body = _body_cells(head, 2, j)
        if (
            labels[j]
            and labels[j] not in body
            and parse_number(labels[j], anchored=False) is None
            and not looks_like_date(labels[j])
        ):
            fresh += 1
        if len(body) >= 2 and (
            all(parse_number(b, anchored=False) is not None for b in body) or len(set(body)) <= len(body) / 2
        ):
            # A column of numbers or of few repeated answers: there a wording stands out.
            tell += 1
            told += labels[j] not in body and parse_number(labels[j], anchored=False) is None
    longer = sum(len(labels[j]) for j in filled) > 1.5 * sum(len(names[j]) for j in filled)
    return fresh >= 0.9 * len(filled) and longer and tell >= 1 and told == tell


def _code_and_label(head: list[list[str]], width: int, names: list[str]) -> Layout:
    columns = []
    system = system_of(names)
    for j, name in enumerate(names):
        text = " ".join(_cell(head[1], j).split())
        own = system.kind(norm(name)) if system is not None else ""
        kind = own or _generic_kind(name) or _russian_kind(text) or _generic_kind(text)
        group, option = _bracket(text)
        stem = re.match(r"^(.+?)[_.\-]?\d+$", name) or re.match(r"^([A-Za-z]+\d+)[a-z]$", name)
        columns.append(Column(name, text, group or (stem.group(1) if stem else ""), option, kind))
    _drop_lonely_groups(columns)
    _habits(columns, system)
    return Layout(system.name if system else "generic-2header", 2, columns)


def _habits(columns: list[Column], system: System | None) -> None:
    """What a platform always does, told to its columns of answers."""
    for c in columns if system is not None else ():
        if not c.kind and system is not None:
            c.chosen, c.missing, c.separator = system.chosen, system.missing, c.separator or system.separator


# One row -----------------------------------------------------------------------------------------------------------


def _bracket(text: str) -> tuple[str, str]:
    """Split "Question [Row]" into question and row."""
    m = re.match(r"^(.*\S)\s*\[([^\[\]]+)\]\s*$", text, re.S)
    return (m.group(1).strip(), m.group(2).strip()) if m else ("", "")


def _generic_kind(name: str) -> str:
    folded = norm(name)
    return next((kind for p, kind in GENERIC if p.match(folded)), "")


def _russian_kind(name: str) -> str:
    folded = norm(name)
    return next((kind for p, kind in RUSSIAN if p.match(folded)), "")


def _drop_lonely_groups(columns: list[Column]) -> None:
    sizes = Counter(c.group for c in columns if c.group)
    for c in columns:
        if c.group and sizes[c.group] < 2:
            c.group = ""


def _one_row(head: list[list[str]], width: int, names: list[str], first: list[str]) -> Layout:
    seen = set(first)
    bare = [re.sub(r"^\w+\.\s+", "", f) for f in first]
    platform, kinds = "generic", {}
    if len((set(first) | set(bare)) & LIME_CORE) >= 2:
        platform, kinds = "limesurvey", LIME
    elif first and first[0] in TIMESTAMPS and _mostly_dates(_body_cells(head, 1, 0)):
        platform = "google-forms"
    elif {"submit date (utc)", "start date (utc)"} & seen:
        platform, kinds = "typeform", TYPEFORM
    elif len({"time started", "date submitted", "status"} & seen) >= 2:
        platform, kinds = "surveygizmo", GIZMO
    elif {"respondent id", "respondentid"} & {first[0] if first else ""} or sum(
        bool(re.fullmatch(r"column\d+", f)) for f in first
    ) >= 3:
        platform, kinds = "surveymonkey-flattened", MONKEY
    elif {"время создания", "дата создания"} & seen or {"id", "created"} <= seen:
        platform, kinds = "yandex-forms", YANDEX
    elif sum(bool(_russian_kind(f)) for f in first) >= 2:
        platform = "anketolog"
    system = system_of(first) if platform == "generic" or "yandex" in platform else None
    if system is not None:
        platform = system.name
    columns = []
    previous = ""
    for j, name in enumerate(names):
        text = " ".join(name.split())
        kind = kinds.get(first[j], "") or kinds.get(bare[j], "")
        if system is not None:
            kind = system.kind(first[j])
        if platform in ("anketolog", "yandex-forms"):
            kind = kind or _russian_kind(text)
        if platform == "google-forms" and j == 0:
            kind = "date"
        if platform == "limesurvey" and re.fullmatch(r"(group|question)?time\d+.*|.*\btime\b:.*", first[j]):
            kind = "duration"
        kind = kind or _generic_kind(text) or ("id" if _russian_kind(text) == "id" else "")
        group, option = _bracket(text) if not kind else ("", "")
        if (
            platform == "limesurvey"
            and not group
            and (m := re.match(r"^([^\s\[]+)\[([^\]]+)\](?:\[\d+\])?[.:]?\s*(.*)$", text))
        ):
            group, option = m.group(1), m.group(3) or m.group(2)
        if platform == "surveygizmo" and not kind and ":" in name:
            option, _, group = (p.strip() for p in name.partition(":"))
            text = group
        if platform == "surveymonkey-flattened" and not kind:
            if re.fullmatch(r"column\d+", first[j]):
                group = previous
            elif m := re.match(r"^(\d+)\.\s+(\S.*)$", text):
                group, option = m.group(1), m.group(2)
                previous = ""
            else:
                previous = text
                group = text
        if platform == "redcap" and not kind:
            group, option = _redcap_choice(text)
        if (platform in ("generic", "anketolog", "yandex-forms") or system is not None) and not kind and not group:
            # q7_1, q7_2 …; Q7FOOD, Q7STORE …
            stem = (
                re.match(r"^([^\W\d]\w*?)[_.\-]?\d+$|^([A-Za-z]{1,3}\d+)(?:[A-Z_][A-Z_\d]{2,}|[a-z])$", text)
                if " " not in text
                else None
            )
            parts = re.match(r"^(.*\S)\s+(?:[/|]|>>)\s+(\S.*)$|^(.*[?:])\s*[-–—:]?\s+(\S.*)$", text)
            if stem:
                group = stem.group(1) or stem.group(2)
            elif parts:
                group, option = (parts.group(1) or parts.group(3)), (parts.group(2) or parts.group(4))
        columns.append(
            Column(
                name,
                text if text != name or option else "",
                group,
                option,
                kind,
            )
        )
    _drop_lonely_groups(columns)
    _habits(columns, system)
    for c in columns:
        if not c.group:
            c.option = ""
    return Layout(platform, 1, columns)


def _redcap_choice(header: str) -> tuple[str, str]:
    """Question and option of a REDCap checkbox: ``used___99`` (raw, ____1 is −1) or ``Used (choice=Branch)``."""
    if m := re.match(r"^(.+?)___(_?)(\w+)$", header):
        return m.group(1), ("-" if m.group(2) else "") + m.group(3)
    m = re.match(r"^(.*\S)\s*\(choice=(.+)\)$", header)
    return (m.group(1), m.group(2)) if m else ("", "")


def _mostly_dates(cells: list[str]) -> bool:
    return bool(cells) and sum(looks_like_date(c) for c in cells) >= 0.8 * len(cells)


def no_header(head: list[list[str]]) -> bool:
    """Whether the first row looks like an answer: all numbers and dates, or answers that the rows below repeat."""
    if len(head) < 2:
        return False
    width = max(len(r) for r in head[:2])
    cells = [(j, _cell(head[0], j)) for j in range(width) if _cell(head[0], j)]
    # A ticked option answers with its own header: such a column says nothing about the first row.
    cells = [(j, c) for j, c in cells if set(_body_cells(head, 1, j)) != {c}]
    if not cells:
        return False
    plain = [c for _, c in cells if parse_number(c, anchored=False) is not None or looks_like_date(c)]
    if len(plain) == len(cells) and not _counting(plain):
        return True
    if len(plain) == 0:
        repeated = sum(c in _body_cells(head, 1, j) for j, c in cells)
        return repeated >= max(2, 0.8 * len(cells))
    repeated = sum(c in _body_cells(head, 1, j) for j, c in cells if c not in plain)
    return len(plain) + repeated >= 0.8 * len(cells) and repeated + len(plain) >= 2 and len(plain) >= 1


def _counting(cells: list[str]) -> bool:
    """1, 2, 3 … as headers are numbers of questions."""
    numbers = [parse_number(c, anchored=False) for c in cells]
    return len(numbers) > 2 and all(
        b is not None and a is not None and b - a == 1 for a, b in itertools.pairwise(numbers)
    )


def _make_unique(layout: Layout) -> None:
    """Give every column a name of its own, and count what had to be changed."""
    raw = [c.name for c in layout.columns]
    seen: Counter[str] = Counter()
    taken = {n for n in raw if n}
    renamed: list[str] = []
    for j, c in enumerate(layout.columns):
        if not c.name:
            c.name, c.unnamed = f"column {j + 1}", True
            while c.name in taken:
                c.name += "_"
            continue
        seen[c.name] += 1
        if seen[c.name] > 1:
            layout.duplicates += 1
            base, k = c.name, seen[c.name]
            while f"{base} ({k})" in taken:
                k += 1
            c.text = c.text or base
            c.name = f"{base} ({k})"
            taken.add(c.name)
            if base not in renamed:
                renamed.append(base)
    if renamed:
        shown = ", ".join(repr(r[:40]) for r in renamed[:4]) + (", …" if len(renamed) > 4 else "")
        layout.notes.append(
            (
                f"{layout.duplicates} headers repeat ({shown}); the later ones got a number, as in "
                f"'{renamed[0][:40]} (2)'",
                f"повторяющихся заголовков: {layout.duplicates} ({shown}); к следующим добавлен номер: "
                f"'{renamed[0][:40]} (2)'",
            )
        )
