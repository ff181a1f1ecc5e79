"""Interviews: from transcripts to codings that two people agree on and every QDA tool can open.

Tables in, tables and frozen results out; offsets are code points over the stored document text.
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    # name: module, one line each, sorted
    "PlacedNote": "cjmkit.interviews.onto_map",
    "PlacedTouchpoint": "cjmkit.interviews.onto_map",
    "chance_to_hear": "cjmkit.interviews.onto_map",
    "notes": "cjmkit.interviews.onto_map",
    "touchpoints": "cjmkit.interviews.onto_map",
    "Code": "cjmkit.interviews.codebook",
    "Codebook": "cjmkit.interviews.codebook",
    "Transcripts": "cjmkit.interviews.transcripts",
    "add_coding": "cjmkit.interviews.codings",
    "check_codings": "cjmkit.interviews.codings",
    "concat_codings": "cjmkit.interviews.codings",
    "edit_coding": "cjmkit.interviews.codings",
    "empty_codings": "cjmkit.interviews.codings",
    "read": "cjmkit.interviews.reading",
    "read_codings": "cjmkit.interviews.codings",
    "read_text": "cjmkit.interviews.reading",
    "remove_codings": "cjmkit.interviews.codings",
    "write_codings": "cjmkit.interviews.codings",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
