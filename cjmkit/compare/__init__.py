"""Compare journeys, and expectation with reality.

>>> from cjmkit import compare
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
