"""WebVTT and SRT: cues into turns, with the voices, entities and oddities that meeting tools write."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import pairwise

from cjmkit.interviews.speakers import fold, split_label

__all__ = ["Cue", "Utterance", "cues_to_utterances", "read_cues"]

_CLOCK = r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_CLOCK}\s*--+>\s*{_CLOCK}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>|</v>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:c|i|b|u|ruby|rt|lang|font|v)(?:[.\s][^>]*)?>|<(?:\d+:)?\d{1,2}:\d{2}\.\d{3}>|\{\\[^}]*\}", re.IGNORECASE
)


@dataclass(frozen=True)
class Cue:
    """One cue: its times in seconds and its text lines as they stand in the file."""

    start: float
    end: float
    payload: str


@dataclass(frozen=True)
class Utterance:
    """Speech of one speaker, ready to be put into a document."""

    speaker: str
    text: str
    t_start: float | None
    t_end: float | None


def read_cues(text: str) -> tuple[list[Cue], list[str]]:
    """Read WebVTT or SRT cues; a file that was cut in the middle gives what is there, and a remark.

    Parameters
    ----------
    text : str
        The file, with LF line ends.

    Returns
    -------
    (list of Cue, list of str)
        The cues in the order of the file, and remarks.
    """
    cues: list[Cue] = []
    remarks: list[str] = []
    lines = text.split("\n")
    at, n = 0, len(lines)
    timings = [i for i, line in enumerate(lines) if "--" in line and _TIMING.match(line)]
    for k, at in enumerate(timings):
        m = _TIMING.match(lines[at])
        assert m is not None
        stop = timings[k + 1] if k + 1 < len(timings) else n
        body = lines[at + 1 : stop]
        # A cue ends at a blank line, yet some writers leave a blank line inside one; what follows the last blank line
        # before the next timing is that cue's identifier.
        if stop < n and body and body[-1].strip() and (len(body) == 1 or not body[-2].strip()):
            body = body[:-1]
        elif stop == n and any(not x.strip() for x in body):
            # Cut off inside the next cue: its number or half a time stands at the end.
            blank = max(i for i, x in enumerate(body) if not x.strip())
            tail = [x for x in body[blank + 1 :] if x.strip()]
            if tail and all(re.fullmatch(r"[\s\d:.,>-]+", x) for x in tail):
                body = body[:blank]
                remarks.append("the last cue is incomplete; the file was cut off")
        while body and not body[-1].strip():
            body.pop()
        kept = []
        skip = False
        for line in body:
            if re.match(r"^(NOTE|STYLE|REGION)(\s|$)", line):
                skip = True
            elif not line.strip():
                skip = False
                continue
            if not skip:
                kept.append(line)
        start, end = _clock(m.groups()[:4]), _clock(m.groups()[4:])
        if kept:
            cues.append(Cue(start, end, "\n".join(kept)))
    if (timings and timings[-1] == n - 1) or (timings and not any(x.strip() for x in lines[timings[-1] + 1 :])):
        remarks.append("the last cue has no text; the file may have been cut off")
    if not timings:
        remarks.append("no cue with a time was found")
    backwards = sum(b.start < a.start for a, b in pairwise(cues))
    if backwards:
        remarks.append(f"{backwards} cues start before the one above them; the order of the file was kept")
    return [c for c in cues if c.payload.strip()], remarks


def _clock(parts: tuple[str | None, ...]) -> float:
    h, m, s, frac = parts
    return int(h or 0) * 3600 + int(m or 0) * 60 + int(s or 0) + (float(f"0.{frac}") if frac else 0.0)


def _plain(payload: str) -> str:
    return html.unescape(" ".join(_TAG.sub("", payload).split()))


def cues_to_utterances(cues: list[Cue], *, labels: frozenset[str] | None = None) -> tuple[list[Utterance], bool]:
    """Turn cues into speech by speaker.

    Parameters
    ----------
    cues : list of Cue
        As read.
    labels : frozenset of str, optional
        Folded labels to accept before a colon; without it, labels that come back in the file, or roles.

    Returns
    -------
    (list of Utterance, bool)
        Adjoining cues of one speaker are joined by a space; a cue without a name goes on with the one above. The flag
        says whether anybody is named.
    """
    parts: list[tuple[str | None, str, float, float]] = []
    voiced = any(_VOICE.search(c.payload) for c in cues)
    for c in cues:
        if voiced and _VOICE.search(c.payload):
            speaker: str | None = None
            last = 0
            pieces: list[tuple[str | None, str]] = []
            for m in _VOICE.finditer(c.payload):
                pieces.append((speaker, c.payload[last : m.start()]))
                speaker = html.unescape(m.group(1)).strip() if m.group(1) else None
                last = m.end()
            pieces.append((speaker, c.payload[last:]))
            parts.extend((s, _plain(t), c.start, c.end) for s, t in pieces if t.strip())
        else:
            # Two speakers in one caption come as two lines that begin with a dash or a label each.
            for line in _caption_lines(c.payload):
                parts.append((None, line, c.start, c.end))
    if not voiced:
        found = [split_label(t) for _, t, _, _ in parts]
        counts: dict[str, int] = {}
        for f in found:
            if f:
                counts[fold(f[0])] = counts.get(fold(f[0]), 0) + 1
        share = sum(1 for f in found if f) / max(1, len(found))
        from cjmkit.interviews.speakers import known_role

        def is_speaker(label: str) -> bool:
            key = fold(label)
            if labels is not None and key in labels:
                return True
            return (
                known_role(label) is not None
                or counts[key] >= 2
                or (share > 0.5 and len(counts) > 1)
                or len(parts) <= 4
            )

        parts = [
            (f[0], t[f[1] :].strip(), a, b) if f and is_speaker(f[0]) else (None, t, a, b)
            for f, (_, t, a, b) in zip(found, parts, strict=True)
        ]
    out: list[Utterance] = []
    named = any(s for s, *_ in parts)
    for s, t, a, b in parts:
        t = t.strip()
        if not t:
            continue
        if out and (s is None or fold(s) == fold(out[-1].speaker)) and (named or out[-1].text[-1:] not in ".!?…"):
            last_one = out[-1]
            out[-1] = Utterance(last_one.speaker, f"{last_one.text} {t}", last_one.t_start, b)
        else:
            out.append(Utterance(s or "", t, a, b))
    return out, named


def _caption_lines(payload: str) -> list[str]:
    lines = [_plain(x) for x in payload.split("\n")]
    lines = [x for x in lines if x]
    out: list[str] = []
    for line in lines:
        if out and not split_label(line) and not re.match(r"^[-–—]\s", line):
            out[-1] += " " + line
        else:
            out.append(line)
    return out
