"""What speech recognition and meeting tools write as JSON: who said what when, in seconds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from cjmkit.interviews.reading.drafts import UNKNOWN, Utterance, joined

__all__ = ["READERS", "Talk", "read_speech"]

Talk = tuple[str, list[Utterance], dict[str, str]]  # name (or empty), utterances, roles by label
_TICKS = 1e-7  # Azure counts hundreds of nanoseconds


def _number(value: Any) -> float | None:
    """Seconds or milliseconds as the tool has them; clock strings such as "00:03" in seconds."""
    if value is None or isinstance(value, bool):
        return None
    try:
        out = float(str(value).strip().removesuffix("s").replace(",", ".") or "nan")
        return out if math.isfinite(out) else None
    except ValueError:
        pass
    total = 0.0
    try:
        for part in str(value).strip().replace(",", ".").split(":"):
            total = total * 60 + float(part)
    except ValueError:
        return None
    return total if math.isfinite(total) else None


def _first(row: Any, *names: str) -> Any:
    return next((row[n] for n in names if isinstance(row, dict) and row.get(n) is not None), None)


def _rows(value: Any) -> list[dict[str, Any]]:
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def _dig(value: Any, *path: str | int) -> Any:
    for key in path:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and len(value) > key else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def _label(value: Any, *, number: str = "Speaker") -> str:
    """A label for a voice; a bare number becomes "Speaker 1"."""
    text = "" if value is None else str(value).strip()
    return f"{number} {text}" if text.isdigit() else text


def scaled(said: list[Utterance], unit: float | None = None) -> list[Utterance]:
    """Utterances in seconds: in the unit known, else in the one in which people say 1 to 5 words a second."""
    if unit is None:
        words = sum(len(u.text.split()) for u in said if u.t_start is not None and u.t_end is not None)
        length = sum(u.t_end - u.t_start for u in said if u.t_start is not None and u.t_end is not None)
        if words < 1 or length <= 0:
            return said
        unit = min((1.0, 1e-3, _TICKS), key=lambda k: abs(math.log(words / (length * k) / 2.5)))
    if unit == 1.0:
        return said

    def seconds(t: float | None) -> float | None:
        return None if t is None else round(t * unit, 6)

    return [replace(u, t_start=seconds(u.t_start), t_end=seconds(u.t_end)) for u in said]


def _words(items: Iterable[tuple[str, str, float | None, float | None, bool]]) -> list[Utterance]:
    """Words (speaker, word, start, end, whether it clings to the one before) as utterances by speaker."""
    out: list[Utterance] = []
    for speaker, word, a, b, clings in items:
        if out and (speaker == out[-1].speaker or clings):
            last = out[-1]
            text = last.text + ("" if clings else " ") + word
            out[-1] = replace(last, text=text, t_end=b if b is not None else last.t_end)
        elif word.strip():
            out.append(Utterance(speaker, word, a, b))
    return out


# ---- one function a tool ---------------------------------------------------------------------------------------------


def _telegram(data: Any) -> Iterator[Talk]:
    chats = _rows(_dig(data, "chats", "list")) or [data]
    for chat in chats:
        said: list[Utterance] = []
        began: float | None = None
        for m in _rows(chat.get("messages")):
            if m.get("type") not in (None, "message"):
                continue
            text = m.get("text")
            parts = text if isinstance(text, list) else [text]
            words = "".join(str(x.get("text", "")) if isinstance(x, dict) else str(x or "") for x in parts)
            at = _number(m.get("date_unixtime"))
            if at is None:
                at = _iso(m.get("date"))
            began = at if began is None else began
            since = None if at is None or began is None else at - began
            said.append(Utterance(str(m.get("from") or m.get("from_id") or UNKNOWN), words, since))
        yield str(chat.get("name") or ""), [u for u in said if u.text.strip()], {}


def _iso(value: Any) -> float | None:
    import datetime as dt

    try:
        when = dt.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (when.replace(tzinfo=None) - dt.datetime(2000, 1, 1)).total_seconds()


def _gong(data: Any) -> Iterator[Talk]:
    people = _rows(data.get("parties")) + [p for c in _rows(data.get("calls")) for p in _rows(c.get("parties"))]
    for call in _rows(data.get("callTranscripts")):
        parties = {str(_first(p, "speakerId", "id")): p for p in people + _rows(call.get("parties"))}
        said, roles = [], {}
        for block in _rows(call.get("transcript")):
            key = str(block.get("speakerId"))
            party = parties.get(key, {})
            name = str(party.get("name") or _label(key))
            if party.get("affiliation") == "Internal":
                roles[name] = "interviewer"
            elif party.get("affiliation") == "External":
                roles[name] = "respondent"
            for s in _rows(block.get("sentences")):
                said.append(Utterance(name, str(s.get("text") or ""), _number(s.get("start")), _number(s.get("end"))))
        yield str(call.get("callId") or ""), scaled(said, 1e-3), roles


def _rev(data: Any) -> Iterator[Talk]:
    names = {str(s.get("id")): str(s.get("name")) for s in _rows(data.get("speakers")) if s.get("name")}
    said = []
    for m in _rows(data.get("monologues")):
        elements = _rows(m.get("elements"))
        times = [t for e in elements for t in (_number(e.get("ts")), _number(e.get("end_ts"))) if t is not None]
        key = str(_first(m, "speaker_name", "speaker"))
        text = "".join(str(e.get("value") or "") for e in elements)
        said.append(Utterance(names.get(key, _label(key)), text, min(times, default=None), max(times, default=None)))
    yield "", said, {}


def _deepgram(data: Any) -> Iterator[Talk]:
    spoken = _rows(_dig(data, "results", "utterances"))
    if spoken:
        yield "", [_segment(u) for u in spoken], {}
        return
    said: list[Utterance] = []
    channels = _rows(_dig(data, "results", "channels"))
    for k, channel in enumerate(channels):
        words = _rows(_dig(channel, "alternatives", 0, "words"))
        only = _label(k) if len(channels) > 1 else UNKNOWN
        listed = [
            (
                _label(w["speaker"]) if w.get("speaker") is not None else only,
                str(_first(w, "punctuated_word", "word") or ""),
                _number(w.get("start")),
                _number(w.get("end")),
                False,
            )
            for w in words
        ]
        said += _words(listed)
        if not words:
            said.append(Utterance(only, str(_dig(channel, "alternatives", 0, "transcript") or "")))
    yield "", sorted(said, key=lambda u: u.t_start or 0.0), {}


def _aws(data: Any) -> Iterator[Talk]:
    results = data["results"]
    segments = _rows(results.get("audio_segments"))
    if segments and all(s.get("transcript") for s in segments):
        yield "", [_segment(s) for s in segments], {}
        return
    turns = [
        (_number(s.get("start_time")) or 0.0, str(s.get("speaker_label") or UNKNOWN))
        for s in _rows(_dig(results, "speaker_labels", "segments"))
    ]
    words = []
    who = UNKNOWN
    for item in _rows(results.get("items")):
        a, b = _number(item.get("start_time")), _number(item.get("end_time"))
        if item.get("speaker_label"):
            who = str(item["speaker_label"])
        elif a is not None:
            who = next((s for t, s in reversed(turns) if t <= a + 1e-9), who)
        clings = item.get("type") == "punctuation"
        words.append((who, str(_dig(item, "alternatives", 0, "content") or ""), a, b, clings))
    said = _words(words)
    if not said:
        said = [Utterance(UNKNOWN, str(_dig(results, "transcripts", 0, "transcript") or ""))]
    yield "", said, {}


def _google(data: Any) -> Iterator[Talk]:
    results = _rows(data.get("results"))
    listed = [_rows(_dig(r, "alternatives", 0, "words")) for r in results]
    # With voices told apart, the last result repeats all words, each with its voice.
    tagged = [w for w in (listed[-1] if listed else []) if _first(w, "speakerTag", "speakerLabel") is not None]
    words = listed[-1] if tagged else [w for words in listed for w in words]
    said = _words(
        (
            _label(_first(w, "speakerLabel", "speakerTag")) or UNKNOWN,
            str(w.get("word") or ""),
            _number(_first(w, "startTime", "startOffset")),
            _number(_first(w, "endTime", "endOffset")),
            False,
        )
        for w in words
    )
    if not said:
        said = [Utterance(UNKNOWN, str(_dig(r, "alternatives", 0, "transcript") or "")) for r in results]
    yield "", said, {}


def _azure(data: Any) -> Iterator[Talk]:
    said = []
    for p in _rows(data.get("recognizedPhrases")):
        a, n = _number(p.get("offsetInTicks")), _number(p.get("durationInTicks"))
        end = None if a is None or n is None else a + n
        said.append(Utterance(_label(p.get("speaker")), str(_dig(p, "nBest", 0, "display") or ""), a, end))
    yield "", scaled(said, _TICKS), {}


def _whisper_cpp(data: Any) -> Iterator[Talk]:
    said = []
    for s in _rows(data.get("transcription")):
        text = str(s.get("text") or "").replace("[SPEAKER_TURN]", "").strip()
        a, b = _number(_dig(s, "offsets", "from")), _number(_dig(s, "offsets", "to"))
        said.append(Utterance(_label(s.get("speaker")), text, a, b))
    yield "", scaled(said, 1e-3), {}


def _yandex(data: Any) -> Iterator[Talk]:
    said: list[Utterance] = []
    final: list[Utterance] = []
    for row in data if isinstance(data, list) else _rows(data.get("chunks")):
        result = row.get("result", row) if isinstance(row, dict) else {}
        who = _label(_first(result, "channelTag"), number="Speaker")
        for kind, into in (("finalRefinement", final), ("final", said)):
            got = _dig(result, kind, "normalizedText") if kind == "finalRefinement" else _dig(result, kind)
            for alternative in _rows(_dig(got, "alternatives"))[:1]:
                a, b = _number(alternative.get("startTimeMs")), _number(alternative.get("endTimeMs"))
                into.append(Utterance(who, str(alternative.get("text") or ""), a, b))
        if "alternatives" in result:
            best = _dig(result, "alternatives", 0) or {}
            words = _rows(best.get("words"))
            a, b = _number(_dig(words, 0, "startTime")), _number(words[-1].get("endTime")) if words else None
            final.append(Utterance(who, str(best.get("text") or ""), a, b))
    listed = final or said
    unit = (
        1.0
        if not any(isinstance(r, dict) and "result" in r for r in (data if isinstance(data, list) else ()))
        else 1e-3
    )
    yield "", sorted(scaled(listed, unit), key=lambda u: u.t_start or 0.0), {}


_TEXT = ("text", "sentence", "transcript", "content", "utterance", "words_text", "value")
_SPEAKER = ("speaker_name", "speakerName", "speaker", "speaker_label", "speakerLabel", "name", "from")


def _segment(row: dict[str, Any]) -> Utterance:
    words = _rows(row.get("words"))
    spoken = _first(row, *_TEXT)
    if not isinstance(spoken, str):
        spoken = " ".join(str(_first(w, "punctuated_word", "word", "text") or "").strip() for w in words)
    who = _first(row, *_SPEAKER)
    if isinstance(who, dict):
        who = _first(who, "name", "id")
    if who is None and words:
        voted = Counter(str(w["speaker"]) for w in words if w.get("speaker") is not None)
        who = voted.most_common(1)[0][0] if voted else None
    a = _number(_first(row, "start", "start_time", "startTime", "t_start", "begin", "startTimeMs"))
    b = _number(_first(row, "end", "end_time", "endTime", "t_end", "endTimeMs"))
    return Utterance(_label(who), str(spoken), a, b)


def _segments(data: Any) -> Iterator[Talk]:
    """A list of segments under any of the usual names: Whisper, WhisperX, AssemblyAI, Fireflies, Grain and others."""
    rows = _list_of_segments(data)
    said: list[Utterance] = []
    for row in rows:
        u = _segment(row)
        if not u.text.strip():
            continue
        # A segment without a speaker, where others have one, goes on with the one above (WhisperX could not tell).
        said.append(replace(u, speaker=said[-1].speaker) if not u.speaker and said else u)
    yield "", scaled(said), {}


_LISTS = ("segments", "utterances", "sentences", "results", "transcript", "monologues", "entries", "items", "turns")


def _list_of_segments(data: Any, depth: int = 0) -> list[dict[str, Any]]:
    if isinstance(data, list):
        rows = _rows(data)
        return rows if rows and any(isinstance(_first(r, *_TEXT), str) or _rows(r.get("words")) for r in rows) else []
    if not isinstance(data, dict) or depth > 3:
        return []
    for key in _LISTS:
        if found := _list_of_segments(data.get(key), 9):
            return found
    for value in data.values():
        if isinstance(value, dict) and (found := _list_of_segments(value, depth + 1)):
            return found
    return []


# Tool, how its files are recognised, and its reader; the first that fits reads the file.
READERS: tuple[tuple[str, Callable[[Any], bool], Callable[[Any], Iterator[Talk]]], ...] = (
    ("Telegram", lambda d: bool(_dig(d, "messages") or _dig(d, "chats", "list")), _telegram),
    ("Gong", lambda d: bool(_rows(_dig(d, "callTranscripts"))), _gong),
    ("Rev", lambda d: bool(_rows(_dig(d, "monologues"))) and "elements" in _rows(d["monologues"])[0], _rev),
    ("Deepgram", lambda d: bool(_rows(_dig(d, "results", "channels")) or _dig(d, "results", "utterances")), _deepgram),
    ("Amazon Transcribe", lambda d: isinstance(_dig(d, "results", "items"), list), _aws),
    ("Azure", lambda d: bool(_rows(_dig(d, "recognizedPhrases"))), _azure),
    ("Google", lambda d: _dig(_rows(_dig(d, "results")), 0, "alternatives") is not None, _google),
    ("whisper.cpp", lambda d: bool(_rows(_dig(d, "transcription"))), _whisper_cpp),
    (
        "Yandex SpeechKit",
        lambda d: (
            bool(_rows(_dig(d, "chunks")))
            or (
                isinstance(d, list)
                and any(_dig(r, "result", k) for r in _rows(d) for k in ("final", "finalRefinement"))
            )
        ),
        _yandex,
    ),
    ("segments", lambda d: bool(_list_of_segments(d)), _segments),
)


def read_speech(data: Any) -> tuple[str, list[Talk]] | None:
    """Which tool wrote the JSON, and what was said; None where no tool is recognised.

    Examples
    --------
    >>> tool, talks = read_speech({"transcription": [{"offsets": {"from": 0, "to": 2500}, "text": " Thanks."}]})
    >>> tool, talks[0][1][0].t_end
    ('whisper.cpp', 2.5)
    """
    for tool, fits, read in READERS:
        if fits(data):
            talks = [(name, joined(said), roles) for name, said, roles in read(data)]
            return tool, [t for t in talks if t[1]]
    return None
