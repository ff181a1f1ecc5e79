"""The map before anybody draws it: lanes and series, and a sheet with the place and size of every box and line.

The page, the picture, the slides and the tables are drawn from the same model, so what one shows the others show too.
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
