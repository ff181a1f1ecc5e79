"""Priorities: what to do first, whom to tell what, where to spend, and what it would bring.

>>> from cjmkit import priorities
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
