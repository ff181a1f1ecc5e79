"""Personas: from what people said and answered to groups that are really there.

>>> import numpy as np, pandas as pd
>>> from cjmkit import personas
>>> noise = pd.DataFrame(np.random.default_rng(0).integers(1, 6, (30, 8)))
>>> personas.fit(personas.features(survey=noise), nulls=19, resamples=10).status
'none'
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
