"""Elements of exchange files: read with whatever namespace and GUIDs tools write, written so that line ends survive."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from cjmkit.qda.model import Losses

__all__ = ["EPOCH", "ILLEGAL", "Xml", "child", "children", "each", "guid", "guid_of", "local", "text_of", "valid_guid"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:cjmkit:qda")
_GUID = re.compile(r"^\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?$")
# What XML 1.0 cannot hold in any spelling.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EPOCH = "1980-01-01T00:00:00Z"


class Xml:
    """A plain writer of XML: line ends survive, what XML cannot hold is replaced and counted."""

    def __init__(self, losses: Losses) -> None:
        self.parts: list[str] = ['<?xml version="1.0" encoding="utf-8"?>\n']
        self.losses = losses

    def clean(self, text: str) -> str:
        """Text with � for what XML cannot hold."""
        if ILLEGAL.search(text):
            self.losses.add(
                "characters", "XML cannot hold control characters; replaced by �", ILLEGAL.sub("�", text)[:60]
            )
            return ILLEGAL.sub("�", text)
        return text

    def open(self, tag: str, attributes: Mapping[str, Any] | None = None, *, close: bool = False) -> None:
        """Write a start tag; attributes that are None are left out."""
        spelt = ""
        for k, v in (attributes or {}).items():
            if v is not None:
                value = quoteattr(self.clean(str(v)), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
                spelt += f" {k}={value}"
        self.parts.append(f"<{tag}{spelt}{'/' if close else ''}>")

    def close(self, tag: str) -> None:
        """Write an end tag."""
        self.parts.append(f"</{tag}>\n")

    def leaf(self, tag: str, text: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Write an element that holds text."""
        self.open(tag, attributes)
        self.parts.append(escape(self.clean(text), {"\r": "&#13;"}))
        self.close(tag)

    def empty(self, tag: str, **attributes: Any) -> None:
        """Write an element without content."""
        self.open(tag, attributes, close=True)

    def bytes(self) -> bytes:
        """The document."""
        return "".join(self.parts).encode("utf-8")


def guid(*parts: object) -> str:
    """A GUID that is the same for the same thing in every export."""
    return str(uuid.uuid5(_NAMESPACE, ascii(parts)))


def valid_guid(value: str) -> bool:
    """Whether a GUID has the form that the schema asks for."""
    return bool(_GUID.match(value))


def local(element: Any) -> str:
    """Name of an element without its namespace: tools write four different ones."""
    return str(element.tag).rsplit("}", 1)[-1]


def children(element: Any, name: str) -> Iterator[Any]:
    """Children with that local name."""
    return (c for c in element if local(c) == name)


def child(element: Any, name: str) -> Any:
    """The first child with that local name, or None."""
    return next(children(element, name), None)


def guid_of(value: str | None) -> str:
    """A GUID for comparison: braces and case differ even within one file."""
    return (value or "").strip().strip("{}").casefold()


def text_of(element: Any) -> str:
    """Text of an element, or nothing."""
    return (element.text or "") if element is not None else ""


def each(root: Any, group: str, item: str) -> Iterator[Any]:
    """All items of all groups: ``each(root, "Users", "User")``."""
    for g in children(root, group):
        yield from children(g, item)
