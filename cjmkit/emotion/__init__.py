"""Emotion curves: mean feeling per stage with intervals over people, differences, peaks.

>>> from cjmkit import emotion
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
