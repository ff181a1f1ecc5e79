"""One detector for the layout of a text: every reading is tried and scored, the best is kept with its evidence.

A reading says where turns begin and whose they are. Its score is the share of the words that it gives to somebody,
times how surely its marks are speakers, times whether they take turns. Two readings that score alike are a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.interviews.reading.drafts import Piece
from cjmkit.interviews.reading.labels import ROLE_WORDS, TIME, fold, known_role, seconds
from cjmkit.interviews.reading.readings import (
    SIGNS,
    Layout,
    Page,
    by_chat,
    by_dashes,
    by_inner_labels,
    by_lone_names,
    by_names,
    by_nobody,
    by_numbers,
    by_sign,
    by_type,
    page_of,
)

__all__ = ["READINGS", "Layout", "closing_lines", "find_layout"]

# What tools write at either end of a transcript, in whole lines.
_TOOL_LINE = re.compile(
    r"""^\W*(?:
    transcribed\ (?:by|with|using)\b.* | transcript(?:ion)?\ (?:provided|generated|created|powered)\ by\b.*
    | (?:automatically\ )?(?:generated|created|recorded|exported|downloaded)\ (?:by|with|from|using)\ .*
    | .*\btranscribed\ (?:first\ )?by\ (?:sonix|otter|rev|trint|descript|happy\ scribe)\b.*
    | (?:transcription|meeting|recording|call)\ (?:ended|stopped|started)\b.*
    | .{1,60}\b(?:started|stopped)\ transcription
    | this\ (?:editable\ )?transcript\ was\ .*\bcomputer\ generated.*
    | end\ of\ (?:the\ )?(?:transcript|transcription|recording|interview|audio)
    | (?:конец|окончание)\ (?:записи|расшифровки|интервью|транскрипта)
    | (?:расшифровано|транскрибировано|создано|подготовлено)\ .*\b(?:помощью|помощи|сервис\w*|в)\b.*
    | (?:запись|транскрипция|расшифровка|встреча)\ (?:остановлена|завершена|окончена|закончена|начата)\b.*
    | (?:субтитры|редактор\ субтитров|корректор)\ .*
    )\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


def closing_lines(text: str) -> int:
    r"""Where the lines begin that a tool has put at the end of a transcript; the text's length where there are none.

    Examples
    --------
    >>> said = "Anna: Slow.\n\nTranscribed by https://otter.ai\n"
    >>> said[: closing_lines(said)]
    'Anna: Slow.\n\n'
    """
    end = len(text)
    while True:
        last = text[:end].rstrip()
        begin = last.rfind("\n") + 1
        if not last or not begin or len(last) - begin > 200 or not _TOOL_LINE.match(last[begin:]):
            return end
        end = begin


_READERS: dict[str, Callable[[Page], Layout | None]] = {
    "names": by_names,
    "name lines": by_lone_names,
    "chat": by_chat,
    "time after name": by_sign("time after name"),
    **{f"names before a {s}": by_sign(s) for s in SIGNS if s != "time after name"},
    "labels inside lines": by_inner_labels,
    "numbered questions": by_numbers,
    "bold or italic questions": by_type,
    "dashes": by_dashes,
    "none": by_nobody,
}
READINGS = tuple(_READERS)


def find_layout(
    text: str,
    *,
    speakers: Iterable[str] = (),
    names_elsewhere: Iterable[str] = (),
    prompts: frozenset[str] = frozenset(),
    marks: Mapping[int, str] | None = None,
    reading: str | None = None,
) -> Layout:
    r"""Try all readings of a text and keep the one that explains it best.

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
    marks : mapping of int to str, optional
        Where lines begin that are set in bold or italics.
    reading : str, optional
        One of READINGS, where the researcher knows it.

    Returns
    -------
    Layout

    Raises
    ------
    CjmError
        If two readings explain the text equally well and differ, or the reading asked for finds nothing.

    Examples
    --------
    >>> find_layout("— Как выбирали?\n— Посоветовала сестра.\n— А потом?\n— Ждала.").layout
    'dashes'
    """
    page = page_of(
        text[: closing_lines(text)],
        marks or {},
        given=frozenset(fold(s) for s in speakers),
        elsewhere=frozenset(names_elsewhere),
        prompts=prompts,
    )
    if reading is not None:
        if reading not in _READERS:
            raise CjmError(suggest(reading, READINGS, what="reading"))
        made = _READERS[reading](page) if page.lines else None
        if made is None:
            raise CjmError(
                en=f"no turns are found by reading={reading!r}; others: {', '.join(READINGS)}",
                ru=f"по reading={reading!r} реплик не найдено; есть другие: {', '.join(READINGS)}",
            )
        return made
    if not page.lines:
        return Layout("none", (), 0.0, "none: the text is empty")
    found = [made] if (made := by_names(page)) is not None else []
    # A name before a colon on every line, two speakers and more: nothing can explain the text better.
    if not (found and found[0].score > 0.995 and "name lines" not in found[0].layout):
        others = (read(page) for name, read in _READERS.items() if name not in ("names", "none"))
        found += [made for made in others if made is not None]
    if max((x.score for x in found), default=0.0) < 0.75:
        found.append(by_nobody(page))
    found.sort(key=lambda x: -x.score)
    best = found[0]
    # "Интервьюер | Как?" has a bar, and a space too: the fuller sign is meant.
    if best.layout == "names before a space" and len(found) > 1 and found[1].score == best.score:
        found = [*found[1:], best]
        best = found[0]
    if any(x.score == best.score for x in found[1:]):
        found = [x for x in found if x.layout != "names before a space" or x is best]
    rivals = [x for x in found[1:] if best.score - x.score < 0.01 and _differ(best, x)]
    if rivals and best.layout != "none":
        raise CjmError(
            en=f"this text reads two ways. {best.why}. {rivals[0].why}. Say which: reading={_key(best)!r} or "
            f"reading={_key(rivals[0])!r}",
            ru=f"этот текст читается двояко. {best.why}. {rivals[0].why}. Скажите, как: reading={_key(best)!r} или "
            f"reading={_key(rivals[0])!r}",
        )
    best = _headed(page.text, _timed(page.text, _unnumbered(best)))
    other = next((x for x in found[1:] if x.layout != "none" and _differ(best, x)), None)
    why = best.why + (f"; next best {other.layout} ({other.score:.2f} against {best.score:.2f})" if other else "")
    return Layout(best.layout, best.pieces, best.score, why, best.notes)


_COUNTED = re.compile(r"^(?P<side>[^\W\d_]+)[ .№#]?(?P<n>\d{1,3})\.?$")
_PAIRS = ({"q", "a"}, {"question", "answer"}, {"в", "о"}, {"вопрос", "ответ"})


def _unnumbered(layout: Layout) -> Layout:
    """Q1, A1, Q2, A2 … are one who asks and one who answers; so are И1, Р1, И2, Р2 if each label comes once."""
    labels = [fold(p.speaker) for p in layout.pieces]
    sides = {s: m.group("side") for s in set(labels) if (m := _COUNTED.match(s))}
    once = len(set(labels)) == len(labels) >= 4 and len(set(sides.values())) == 2
    if set(sides.values()) not in _PAIRS and not (once and len(sides) == len(labels)):
        return layout
    pieces = tuple(
        replace(p, speaker=re.sub(r"[ .№#]?\d+\.?$", "", p.speaker)) if fold(p.speaker) in sides else p
        for p in layout.pieces
    )
    return replace(layout, pieces=pieces)


_TIME_FIRST = re.compile(
    rf"(?:\[?(?P<t0>[\[(<]{TIME}[\])>])(?:\([^)\s]*\))?\]?|(?P<t1>{TIME})(?=[ \t]*\n))\s*[-–—:]?\s*(?=\S)"
)


def _timed(text: str, layout: Layout) -> Layout:
    """Take a time between the name and the speech off the speech ("Dana: [00:00:03] How?")."""
    if layout.layout == "none" or not any(_TIME_FIRST.match(text, p.start, p.end) for p in layout.pieces[:50]):
        return layout
    out = []
    for p in layout.pieces:
        m = _TIME_FIRST.match(text, p.start, p.end)
        if m:
            t = p.t_start if p.t_start is not None else seconds(m.group("t0") or m.group("t1"))
            p = replace(p, start=m.end(), t_start=t)
        out.append(p)
    return replace(layout, pieces=tuple(out))


_TITLE = re.compile(r"\b(?:интервью|interview|протокол|расшифровка|transcript)\b|№|#\s?\d")
_CARD = re.compile(
    r"(?:[A-ZА-ЯЁ][\w-]+\.?\s+){1,3}[A-ZА-ЯЁ][\w-]*\.?(?:[,;(].*)?$"
    r"|.*\b\d{1,2}\s*(?:лет|года?|y\.?o\.?|years?(?: old)?)\b.*$"
)


def _headed(text: str, layout: Layout) -> Layout:
    """Lines above the conversation that say who it is with are nobody's speech ("Респондент: Вера Ким, 61 год").

    Such a line has the label of a title that never comes back, or of a role and then only a name or an age, or it is
    the only one without a time.
    """
    pieces, often = layout.pieces, Counter(fold(p.speaker) for p in layout.pieces)
    rest = pieces[4:] or pieces[1:]
    timed = bool(rest) and sum(p.t_start is not None for p in rest) >= 0.8 * len(rest)

    def of_head(p: Piece) -> bool:
        said, label = text[p.start : p.end].strip(), fold(p.speaker)
        line = said.split("\n", 1)[0].strip()
        if "?" in said or len(line) > 120 or said.count("\n") > 3:
            return False
        titled = often[label] == 1 and label not in ROLE_WORDS and _TITLE.search(label) is not None
        card = known_role(label) is not None and _CARD.match(line) is not None
        return titled or card or (timed and p.t_start is None)

    k = 0
    while k < min(4, len(pieces) - 2) and of_head(pieces[k]):
        k += 1
    if not k:
        return layout
    note = say(
        en=f"lines above the conversation that say who it is with, not counted as speech: {k}",
        ru=f"строки над разговором говорят, с кем он, и репликами не считаются: {k}",
    )
    return replace(layout, pieces=pieces[k:], notes=(*layout.notes, note))


def _key(layout: Layout) -> str:
    return layout.layout if layout.layout in _READERS else "names"


def _differ(a: Layout, b: Layout) -> bool:
    """Whether two readings give other people other words."""

    def said(x: Layout) -> list[tuple[str, int, int]]:
        return [(fold(p.speaker), p.start, p.end) for p in x.pieces]

    return said(a) != said(b)
