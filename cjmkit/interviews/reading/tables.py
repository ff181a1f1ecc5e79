"""Tables as transcripts: turns with speakers, open-ended answers, questions by person, captions in columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from cjmkit.errors import FileFormatError
from cjmkit.intake.sheets import read_sheets
from cjmkit.interviews.reading.drafts import UNKNOWN, Draft, Piece, Utterance, from_utterances, joined
from cjmkit.interviews.reading.labels import name_like, strong
from cjmkit.interviews.reading.speech import scaled

__all__ = ["CODED", "annotated", "coded_by", "read_table", "tabular", "turns_of_cells"]

_TEXT = {
    "text", "utterance", "transcript", "transcription", "content", "sentence", "message", "words", "said", "speech",
    "comment", "реплика", "текст", "сообщение", "фраза", "слова", "речь", "высказывание",
}  # fmt: skip
_SPEAKER = {
    "speaker", "name", "who", "speaker_name", "speaker name", "role", "person", "from", "author", "спикер",
    "говорящий", "имя", "кто", "участник", "роль", "автор", "собеседник",
}  # fmt: skip
_DOCUMENT = {"document", "interview", "file", "session", "интервью", "документ", "файл", "transcript_id"}
_START = {
    "start", "t_start", "start_time", "start time", "begin", "time", "timestamp", "timecode", "начало", "время",
    "таймкод",
}  # fmt: skip
_END = {"end", "t_end", "end_time", "end time", "stop", "конец"}
_ID = {
    "code name", "codename", "pseudonym", "псевдоним",
    "participant", "respondent", "respondent_id", "participant_id", "participant id", "respondent id", "id", "user",
    "user_id", "uid", "responseid", "response id", "код", "респондент", "номер", "участник", "код респондента",
}  # fmt: skip
_QUESTION = {"question", "questions", "вопрос", "вопросы", "q", "в"}
_ANSWER = {"answer", "answers", "ответ", "ответы", "a", "о", "response"}
_TAGS = {"tags", "tag", "codes", "code", "labels", "теги", "коды", "код"}
_HEADINGS = _TEXT | _SPEAKER | _DOCUMENT | _START | _END | _QUESTION | _ANSWER
# Headings by which tables of coded segments are known; interviews are not made of those.
CODED: dict[str, tuple[frozenset[str], ...]] = {
    "Taguette": (frozenset({"tag", "content", "document"}),),
    "ATLAS.ti": (frozenset({"quotation content", "codes"}),),
    "MAXQDA": (frozenset({"segment", "code", "document name"}), frozenset({"segment", "code", "dokumentname"})),
    "Dedoose": (frozenset({"excerpt copy"}),),
    "Dovetail": (frozenset({"highlight id", "tags"}),),
    "QualCoder": (frozenset({"coder", "coded", "codename"}),),
    "Quirkos": (frozenset({"quirk", "text"}),),
}


def coded_by(header: Iterable[str]) -> str | None:
    """The tool whose coded segments a table with these headings holds, if it is one.

    Examples
    --------
    >>> coded_by(["id", "document", "tag", "content"]), coded_by(["speaker", "text"])
    ('Taguette', None)
    """
    have = {h.strip().casefold() for h in header}
    return next((tool for tool, sets in CODED.items() if any(need <= have for need in sets)), None)


def read_table(path: Path, raw: bytes, encoding: str | None) -> tuple[pd.DataFrame, str]:
    """The first sheet of a table as strings, and its encoding."""
    sheets, how = read_sheets(raw, path, encoding=encoding)
    rows = next(iter(sheets.values()))
    return pd.DataFrame(rows[1:], columns=rows[0], dtype="str"), how


def _pick(header: Sequence[str], names: Iterable[str]) -> int | None:
    wanted = set(names)
    return next((k for k, h in enumerate(header) if h.strip().casefold() in wanted), None)


def tabular(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    """Every sheet of a table file, read by what its headings and cells look like."""
    sheets, how = read_sheets(raw, path, encoding=encoding)
    out: list[Draft] = []
    refused: list[FileFormatError] = []
    for sheet, rows in sheets.items():
        label = name if len(sheets) == 1 else f"{name}#{sheet}"
        try:
            out += _sheet(rows, label, how, path)
        except FileFormatError as error:
            refused.append(error)
    if not out:
        raise refused[0]
    if refused:
        out[0].loud.append(f"{len(refused)} of {len(sheets)} sheets hold no interviews and were left out")
    return out


def _sheet(rows: list[list[str]], name: str, how: str, path: Path) -> list[Draft]:
    rows = _below_caption(rows)
    header, body, said = _qualtrics(rows)
    if not body:
        raise FileFormatError(en="the table has no rows", ru="в таблице нет строк", path=path)
    tool = coded_by(header)
    if tool:
        raise FileFormatError(
            en=f"these are coded segments ({tool}), not interviews; read them with cj.qda.read({path.name!r})",
            ru=f"это закодированные отрывки ({tool}), а не интервью; прочитайте их через cj.qda.read({path.name!r})",
            path=path,
        )
    text, speaker = _pick(header, _TEXT), _pick(header, _SPEAKER)
    if text is not None and speaker is not None and text != speaker:
        drafts = _turn_table(header, body, name, how, text, speaker)
    elif text is not None and _pick(header, _START) is not None and _pick(header, _END) is not None:
        drafts = _turn_table(header, body, name, how, text, None)
    else:
        drafts = _transposed(header, body, name, how) or _answer_table(header, body, name, how, text, path)
    if said and drafts:
        drafts[0].notes.append(said)
    return drafts


def _below_caption(rows: list[list[str]]) -> list[list[str]]:
    """The table without a title above it: rows with one filled cell, where the table is wider."""
    width = Counter(sum(map(bool, r)) for r in rows[:50])
    usual = max(width, key=lambda n: (width[n], n), default=0)
    skip = 0
    while skip < min(10, len(rows) - 2) and usual > 2 and sum(map(bool, rows[skip])) == 1:
        skip += 1
    return rows[skip:]


def _qualtrics(rows: list[list[str]]) -> tuple[list[str], list[list[str]], str]:
    """Header, body and a note; Qualtrics writes the questions and its import ids below the names of columns."""
    for k in (1, 2):
        if len(rows) > k and sum('"ImportId"' in c or "{'ImportId'" in c for c in rows[k]) > len(rows[k]) / 2:
            return (rows[1] if k == 2 else rows[0]), rows[k + 1 :], "the second header row was taken for the questions"
    return rows[0], rows[1:], ""


def _turn_table(
    header: list[str], body: list[list[str]], name: str, how: str, text: int, speaker: int | None
) -> list[Draft]:
    document, start, end = (_pick(header, n) for n in (_DOCUMENT, _START, _END))
    who = _pick(header, ("participant", "respondent", "participant_id", "respondent_id"))
    groups: dict[str | None, list[list[str]]] = {}
    for row in body:
        groups.setdefault(row[document] if document is not None else None, []).append(row)
    out = []
    for key, rows in groups.items():
        said = []
        for row in rows:
            words = " ".join(row[text].split())
            if words:
                a = _clock(row[start]) if start is not None else None
                b = _clock(row[end]) if end is not None else None
                said.append(Utterance(row[speaker] if speaker is not None else "", words, a, b))
        said = scaled(said) if not any(":" in row[start] for row in rows if start is not None) else said
        if speaker is None:
            said = joined(said)
        draft = from_utterances(
            name if key is None else f"{name}#{key}", said, "turns", encoding=how, layout="table of turns"
        )
        draft.why = f"columns {header[text]!r}" + (f" and {header[speaker]!r}" if speaker is not None else " and times")
        tags = _pick(header, _TAGS)
        if tags is not None and any(row[tags] for row in rows):
            draft.notes.append(f"the column {header[tags]!r} holds tags; cj.qda.read reads them as codings")
        named = list(dict.fromkeys(row[who] for row in rows if row[who])) if who is not None else []
        draft.participant = named[0] if len(named) == 1 else str(key) if key is not None else None
        out.append(draft)
    return out


def _clock(value: str) -> float | None:
    total = 0.0
    try:
        for part in value.strip().replace(",", ".").split(":"):
            total = total * 60 + float(part)
    except ValueError:
        return None
    return total if total == total and abs(total) < 1e12 else None


def _is_question(text: str) -> bool:
    return text.rstrip(' "»”*:').endswith("?") or len(text.split()) >= 3


def _transposed(header: list[str], body: list[list[str]], name: str, how: str) -> list[Draft]:
    """Questions as rows, people as columns; nothing where the table is not laid out so."""
    asked = [row[0] for row in body if row[0]]
    people = header[1:]
    if len(people) < 2 or len(asked) < 2 or len(set(asked)) < len(asked):
        return []
    heading = header[0].casefold() in _QUESTION or not header[0]
    questions = sum(map(_is_question, asked)) / len(asked)
    names = sum(bool(p) and not p.endswith("?") and (name_like(p) or strong(p) or len(p) <= 6) for p in people)
    if questions < (0.5 if heading else 0.8) or names < 0.8 * len(people) or any(map(_is_question, people)):
        return []
    if not heading and sum(p.casefold() in _HEADINGS for p in people):
        return []
    out = []
    for k, who in enumerate(people, start=1):
        pairs = [(row[0], row[k]) for row in body if row[0] and row[k]]
        if who and pairs:
            out.append(_answers(f"{name}#{who}", who, pairs, how, "questions by person"))
    for d in out:
        d.why = f"{len(asked)} rows are questions, {len(people)} columns are people"
    return out


def _answers(name: str, who: str, pairs: Iterable[tuple[str, str]], how: str, layout: str) -> Draft:
    """One person's answers as a document: each question on its line, the answer below."""
    parts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for question, answer in pairs:
        asked = " ".join(question.split())
        pieces.append(Piece("", at, at + len(asked)))
        begin = at + len(asked) + 1
        pieces.append(Piece("respondent", begin, begin + len(answer)))
        parts.append(f"{asked}\n{answer}\n")
        at += len(parts[-1])
    draft = Draft(name, "".join(parts), "answers", how, pieces=pieces, layout=layout, participant=who)
    draft.roles = {"": "interviewer", "respondent": "respondent"}
    return draft


def _answer_table(
    header: list[str], body: list[list[str]], name: str, how: str, text: int | None, path: Path
) -> list[Draft]:
    """People as rows; questions are columns that ask something or hold sentences."""
    ident = _pick(header, _ID)
    columns = {k: [row[k] for row in body if row[k]] for k in range(len(header)) if k != ident}
    open_ = [text] if text is not None else [k for k, cells in columns.items() if cells and _open(cells)]
    if not open_:
        # Short answers ("Price") to a question, most of them different: a rating or a choice repeats.
        brief = [k for k, cells in columns.items() if cells and _short(header[k], cells)]
        open_ = [k for k in brief if len(set(columns[k])) >= 0.6 * len(columns[k])]
    # Beside open answers, short ones to a question ("Yes", "Price") are answers too; a rating or an attribute is not.
    if text is None and open_:
        asked = [k for k, cells in columns.items() if cells and k not in open_ and _short(header[k], cells)]
        open_ = sorted([*open_, *asked])
    if not open_:
        raise FileFormatError(
            en="neither turns (columns speaker and text) nor open-ended answers (a column of sentences) were found; "
            f"the columns are {', '.join(header)}",
            ru=f"нет ни реплик (столбцы speaker и text), ни открытых ответов (столбец предложений); столбцы: "
            f"{', '.join(header)}",
            path=path,
        )
    # Several rows of one person (a task each, a visit each) are one document.
    people: dict[str, list[tuple[str, str]]] = {}
    for n, row in enumerate(body, start=1):
        who = (row[ident] if ident is not None else "") or str(n)
        pairs = [(header[k], row[k].replace("\r\n", "\n").replace("\r", "\n")) for k in open_ if row[k]]
        people.setdefault(who, []).extend(pairs)
    out = [_answers(f"{name}#{who}", who, said, how, "open-ended answers") for who, said in people.items() if said]
    rest = [header[k] for k, cells in columns.items() if cells and k not in open_]
    for d in out:
        d.why = f"{len(people)} people in {len(body)} rows; questions: " + ", ".join(repr(header[k]) for k in open_[:6])
    if rest and out:
        out[0].notes.append(f"columns that are not open questions were left out: {', '.join(rest[:12])}")
    return out


def _open(cells: Sequence[str]) -> bool:
    letters = sum(bool(re.search(r"[^\W\d_]{2}", c)) for c in cells) / len(cells)
    words = sum(len(c.split()) for c in cells) / len(cells)
    return letters > 0.5 and words >= 3 and len(set(cells)) > 0.5 * len(cells)


def _short(heading: str, cells: Sequence[str]) -> bool:
    numbers = sum(bool(re.fullmatch(r"[\d.,:%\s/-]+", c)) for c in cells)
    return heading.rstrip(' *:"»').endswith("?") and numbers < 0.5 * len(cells)


# ---- tables inside documents -----------------------------------------------------------------------------------------


def turns_of_cells(text: str, rows: Sequence[Sequence[tuple[int, int]]]) -> tuple[list[Piece], str] | None:
    r"""Turns of a table inside a document, where its first row names the columns.

    Parameters
    ----------
    text : str
        The document.
    rows : sequence of rows
        Spans of the cells of each row in the text.

    Returns
    -------
    (list of Piece, str) or None
        The turns, and the evidence.

    Examples
    --------
    >>> turns_of_cells("Кто\tРеплика\nАнна\tДорого", [[(0, 3), (4, 11)], [(12, 16), (17, 23)]])[0][0].speaker
    'Анна'
    """
    if len(rows) < 2:
        return None
    head = [text[a:b].strip() for a, b in rows[0]]
    said = _pick(head, _TEXT)
    who, start = _pick(head, _SPEAKER), _pick(head, _START)
    question, answer = _pick(head, _QUESTION), _pick(head, _ANSWER)
    pieces: list[Piece] = []

    def put(speaker: str, span: tuple[int, int], t: float | None) -> None:
        words = text[slice(*span)]
        begin = span[0] + len(words) - len(words.lstrip())
        if words.strip():
            pieces.append(Piece(speaker, begin, begin + len(words.strip()), t))

    last = UNKNOWN
    for row in rows[1:]:
        t = _clock(text[slice(*row[start])].strip("[]() ")) if start is not None and start < len(row) else None
        if said is not None and who is not None and max(said, who) < len(row):
            last = text[slice(*row[who])].strip(" :") or last
            put(last, row[said], t)
        elif question is not None and answer is not None and max(question, answer) < len(row):
            put("Question", row[question], t)
            put("Answer", row[answer], t)
    return (pieces, f"a table with the columns {', '.join(head)}") if pieces else None


def annotated(data: object) -> list[tuple[str, str]] | None:
    """Texts of an annotation tool (doccano, Label Studio): (name, text); None where it is none of these.

    Examples
    --------
    >>> annotated([{"id": 1, "text": "It worked.", "label": [[0, 10, "delight"]]}])
    [('1', 'It worked.')]
    """
    rows = [r for r in data if isinstance(r, dict)] if isinstance(data, list) else []
    if isinstance(data, dict) and {"text", "label"} <= data.keys():
        rows = [data]
    out = []
    for k, r in enumerate(rows):
        data_of = r.get("data")
        inner: dict[str, object] = data_of if isinstance(data_of, dict) else r
        text = next((v for key in ("text", "data", "content") if isinstance(v := inner.get(key), str)), None)
        marked = any(key in r for key in ("label", "labels", "entities", "annotations", "Comments"))
        if text is None or not marked:
            return None
        out.append((str(r.get("id", k + 1)), text))
    return out or None
