"""Emotion curves: mean feeling per stage with intervals over people, differences, peaks.

>>> from cjmkit import emotion
"""

from cjmkit.emotion._curve import curve
from cjmkit.emotion._difference import Difference, difference
from cjmkit.emotion._distribution import Distribution, distribution
from cjmkit.emotion._onto_map import rated_touchpoints
from cjmkit.emotion._result import Curve, peak_end_value
from cjmkit.emotion._words import source_title

__all__ = [
    "Curve",
    "Difference",
    "Distribution",
    "curve",
    "difference",
    "distribution",
    "peak_end_value",
    "rated_touchpoints",
    "source_title",
]
