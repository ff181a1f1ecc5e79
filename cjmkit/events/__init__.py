"""Event logs: the journey that people really take, computed on the engine where the log is.

>>> from cjmkit import events
>>> sorted(events.__all__)[:3]
['Attribution', 'Dwell', 'EventLog']
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
