"""Journeys in and out of files: YAML first, and the formats that other tools and people use."""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
