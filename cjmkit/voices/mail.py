"""A mailbox (mbox): letters that answer each other are one conversation; whoever began it is the person."""

from __future__ import annotations

import datetime as dt
import email.policy
import hashlib
import mailbox
import re
import tempfile
from collections import Counter
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any

from cjmkit.errors import FileFormatError
from cjmkit.voices.draft import Talk, plain

__all__ = ["is_mailbox", "read_mailbox"]

_QUOTED = re.compile(
    r"^\s*(?:On .{5,200}wrote:|.{5,160}(?:пишет|написал\w*|wrote):|-{2,}\s*(?:Original Message|Исходное сообщение|"
    r"Пересылаемое сообщение|Forwarded message).*|_{10,}|From: .+|От: .+|Sent from my .+|Отправлено с .+)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWERS = re.compile(r"^\s*(?:(?:re|fwd?|aw|ответ|fw|на|пересл)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def is_mailbox(raw: bytes) -> bool:
    r"""Whether a file is an mbox: a line ``From …`` and headers of a letter below.

    Examples
    --------
    >>> is_mailbox(b"From a@b.c Mon Jan  5 10:00:00 2026\nFrom: a@b.c\nSubject: x\n\nText")
    True
    """
    begin = raw[:4000].lstrip()
    return begin.startswith(b"From ") and bool(re.search(rb"^(?:Subject|Date|Message-ID):", begin, re.M | re.I))


def read_mailbox(raw: bytes, path: Path) -> tuple[list[Talk], str, list[str]]:
    """Conversations, their kind, and what is worth saying."""
    with tempfile.NamedTemporaryFile(suffix=".mbox", delete=False) as copy:
        copy.write(raw)
    try:
        box = mailbox.mbox(copy.name, factory=None, create=False)
        letters = [_letter(box.get_bytes(key)) for key in box.keys()]  # noqa: SIM118
        box.close()
    finally:
        Path(copy.name).unlink(missing_ok=True)
    if not letters:
        raise FileFormatError(en="the mailbox holds no letters", ru="в почтовом ящике нет писем", path=path)
    ours = _company(letters)
    threads: dict[str, list[dict[str, Any]]] = {}
    where: dict[str, str] = {}
    for x in letters:
        known = next((where[i] for i in x["answers"] if i in where), "")
        # A letter without references that answers somebody, by its subject.
        key = known or next(
            (k for k, t in threads.items() if x["answer"] and t[0]["subject"] == x["subject"]), x["id"]
        )  # fmt: skip
        threads.setdefault(key, []).append(x)
        where[x["id"]] = key
    out = []
    for key, thread in threads.items():
        first = next((x for x in thread if not _is(x["from"], ours)), thread[0])
        talk = Talk(key, first["from"], date=first["when"], facts={"title": first["subject"], "channel": "mail"})
        for x in thread:
            mine = not _is(x["from"], ours)
            text = f"{x['subject']}\n{x['text']}" if x is first and x["subject"] else x["text"]
            if text.strip():
                talk.said.append(("respondent" if mine else "company", x["from"], text.strip(), x["when"]))
        out.append(talk)
    return out, "letters", [f"{', '.join(sorted(ours))} answers for the company"]


def _letter(raw: bytes) -> dict[str, Any]:
    message: EmailMessage = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    try:
        text = plain(body.get_content()) if body is not None else ""
    except (LookupError, ValueError, AttributeError):
        payload = body.get_payload(decode=True) if body is not None else b""
        text = plain(payload.decode("utf-8", "replace") if isinstance(payload, bytes) else "")
    quoted = _QUOTED.search(text)
    text = text[: quoted.start()] if quoted and text[: quoted.start()].strip() else text
    text = "\n".join(line for line in text.splitlines() if not line.startswith(">")).strip()
    subject = str(message.get("Subject", ""))
    try:
        when = parsedate_to_datetime(str(message["Date"]))
        when = (when.astimezone(dt.UTC) if when.tzinfo else when).replace(tzinfo=None)
    except (TypeError, ValueError):
        when = None
    sender = getaddresses([str(message.get("From", ""))])
    to = getaddresses([str(v) for h in ("To", "Cc") for v in message.get_all(h, [])])
    return {
        "id": str(message.get("Message-ID", "")).strip() or hashlib.sha256(raw).hexdigest()[:12],
        "answers": re.findall(r"<[^>]+>", f"{message.get('References', '')} {message.get('In-Reply-To', '')}"),
        "answer": bool(_ANSWERS.match(subject)),
        "subject": _ANSWERS.sub("", subject).strip(),
        "from": (sender[0][1] if sender else "").casefold(),
        "to": [a.casefold() for _, a in to],
        "when": when,
        "text": text,
    }


# Providers whose domain says nothing about who somebody works for.
_EVERYBODY = frozenset(
    "gmail.com googlemail.com yahoo.com outlook.com hotmail.com live.com icloud.com me.com aol.com proton.me "
    "protonmail.com gmx.de web.de mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru".split()
)


def _is(address: str, ours: set[str]) -> bool:
    return address in ours or address.split("@")[-1] in ours


def _company(letters: list[dict[str, Any]]) -> set[str]:
    """Whose mailbox it is: the address that takes part in the most letters, and with it its domain."""
    seen: Counter[str] = Counter()
    for x in letters:
        seen.update({a for a in (x["from"], *x["to"]) if "@" in a})
    most = max(seen.values(), default=0)
    tied = [d for d, n in seen.items() if n == most]
    if not tied:
        return set()
    # Of two that are in every letter, the one that is written to first owns the box.
    owner = next((a for a in letters[0]["to"] if a in tied), tied[0])
    domain = owner.split("@")[-1]
    return {owner if domain in _EVERYBODY else domain}
