"""Values in YAML: diffs well, merges well, and a mistake made by hand is found by its line."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

from cjmkit.core.journey import Journey
from cjmkit.core.mistakes import explain
from cjmkit.errors import FileFormatError
from cjmkit.files import load_yaml, read_text, write_atomically

__all__ = ["dump_yaml", "journey_schema", "load_value", "plain", "read_journey", "write_journey"]

V = TypeVar("V", bound=BaseModel)
# A tag, not content: without it a union of kinds could not be told apart, even where it equals its default.
_ALWAYS = {"kind", "format", "id"}


_Emitter: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_AWKWARD = re.compile(r"[ \t]\n|^\s|[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff]")
"""Texts of several lines that cannot stand as a block."""


def _events(value: Any) -> list[yaml.Event]:
    """The events of a document. Emitting them spares the tree of nodes, which takes three quarters of the time."""
    start, end = yaml.MappingStartEvent(None, None, True, flow_style=False), yaml.MappingEndEvent()
    first, last = yaml.SequenceStartEvent(None, None, True, flow_style=False), yaml.SequenceEndEvent()
    seen: dict[tuple[type, Any], yaml.ScalarEvent] = {}
    write = yaml.SafeDumper(io.StringIO()).represent_data
    known = yaml.SafeDumper.yaml_implicit_resolvers
    out: list[yaml.Event] = [yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False)]
    add = out.append

    def scalar(v: Any) -> yaml.ScalarEvent:
        if (type(v), v) not in seen:
            if isinstance(v, str):
                # A text that would be read as a number, a date or a word such as "no" is quoted.
                bare = not any(pattern.match(v) for _, pattern in [*known.get(v[:1], []), *known.get(None, [])])
                style = "|" if "\n" in v and not _AWKWARD.search(v) else None
                seen[type(v), v] = yaml.ScalarEvent(None, None, (bare, True), v, style=style)
            else:
                node = write(v)
                assert isinstance(node, yaml.ScalarNode)
                seen[type(v), v] = yaml.ScalarEvent(None, node.tag, (True, False), node.value, style=node.style)
        return seen[type(v), v]

    def walk(v: Any) -> None:
        if isinstance(v, dict):
            add(start)
            for key, inner in v.items():
                add(scalar(key))
                walk(inner)
            add(end)
        elif isinstance(v, list):
            add(first)
            for inner in v:
                walk(inner)
            add(last)
        else:
            add(scalar(v))

    walk(value)
    return [*out, yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()]


def plain(value: Any) -> Any:
    """A value as dicts, lists and scalars, without the fields that hold their default."""
    if isinstance(value, BaseModel):
        out = {}
        for name, field in type(value).model_fields.items():
            v = getattr(value, name)
            default = field.get_default(call_default_factory=True, validated_data={})
            if name in _ALWAYS or default is PydanticUndefined or v != default:
                out[name] = plain(v)
        return out
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def dump_yaml(value: Any) -> str:
    """Write a value, dict or list as YAML text (LF, UTF-8, fields in their own order).

    Examples
    --------
    >>> import cjmkit as cj
    >>> print(dump_yaml(cj.Note(id="n1", text="No reviews")), end="")
    id: n1
    text: No reviews
    """
    out = io.StringIO()
    emitter = _Emitter(out, width=110, allow_unicode=True)
    for event in _events(plain(value)):
        emitter.emit(event)
    return out.getvalue()


def load_value(path: str | os.PathLike[str], kind: type[V]) -> V:
    """Read a YAML file as one of our values.

    Parameters
    ----------
    path : path-like
        The file.
    kind : type
        The class, for example :class:`cjmkit.Journey`.

    Raises
    ------
    FileFormatError
        With file and line of the first mistake, what was found and what is allowed; further ones are listed.
    """
    data = load_yaml(path)
    if not isinstance(data, dict):
        found = "an empty file" if data is None else f"a {type(data).__name__}"
        raise FileFormatError(
            en=f"found {found}; a {kind.__name__} is a block of `field: value` lines",
            ru=f"здесь {found}; {kind.__name__} — это блок строк вида `поле: значение`",
            path=path,
        )
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        messages = []
        root = yaml.compose(read_text(path), Loader=yaml.SafeLoader)
        for e in error.errors():
            line, where = _locate(root, e["loc"])
            messages.append((line, f"{where}: {explain(e, kind)}" if where else explain(e, kind)))
        messages = sorted(set(messages))
        more = "".join(f"\n  line {line}: {m}" for line, m in messages[1:8])
        raise FileFormatError(messages[0][1] + more, path=path, line=messages[0][0]) from error


def _locate(node: Any, loc: Sequence[str | int]) -> tuple[int, str]:
    """The line of the deepest node on the way that the file has, and the way in words."""
    line, way = node.start_mark.line + 1, []
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == step:
                    line, node = key.start_mark.line + 1, value
                    way.append(str(step))
                    break
            else:
                continue  # the tag of a union, or a field that is missing: not in the file
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
            way.append(f"#{step + 1}")
    return line, " → ".join(way)


def read_journey(path: str | os.PathLike[str]) -> Journey:
    """Read a journey from YAML.

    Raises
    ------
    FileFormatError
        With file, line, what was found and what is allowed.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> path = cj.exchange.write_journey(j, tempfile.mkdtemp() + "/bicycle.yaml")
    >>> read_journey(path) == j
    True
    """
    return load_value(path, Journey)


def write_journey(journey: Journey, path: str | os.PathLike[str]) -> Path:
    """Write a journey as YAML, whole or not at all; reading it gives an equal journey.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle")
    >>> path = write_journey(j, tempfile.mkdtemp() + "/bicycle.yaml")
    >>> path.read_text("utf-8").splitlines()[0]
    'format: cjmkit/journey/1'
    """
    return write_atomically(path, dump_yaml(journey))


def journey_schema() -> dict[str, Any]:
    """The JSON Schema of the journey file, for editors and other programs.

    Examples
    --------
    >>> journey_schema()["title"]
    'Journey'
    """
    schema = Journey.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "cjmkit/journey/1"} | schema
