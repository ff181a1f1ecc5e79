"""A study: the folder that holds material, decisions and results of one piece of research.

>>> from cjmkit.study import Study
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
