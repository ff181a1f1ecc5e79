"""Coding: what people said, marked with codes; agreement of coders, quotes, saturation, notes for a map.

>>> from cjmkit import coding
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
