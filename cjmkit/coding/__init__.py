"""Coding: what people said, marked with codes; agreement of coders, quotes, saturation, notes for a map.

>>> from cjmkit import coding
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
