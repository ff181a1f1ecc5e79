"""One drawing per result: ``ax=None`` in, Axes out, never ``show()``.

A drawing needs only the result's table; nothing is computed here.
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
