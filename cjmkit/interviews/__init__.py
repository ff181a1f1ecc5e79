"""Interviews: from transcripts to codings that two people agree on and every QDA tool can open.

Tables in, tables and frozen results out; offsets are code points over the stored document text.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
