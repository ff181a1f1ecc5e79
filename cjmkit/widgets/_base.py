"""What the widgets share: their files, and what a page without a kernel shows."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import anywidget

__all__ = ["Pane", "asset"]


def asset(*names: str) -> str:
    """The text of files beside this module, one after another; no widget loads anything from the network."""
    return "\n".join(files("cjmkit.widgets").joinpath(name).read_text("utf-8") for name in names)


class Pane(anywidget.AnyWidget):
    """An anywidget that leaves a readable table behind where no kernel runs."""

    def static_html(self) -> str:
        """What a page without a kernel shows (a code-hosting site, a converted notebook)."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data is None:
            return data
        return {**data, "text/html": self.static_html(), "text/plain": repr(self)}, metadata
