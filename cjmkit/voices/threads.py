"""JSON of support programs and stores: Zendesk, Freshdesk, Intercom, Jira Service Management, App Store, Google."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cjmkit.errors import FileFormatError
from cjmkit.intake.containers import parse_json
from cjmkit.voices.draft import Talk, moments, plain
from cjmkit.voices.flat import read_records

__all__ = ["read_threads", "records_of", "tool_of"]

_LISTS = ("tickets", "conversations", "issues", "reviews", "results", "items", "data", "entries", "mentions", "chats")


def records_of(text: str, path: Path) -> list[dict[str, Any]]:
    """The records of a JSON file, or of JSON lines; none where it holds no list of objects."""
    try:
        data = parse_json(text, path)
    except FileFormatError:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            data = [json.loads(line) for line in lines]
        except ValueError:
            raise FileFormatError(en="neither JSON nor JSON lines", ru="не JSON и не строки JSON", path=path) from None
    if isinstance(data, dict) and isinstance(data.get("feed"), dict):
        data = data["feed"].get("entry", [])
    if isinstance(data, dict):
        data = next((data[k] for k in _LISTS if isinstance(data.get(k), list)), [data])
    return [r for r in data if isinstance(r, dict)] if isinstance(data, list) else []


def tool_of(record: dict[str, Any]) -> str:
    """Whose record it is, by its keys; empty for a flat one.

    Examples
    --------
    >>> tool_of({"id": 1, "conversation_parts": {}}), tool_of({"key": "SD-1", "fields": {"summary": "x"}})
    ('Intercom', 'Jira')
    """
    if "conversation_parts" in record or ("source" in record and "contacts" in record):
        return "Intercom"
    if isinstance(record.get("fields"), dict) and ("key" in record or "summary" in record["fields"]):
        return "Jira"
    if "conversations" in record or "description_text" in record:
        return "Freshdesk"
    if ("requester_id" in record or "requester" in record) and ("comments" in record or "description" in record):
        return "Zendesk"
    return "Google" if "starRating" in record else ""


def read_threads(records: list[dict[str, Any]], path: Path) -> tuple[list[Talk], str, list[str]]:
    """Conversations, their kind, and what is worth saying."""
    if not records:
        raise FileFormatError(en="this JSON holds no list of records", ru="в этом JSON нет списка записей", path=path)
    tool = tool_of(records[0])
    if not tool:
        return read_records(records, path)
    try:
        talks = [_READERS[tool](r) for r in records]
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise FileFormatError(
            en=f"records of {tool} in an unknown form ({type(error).__name__}: {error})",
            ru=f"записи {tool} в неизвестном виде ({type(error).__name__}: {error})",
            path=path,
        ) from error
    return talks, "reviews" if tool == "Google" else "tickets", [tool]


def _person(value: Any) -> str:
    """An id of somebody that stands as an id or as an object."""
    if isinstance(value, dict):
        for key in ("external_id", "accountId", "id", "email", "emailAddress", "name", "displayName"):
            if value.get(key):
                return str(value[key])
        return ""
    return "" if value is None else str(value)


def _when(value: Any) -> Any:
    return moments([value])[0]


def _after(start: Any, end: Any) -> float | None:
    a, b = _when(start), _when(end)
    return (b - a).total_seconds() / 3600 if a is not None and b is not None and b >= a else None


def _minutes(value: Any) -> float | None:
    value = value.get("calendar") if isinstance(value, dict) else value
    return float(value) / 60 if isinstance(value, int | float) else None


def _zendesk(r: dict[str, Any]) -> Talk:
    me = _person(r.get("requester")) or _person(r.get("requester_id"))
    mine = {me, str(r.get("requester_id")), *(map(str, (r.get("requester") or {}).values()) if
            isinstance(r.get("requester"), dict) else ())}  # fmt: skip
    rated = r.get("satisfaction_rating")
    talk = Talk(str(r.get("id", "")), me, date=_when(r.get("created_at")), tags=tuple(map(str, r.get("tags") or ())))
    talk.mark = str((rated.get("score") if isinstance(rated, dict) else rated) or "")
    comments = r.get("comments") or []
    comments = comments.get("comments", []) if isinstance(comments, dict) else comments
    subject, title = plain(r.get("subject") or r.get("raw_subject")), True
    for c in comments or [{"author_id": me, "body": r.get("description"), "created_at": r.get("created_at")}]:
        if c.get("public") is False:
            talk.hidden += 1
            continue
        author = _person(c.get("author")) or _person(c.get("author_id"))
        role = "respondent" if not author or author in mine else "company"
        text = plain(c.get("plain_body") or c.get("body") or c.get("html_body"))
        if role == "respondent" and title and subject:
            text, title = f"{subject}\n{text}" if not text.startswith(subject) else text, False
        if text:
            talk.said.append((role, me if role == "respondent" else author, text, _when(c.get("created_at"))))
    metrics = r.get("metric_set") or {}
    talk.first_answer = _minutes(metrics.get("reply_time_in_minutes"))
    talk.solved = _minutes(metrics.get("full_resolution_time_in_minutes"))
    if talk.solved is None:
        talk.solved = _after(r.get("created_at"), r.get("solved_at") or metrics.get("solved_at"))
    via = r.get("via")
    channel = via.get("channel", "") if isinstance(via, dict) else via
    talk.facts = _facts(title=subject, status=r.get("status"), channel=channel, url=r.get("url"), type=r.get("type"))
    return talk


def _freshdesk(r: dict[str, Any]) -> Talk:
    me = _person(r.get("requester")) or _person(r.get("requester_id"))
    talk = Talk(str(r.get("id", "")), me, date=_when(r.get("created_at")), tags=tuple(map(str, r.get("tags") or ())))
    first = "\n".join(
        t for t in (plain(r.get("subject")), plain(r.get("description_text") or r.get("description"))) if t
    )
    talk.said = [("respondent", me, first, talk.date)] if first else []
    for c in r.get("conversations") or []:
        if c.get("private"):
            talk.hidden += 1
            continue
        mine = bool(c.get("incoming")) or str(c.get("user_id")) == str(r.get("requester_id"))
        if text := plain(c.get("body_text") or c.get("body")):
            who = me if mine else _person(c.get("user_id"))
            talk.said.append(("respondent" if mine else "company", who, text, _when(c.get("created_at"))))
    stats = r.get("stats") or {}
    talk.first_answer = _after(r.get("created_at"), stats.get("first_responded_at"))
    talk.solved = _after(r.get("created_at"), stats.get("resolved_at") or stats.get("closed_at"))
    rated = r.get("satisfaction_rating") or r.get("survey_result")
    # Freshdesk writes −103 (extremely unhappy) … 103 (extremely happy) in `ratings`.
    score = (rated.get("ratings") or {}).get("default_question") if isinstance(rated, dict) else rated
    if isinstance(score, int) and abs(score) >= 100:
        step = abs(score) - 100
        words = {0: "neutral", 1: "happy", 2: "very happy", 3: "extremely happy"}[min(step, 3)]
        score = words if score > 0 or not step else words.replace("happy", "unhappy")
    talk.mark = "" if score is None else str(score)
    talk.facts = _facts(title=r.get("subject"), status=r.get("status"), channel=r.get("source"), type=r.get("type"))
    return talk


def _intercom(r: dict[str, Any]) -> Talk:
    source, me = r.get("source") or {}, ""
    opened = source.get("author") or {}
    contacts = (r.get("contacts") or {}).get("contacts") or []
    me = _person(contacts[0]) if contacts else _person(opened)
    tags = (r.get("tags") or {}).get("tags") or []
    talk = Talk(str(r.get("id", "")), me, date=_when(r.get("created_at")), tags=tuple(str(t["name"]) for t in tags))
    parts = (r.get("conversation_parts") or {}).get("conversation_parts") or []
    for c in [{**source, "created_at": r.get("created_at"), "part_type": "comment"}, *parts]:
        if c.get("part_type") == "note":
            talk.hidden += 1
            continue
        author = c.get("author") or {}
        mine = author.get("type") in ("user", "lead", "contact")
        text = "\n".join(t for t in (plain(c.get("subject")), plain(c.get("body"))) if t)
        if text:
            who = me if mine else _person(author)
            talk.said.append(("respondent" if mine else "company", who, text, _when(c.get("created_at"))))
    numbers = r.get("statistics") or {}
    spent = numbers.get("time_to_admin_reply")
    begun = r.get("created_at")
    talk.first_answer = spent / 3600 if isinstance(spent, int | float) else None
    if talk.first_answer is None:
        talk.first_answer = _after(begun, numbers.get("first_admin_reply_at"))
    talk.solved = _after(begun, numbers.get("last_close_at") or numbers.get("first_close_at"))
    rated = (r.get("conversation_rating") or {}).get("rating")
    talk.mark = "" if rated is None else str(rated)
    talk.facts = _facts(title=source.get("subject"), status=r.get("state"), channel=source.get("type"))
    return talk


def _jira(r: dict[str, Any]) -> Talk:
    f = r["fields"]
    me, reporter = _person(f.get("reporter")), f.get("reporter")
    talk = Talk(str(r.get("key", r.get("id", ""))), me, date=_when(f.get("created")))
    talk.tags = tuple(map(str, f.get("labels") or ()))
    first = "\n".join(t for t in (plain(f.get("summary")), plain(f.get("description"))) if t)
    talk.said = [("respondent", me, first, talk.date)] if first else []
    for c in (f.get("comment") or {}).get("comments") or []:
        if c.get("jsdPublic") is False:
            talk.hidden += 1
            continue
        mine = c.get("author") == reporter or _person(c.get("author")) == me
        if text := plain(c.get("body")):
            who = me if mine else _person(c.get("author"))
            talk.said.append(("respondent" if mine else "company", who, text, _when(c.get("created"))))
    talk.solved = _after(f.get("created"), f.get("resolutiondate"))
    for value in f.values():
        if isinstance(value, dict) and "rating" in value:
            talk.mark = str(value["rating"])
        cycles = value.get("completedCycles") if isinstance(value, dict) else None
        if cycles and re.search("first response", str(value.get("name", "")), re.IGNORECASE):
            talk.first_answer = cycles[0]["elapsedTime"]["millis"] / 3_600_000
    status, kind = f.get("status") or {}, f.get("issuetype") or {}
    talk.facts = _facts(title=f.get("summary"), status=status.get("name"), product=kind.get("name"))
    return talk


def _google(r: dict[str, Any]) -> Talk:
    reviewer, reply = r.get("reviewer") or {}, r.get("reviewReply") or {}
    name = "" if reviewer.get("isAnonymous") else str(reviewer.get("displayName", ""))
    talk = Talk(str(r.get("reviewId", r.get("name", ""))), name, named=True, date=_when(r.get("createTime")))
    talk.mark = str(r.get("starRating", ""))
    if text := plain(r.get("comment")):
        talk.said.append(("respondent", name, text, talk.date))
    if answer := plain(reply.get("comment")):
        talk.said.append(("company", "", answer, _when(reply.get("updateTime"))))
        talk.first_answer = _after(r.get("createTime"), reply.get("updateTime"))
    return talk


def _facts(**given: Any) -> dict[str, str]:
    return {k: plain(v) for k, v in given.items() if v not in (None, "")}


_READERS = {
    "Zendesk": _zendesk, "Freshdesk": _freshdesk, "Intercom": _intercom, "Jira": _jira, "Google": _google,
}  # fmt: skip
