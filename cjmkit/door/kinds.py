"""What a function takes: its annotations, as kinds that a value can be held against."""

from __future__ import annotations

import builtins
import collections.abc
import inspect
import numbers
import types
import typing
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

__all__ = [
    "ARRAYS",
    "LISTS",
    "RANGES",
    "asked_of",
    "base_of",
    "fits",
    "holds",
    "inner_of",
    "is_ours",
    "is_strict",
    "outside",
]

RANGES: dict[str, tuple[float, float]] = {"level": (0.0, 1.0), "min_share": (0.0, 1.0), "quantile": (0.0, 1.0)}
"""Words of the glossary that lie between two numbers (a level strictly)."""


class ByName(type):
    """Stands for a class that is imported for type checkers only; nothing is loaded to ask."""

    def __instancecheck__(cls, value: object) -> bool:
        return any(c.__name__ == cls.__name__ for c in type(value).__mro__)


class _Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        if name == "pd":
            import pandas

            return pandas
        return getattr(collections.abc, name, None) or getattr(typing, name, None) or ByName(name, (), {})


@cache
def asked_of(function: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, tuple[Any, ...]]]:
    """The signature, and what each parameter may be; an empty tuple where that is anything."""
    signature = inspect.signature(function)
    names = _Names(vars(builtins) | getattr(inspect.unwrap(function), "__globals__", {}))
    allowed = {}
    for name, p in signature.parameters.items():
        try:
            found = eval(p.annotation, names) if isinstance(p.annotation, str) else p.annotation
            allowed[name] = () if found is p.empty or name in ("self", "cls") else tuple(leaves_of(found))
        except Exception:  # an annotation that only a checker understands asks for nothing
            allowed[name] = ()
        if Any in allowed[name] or object in allowed[name]:
            allowed[name] = ()
    return signature, allowed


def leaves_of(annotation: Any) -> Iterable[Any]:
    """The kinds that an annotation allows, one by one; None is a kind of its own."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            yield from leaves_of(part)
    elif origin is typing.Annotated:
        yield from leaves_of(typing.get_args(annotation)[0])
    elif isinstance(annotation, typing.TypeVar):
        yield annotation.__bound__ if inspect.isclass(annotation.__bound__) else Any
    elif annotation is None or annotation is types.NoneType:
        yield None
    else:
        yield annotation if origin or inspect.isclass(annotation) else Any


def base_of(leaf: Any) -> Any:
    """The class of a kind: ``Sequence`` of ``Sequence[str]``."""
    return typing.get_origin(leaf) or leaf


def inner_of(leaf: Any) -> tuple[Any, ...]:
    """What the elements of a list, or the values of a mapping, may be; an empty tuple where that is anything."""
    if base_of(leaf) not in (*LISTS, collections.abc.Mapping, dict) or not typing.get_args(leaf):
        return ()
    last = [a for a in typing.get_args(leaf) if a is not Ellipsis]
    if base_of(leaf) is tuple and len(last) > 1:
        return ()
    found = tuple(leaves_of(last[-1]))
    return () if Any in found or object in found else found


LISTS = (collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection, list, tuple)
ARRAYS = ("Index", "ndarray", "Series", "ArrowStringArray", "ArrowExtensionArray", "Categorical", "DatetimeIndex")


def fits(value: Any, leaf: Any) -> bool:
    """Whether a value is of a kind, by itself; :func:`holds` looks at what is in it."""
    kind, base = type(value).__name__, base_of(leaf)
    if leaf is None:
        return value is None
    if base is typing.Literal:
        return isinstance(value, str | int) and any(value == a for a in typing.get_args(leaf))
    if base in (int, float):
        whole = isinstance(value, numbers.Integral) or getattr(value, "is_integer", lambda: False)()
        return whole or (base is float and isinstance(value, numbers.Real))
    if base is bool:
        return kind in ("bool", "bool_")
    if base in LISTS:
        if isinstance(value, str) or hasattr(value, "model_fields"):
            return False  # a text is no list of texts, and a value of ours no list of its fields
        parts = typing.get_args(leaf)
        if base is tuple and parts and Ellipsis not in parts:
            return isinstance(value, tuple) and len(value) == len(parts)
        return (not inner_of(leaf) if kind in ARRAYS else False) or isinstance(value, base)
    if base is collections.abc.Mapping and kind == "Series":
        return False
    try:
        return isinstance(value, base)
    except TypeError:  # a protocol
        return True


def is_strict(leaf: Any, value: object) -> bool:
    """Whether a value cannot stand in the place of this kind, whatever a function does with it.

    Tables, columns, mappings, functions and values of cjmkit have no other form than those that the door takes; a
    text is no number, and neither is a list. What a text says is for the function to judge, and None is elsewhere.
    """
    base = base_of(leaf)
    if base in LISTS:
        return isinstance(value, str | numbers.Number)
    if base in (int, float):
        return value is not None
    return is_ours(leaf) or base in (collections.abc.Mapping, collections.abc.Callable, dict)


def is_ours(leaf: Any) -> bool:
    """Whether a kind is a table, a column or a value of cjmkit."""
    return inspect.isclass(leaf) and (
        leaf.__name__ in ("DataFrame", "Series") or isinstance(leaf, ByName) or leaf.__module__.startswith("cjmkit")
    )


def outside(name: str, value: Any) -> bool:
    """Whether a number lies outside of the range of its word."""
    if name not in RANGES or not isinstance(value, int | float) or isinstance(value, bool):
        return False
    low, high = RANGES[name]
    return not (low < value < high if name == "level" else low <= value <= high)


def holds(value: Any, leaf: Any) -> bool:
    """Whether what is in a list or mapping is what has to be in it."""
    inner = inner_of(leaf)
    if not inner or not isinstance(value, list | tuple | set | dict):
        return value == value if isinstance(value, float) else True
    return all(any(fits(v, i) for i in inner) for v in (value.values() if isinstance(value, dict) else value))
