"""The map and the study as pages and pictures that people open, print and send."""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
