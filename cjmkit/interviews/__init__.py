"""Interviews: from transcripts to codings that two people agree on and every QDA tool can open.

Tables in, tables and frozen results out; offsets are code points over the stored document text.
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
