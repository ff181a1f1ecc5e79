"""Event logs: the journey that people really take, computed on the engine where the log is.

>>> from cjmkit import events
>>> sorted(events.__all__)[:3]
['Attribution', 'Dwell', 'EventLog']
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    "Attribution": "cjmkit.events.attribution",
    "Dwell": "cjmkit.events.dwell",
    "EventLog": "cjmkit.events.log",
    "Funnel": "cjmkit.events.funnel",
    "Paths": "cjmkit.events.paths",
    "Planned": "cjmkit.events.planned",
    "Retention": "cjmkit.events.retention",
    "Sessions": "cjmkit.events.sessions",
    "Sources": "cjmkit.events.sources",
    "StepMatrix": "cjmkit.events.paths",
    "Stuck": "cjmkit.events.stuck",
    "Transitions": "cjmkit.events.transitions",
    "kpi_notes": "cjmkit.events.onto_map",
    "read": "cjmkit.events.readers",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
