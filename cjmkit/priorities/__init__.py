"""Priorities: what to do first, whom to tell what, where to spend, and what it would bring.

>>> from cjmkit import priorities
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
