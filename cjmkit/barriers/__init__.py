"""Barriers: what stops people, how often, how badly, and who answers for it.

>>> from cjmkit import barriers
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
