"""One drawing per result: ``ax=None`` in, Axes out, never ``show()``.

A drawing needs only the result's table; nothing is computed here.
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES: dict[str, str] = {
    # name: module, one line each, sorted
    "saturation": "cjmkit.plot.interviews",
    "cooccurrence": "cjmkit.plot.interviews",
    "code_by_stage": "cjmkit.plot.interviews",
    "agreement_by_code": "cjmkit.plot.interviews",
    "attribution": "cjmkit.plot.events",
    "barrier_map": "cjmkit.plot.barriers",
    "barrier_ranking": "cjmkit.plot.barriers",
    "budget_split": "cjmkit.plot.priorities",
    "communication_plan": "cjmkit.plot.priorities",
    "critical_points": "cjmkit.plot.barriers",
    "driver_shares": "cjmkit.plot.survey",
    "emotion_curve": "cjmkit.plot.emotion",
    "emotion_difference": "cjmkit.plot.emotion",
    "emotion_distribution": "cjmkit.plot.emotion",
    "expectation_gap": "cjmkit.plot.compare",
    "first_steps": "cjmkit.plot.events",
    "funnel": "cjmkit.plot.events",
    "importance_performance": "cjmkit.plot.survey",
    "journey_comparison": "cjmkit.plot.compare",
    "journey_map": "cjmkit.plot.map",
    "k_choice": "cjmkit.plot.personas",
    "kano": "cjmkit.plot.survey",
    "likert": "cjmkit.plot.survey",
    "nps": "cjmkit.plot.survey",
    "paths": "cjmkit.plot.events",
    "people_map": "cjmkit.plot.personas",
    "priority_matrix": "cjmkit.plot.priorities",
    "problems_by": "cjmkit.plot.barriers",
    "profile": "cjmkit.plot.personas",
    "rank_stability": "cjmkit.plot.priorities",
    "retention": "cjmkit.plot.events",
    "shares": "cjmkit.plot.survey",
    "show": "cjmkit.plot.picture",
    "silhouette": "cjmkit.plot.personas",
    "snake_plot": "cjmkit.plot.personas",
    "sources": "cjmkit.plot.events",
    "stability_matrix": "cjmkit.plot.personas",
    "stuck": "cjmkit.plot.events",
    "transition_graph": "cjmkit.plot.events",
    "transitions": "cjmkit.plot.events",
    "weakest_link": "cjmkit.plot.barriers",
    "what_if": "cjmkit.plot.priorities",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
