"""The ways to read a text as a conversation, one function each: where turns begin, whose they are, how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cjmkit.interviews.reading.drafts import UNKNOWN, Piece
from cjmkit.interviews.reading.labels import (
    GENERIC,
    NOT_SPEAKERS,
    NUMBERED,
    ROLE_WORDS,
    STAMP,
    TIME,
    fold,
    known_role,
    name_like,
    seconds,
    strong,
)
from cjmkit.interviews.reading.names import parse_names

__all__ = [
    "SIGNS",
    "Layout",
    "Page",
    "by_chat",
    "by_dashes",
    "by_inner_labels",
    "by_lone_names",
    "by_names",
    "by_nobody",
    "by_numbers",
    "by_sign",
    "by_type",
    "page_of",
]


@dataclass(frozen=True)
class Layout:
    """One reading of a text.

    Parameters
    ----------
    layout : str
        Which one, of READINGS.
    pieces : tuple of Piece
        Turns in order of the text.
    score : float
        0 to 1.
    why : str
        The evidence.
    notes : tuple of str
        What to tell the researcher.
    """

    layout: str
    pieces: tuple[Piece, ...]
    score: float
    why: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A text with what is known before it is read."""

    text: str
    lines: tuple[tuple[int, int], ...]  # non-empty lines, stripped
    given: frozenset[str]
    elsewhere: frozenset[str] = frozenset()
    prompts: frozenset[str] = frozenset()
    marks: Mapping[int, str] = field(default_factory=dict)

    def line(self, k: int) -> str:
        """The words of one line."""
        return self.text[slice(*self.lines[k])]


@dataclass(frozen=True)
class _Mark:
    """A place where somebody begins to speak."""

    line: int  # which line of the page
    start: int  # where the mark begins
    speech: int  # where the speech begins
    speaker: str
    t: float | None = None


def page_of(text: str, marks: Mapping[int, str], **known: frozenset[str]) -> Page:
    """A text with its lines and what is known before it is read."""
    lines, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            begin = at + len(line) - len(line.lstrip())
            lines.append((begin, at + len(line.rstrip())))
        at += len(line) + 1
    return Page(text, tuple(lines), marks=marks, **known)


def _turns(page: Page, marks: Sequence[_Mark]) -> tuple[Piece, ...]:
    """Speech from each mark to the next."""
    out = []
    for k, m in enumerate(marks):
        stop = marks[k + 1].start if k + 1 < len(marks) else len(page.text)
        words = page.text[m.speech : stop]
        if k + 1 < len(marks) and "\n" not in words:
            words = words.rstrip(" \t–—|")
        begin = m.speech + len(words) - len(words.lstrip())
        end = begin + len(words.strip())
        if end > begin:
            out.append(Piece(m.speaker, begin, end, m.t))
    return tuple(out)


def _all_ask(page: Page, speakers: Iterable[str]) -> bool:
    """Whether every label is a question's: then they are not turns, for nobody answers."""
    return all(known_role(s) == "interviewer" and s not in page.given for s in speakers)


def _scored(page: Page, name: str, marks: Sequence[_Mark], *, sure: float, notes: Sequence[str] = ()) -> Layout | None:
    """A reading from its marks: how much it covers, how surely, and whether speakers take turns."""
    if len(marks) < 2:
        return None
    pieces = _turns(page, marks)
    speakers = Counter(fold(m.speaker) for m in marks)
    if len(speakers) < 2 or len(pieces) < 2 or _all_ask(page, speakers):
        return None
    total = sum(b - a for a, b in page.lines) or 1
    covered = (page.lines[-1][1] - marks[0].start) / max(1, page.lines[-1][1] - page.lines[0][0])
    covered = min(1.0, max(covered, 1 - (marks[0].start - page.lines[0][0]) / total))
    changes = sum(a.speaker != b.speaker for a, b in pairwise(marks)) / (len(marks) - 1)
    named = sum(fold(m.speaker) in page.given for m in marks) / len(marks)
    score = min(1.0, sure + 0.1 * named) * covered * (0.75 + 0.25 * min(1.0, changes / 0.5))
    who = ", ".join(f"{s} ({n})" for s, n in speakers.most_common(6))
    why = f"{name}: {len(marks)} turns marked, {covered:.0%} of the text, speakers {who}"
    return Layout(name, pieces, score, why, tuple(notes))


# ---- the readings ----------------------------------------------------------------------------------------------------


def by_names(page: Page) -> Layout | None:
    """Names before a colon or a tab, or with a time on a line of their own."""
    spoken = parse_names(page.text, speakers=page.given, names_elsewhere=page.elsewhere, prompts=page.prompts)
    if spoken.layout == "none":
        return None
    named = [p for p in spoken.pieces if p.speaker]
    speakers = Counter(fold(p.speaker) for p in named)
    if len(speakers) > 1 and _all_ask(page, speakers):
        return None
    start = min((p.start for p in spoken.pieces), default=0)
    covered = sum(1 for a, _ in page.lines if a >= start - 80) / max(1, len(page.lines))
    sure = 0.7 if spoken.layout == "one label" else 1.0 if len(speakers) > 1 else 0.8
    who = ", ".join(f"{s} ({n})" for s, n in speakers.most_common(6))
    why = f"{spoken.layout}: {len(named)} turns, {covered:.0%} of the lines, speakers {who}"
    return Layout(spoken.layout, spoken.pieces, sure * (0.5 + 0.5 * covered), why, spoken.notes)


_SHORT = r"[^\W\d_][^\n:：\t|\[\](){}<>«»\"?!…]{0,40}?"
_BEFORE = rf"^[>*_•·# ]*(?:(?P<t0>{STAMP})[ \t]*[-–—|:]?[ \t]*)?"
SIGNS = {
    "time after name": rf"^[>*_ ]*(?P<name>{_SHORT})[*_]*[ \t,]*[-–—|]?[ \t]*"
    rf"\[?(?P<t1>[\[(<]{TIME}[\])>]|{TIME}(?=[ \t]))"
    r"(?:\([^)\s]*\))?\]?[ \t]*[-–—:]?[ \t]*(?=\S)",
    "full stop": _BEFORE + rf"(?P<name>{_SHORT})\.[:)]?[ \t]+(?=\S)",
    "bracket": _BEFORE + rf"(?P<name>{_SHORT})\)[.:]?[ \t]+(?=\S)",
    "dash": _BEFORE + rf"(?P<name>{_SHORT})[*_]*\.?[ \t]*(?:[–—]|[ \t]-)[ \t]+(?=\S)",
    "bar": _BEFORE + rf"(?P<name>{_SHORT})[ \t]*[|>][ \t]*(?=\S)",
    "brackets": _BEFORE + rf"(?:\[(?P<name>{_SHORT})\]|<(?P<name2>{_SHORT})>|\((?P<name3>{_SHORT})\)"
    rf"|\*\*(?P<name4>{_SHORT})\*\*|__(?P<name5>{_SHORT})__)[.:]?[ \t]*[-–—:]?[ \t]*(?=[^\s\[(\d])",
    "space": _BEFORE + r"(?P<name>[^\W\d_]{3,}(?:[ ]\d{1,3})?|[QAPRSВОРИМЖ][ ]?\d{1,3})[ \t]+(?=\S)",
}
_SIGN = {name: re.compile(pattern) for name, pattern in SIGNS.items()}
# Signs that prose uses too: only role words and the researcher's own labels count before them.
_PROSE = {"full stop", "bracket", "space"}


def by_sign(sign: str) -> Callable[[Page], Layout | None]:
    """Names before a full stop, a bracket, a dash and the like."""

    def reading(page: Page) -> Layout | None:
        found: list[_Mark] = []
        for k, (start, _) in enumerate(page.lines):
            line = page.line(k)
            m = _SIGN[sign].match(line)
            if not m:
                continue
            groups = m.groupdict()
            label = next(v for g, v in groups.items() if g.startswith("name") and v).strip(" *_.")
            if fold(label) in NOT_SPEAKERS or not label:
                continue
            given = fold(label) in page.given
            role = strong(label) if sign != "space" else known_role(label) is not None and not label.islower()
            if sign == "space" and len(label) < 5 and not any(c.isdigit() for c in label):
                role = role and label.isupper()
            if given or role or (sign not in _PROSE and name_like(label) and label[0].isupper()):
                t = seconds(groups.get("t0") or groups.get("t1"))
                found.append(_Mark(k, start, start + m.end(), label, t))
        counts = Counter(fold(m.speaker) for m in found)
        kept = [m for m in found if counts[fold(m.speaker)] > 1 or strong(m.speaker) or fold(m.speaker) in page.given]
        # Most lines begin with a mark, or each is followed by few lines: prose with a name here and there is neither.
        if len(kept) < 2 or len(kept) < 0.3 * (len(page.lines) - kept[0].line):
            return None
        if sign in ("dash", "bar") and len({fold(m.speaker) for m in kept}) > max(2, len(kept) / 2):
            return None
        return _scored(page, f"names before a {sign}" if sign != "time after name" else sign, kept, sure=0.95)

    return reading


_HEAD = re.compile(
    rf"^[>*_# ]*(?:(?P<t0>{STAMP})[ \t]*[-–—|,]?[ \t]*)?[\[(<]?(?P<name>{_SHORT})[\])>]?[*_]*"
    rf"(?:[ \t]*[-–—|,]?[ \t]*(?P<t1>{STAMP}))?[*_]*:?[*_]*$"
)
_STAMP_ALONE = re.compile(rf"^{STAMP}(?:\s*(?:-->|[-–—])\s*{STAMP})?$")


def by_lone_names(page: Page) -> Layout | None:
    """A name with a line to itself, speech below."""
    heads: list[tuple[int, str, float | None]] = []
    for k in range(len(page.lines)):
        line = page.line(k)
        m = _HEAD.match(line) if len(line) < 70 and not line.endswith((".", "?", "!", "…", ",")) else None
        if m and fold(m.group("name")) not in NOT_SPEAKERS:
            heads.append((k, m.group("name").strip(" *_"), seconds(m.group("t0") or m.group("t1"))))
    counts = Counter(fold(s) for _, s, _ in heads)
    at = {k for k, _, _ in heads}
    found = []
    for k, label, t in heads:
        key = fold(label)
        role = key in ROLE_WORDS or bool(NUMBERED.match(label) or GENERIC.match(label)) or key in page.given
        sure = role or (counts[key] > 1 and (strong(label) or (name_like(label) and label[0].isupper())))
        if not sure or k + 1 >= len(page.lines):
            continue
        speech = k + 1
        if _STAMP_ALONE.match(page.line(speech)) and speech + 1 < len(page.lines):
            t = seconds(re.split(r"\s*(?:-->|[-–—])\s*", page.line(speech))[0])
            speech += 1
        if speech in at and counts[fold(page.line(speech).strip(" :*_"))] > 1 and not strong(label):
            continue
        found.append(_Mark(k, page.lines[k][0], page.lines[speech][0], label, t))
    known = sum(strong(m.speaker) or fold(m.speaker) in page.given or m.t is not None for m in found)
    return _scored(page, "name lines", found, sure=0.97 if found and known >= 0.5 * len(found) else 0.85)


_CHAT = re.compile(
    r"^[\u200e\u200f\u202a-\u202e]*\[?(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}),?[\s\u202f]+"
    r"(?:в[\s\u202f]+)?(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.](?P<s>\d{2}))?(?:[\s\u202f]?(?P<half>[AaPp]\.?[Mm]\.?))?"
    r"\]?(?:[\s\u202f]*[-–—])?[\s\u202f]+[\u200e\u200f~ ]*(?:(?P<name>[^:\n]{1,60}?):[\s\u202f]+)?(?P<said>\S.*)?$"
)
_NO_WORDS = re.compile(
    r"^[\u200e\u200f]*(?:<[^<>]{3,40}>|\((?:файл добавлен|file attached)\)|"
    r"(?:image|video|audio|sticker|gif|document) omitted|.*\((?:file attached|файл добавлен)\)|"
    r"(?:this message was deleted|you deleted this message|данное сообщение удалено|сообщение удалено)\.?)$",
    re.IGNORECASE,
)


def by_chat(page: Page) -> Layout | None:
    """WhatsApp: a date and a time before each message; a dated line without a name is the system's."""
    stamped = [(k, m) for k in range(len(page.lines)) if (m := _CHAT.match(page.line(k)))]
    if len(stamped) < 2 or stamped[0][0] > 5:
        return None
    clock = _Clock([m for _, m in stamped])
    marks, left_out = [], 0
    for k, m in stamped:
        said = m.group("said") or ""
        start = page.lines[k][0]
        if not m.group("name") or not said or _NO_WORDS.match(said):
            left_out += bool(m.group("name"))
            marks.append(_Mark(k, start, page.lines[k][1], ""))  # ends the message above it
        else:
            marks.append(_Mark(k, start, start + m.start("said"), m.group("name").strip(), clock.seconds(m)))
    people = [m for m in marks if m.speaker]
    notes = [f"{left_out} messages without words (pictures, deleted) were left out"] if left_out else []
    layout = _scored(page, "chat", people, sure=1.0, notes=notes)
    if layout is None:
        return None
    turns = tuple(p for p in _turns(page, marks) if p.speaker)
    return Layout("chat", turns, layout.score, layout.why, layout.notes)


class _Clock:
    """Seconds since the first message; which of day and month comes first is read off the whole file."""

    def __init__(self, stamps: Sequence[re.Match[str]]) -> None:
        parts = [re.split(r"[./-]", m.group("date")) for m in stamps]
        first, second = (max((int(p[i]) for p in parts if len(p[0]) < 3), default=1) for i in (0, 1))
        slash = "/" in stamps[0].group("date")
        self.month_first = second > 12 or (slash and first <= 12 and any(m.group("half") for m in stamps))
        self.began: float | None = None
        self.began = min((x for m in stamps if (x := self._of(m)) is not None), default=None)

    def _of(self, m: re.Match[str]) -> float | None:
        import datetime as dt

        a, b, c = (int(x) for x in re.split(r"[./-]", m.group("date")))
        year, month, day = (a, b, c) if a > 31 else (c, a, b) if self.month_first else (c, b, a)
        hour = int(m.group("h")) % 24
        half = (m.group("half") or "").casefold()[:1]
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        try:
            when = dt.datetime(year + 2000 if year < 100 else year, month, day, hour, int(m.group("m")))
        except ValueError:
            return None
        return (when - dt.datetime(2000, 1, 1)).total_seconds() + int(m.group("s") or 0)

    def seconds(self, m: re.Match[str]) -> float | None:
        at = self._of(m)
        return None if at is None or self.began is None else at - self.began


_DASH = re.compile(r"(?:^[ \t]*[-–—]|(?<=[.?!…»\"])[ \t]+[–—])[ \t]*(?=[^\s\d-])", re.MULTILINE)


def by_dashes(page: Page) -> Layout | None:
    """A dash begins each turn; who speaks shows only where questions and answers alternate."""
    found = list(_DASH.finditer(page.text))
    if len(found) < 2 or len(found) < 0.5 * len(page.lines):
        return None
    text = page.text
    ends = [*(m.start() for m in found[1:]), len(text)]
    asks = ["?" in text[m.end() : e] for m, e in zip(found, ends, strict=True)]
    odd, even = asks[::2], asks[1::2]
    shares = sum(odd) / len(odd), sum(even) / max(1, len(even))
    dashes = any("—" in m.group() or "–" in m.group() for m in found)
    apart = max(shares) >= 0.5 and min(shares) <= 0.25 * max(shares)
    if not apart and not dashes:
        return None
    names = ("Speaker 1", "Speaker 2") if apart else (UNKNOWN, UNKNOWN)
    marks = [_Mark(0, m.start(), m.end(), names[k % 2]) for k, m in enumerate(found)]
    if apart:
        return _scored(page, "dashes", marks, sure=0.85)
    note = "dashes begin the turns, but questions and answers do not alternate: who speaks is unknown"
    return Layout("dashes", _turns(page, marks), 0.6, f"dashes: {len(marks)} turns, nobody told apart", (note,))


_NUMBER = re.compile(
    r"^[*_# ]*(?P<q>(?:q|question|вопрос|в)[ .№#]*)?(?P<n>\d{1,3})[ \t]*[.):][*_]*[ \t]+(?=\S)", re.IGNORECASE
)
_ANSWER = re.compile(
    r"^[*_ ]*(?:(?:a|answer|response|ответ|о|отв)[ .№#]*\d{0,3}[ \t]*[.):–—-][*_]*[ \t]*)(?=\S)", re.IGNORECASE
)


def by_numbers(page: Page) -> Layout | None:
    """Numbered questions, answers below them."""
    asked = [(k, m) for k in range(len(page.lines)) if (m := _NUMBER.match(page.line(k)))]
    numbers = [int(m.group("n")) for _, m in asked]
    if len(asked) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return None
    marked = sum(bool(m.group("q")) or page.line(k).endswith(("?", "?**")) for k, m in asked)
    below = [k2 - k - 1 for (k, _), (k2, _) in zip(asked, [*asked[1:], (len(page.lines), asked[0][1])], strict=True)]
    answered = sum(bool(_ANSWER.match(page.line(k + 1))) for (k, _), n in zip(asked, below, strict=True) if n)
    if max(marked, answered) < 0.6 * len(asked) or sum(map(bool, below)) < 0.5 * len(asked):
        return None
    marks = []
    for (k, m), n in zip(asked, below, strict=True):
        start = page.lines[k][0]
        marks.append(_Mark(k, start, start + m.end(), "Question"))
        if n:
            begin, a = page.lines[k + 1][0], _ANSWER.match(page.line(k + 1))
            marks.append(_Mark(k + 1, begin, begin + (a.end() if a else 0), "Answer"))
    return _scored(page, "numbered questions", marks, sure=0.9)


_SET_IN_MARKDOWN = re.compile(r"^(?:#{1,6}[ \t]+.*|(\*\*|__|\*|_)(?=\S)[^*_]+(?<=\S)\1)$")


def by_type(page: Page) -> Layout | None:
    """Lines set in bold or italics, or as headings, are one side, the others the other."""
    kinds = [
        "b" if page.marks.get(a) or _SET_IN_MARKDOWN.match(page.line(k)) else "" for k, (a, _) in enumerate(page.lines)
    ]
    first = next((k for k, kind in enumerate(kinds) if kind), None)
    if first is None:
        return None
    # A title above the conversation is set too.
    while first + 1 < len(kinds) and kinds[first + 1] and "?" not in page.line(first):
        first += 1
    marks, last = [], None
    for k in range(first, len(kinds)):
        if kinds[k] != last:
            line = page.line(k)
            inside = len(line) - len(line.lstrip("*_# "))
            marks.append(_Mark(k, page.lines[k][0], page.lines[k][0] + inside, "set" if kinds[k] else "plain"))
        last = kinds[k]
    asks = {s: [] for s in ("set", "plain")}  # type: dict[str, list[bool]]
    for m, p in zip(marks, _turns(page, marks), strict=False):
        asks[m.speaker].append("?" in page.text[p.start : p.end])
    if min(map(len, asks.values())) < 2:
        return None
    share = {s: sum(v) / len(v) for s, v in asks.items()}
    asking = max(share, key=lambda s: share[s])
    if share[asking] < 0.5 or share[asking] < 2 * min(share.values()):
        return None
    marks = [_Mark(m.line, m.start, m.speech, "Question" if m.speaker == asking else "Answer") for m in marks]
    turns = [
        Piece(p.speaker, p.start, p.start + len(page.text[p.start : p.end].rstrip("*_ ")), p.t_start)
        for p in _turns(page, marks)
    ]
    made = _scored(page, "bold or italic questions", marks, sure=0.88)
    return made and Layout(made.layout, tuple(turns), made.score, made.why)


_INNER = re.compile(r"(?<![^\s])(?P<name>[^\W\d_]{1,14}(?:[ ]?\d{1,3})?)(?P<sep>\.?[:.)])[ \t]+(?=\S)")


def by_inner_labels(page: Page) -> Layout | None:
    """Several turns in one line: "И. Как? Р. Плохо. И. Почему?"."""
    found = []
    for m in _INNER.finditer(page.text):
        label = m.group("name")
        side = re.sub(r"[ .]*\d+$", "", fold(label))
        if not (side in ROLE_WORDS or fold(label) in page.given) or not (
            label[0].isupper() or fold(label) in page.given
        ):
            continue
        # Prose has full stops and brackets everywhere: there a label has to begin a sentence.
        before = page.text[max(0, m.start() - 3) : m.start()].rstrip(" \t")[-1:]
        if m.group("sep").endswith(":") or before in ("", "\n", ".", "?", "!", "…", "»", '"'):
            found.append(_Mark(0, m.start("name"), m.end(), label))
    text = page.text
    inside = sum(text[text.rfind("\n", 0, m.start) + 1 : m.start].strip(" \t*_>") != "" for m in found)
    if len(found) < 2 or inside < 0.3 * len(found) or inside < 1:
        return None
    sides = {known_role(m.speaker) for m in found} | {m.speaker for m in found if fold(m.speaker) in page.given}
    return _scored(page, "labels inside lines", found, sure=0.96) if len(sides) > 1 else None


def by_nobody(page: Page) -> Layout:
    """No speakers: paragraphs of one respondent, or what lies between the questions of a guide."""
    spoken = parse_names(page.text, speakers=(), prompts=page.prompts)
    pieces = spoken.pieces
    if spoken.layout != "none":
        pieces = tuple(Piece("respondent", a, b) for a, b in page.lines)
    guide = any(p.speaker == "" for p in pieces)
    why = "none: lines that most documents share are the guide" if guide else "none: no mark tells speakers apart"
    return Layout("none", pieces, 0.7 if guide else 0.3, why)
