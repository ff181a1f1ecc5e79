"""cjmkit: customer journey research in Jupyter, from raw material to an evidence-backed map.

>>> import cjmkit as cj

The import is light: each name below loads its room when it is first used.
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach
from cjmkit._version import __version__ as __version__

_NAMES = {
    # values
    "Action": "cjmkit.core.course",
    "DeskSource": "cjmkit.core.evidence",
    "EmotionPoint": "cjmkit.core.course",
    "Estimate": "cjmkit.core.estimate",
    "EventFigure": "cjmkit.core.evidence",
    "Journey": "cjmkit.core.journey",
    "Link": "cjmkit.core.course",
    "Note": "cjmkit.core.stage",
    "Persona": "cjmkit.core.persona",
    "Quote": "cjmkit.core.evidence",
    "Stage": "cjmkit.core.stage",
    "SurveyFigure": "cjmkit.core.evidence",
    "Touchpoint": "cjmkit.core.stage",
    "Verdict": "cjmkit.core.persona",
    # rooms
    "barriers": "cjmkit.barriers",
    "compare": "cjmkit.compare",
    "emotion": "cjmkit.emotion",
    "errors": "cjmkit.errors",
    "events": "cjmkit.events",
    "exchange": "cjmkit.exchange",
    "frameworks": "cjmkit.frameworks",
    "interviews": "cjmkit.interviews",
    "lint": "cjmkit.lint",
    "personas": "cjmkit.personas",
    "plot": "cjmkit.plot",
    "priorities": "cjmkit.priorities",
    "report": "cjmkit.report",
    "survey": "cjmkit.survey",
    "text": "cjmkit.text",
    "widgets": "cjmkit.widgets",
    # the study and its doings
    "CjmError": "cjmkit.errors",
    "CjmWarning": "cjmkit.errors",
    "EventLog": "cjmkit.events",
    "Study": "cjmkit.study",
    "cite": "cjmkit.core.cite",
    "use_language": "cjmkit.i18n",
}

__all__ = sorted([*_NAMES, "__version__"])  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
