"""Who speaks: finding `Speaker: text` labels and telling respondents from interviewers.

A colon makes no speaker. A label has to look like a name or a role, and to behave like one: it comes back, or the whole
text is laid out with labels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Piece", "Spoken", "fold", "guess_roles", "known_role", "parse_layout", "split_label"]

_INTERVIEWER = frozenset(
    """
    interviewer moderator researcher facilitator interviewers int mod host i q question вопрос в и м интервьюер интер
    модератор исследователь ведущий ведущая фасилитатор инт мод консультант-исследователь ux-исследователь
    """.split()
)
_RESPONDENT = frozenset(
    """
    respondent participant interviewee informant customer client user subject answer guest speaker-respondent resp r a p
    респондент респондентка респ р о участник участница информант клиент клиентка пользователь покупатель покупательница
    ответ гость собеседник собеседница эксперт
    """.split()
)
# Labels that tell speakers apart without saying who they are.
_GENERIC = re.compile(
    r"(?:speaker|спикер|говорящий|голос|voice|unknown speaker|диктор|человек|person)[ _-]*[\dA-ZА-Я]{0,3}$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:[PRИРМIQA]|SPK|ID)[ _-]?\d{1,3}$")
_NOT_SPEAKERS = frozenset(
    """
    http https ftp mailto note notes example date time timestamp duration recorded title topic age city place location
    gender job file subject url link email phone transcript transcription summary total todo warning important ps p.s
    step task result pros cons price however first second third finally
    например примечание дата время тема город возраст место пол профессия файл ссылка почта телефон расшифровка итог
    итого внимание важно плюсы минусы цена вывод выводы цель задача шаг комментарий заметка во-первых во-вторых
    во-третьих наконец длительность запись проект компания продукт стенограмма конспект
    """.split()
)
_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_STAMP = rf"[\[(<]?{_TIME}[\])>]?"
_NAME = r"[^\W\d_][^\n:：\t|]{0,47}?"
# "[00:01:02] **Anna (she/her)** (00:12): text"; a table row comes as "Anna<tab>text".
_LABEL = re.compile(
    rf"^[ \t>*_•·–—-]*(?:(?P<t0>{_STAMP})(?:\s*(?:-->|[-–—])\s*{_STAMP})?[ \t]*[-–—|:]?[ \t]*)?"
    rf"(?P<name>{_NAME})[*_]{{0,2}}(?:[ \t]*(?P<t1>{_STAMP}))?[*_]{{0,2}}"
    rf"(?P<sep>[ \t]*[:：][*_]{{0,2}}(?![/\d])|[ \t]*\t[ \t]*(?=\S))"
)
# A line of its own: "Anna Petrova  0:05" (Otter, Teams) or "00:00:05 Speaker 1" (Word).
_NAME_LINE = re.compile(
    rf"^[ \t*_]*(?:(?P<name>{_NAME})[*_]{{0,2}}(?:[ \t]{{1,}}|[ \t]*[-–—|,][ \t]*)(?P<t0>{_STAMP})|"
    rf"(?P<t2>{_STAMP})[ \t]+(?P<name2>{_NAME}))[ \t*_]*$"
)
_STAMP_LINE = re.compile(rf"^[ \t]*(?P<t0>{_STAMP})(?:\s*(?:-->|[-–—])\s*{_STAMP})?[ \t]*$")
_LEADING_STAMP = re.compile(rf"^[ \t]*(?P<t0>[\[(<]{_TIME}[\])>]|{_TIME}(?=\s))(?:\s*(?:-->|[-–—])\s*{_STAMP})?[ \t]*")


@dataclass(frozen=True)
class Piece:
    """A stretch of speech: who, where in the text (code points), when (seconds)."""

    speaker: str
    start: int
    end: int
    t_start: float | None = None
    t_end: float | None = None


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


@lru_cache(maxsize=8192)
def fold(label: str) -> str:
    """A label for comparison: no pronouns in brackets, no case, single spaces.

    Examples
    --------
    >>> fold("Anna  Petrova (she/her)")
    'anna petrova'
    """
    label = re.sub(r"[(\[].*?[)\]]", " ", label)
    return " ".join(label.casefold().strip(" .*_-–—").split())


def known_role(label: str) -> str | None:
    """The role that a label names by itself, if it does.

    Examples
    --------
    >>> known_role("Модератор 1"), known_role("P12"), known_role("Anna")
    ('interviewer', 'respondent', None)
    """
    plain = fold(label)
    core = re.sub(r"[\s_.№#-]*\d+$", "", plain)
    for known, role in ((_INTERVIEWER, "interviewer"), (_RESPONDENT, "respondent")):
        if plain in known or core in known:
            return role
    # "Interviewer Maria", "Респондент Анна, 34"
    first = plain.split(" ")[0].strip(",.")
    if len(first) > 2 and first in _INTERVIEWER:
        return "interviewer"
    if len(first) > 3 and first in _RESPONDENT:
        return "respondent"
    return None


def _seconds(stamp: str | None) -> float | None:
    if not stamp:
        return None
    parts = stamp.strip("[]()<> ").replace(",", ".").split(":")
    total = 0.0
    for p in parts:
        total = total * 60 + float(p)
    return total


def _strong(label: str) -> bool:
    return known_role(label) is not None or bool(_GENERIC.match(label.strip()) or _NUMBERED.match(label.strip()))


def _name_like(label: str) -> bool:
    plain = re.sub(r"[(\[].*?[)\]]", " ", label).strip(" .*_")
    parts = plain.split()
    if not parts or len(parts) > 5 or len(plain) > 40 or fold(label) in _NOT_SPEAKERS:
        return False
    if fold(label).split(" ")[0] in _NOT_SPEAKERS:
        return False
    if any(ch in plain for ch in '?!;…"«»“”/\\@=<>'):
        return False
    big = [p for p in parts if p[0].isupper()]
    small = [
        p for p in parts if p[0].islower() and p not in ("van", "de", "der", "von", "ван", "де", "фон", "оглы", "кызы")
    ]
    if small:
        # "Мама Ани" is fine, "В общем сказали" is a sentence.
        return False
    return len(big) == len(parts) or len(parts) <= 3


def split_label(line: str) -> tuple[str, int, float | None] | None:
    """Split one line (a caption) into its label and where its speech begins, if it has a label that looks like one.

    Examples
    --------
    >>> split_label("Anna Petrova: it froze")
    ('Anna Petrova', 14, None)
    >>> split_label("https://example.org") is None, split_label("10:30 works for me") is None
    (True, True)
    """
    m = _LABEL.match(line)
    if not m or "\t" in m.group("sep"):
        return None
    label = m.group("name").strip(" *_")
    if fold(label) in _NOT_SPEAKERS or not (_strong(label) or _name_like(label)):
        return None
    rest = line[m.end() :]
    return label, m.end() + len(rest) - len(rest.lstrip()), _seconds(m.group("t0") or m.group("t1"))


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
            k = None if m or n else _LABEL.match(line)
            if m:
                t, alone, speech = _seconds(m.group("t0")), True, end
            elif n:
                label = (n.group("name") or n.group("name2")).strip(" *_")
                t, alone, speech = _seconds(n.group("t0") or n.group("t2")), True, end
            elif k:
                label, t = k.group("name").strip(" *_"), _seconds(k.group("t0") or k.group("t1"))
                rest = line[k.end() :]
                speech = pos + k.end() + len(rest) - len(rest.lstrip())
                alone = not rest.strip()
            else:
                s = _LEADING_STAMP.match(line)
                if s:
                    t, speech = _seconds(s.group("t0")), pos + s.end()
        out.append(_Line(pos, end, label, speech, t, alone))
        pos = end + 1
    return out


def parse_layout(
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
    counts = Counter(fold(x.label) for x in lines if x.label)
    filled = [x for x in lines if x.end > x.start and text[x.start : x.end].strip()]
    labelled = sum(1 for x in filled if x.label)
    accepted: set[str] = set()
    notes: list[str] = []
    for x in filled:
        key = fold(x.label)
        if not x.label or key in accepted:
            continue
        timed = x.t is not None and (x.alone or counts[key] > 1)
        if key in given:
            accepted.add(key)
        elif key in _NOT_SPEAKERS:
            continue
        elif _strong(x.label):
            if counts[key] > 1 or (labelled > 1 and not _is_header(text, x, filled)):
                accepted.add(key)
        elif _name_like(x.label) and (
            key in elsewhere or timed or counts[key] >= 2 or (labelled >= 2 and labelled >= 0.6 * len(filled))
        ):
            accepted.add(key)
    # A lone recurring name-like label is a heading ("Price: ..."), not a conversation, unless it is a role or timed.
    if len(accepted) == 1:
        only = next(iter(accepted))
        sample = next(x for x in filled if fold(x.label) == only)
        if only not in given and not _strong(sample.label) and sample.t is None and only not in elsewhere:
            accepted = set()
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
    for x, ok in zip(filled, live):
        line = text[x.start : x.end]
        begin = x.start + len(line) - len(line.lstrip())
        if ok:
            pieces.append(Piece(x.label, x.speech, x.speech if x.alone else _trim(text, x.speech, x.end), x.t))
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
                pieces.append(Piece(who, begin, _trim(text, begin, x.end), x.t))
            else:
                first = begin if last.end == last.start else last.start
                pieces[-1] = Piece(last.speaker, first, _trim(text, begin, x.end), last.t_start)
            goes_on = True
    layout = "one label" if one_sided else "name lines" if any(x.alone and x.label for x in filled) else "labels"
    return Spoken(tuple(p for p in pieces if p.end > p.start), layout, tuple(notes))


def _is_header(text: str, x: _Line, filled: Sequence[_Line]) -> bool:
    """Whether `Participant: P10` stands at the head of a document and is not speech."""
    if x not in filled[:10]:
        return False
    said = text[x.speech : x.end].strip()
    return len(said.split()) <= 4 and not said.endswith((".", "!", "?", "…"))


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


def guess_roles(
    turns: Sequence[tuple[str, str, str]], given: Mapping[str, str] | None = None
) -> tuple[dict[tuple[str, str], str], list[str]]:
    """Tell interviewers from respondents.

    Parameters
    ----------
    turns : sequence of (document, speaker, text)
        All turns of all documents.
    given : mapping of folded label to role, optional
        What the researcher said; decides.

    Returns
    -------
    (dict of (document, folded label) to role, list of str)
        The role of each speaker of each document, and remarks on what could not be told.

    Notes
    -----
    In this order: what the researcher said; what the label says ("Moderator"); the other of two speakers; a name that
    comes back in most documents asks the questions; else, of two or more speakers, the one whose turns are questions
    (at least every third, and twice as often as the others') and who speaks less than half of the words.
    """
    given = given or {}
    by_document: dict[str, dict[str, list[str]]] = {}
    for document, speaker, said in turns:
        by_document.setdefault(document, {}).setdefault(fold(speaker), []).append(said)
    everywhere = Counter(s for speakers in by_document.values() for s in speakers if s)
    roles: dict[tuple[str, str], str] = {}
    remarks: list[str] = []
    for document, speakers in by_document.items():
        found: dict[str, str] = {}
        for s in speakers:
            role = given.get(s) or ("interviewer" if s == "" else known_role(s))
            if role:
                found[s] = role
        open_ = [s for s in speakers if s not in found]
        if open_ and "interviewer" not in found.values():
            often = [
                s
                for s in open_
                if len(by_document) >= 3 and everywhere[s] >= 0.6 * len(by_document) and not _GENERIC.match(s)
            ]
            if len(often) == 1 and len(speakers) > 1:
                found[often[0]] = "interviewer"
            elif len(speakers) > 1:
                asks = {s: sum("?" in t for t in speakers[s]) / len(speakers[s]) for s in open_}
                size = {s: sum(len(t) for t in speakers[s]) for s in open_}
                total = sum(len(t) for said in speakers.values() for t in said)
                best = max(open_, key=lambda s: (asks[s], -size[s]))
                others = max((asks[s] for s in open_ if s != best), default=0.0)
                if asks[best] >= 1 / 3 and asks[best] >= 2 * others and size[best] < total / 2:
                    found[best] = "interviewer"
                else:
                    names = ", ".join(sorted(open_))
                    remarks.append(
                        f"{document}: nobody could be told to be the interviewer among {names}; all are respondents"
                    )
        for s in speakers:
            roles[document, s] = found.get(s, "respondent")
    return roles, remarks
