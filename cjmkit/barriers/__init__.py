"""Barriers: what stops people, how often, how badly, and who answers for it.

>>> from cjmkit import barriers
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
