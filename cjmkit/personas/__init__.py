"""Personas: from what people said and answered to groups that are really there.

>>> import numpy as np, pandas as pd
>>> from cjmkit import personas
>>> noise = pd.DataFrame(np.random.default_rng(0).integers(1, 6, (30, 8)))
>>> personas.fit(personas.features(survey=noise), nulls=19, bootstraps=10).status
'none'
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    # name: module, one line each, sorted
    "Features": "cjmkit.personas._features",
    "PersonaClusterer": "cjmkit.personas.estimator",
    "Personas": "cjmkit.personas.result",
    "TextGroups": "cjmkit.personas.texts",
    "TextVectors": "cjmkit.personas.texts",
    "WaveComparison": "cjmkit.personas.waves",
    "card_html": "cjmkit.personas.cards",
    "card_png": "cjmkit.personas.cards",
    "cluster_texts": "cjmkit.personas.texts",
    "features": "cjmkit.personas._features",
    "fit": "cjmkit.personas.fitting",
    "shuffled": "cjmkit.personas._features",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
