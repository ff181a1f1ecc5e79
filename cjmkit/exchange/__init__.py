"""Journeys in and out of files: YAML first, and the formats that other tools and people use."""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    "Imported": "cjmkit.exchange._result",
    "as_lines": "cjmkit.exchange._diff",
    "diff": "cjmkit.exchange._diff",
    "dump_yaml": "cjmkit.exchange.yaml_file",
    "from_cjml": "cjmkit.exchange._cjml",
    "from_csv": "cjmkit.exchange._csv",
    "from_mermaid": "cjmkit.exchange._mermaid",
    "from_xes": "cjmkit.exchange._cjml",
    "from_xlsx": "cjmkit.exchange._xlsx_in",
    "journey_schema": "cjmkit.exchange.yaml_file",
    "read": "cjmkit.exchange._files",
    "read_journey": "cjmkit.exchange.yaml_file",
    "to_cjml": "cjmkit.exchange._cjml",
    "to_csv": "cjmkit.exchange._csv",
    "to_json": "cjmkit.exchange._files",
    "to_markdown": "cjmkit.exchange._markdown",
    "to_mermaid": "cjmkit.exchange._mermaid",
    "to_pptx": "cjmkit.exchange._pptx",
    "to_xlsx": "cjmkit.exchange._xlsx_out",
    "write": "cjmkit.exchange._files",
    "write_journey": "cjmkit.exchange.yaml_file",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
