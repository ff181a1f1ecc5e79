"""Our own YAML, read quickly.

Files that :func:`cjmkit.exchange.dump_yaml` wrote use a small part of YAML: block mappings with plain keys, block
sequences and scalars. This reader knows that part, several times as fast as a general one; whatever it does not
recognise beyond doubt (a scalar over several lines, an escape, a date) it hands to PyYAML piece by piece, and at the
first thing that is not ours (a comment, a tab, a key that stands twice, a document mark) it gives the whole file back.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

__all__ = ["NotOurs", "load_fast"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE = re.compile(r"( *)((?:- )*)(?:([A-Za-z_]\w*):(?: (.*))?|(.+))", re.DOTALL)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_WORDS = frozenset("yes no on off true false null".split())
# Line ends that YAML knows and str.split does not, and characters that YAML refuses.
_FOREIGN = re.compile("[\r\x85\u2028\u2029\t]|[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotOurs(Exception):
    """The text holds something that this reader does not know."""


def load_fast(text: str) -> Any:
    r"""Read YAML as our own writer writes it.

    Raises
    ------
    NotOurs
        If there is anything else in it; read the text with PyYAML then.

    Examples
    --------
    >>> load_fast("id: tea\nstages:\n- id: kitchen\n  title: 'Kitchen: home'\n")
    {'id': 'tea', 'stages': [{'id': 'kitchen', 'title': 'Kitchen: home'}]}
    """
    if _FOREIGN.search(text):
        raise NotOurs
    lines = text.split("\n")
    if lines[-1]:
        raise NotOurs  # our writer ends its last line
    lines.pop()
    if not lines:
        raise NotOurs
    try:
        value, end = _block(lines, 0, 0)
    except (yaml.YAMLError, RecursionError, IndexError) as error:
        raise NotOurs from error
    if end != len(lines):
        raise NotOurs
    return value


@lru_cache(maxsize=4096)
def _general(text: str) -> Any:
    return yaml.load(text, Loader=_LOADER)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _scalar(value: str, lines: list[str], i: int, indent: int) -> tuple[Any, int]:
    """A scalar that begins on line `i`; returns it and the next line. `indent` is that of its key."""
    end = i + 1
    if end < len(lines):
        following = lines[end]
        # Deeper or empty lines go on with it.
        if not following or (following[0] == " " and following.startswith(" " * (indent + 1))):
            while end < len(lines) and (not lines[end] or lines[end].startswith(" " * (indent + 1))):
                end += 1
            whole = " " * (indent + 1) + "x: " + value + "\n" + "".join(f" {x}\n" for x in lines[i + 1 : end])
            return yaml.load(whole, Loader=_LOADER)["x"], end
    first = value[:1]
    odd = ": " in value or " #" in value or value[-1] in ": " or value.lower() in _WORDS
    if first.isalpha() and not odd:
        return value, end
    if _INTEGER.fullmatch(value):
        return int(value), end
    if _FLOAT.fullmatch(value):
        return float(value), end
    if first == "'":
        quoted = _QUOTED.fullmatch(value)
        if quoted:
            return quoted[1].replace("''", "'"), end
    made = _general("x: " + value)["x"]
    if isinstance(made, list | dict) and made:
        raise NotOurs
    return made, end


def _block(lines: list[str], i: int, indent: int) -> tuple[Any, int]:
    """The mapping or sequence that begins on line `i` with this indentation."""
    found = _LINE.fullmatch(lines[i])
    if not found or len(found[1]) != indent:
        raise NotOurs
    return _sequence(lines, i, indent) if found[2] else _mapping(lines, i, indent)


def _sequence(lines: list[str], i: int, indent: int) -> tuple[list[Any], int]:
    out: list[Any] = []
    mark = " " * indent + "- "
    while i < len(lines) and lines[i].startswith(mark):
        rest = lines[i][indent + 2 :]
        found = _LINE.fullmatch(rest)
        if not found or found[1]:
            raise NotOurs
        if found[2] or found[3] is not None:
            # What follows the dash is a block of its own, two columns further in.
            lines[i] = " " * (indent + 2) + rest
            value, i = _block(lines, i, indent + 2)
        else:
            value, i = _scalar(rest, lines, i, indent)
        out.append(value)
    return out, i


def _mapping(lines: list[str], i: int, indent: int) -> tuple[dict[str, Any], int]:
    out: dict[str, Any] = {}
    n = len(lines)
    match = _LINE.fullmatch
    while i < n:
        found = match(lines[i])
        if found is None:
            raise NotOurs
        here = len(found[1])
        if here < indent or (here == indent and found[2]):
            break
        key, rest = found[3], found[4]
        if here > indent or key is None or key in out or key.lower() in _WORDS:
            raise NotOurs
        if rest:
            out[key], i = _scalar(rest, lines, i, indent)
            continue
        i += 1
        if i >= n or not lines[i]:
            raise NotOurs
        deeper = _indent(lines[i])
        if deeper > indent or (deeper == indent and lines[i].startswith("- ", indent)):
            out[key], i = _block(lines, i, deeper)
        else:
            out[key] = None
    return out, i
