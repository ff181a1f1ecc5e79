"""The door of a room: what a researcher hands in is taken as it was meant, or refused in words.

Every room declares its public names with :func:`attach`. A function that is reached through a room, and every public
method of a class that is, looks at its arguments once, by the annotations that it has anyway:

- what is plainly meant is taken: a Series or a list of rows for a table, a mapping for a Series, a result for
  its table, one text for a list of texts, a Series for a mapping;
- what cannot be meant (None, a number, another room's result) is refused before anything is computed;
- where a computation breaks, the argument that did not fit is named, or the column or the rows that a table lacks.

An error that nothing of this explains is a mistake of ours and passes as it is.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

import lazy_loader

from cjmkit.door.kinds import ARRAYS, LISTS, asked_of, base_of, fits, inner_of, is_strict, outside
from cjmkit.door.telling import explained, refused, wrong_call
from cjmkit.errors import CjmError

__all__ = ["attach", "guarded"]


def attach(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Public names of a room, declared in its stub, loaded when they are first used and guarded.

    Parameters
    ----------
    package, file : str
        ``__name__`` and ``__file__`` of the room.

    Returns
    -------
    tuple
        ``__getattr__``, ``__dir__`` and ``__all__`` (SPEC 1).
    """
    load, listing, names = lazy_loader.attach_stub(package, file)

    def __getattr__(name: str) -> Any:
        found = load(name)
        if inspect.ismodule(found) and not hasattr(found, "__getattr__"):  # a room that is one file
            for inner in getattr(found, "__all__", ()):
                guarded(getattr(found, inner))
        found = guarded(found)
        sys.modules[package].__dict__[name] = found
        return found

    return __getattr__, listing, names


def guarded(thing: Any) -> Any:
    """A public function that looks at what it is given, a class whose public methods do; anything else as it is.

    Parameters
    ----------
    thing : object
        What a room hands out.

    Examples
    --------
    >>> import pandas as pd
    >>> def answers_of(answers: pd.DataFrame) -> int:
    ...     return len(answers["value"])
    >>> guarded(answers_of)(pd.Series([5, 4, 4], name="value"))
    3
    >>> guarded(answers_of)(None)
    Traceback (most recent call last):
    cjmkit.errors.CjmError: answers_of: answers= takes a table (DataFrame); came None
    """
    if isinstance(thing, type):
        _guard_class(thing)
    elif isinstance(thing, types.FunctionType) and not hasattr(thing, "_at_the_door"):
        owner, name, through = vars(sys.modules[thing.__module__]), thing.__name__, _guard(thing)
        if owner.get(name) is thing:  # the same object under both names, so that it pickles
            owner[name] = through
        return through
    return thing


_seen: set[type] = set()


def _guard_class(cls: type) -> None:
    """Public methods of a class of cjmkit and of what it derives from, in place."""
    for part in cls.__mro__:
        if part in _seen or not part.__module__.startswith("cjmkit"):
            continue
        _seen.add(part)
        if issubclass(part, BaseException) or any(c.__module__.startswith("sklearn.") for c in part.__mro__):
            continue  # scikit-learn's contract says what its estimators take and raise
        for name, found in list(vars(part).items()):
            inner = getattr(found, "__func__", found)
            if name.startswith("_") or not inspect.isfunction(inner) or hasattr(inner, "_at_the_door"):
                continue
            through = _guard(inner)
            setattr(part, name, type(found)(through) if isinstance(found, classmethod | staticmethod) else through)


def _guard(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def through(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = _taken(function, args, kwargs)
        try:
            out = function(*args, **kwargs)
        except (CjmError, Warning, OSError):
            raise
        except Exception as error:
            said = explained(function, args, kwargs, error)
            if said is None:
                raise
            raise said from error
        if type(out) not in _seen and type(out).__module__.startswith("cjmkit"):
            _guard_class(type(out))  # a result is handed out: what it does is public too
        return out

    through._at_the_door = True  # type: ignore[attr-defined]
    return through


def _taken(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments, those that are plainly meant in the form that the function expects."""
    signature, allowed = asked_of(function)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise wrong_call(function, signature, args, kwargs, error) from error
    changed = False
    for name, value in bound.arguments.items():
        leaves, p = allowed[name], signature.parameters[name]
        if not leaves or value is p.default or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if outside(name, value):
            raise refused(function, name, value, leaves)
        if any(fits(value, leaf) for leaf in leaves):
            continue
        meant = _meant(name, value, leaves)
        if meant is not None:
            bound.arguments[name], changed = meant, True
        elif all(leaf is None or is_strict(leaf, value) for leaf in leaves):
            raise refused(function, name, value, leaves)
    return (bound.args, bound.kwargs) if changed else (args, kwargs)


def _meant(name: str, value: Any, leaves: tuple[Any, ...]) -> Any:
    """The value in the form that is expected, or None where that is no guess to make."""
    kind = type(value).__name__
    wanted = {getattr(base_of(leaf), "__name__", "") for leaf in leaves if leaf is not None}
    lists = [leaf for leaf in leaves if base_of(leaf) in LISTS]
    if lists and kind in ARRAYS:
        return value.tolist()
    if "DataFrame" in wanted:
        found = next((f for a in (name, "table") if type(f := getattr(value, a, None)).__name__ == "DataFrame"), None)
        if kind != "Series" and found is not None:
            return found
        if kind == "Series":
            return value.to_frame(value.name if value.name is not None else "value")
        rows = isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value)
        columns = isinstance(value, Mapping) and value and all(isinstance(v, list) for v in value.values())
        if rows or columns:
            import pandas as pd

            return pd.DataFrame(value)
    if "Series" in wanted and kind == "DataFrame":
        return value.iloc[:, 0] if value.shape[1] == 1 else None
    if "Series" in wanted and isinstance(value, Mapping) and value:  # a list does not say whose the values are
        import pandas as pd

        return pd.Series(value)
    if lists:
        alone = not (isinstance(value, str) and not value) and any(fits(value, e) for x in lists for e in inner_of(x))
        if alone and value is not None:
            return (value,)
        if isinstance(value, Iterable) and not isinstance(value, str) and not hasattr(value, "model_fields"):
            made = tuple(value)
            return made if any(fits(made, leaf) or base_of(leaf) is list for leaf in lists) else None
    if wanted & {"Mapping", "dict"} and kind == "Series":
        return value.to_dict()
    return None
