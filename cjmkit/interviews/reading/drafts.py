"""Documents on their way into a table: stretches of speech, utterances, and the draft that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

__all__ = ["UNKNOWN", "Draft", "Piece", "Utterance", "from_utterances", "joined"]

# The label of speech that nobody is named for; the researcher can give it a role like any other.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Piece:
    """A stretch of speech: who, where in the text (code points), when (seconds)."""

    speaker: str
    start: int
    end: int
    t_start: float | None = None
    t_end: float | None = None


@dataclass(frozen=True)
class Utterance:
    """Speech of one speaker, ready to be put into a document."""

    speaker: str
    text: str
    t_start: float | None = None
    t_end: float | None = None


@dataclass
class Draft:
    """A document on its way: its text, and either ready pieces or a layout still to be found."""

    name: str
    text: str
    format: str
    encoding: str = ""
    pieces: list[Piece] | None = None
    participant: str | None = None
    layout: str = ""
    why: str = ""
    notes: list[str] = field(default_factory=list)
    loud: list[str] = field(default_factory=list)  # notes that need a decision
    roles: dict[str, str] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)  # start of a line set in bold or italics: which


def from_utterances(name: str, said: Iterable[Utterance], kind: str, *, encoding: str = "", layout: str = "") -> Draft:
    """Write utterances as running text and remember where each lies; speech of nobody has no label."""
    parts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for u in said:
        label = f"{u.speaker}: " if u.speaker and u.speaker != UNKNOWN else ""
        start = at + len(label)
        pieces.append(Piece(u.speaker or UNKNOWN, start, start + len(u.text), u.t_start, u.t_end))
        parts.append(f"{label}{u.text}\n")
        at += len(parts[-1])
    return Draft(name, "".join(parts), kind, encoding, pieces=pieces, layout=layout or kind)


def joined(said: Iterable[Utterance]) -> list[Utterance]:
    """Utterances with adjoining ones of one speaker in one; of nobody, until a sentence ends."""
    out: list[Utterance] = []
    for u in said:
        words = " ".join(u.text.split())
        if not words:
            continue
        last = out[-1] if out else None
        named = u.speaker not in ("", UNKNOWN)
        if last and u.speaker == last.speaker and (named or last.text[-1:] not in ".!?…"):
            end = u.t_end if u.t_end is not None else last.t_end
            out[-1] = replace(last, text=f"{last.text} {words}", t_end=end)
        else:
            out.append(replace(u, text=words, speaker=u.speaker or UNKNOWN))
    return out
