"""Names before a colon, a tab or on lines of their own: the commonest way to write a conversation down.

A colon makes no speaker. A label has to look like a name or a role, and to behave like one: it comes back, or the whole
text is laid out with labels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cjmkit.interviews.reading.drafts import Piece
from cjmkit.interviews.reading.labels import (
    LABEL,
    NAME,
    NOT_SPEAKERS,
    STAMP,
    TIME,
    fold,
    known_role,
    name_like,
    seconds,
    strong,
)

__all__ = ["Spoken", "parse_names"]

# A line of its own: "Anna Petrova  0:05" (Otter, Teams) or "00:00:05 Speaker 1" (Word).
_NAME_LINE = re.compile(
    rf"^[ \t*_]*(?:(?P<name>{NAME})[*_]{{0,2}}(?:[ \t]{{1,}}|[ \t]*[-–—|,][ \t]*)(?P<t0>{STAMP})|"
    rf"(?P<t2>{STAMP})[ \t]+(?P<name2>{NAME}))[ \t*_]*$"
)
_STAMP_LINE = re.compile(rf"^[ \t#*_]*(?P<t0>{STAMP})(?:\s*(?:-->|[-–—])\s*{STAMP})?[ \t*_]*$")
_LEADING_STAMP = re.compile(rf"^[ \t]*(?P<t0>[\[(<]{TIME}[\])>]|{TIME}(?=\s))(?:\s*(?:-->|[-–—])\s*{STAMP})?[ \t]*")


@dataclass(frozen=True)
class Spoken:
    """What a layout parse found.

    Parameters
    ----------
    pieces : tuple of Piece
        In order of the text.
    layout : str
        ``"labels"``, ``"one label"`` (only one side is named), ``"name lines"`` or ``"none"``.
    notes : tuple of str
        What to tell the researcher.
    """

    pieces: tuple[Piece, ...]
    layout: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    label: str
    speech: int  # where the speech begins on this line
    t: float | None
    alone: bool  # the label has the line to itself


def _lines(text: str) -> list[_Line]:
    out = []
    pos = 0
    for line in text.split("\n"):
        end = pos + len(line)
        stripped = line.strip()
        if not stripped:
            out.append(_Line(pos, end, "", end, None, False))
            pos = end + 1
            continue
        label, speech, t, alone = "", pos + len(line) - len(line.lstrip()), None, False
        # A colon or a tab near the beginning, or a time: anything else cannot be a label, and most lines are that.
        head = line[:90]
        if ":" in head or "\t" in stripped[:60] or "：" in head:
            m = _STAMP_LINE.match(line)
            n = None if m else _NAME_LINE.match(line)
            if n and not (strong(said := (n.group("name") or n.group("name2")).strip(" *_")) or name_like(said)):
                n = None  # a time and a sentence
            k = None if m or n else LABEL.match(line)
            if m:
                t, alone, speech = seconds(m.group("t0")), True, end
            elif n:
                label = (n.group("name") or n.group("name2")).strip(" *_")
                t, alone, speech = seconds(n.group("t0") or n.group("t2")), True, end
            elif k:
                label, t = k.group("name").strip(" *_"), seconds(k.group("t0") or k.group("t1"))
                rest = line[k.end() :]
                speech = pos + k.end() + len(rest) - len(rest.lstrip())
                alone = not rest.strip()
            else:
                s = _LEADING_STAMP.match(line)
                if s:
                    t, speech = seconds(s.group("t0")), pos + s.end()
        out.append(_Line(pos, end, label, speech, t, alone))
        pos = end + 1
    return out


def parse_names(
    text: str,
    *,
    speakers: Iterable[str] = (),
    names_elsewhere: Iterable[str] = (),
    prompts: frozenset[str] = frozenset(),
) -> Spoken:
    """Find the turns of a text by its layout.

    Parameters
    ----------
    text : str
        The document.
    speakers : iterable of str
        Labels that are speakers for certain (the researcher said so).
    names_elsewhere : iterable of str
        Labels found in other documents of the folder, folded.
    prompts : frozenset of str
        Lines that most documents share (the interview guide), stripped and folded; they become speech of the speaker
        ``""`` with the role interviewer.

    Returns
    -------
    Spoken
        Pieces in order; adjoining lines of one speaker are one piece.
    """
    lines = _lines(text)
    given = {fold(s) for s in speakers}
    elsewhere = set(names_elsewhere)
    filled = [x for x in lines if x.end > x.start and text[x.start : x.end].strip()]
    accepted = _accepted(text, filled, given, elsewhere)
    notes: list[str] = []
    live = [fold(x.label) in accepted if x.label else False for x in filled]
    if not accepted:
        return Spoken(_plain(text, filled, prompts), "none", ())
    share = sum(live) / len(filled)
    roles = {known_role(x.label) for x, ok in zip(filled, live) if ok}
    one_sided = len(accepted) == 1 and share < 0.5 and not any(x.alone for x, ok in zip(filled, live) if ok)
    if one_sided:
        name = next(x.label for x, ok in zip(filled, live) if ok)
        notes.append(f"only {name!r} is labelled; lines without a label belong to the other side")
    other = "respondent" if roles == {"interviewer"} else "interviewer" if roles == {"respondent"} else "other"
    pieces: list[Piece] = []
    who: str | None = other if one_sided else None
    goes_on = False
    clock: float | None = None  # a time with a line to itself is that of all below it (Google Meet)
    for x, ok in zip(filled, live):
        line = text[x.start : x.end]
        if not x.label and x.alone and x.t is not None:
            clock = x.t
        begin = x.start + len(line) - len(line.lstrip())
        if ok:
            pieces.append(
                Piece(x.label, x.speech, x.speech if x.alone else _trim(text, x.speech, x.end), _or(x.t, clock))
            )
            who, goes_on = (other, False) if one_sided else (x.label, True)
        elif one_sided and prompts and _norm(line) in prompts:
            pieces.append(Piece("", begin, _trim(text, begin, x.end), x.t))
            goes_on = False
        elif who is None or (not x.label and x.alone and x.t is not None):
            continue
        else:
            begin = begin if x.label else x.speech
            last = pieces[-1] if goes_on else None
            if last is None:
                pieces.append(Piece(who, begin, _trim(text, begin, x.end), _or(x.t, clock)))
            else:
                first = begin if last.end == last.start else last.start
                pieces[-1] = Piece(last.speaker, first, _trim(text, begin, x.end), last.t_start)
            goes_on = True
    layout = "one label" if one_sided else "name lines" if any(x.alone and x.label for x in filled) else "labels"
    return Spoken(tuple(p for p in pieces if p.end > p.start), layout, tuple(notes))


def _accepted(text: str, filled: Sequence[_Line], given: set[str], elsewhere: set[str]) -> set[str]:
    """Which labels, folded, are speakers."""
    counts = Counter(fold(x.label) for x in filled if x.label)
    labelled = sum(1 for x in filled if x.label)
    accepted: set[str] = set()
    for x in filled:
        key = fold(x.label)
        if not x.label or key in accepted:
            continue
        timed = x.t is not None and (x.alone or counts[key] > 1)
        if key in given:
            accepted.add(key)
        elif key in NOT_SPEAKERS:
            continue
        elif strong(x.label):
            if counts[key] > 1 or (labelled > 1 and not _is_header(text, x, filled)):
                accepted.add(key)
        elif name_like(x.label) and (
            key in elsewhere or timed or counts[key] >= 2 or (labelled >= 2 and labelled >= 0.6 * len(filled))
        ):
            accepted.add(key)
    # A lone recurring name-like label is a heading ("Price: ..."), not a conversation, unless it is a role or timed.
    if len(accepted) == 1:
        only = next(iter(accepted))
        sample = next(x for x in filled if fold(x.label) == only)
        if only not in given and not strong(sample.label) and sample.t is None and only not in elsewhere:
            accepted = set()
    return accepted


def _is_header(text: str, x: _Line, filled: Sequence[_Line]) -> bool:
    """Whether `Participant: P10` stands at the head of a document and is not speech."""
    if x not in filled[:10]:
        return False
    said = text[x.speech : x.end].strip()
    return len(said.split()) <= 4 and not said.endswith((".", "!", "?", "…"))


def _or(t: float | None, clock: float | None) -> float | None:
    return clock if t is None else t


def _norm(line: str) -> str:
    return " ".join(line.casefold().split())


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _plain(text: str, filled: Sequence[_Line], prompts: frozenset[str]) -> tuple[Piece, ...]:
    """Paragraphs of a text without speakers; with an interview guide, what lies between its questions."""
    pieces = []
    for x in filled:
        line = text[x.start : x.end]
        begin = x.start + len(line) - len(line.lstrip())
        if not x.label and x.t is not None:
            begin = x.speech
        if begin >= x.end:
            continue
        who = "" if prompts and _norm(line) in prompts else "respondent"
        pieces.append(Piece(who, begin, _trim(text, begin, x.end), x.t))
    if prompts:
        joined: list[Piece] = []
        for p in pieces:
            if joined and joined[-1].speaker == p.speaker:
                joined[-1] = Piece(p.speaker, joined[-1].start, p.end, joined[-1].t_start)
            else:
                joined.append(p)
        return tuple(joined)
    # Without speakers a blank line parts paragraphs; lines that touch are one paragraph.
    out: list[Piece] = []
    for p in pieces:
        if out and text[out[-1].end : p.start].count("\n") == 1 and p.t_start is None and _wrapped(text, out[-1], p):
            out[-1] = Piece(out[-1].speaker, out[-1].start, p.end, out[-1].t_start)
        else:
            out.append(p)
    return tuple(out)


def _wrapped(text: str, a: Piece, b: Piece) -> bool:
    return text[b.start].islower() and text[a.end - 1] not in ".!?…:"
