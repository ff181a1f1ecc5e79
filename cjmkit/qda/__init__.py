"""Exchange with programs for qualitative analysis: REFI-QDA projects and codebooks, QualCoder, Taguette.

>>> from cjmkit import qda
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
