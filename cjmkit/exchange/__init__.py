"""Journeys in and out of files: YAML first, and the formats that other tools and people use."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
