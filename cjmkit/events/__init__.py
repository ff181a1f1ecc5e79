"""Event logs: the journey that people really take, computed on the engine where the log is.

>>> from cjmkit import events
>>> sorted(events.__all__)[:3]
['Attribution', 'Dwell', 'EventLog']
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
