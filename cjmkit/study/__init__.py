"""A study: the folder that holds material, decisions and results of one piece of research.

>>> from cjmkit.study import Study
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
