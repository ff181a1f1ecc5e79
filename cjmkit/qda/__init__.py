"""Exchange with programs for qualitative analysis: REFI-QDA projects and codebooks, QualCoder, Taguette.

>>> from cjmkit import qda
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
