"""Compare journeys, and expectation with reality.

>>> from cjmkit import compare
"""

from cjmkit.compare._gap import ExpectationGap, expectation_gap
from cjmkit.compare._journeys import Comparison, journeys

__all__ = ["Comparison", "ExpectationGap", "expectation_gap", "journeys"]
