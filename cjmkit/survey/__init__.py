"""Surveys: real exports in, honest numbers out, linked to the stages of the journey.

>>> import cjmkit as cj
>>> cj.survey.sample_size("share", margin=0.05).n
385
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    # name: module, one line each, sorted
    "Comparison": "cjmkit.survey.comparing",
    "Drivers": "cjmkit.survey.driving",
    "ImportancePerformance": "cjmkit.survey.quadrants",
    "Item": "cjmkit.survey.items",
    "Kano": "cjmkit.survey.features",
    "MaxDiff": "cjmkit.survey.bestworst",
    "Opportunity": "cjmkit.survey.features",
    "Quality": "cjmkit.survey.checking",
    "Raking": "cjmkit.survey.weighting",
    "SampleSize": "cjmkit.survey.sampling",
    "Score": "cjmkit.survey.scores",
    "Survey": "cjmkit.survey.model",
    "compare": "cjmkit.survey.comparing",
    "drivers": "cjmkit.survey.driving",
    "importance_performance": "cjmkit.survey.quadrants",
    "kano": "cjmkit.survey.features",
    "maxdiff": "cjmkit.survey.bestworst",
    "open_answers": "cjmkit.survey.stages",
    "opportunity": "cjmkit.survey.features",
    "quality": "cjmkit.survey.checking",
    "rake": "cjmkit.survey.weighting",
    "read": "cjmkit.survey.reading",
    "sample_size": "cjmkit.survey.sampling",
    "score": "cjmkit.survey.scores",
    "stage_scores": "cjmkit.survey.stages",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
