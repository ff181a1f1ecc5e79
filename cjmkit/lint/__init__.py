"""What a good researcher would object to: rules for a sound map, each with its reason."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
