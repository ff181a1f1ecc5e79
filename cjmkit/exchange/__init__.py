"""Journeys in and out of files: YAML first, and the formats that other tools and people use."""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    "Imported": "cjmkit.exchange._result",
    "from_mermaid": "cjmkit.exchange._mermaid",
    "to_mermaid": "cjmkit.exchange._mermaid",
    "from_xlsx": "cjmkit.exchange._xlsx_in",
    "to_xlsx": "cjmkit.exchange._xlsx_out",
    "dump_yaml": "cjmkit.exchange.yaml_file",
    "journey_schema": "cjmkit.exchange.yaml_file",
    "read_journey": "cjmkit.exchange.yaml_file",
    "write_journey": "cjmkit.exchange.yaml_file",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
