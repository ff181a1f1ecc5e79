"""How a value shows itself in a notebook: the package plugs the drawing in, and the values need not know it."""

from __future__ import annotations

from html import escape
from importlib import import_module
from typing import Any

__all__ = ["html", "renderer"]

renderer = ""
"""Where the drawing is, as ``"module:function"``; empty outside the package."""


def html(value: Any) -> str:
    """HTML of a journey or a persona; its plain text where no drawing is plugged in.

    Examples
    --------
    >>> import cjmkit as cj
    >>> "<table" in html(cj.Journey.from_framework("aida", title="A bicycle"))
    True
    """
    if not renderer:
        return f"<pre>{escape(repr(value))}</pre>"
    module, _, function = renderer.partition(":")
    return str(getattr(import_module(module), function)(value))
