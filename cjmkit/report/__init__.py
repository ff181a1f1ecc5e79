"""The map and the study as pages and pictures that people open, print and send."""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    "figure": "cjmkit.report._figure",
    "html": "cjmkit.report._page",
    "inline_html": "cjmkit.report._inline",
    "inline_text": "cjmkit.report._inline",
    "markdown": "cjmkit.report._markdown",
    "portfolio": "cjmkit.report._portfolio",
    "save_picture": "cjmkit.report._figure",
    "write": "cjmkit.report._write",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
