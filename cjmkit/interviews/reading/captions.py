"""WebVTT and SRT: cues into turns, with the voices, entities and oddities that meeting tools write."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from cjmkit.interviews.reading.drafts import UNKNOWN, Utterance, joined
from cjmkit.interviews.reading.labels import fold, name_like, split_label, strong

__all__ = ["Cue", "cues_to_utterances", "read_cues"]

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


def cues_to_utterances(cues: list[Cue]) -> tuple[list[Utterance], str]:
    """Turn cues into speech by speaker.

    Parameters
    ----------
    cues : list of Cue
        As read.

    Returns
    -------
    (list of Utterance, str)
        Adjoining cues of one speaker are joined by a space; a cue without a name goes on with the one above. The text
        says how speakers are named: ``"voices"``, ``"names"``, ``"dashes"`` or ``""`` where nobody is.

    Examples
    --------
    >>> said, how = cues_to_utterances([Cue(0, 1, "Anna: Slow,"), Cue(1, 2, "and dear."), Cue(2, 3, "Ben: Why?")])
    >>> how, [(u.speaker, u.text, u.t_end) for u in said]
    ('names', [('Anna', 'Slow, and dear.', 2), ('Ben', 'Why?', 3)])
    """
    if any(_VOICE.search(c.payload) for c in cues):
        return joined(_carried_on(_voices(cues))), "voices"
    # Two speakers in one caption come as two lines that begin with a dash or a label each.
    parts = [(line, c) for c in cues for line in _caption_lines(c.payload)]
    found = [_label(line) for line, _ in parts]
    counts = Counter(fold(f[0]) for f in found if f)
    share = sum(1 for f in found if f) / max(1, len(found))
    said: list[tuple[str | None, str, Cue]] = []
    for f, (line, c) in zip(found, parts, strict=True):
        named = f is not None and _is_speaker(f[0], line, counts, share, len(parts))
        said.append((f[0], line[f[1] :], c) if f is not None and named else (None, line, c))
    if any(s for s, _, _ in said):
        return joined(_carried_on(said)), "names"
    dashed = [bool(_DASH.match(line)) for _, line, _ in said]
    if sum(dashed) >= 0.8 * len(said) and len(said) > 1:
        return _by_dashes(said), "dashes"
    return joined(Utterance("", line, c.start, c.end) for _, line, c in said), ""


_DASH = re.compile(r"^[-–—][ \t]*(?=\S)")
_BRACKETED = re.compile(r"^(?:\[(?P<a>[^\]\n]{1,40})\]|\((?P<b>speaker [^)\s]{1,8})\)):?[ \t]+(?=\S)", re.IGNORECASE)
_NAMED = re.compile(r"^(?P<name>[^:\n]{1,60}?)[ \t]*:[ \t]+(?=\S)")


def _label(line: str) -> tuple[str, int] | None:
    """A label at the head of a caption and where the speech begins: "Name:", "[SPEAKER_00]:", "(speaker 0)"."""
    m = _BRACKETED.match(line)
    if m:
        label = m.group("a") or m.group("b")
        return (label, m.end()) if strong(label) or m.group().rstrip().endswith(":") else None
    found = split_label(line)
    if found:
        return found[0], found[1]
    m = _NAMED.match(line)
    if not m or len(m.group("name").split()) > 6 or re.search(r"[.?!…;]", m.group("name")):
        return None
    return m.group("name"), m.end()


def _is_speaker(label: str, line: str, counts: Mapping[str, int], share: float, n: int) -> bool:
    if strong(label) or counts[fold(label)] >= 2:
        return True
    # Where most captions have a label (Zoom), one that comes once is a name if its words could be: digits, brackets
    # and one word in small letters too.
    plain = re.sub(r"[(\[].*?[)\]]|\d+", " ", label)
    could = name_like(plain) or (len(plain.split()) == 1 and split_label(line) is None) or not plain.strip()
    return could and ((share > 0.5 and len(counts) > 1) or n <= 4)


def _voices(cues: list[Cue]) -> list[tuple[str | None, str, Cue]]:
    out: list[tuple[str | None, str, Cue]] = []
    for c in cues:
        speaker: str | None = None
        last = 0
        for m in _VOICE.finditer(c.payload):
            out.append((speaker, _plain(c.payload[last : m.start()]), c))
            speaker = html.unescape(m.group(1)).strip() if m.group(1) else None
            last = m.end()
        out.append((speaker, _plain(c.payload[last:]), c))
    return [x for x in out if x[1]]


def _carried_on(said: list[tuple[str | None, str, Cue]]) -> list[Utterance]:
    """A caption without a name goes on with the one above."""
    out: list[Utterance] = []
    for speaker, text, c in said:
        label = speaker if speaker is not None else out[-1].speaker if out else ""
        if out and fold(label) == fold(out[-1].speaker):
            label = out[-1].speaker
        out.append(Utterance(label, text, c.start, c.end))
    return out


def _by_dashes(said: list[tuple[str | None, str, Cue]]) -> list[Utterance]:
    """A dash begins each turn; two voices where questions and answers alternate."""
    out: list[Utterance] = []
    for _, line, c in said:
        if out and not _DASH.match(line):
            out[-1] = Utterance("", f"{out[-1].text} {line}", out[-1].t_start, c.end)
        else:
            out.append(Utterance("", _DASH.sub("", line), c.start, c.end))
    asks = ["?" in u.text for u in out]
    odd, even = sum(asks[::2]) / max(1, len(asks[::2])), sum(asks[1::2]) / max(1, len(asks[1::2]))
    apart = max(odd, even) >= 0.5 and min(odd, even) <= 0.25 * max(odd, even)
    return [
        Utterance(f"Speaker {k % 2 + 1}" if apart else UNKNOWN, u.text, u.t_start, u.t_end) for k, u in enumerate(out)
    ]


def _caption_lines(payload: str) -> list[str]:
    out: list[str] = []
    for line in (x for x in (_plain(x) for x in payload.split("\n")) if x):
        if out and not _label(line) and not _DASH.match(line):
            out[-1] += " " + line
        else:
            out.append(line)
    return out
