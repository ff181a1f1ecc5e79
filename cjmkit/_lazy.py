"""Attach names to a package that are imported only when somebody uses them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["attach"]


def attach(package: str, names: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make ``__getattr__`` and ``__dir__`` for a package.

    Parameters
    ----------
    package : str
        ``__name__`` of the package.
    names : mapping of str to str
        Public name to the module that holds it, absolute or relative to `package`; a module whose own name
        is the public name is attached itself.

    Returns
    -------
    (function, function)
        For ``__getattr__`` and ``__dir__``.
    """

    def __getattr__(name: str) -> Any:
        if name not in names:
            # Sub-modules stay reachable the usual way; anything else is the reader's typing error.
            from cjmkit.errors import suggest

            raise AttributeError(f"module {package!r}: {suggest(name, names, what='name')}")
        where = names[name]
        module = import_module(where, package)
        value = getattr(module, name, module) if where == f"{package}.{name}" else getattr(module, name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted(names)

    return __getattr__, __dir__
