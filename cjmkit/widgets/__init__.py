"""Widgets for JupyterLab: each edits a value and has a headless twin that does the same in plain Python."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
