"""One reader a format: from the bytes of a file to drafts of documents. What a file is, its content says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from cjmkit.errors import FileFormatError
from cjmkit.files import reading
from cjmkit.intake.containers import open_zip, parse_json, read_zip_member
from cjmkit.intake.decoding import decode
from cjmkit.intake.documents import Paper, read_docx, read_html, read_odt, text_of_rtf
from cjmkit.interviews.reading.captions import cues_to_utterances, read_cues
from cjmkit.interviews.reading.drafts import Draft, from_utterances
from cjmkit.interviews.reading.speech import READERS, read_speech
from cjmkit.interviews.reading.tables import annotated, tabular, turns_of_cells

__all__ = ["FORMATS", "read_file"]

_TIMING = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->", re.MULTILINE)


def _plain(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    if text.lstrip().startswith("WEBVTT") or ("-->" in text[:2_000] and len(_TIMING.findall(text[:20_000])) >= 2):
        return _captions(path, raw, name=name, encoding=encoding)
    if re.match(r"\s*(?:\{\s*\"|\[\s*\{)", text):
        return _json(path, raw, name=name, encoding=encoding)
    return [Draft(name, text, "text", how.encoding, notes=[how.note] if how.note else [])]


def _html(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    if re.search(r"<strong>[^<]{3,30}:</strong>[^<]*<strong>[^<]{3,30}:</strong>", text) and "<hr" in text:
        raise FileFormatError(
            en=f"these are coded segments (Taguette), not interviews; read them with cj.qda.read({path.name!r})",
            ru=f"это закодированные отрывки (Taguette), а не интервью; прочитайте их через cj.qda.read({path.name!r})",
            path=path,
        )
    return [Draft(name, read_html(text), "html", how.encoding)]


def _paper(name: str, paper: Paper, kind: str) -> list[Draft]:
    draft = Draft(name, paper.text, kind, marks=dict(paper.marks))
    found = [made for rows in paper.tables if (made := turns_of_cells(paper.text, rows))]
    # A table that names its columns is the conversation, if it holds most of the words.
    pieces = [p for made, _ in found for p in made]
    if sum(p.end - p.start for p in pieces) > 0.4 * len(paper.text.strip()):
        draft.pieces, draft.layout, draft.why = pieces, "table", found[0][1]
    return [draft]


def _docx(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    return _paper(name, read_docx(raw, path), "docx")


def _odt(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    return _paper(name, read_odt(raw, path), "odt")


def _rtf(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    text = text_of_rtf(raw, path)
    return [Draft(name, text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""), "rtf")]


def _captions(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    # YouTube's sbv has a comma where others have an arrow.
    text = re.sub(r"(?m)^(\d+:\d\d:\d\d\.\d+),(\d+:\d\d:\d\d\.\d+)[ \t]*$", r"\1 --> \2", text)
    cues, remarks = read_cues(text)
    if not cues:
        raise FileFormatError(en="no captions with times in this file", ru="в файле нет титров со временем", path=path)
    said, named = cues_to_utterances(cues)
    kind = "vtt" if text.lstrip().startswith("WEBVTT") else "srt"
    draft = from_utterances(name, said, kind, encoding=how.encoding, layout="captions")
    draft.why = f"{len(cues)} captions; speakers by {named}" if named else f"{len(cues)} captions; nobody is named"
    draft.notes += ([how.note] if how.note else []) + ([] if named else ["nobody is named in this file"])
    draft.loud += remarks
    return [draft]


def _json(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    text, how = decode(raw, encoding=encoding, path=path)
    data = parse_json(text, path)
    texts = annotated(data)
    if texts:
        drafts = [
            Draft(f"{name}#{key}" if len(texts) > 1 else name, said.replace("\r", ""), "json", how.encoding)
            for key, said in texts
        ]
        drafts[0].loud.append(f"the labels in this file are codings; read them with cj.qda.read({path.name!r})")
        return drafts
    try:
        found = read_speech(data)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise FileFormatError(
            en=f"a transcript in an unknown form ({type(error).__name__}: {error})",
            ru=f"расшифровка неизвестного вида ({type(error).__name__}: {error})",
            path=path,
        ) from error
    if found is None:
        known = ", ".join(tool for tool, _, _ in READERS if tool != "segments")
        raise FileFormatError(
            en="no transcript was found in this JSON. Looked for: a list of segments with text (Whisper, WhisperX, "
            f"AssemblyAI, Fireflies, Grain); {known}",
            ru=f"расшифровки в этом JSON нет. Искали: список отрывков с текстом (Whisper, WhisperX, AssemblyAI, "
            f"Fireflies, Grain); {known}",
            path=path,
        )
    tool, talks = found
    if not talks:
        raise FileFormatError(en="the segments hold no text", ru="в отрывках нет текста", path=path)
    out = []
    for k, (title, said, roles) in enumerate(talks, start=1):
        draft = from_utterances(
            name if len(talks) == 1 else f"{name}#{title or k}", said, "json", encoding=how.encoding
        )
        draft.layout, draft.roles = "speech", roles
        draft.why = f"{'a list of segments' if tool == 'segments' else tool}: {len(said)} turns"
        out.append(draft)
    return out


def _zip(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    z = open_zip(raw, path)
    chats = [n for n in z.namelist() if n.casefold().endswith(".txt") and not n.startswith("__MACOSX/")]
    if len(chats) != 1:
        raise FileFormatError(
            en=f"an archive with {len(chats)} text files; WhatsApp exports one. Unpack it and give the folder",
            ru=f"в архиве текстовых файлов: {len(chats)}; WhatsApp выгружает один. Распакуйте и дайте папку",
            path=path,
        )
    return _plain(path, read_zip_member(z, chats[0], path), name=name, encoding=encoding)


FORMATS: dict[str, Callable[..., list[Draft]]] = {
    ".csv": tabular, ".docx": _docx, ".htm": _html, ".html": _html, ".json": _json, ".jsonl": _json, ".md": _plain,
    ".odt": _odt, ".rtf": _rtf, ".sbv": _captions, ".srt": _captions, ".text": _plain, ".tsv": tabular, ".txt": _plain,
    ".vtt": _captions, ".xlsm": tabular, ".xlsx": tabular, ".zip": _zip,
}  # fmt: skip


def read_file(path: Path, raw: bytes, *, name: str, encoding: str | None) -> list[Draft]:
    """Drafts of the documents in one file; `name` is what they are called.

    Raises
    ------
    FileFormatError
        If the kind is unknown, or the file cannot be read.
    """
    kind = path.suffix.casefold()
    if kind == ".doc":
        raise FileFormatError(
            en="old Word format; save it as docx", ru="старый формат Word; сохраните как docx", path=path
        )
    if kind == ".pdf":
        raise FileFormatError(
            en="a PDF holds pictures of letters; export the transcript as docx or txt",
            ru="в PDF лежат рисунки букв; выгрузите расшифровку как docx или txt",
            path=path,
        )
    reader = FORMATS.get(kind)
    if reader is None:
        raise FileFormatError(
            en=f"unknown kind of file {kind!r}; known: {', '.join(sorted(FORMATS))}",
            ru=f"вид файла {kind!r} неизвестен; известны: {', '.join(sorted(FORMATS))}",
            path=path,
        )
    with reading(path):
        drafts = reader(path, raw, name=name, encoding=encoding)
    for d in drafts:
        if not d.text.strip():
            d.loud.append("the file holds no text")
    return drafts
