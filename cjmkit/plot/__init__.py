"""One drawing per result: ``ax=None`` in, Axes out, never ``show()``.

A drawing needs only the result's table; nothing is computed here.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
