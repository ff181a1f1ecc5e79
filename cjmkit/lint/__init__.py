"""What a good researcher would object to: rules for a sound map, each with its reason."""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
