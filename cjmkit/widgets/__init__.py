"""Widgets for JupyterLab: each edits a value and has a headless twin that does the same in plain Python."""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
