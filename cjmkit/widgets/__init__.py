"""Widgets for JupyterLab: each edits a value and has a headless twin that does the same in plain Python."""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    # name: module, one line each, sorted
    "coding_pane": "cjmkit.widgets._coding",
    "map_editor": "cjmkit.widgets._editor",
    "persona_explorer": "cjmkit.widgets._forms",
    "prioritiser": "cjmkit.widgets._forms",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
