"""Tables of reviews, tickets, chats and mentions: a row is a review, a ticket, a mention, or a message of a chat."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cjmkit.errors import FileFormatError
from cjmkit.i18n import listing
from cjmkit.intake.sheets import read_sheets
from cjmkit.intake.tables import caption_rows
from cjmkit.voices.columns import kind_of, norm, roles_of
from cjmkit.voices.draft import Talk, hours, moments, plain

__all__ = ["read_records", "read_rows", "rows_of"]

_COMPANY = re.compile(
    r"agent|operator|admin|support|staff|manager|bot\b|system|company|out(?:bound|going)?$|"
    r"оператор|агент|сотрудник|поддержк|менеджер|администратор|компани|бот|исходящ",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"customer|client|user|visitor|end.?user|lead|contact|requester|person|in(?:bound|coming)?$|"
    r"клиент|пользовател|посетител|покупател|гость|заявител|входящ",
    re.IGNORECASE,
)
# Names that stand for nobody in particular.
_NOBODY = re.compile(
    r"^(?:a google user|anonymous\w*|аноним\w*|guest|гость|unknown|пользователь|имя скрыто|скрыт\w*|deleted.*|user|"
    r"пользователь предпочел скрыть.*|customer|покупатель|клиент|-|—)?$",
    re.IGNORECASE,
)
_PARTS = {"title": "", "text": "", "pros": "+ ", "cons": "− "}
_FACTS = ("title", "product", "place", "channel", "url", "status", "sentiment", "reach")


def rows_of(path: Path, raw: bytes, encoding: str | None = None) -> tuple[list[str], list[list[str]], str]:
    """Header and rows of the first sheet that holds what people wrote, and its kind (empty where none does)."""
    sheets, _ = read_sheets(raw, path, encoding=encoding)
    first: tuple[list[str], list[list[str]], str] | None = None
    for rows in sheets.values():
        below = rows[caption_rows(rows[:60]) :]
        header, body = below[0], below[1:]
        kind, _ = kind_of(header)
        if kind == "chats" and not _two_sides(header, body):
            kind = ""
        if kind and body:
            return header, body, kind
        first = first or (header, body, "")
    assert first is not None
    return first


def _two_sides(header: list[str], body: list[list[str]]) -> bool:
    """Whether the column of senders tells the company from the person."""
    k = roles_of(header)["sender"][0]
    cells = {row[k] for row in body}
    return any(map(_COMPANY.search, cells)) and any(map(_PERSON.search, cells))


def read_records(records: list[dict[str, Any]], path: Path) -> tuple[list[Talk], str, list[str]]:
    """Flat JSON records as a table: nested values are joined with a blank."""
    flat = [_flat(r) for r in records]
    header = list(dict.fromkeys(k for r in flat for k in r))
    kind, _ = kind_of(header)
    return read_rows(header, [[r.get(h, "") for h in header] for r in flat], kind, path)


def _flat(record: dict[str, Any], before: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in record.items():
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(key)) if not before else f"{before} {key}"
        if isinstance(value, dict):
            label = value.get("label", value.get("name", value.get("displayName", value.get("comment"))))
            if isinstance(label, str | int | float):
                out[name] = str(label)
            else:
                out |= _flat(value, name)
        elif isinstance(value, list):
            out[name] = ", ".join(str(v.get("name", v) if isinstance(v, dict) else v) for v in value)
        elif value is not None:
            out[name] = str(value)
    return out


def read_rows(header: list[str], body: list[list[str]], kind: str, path: Path) -> tuple[list[Talk], str, list[str]]:
    """Conversations of a table, their kind, and what is worth saying."""
    found = roles_of(header)
    if not ({"text", "title", "pros"} & set(found)):
        columns = listing(header, 20)
        raise FileFormatError(
            en="no column holds what people wrote (text, review, comment, message …; отзыв, текст, комментарий …); "
            f"the columns are {columns}",
            ru="нет столбца с тем, что люди написали (text, review, comment, message …; отзыв, текст, комментарий …); "
            f"в файле столбцы {columns}",
            path=path,
        )
    kind = kind or ("reviews" if "mark" in found else "mentions")
    notes: list[str] = []
    if kind == "chats":
        return _chats(found, body), kind, notes
    begun = moments([_cell(row, found, "date") for row in body])
    replied = moments([_cell(row, found, "reply date") for row in body])
    first = hours(*_spent(body, found, "first answer", begun, header))
    solved = hours(*_spent(body, found, "solved", begun, header))
    known = {k for columns in found.values() for k in columns}
    more = [k for k in range(len(header)) if k not in known and header[k]]
    out = []
    for k, row in enumerate(body):
        talk = Talk(id=_cell(row, found, "id"), mark=_cell(row, found, "mark"), date=begun[k])
        talk.author, talk.named = _who(row, found)
        said = _said(row, found, kind)
        if kind == "tickets" and len(found.get("text", ())) > 1:
            talk.said, talk.hidden = _comments(row, found, talk, said)
        elif said:
            talk.said = [("respondent", talk.author, said, begun[k])]
        if reply := plain(_cell(row, found, "reply")):
            talk.said.append(("company", "", reply, replied[k]))
        talk.first_answer, talk.solved = first[k], solved[k]
        if talk.first_answer is None and replied[k] is not None and begun[k] is not None:
            spent = (replied[k] - begun[k]).total_seconds() / 3600  # type: ignore[operator]
            talk.first_answer = spent if spent >= 0 else None
        talk.facts = {r: _cell(row, found, r) for r in _FACTS if r in found} | {header[j]: row[j] for j in more}
        tags = ",".join(row[j] for j in found.get("tags", ()))
        talk.tags = tuple(dict.fromkeys(t.strip(" #") for t in re.split(r"[,;|\n]", tags) if t.strip(" #")))
        out.append(talk)
    return out, kind, notes


def _cell(row: list[str], found: dict[str, list[int]], role: str) -> str:
    return next((row[k] for k in found.get(role, ()) if row[k]), "")


def _spent(
    body: list[list[str]], found: dict[str, list[int]], role: str, begun: list[Any], header: list[str]
) -> tuple[list[str], list[Any], str]:
    # Of a moment and a length of time the length is exact about business hours, and there are often both.
    at = found.get(role, [])
    filled = [k for k in at if any(row[k] for row in body)]
    if not filled:
        return [""] * len(body), begun, ""
    k = max(filled, key=lambda j: ("time" in norm(header[j]) or "врем" in norm(header[j]), -j))
    return [row[k] for row in body], begun, header[k]


def _who(row: list[str], found: dict[str, list[int]]) -> tuple[str, bool]:
    """The author as an id, or else as the name that is shown."""
    person = _cell(row, found, "person")
    if person and not _NOBODY.match(person):
        return person, False
    name = _cell(row, found, "author")
    return ("", True) if _NOBODY.match(name.casefold()) else (name, True)


def _said(row: list[str], found: dict[str, list[int]], kind: str) -> str:
    """What the person wrote: title, text, what was good and bad, each once."""
    parts: list[str] = []
    for role, sign in _PARTS.items():
        columns = found.get(role, ())
        for k in columns[:1] if kind == "tickets" else columns:
            text = plain(row[k])
            if text and not any(text == p or p.startswith(text) for p in parts):
                parts.append(sign + text)
    return "\n".join(parts)


def _comments(
    row: list[str], found: dict[str, list[int]], talk: Talk, said: str
) -> tuple[list[tuple[str, str, str, Any]], int]:
    """Jira writes a column a comment: ``date;author;text``; whoever is not the reporter answers for the company."""
    out: list[tuple[str, str, str, Any]] = [("respondent", talk.author, said, talk.date)] if said else []
    mine = {talk.author.casefold(), _cell(row, found, "author").casefold(), _cell(row, found, "person").casefold()}
    for k in found["text"]:
        parts = row[k].split(";", 2)
        if len(parts) == 3 and re.match(r"\d", parts[0].strip()):
            role = "respondent" if parts[1].strip().casefold() in mine else "company"
            when = moments([parts[0].strip()])[0]
            speaker = talk.author if role == "respondent" else parts[1].strip()
            if text := plain(parts[2]):
                out.append((role, speaker, text, when))
    return out, 0


def _chats(found: dict[str, list[int]], body: list[list[str]]) -> list[Talk]:
    times = moments([_cell(row, found, "date") for row in body])
    out: dict[str, Talk] = {}
    for row, when in zip(body, times, strict=True):
        key = _cell(row, found, "id")
        talk = out.setdefault(key, Talk(id=key, date=when))
        text = plain(_cell(row, found, "text"))
        sender = _cell(row, found, "sender")
        role = "company" if _COMPANY.search(sender) and not _PERSON.search(sender) else "respondent"
        author, named = _who(row, found)
        if role == "respondent" and author and not talk.author:
            talk.author, talk.named = author, named
        talk.mark = talk.mark or _cell(row, found, "mark")
        if text:
            talk.said.append((role, author if role == "respondent" else sender, text, when))
        for r in _FACTS:
            if cell := _cell(row, found, r):
                talk.facts.setdefault(r, cell)
    return list(out.values())
