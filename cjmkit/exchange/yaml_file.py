"""Values in YAML: diffs well, merges well, and a mistake made by hand is found by its line."""

from __future__ import annotations

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


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """The safe dumper with readable multi-line text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, data: str) -> Any:
    multi = "\n" in data and not re.search(r"[ \t]\n|^\s|[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff]", data)
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if multi else None)


_Dumper.add_representer(str, _text)


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
    return str(yaml.dump(plain(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))


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
        raise FileFormatError(f"found {found}; a {kind.__name__} is a block of `field: value` lines", path=path)
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
