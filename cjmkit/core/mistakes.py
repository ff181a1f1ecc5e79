"""A validation error in a researcher's words: what was found, what is allowed, what was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from cjmkit.errors import suggest

__all__ = ["explain", "explain_all"]

_KINDS = {
    "float_parsing": "a number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text",
    "bool_parsing": "yes or no",
    "tuple_type": "a list",
    "dict_type": "a block of `name: value`",
    "date_from_datetime_parsing": "a date such as 2026-03-31",
    "date_parsing": "a date such as 2026-03-31",
}


def explain(error: Any, kind: type[BaseModel]) -> str:
    """One error of :meth:`pydantic.ValidationError.errors` as a sentence.

    Parameters
    ----------
    error : dict
        The error.
    kind : type
        The class that was to be made.
    """
    found = error.get("input")
    shown = "" if isinstance(found, dict | list | tuple | BaseModel) else f", found {found!r}"
    names = [s for s in error["loc"] if isinstance(s, str)]
    name = names[-1] if names else ""
    match error["type"]:
        case "missing":
            return f"the field {name!r} is missing"
        case "extra_forbidden":
            return suggest(name, _fields_at(kind, error["loc"][:-1]), what="field")
        case "literal_error":
            return f"allowed are {error['ctx']['expected']}{shown}"
        case "union_tag_invalid" | "union_tag_not_found":
            return "evidence needs `kind:`, one of quote, survey, events, source" + (
                f", found {found.get('kind')!r}" if isinstance(found, dict) and "kind" in found else ""
            )
        case "value_error":
            return str(error["ctx"]["error"])
        case "string_too_short":
            return f"the field {name!r} is empty"
        case known if known in _KINDS:
            return f"{_KINDS[known]} is expected{shown}"
        case _:
            return f"{error['msg']}{shown}"


def explain_all(error: ValidationError, kind: type[BaseModel]) -> str:
    """All mistakes in one message, each with its field.

    Examples
    --------
    >>> from cjmkit.core.evidence import Quote
    >>> Quote(document="anna.txt", start=0, end=4, text="when")
    Traceback (most recent call last):
    cjmkit.errors.CjmError: Quote: unknown field 'text'. Known: code, coder, ...; the field 'quote' is missing
    """
    said = []
    # A misspelt name comes first: it explains why another one is missing.
    for e in sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden"):
        told, place = explain(e, kind), ".".join(str(s) for s in e["loc"])
        said.append(told if not place or repr(place) in told else f"{place}: {told}")
    return f"{kind.__name__}: {'; '.join(dict.fromkeys(said))}"


def _fields_at(kind: Any, loc: Sequence[str | int]) -> list[str]:
    """The fields that are allowed at a place, found by walking the model along the error's path."""

    def models(t: Any) -> list[type[BaseModel]]:
        if isinstance(t, type) and issubclass(t, BaseModel):
            return [t]
        return [m for a in get_args(t) for m in models(a)]

    here: list[type[BaseModel]] = [kind]
    for step in loc:
        if not isinstance(step, str):
            continue
        tagged = [m for m in here if "kind" in m.model_fields and m.model_fields["kind"].default == step]
        nested = [x for m in here if step in m.model_fields for x in models(m.model_fields[step].annotation)]
        here = tagged or nested or here
    return sorted({name for m in here for name in m.model_fields})
