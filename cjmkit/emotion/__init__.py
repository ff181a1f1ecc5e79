"""Emotion curves: mean feeling per stage with intervals over people, differences, peaks.

>>> from cjmkit import emotion
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
