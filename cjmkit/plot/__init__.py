"""One drawing per result: ``ax=None`` in, Axes out, never ``show()``.

A drawing needs only the result's table; nothing is computed here.
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES: dict[str, str] = {
    # name: module, one line each, sorted
    "emotion_curve": "cjmkit.plot.emotion",
    "emotion_difference": "cjmkit.plot.emotion",
    "emotion_distribution": "cjmkit.plot.emotion",
    "journey_map": "cjmkit.plot.map",
    "show": "cjmkit.plot.picture",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
