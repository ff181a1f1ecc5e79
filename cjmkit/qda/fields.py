"""What the exchange format has no place for, as lines that people read in a memo and that come back as fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

__all__ = ["CODE_FIELDS", "CODING_FIELDS", "pack_fields", "unpack_fields"]

CODING_FIELDS = ("stage", "touchpoint", "valence", "participant", "created")
CODE_FIELDS = ("title", "stage", "lane", "include", "exclude", "guid", "heading", "text")
# A value that holds any of this is written as JSON, in quotation marks.
_SPELT = re.compile('[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]|^\\s|\\s$|^"')
_SPELT_TEXT = re.compile('[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|^"')


def pack_fields(fields: Mapping[str, str | Iterable[str]], text: str, *, name: str = "memo") -> str:
    """Fields as lines ``key: value``, then the text under its own name; the text alone where there are none.

    Examples
    --------
    >>> print(pack_fields({"stage": "deal", "valence": "-2"}, "she sighed"))
    stage: deal
    valence: -2
    memo: she sighed
    """
    lines = []
    for key, value in fields.items():
        for v in [value] if isinstance(value, str) else value:
            lines.append(f"{key}: {json.dumps(v) if _SPELT.search(v) else v}")
    if not text:
        return "\n".join(lines)
    odd = bool(_SPELT_TEXT.search(text))
    if not lines and not odd and not re.match(r"[a-z]+:", text):
        return text
    return "\n".join([*lines, f"{name}: {json.dumps(text) if odd else text}"])


def unpack_fields(text: str, keys: Iterable[str], *, name: str = "memo") -> tuple[dict[str, list[str]], str]:
    r"""The fields at the head of a text (each as a list, for keys may come again), and the rest.

    Examples
    --------
    >>> unpack_fields("stage: deal\nmemo: she sighed", ["stage"])
    ({'stage': ['deal']}, 'she sighed')
    >>> unpack_fields("price: too high", ["stage"])
    ({}, 'price: too high')
    """
    known = set(keys)
    found: dict[str, list[str]] = {}
    rest = text
    while rest:
        line, _, below = rest.partition("\n")
        key, colon, value = line.partition(": ") if ": " in line else (line.rstrip(":"), line[-1:], "")
        if key == name and colon.startswith(":"):
            return found, _plain(rest[len(name) + 2 :])
        if key not in known or not colon.startswith(":"):
            break
        found.setdefault(key, []).append(_plain(value))
        rest = below
    return found, rest


def _plain(value: str) -> str:
    if value.startswith('"'):
        try:
            loaded = json.loads(value)
        except json.JSONDecodeError:
            return value
        if isinstance(loaded, str):
            return loaded
    return value
