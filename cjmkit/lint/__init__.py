"""What a good researcher would object to: rules for a sound map, each with its reason."""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    "Finding": "cjmkit.lint.findings",
    "Findings": "cjmkit.lint.findings",
    "RULES": "cjmkit.lint.rules",
    "Rule": "cjmkit.lint.rules",
    "check": "cjmkit.lint.checking",
    "rules_page": "cjmkit.lint.rules",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
