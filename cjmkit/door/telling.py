"""What a refused argument is told: what came, what was allowed, what to try."""

from __future__ import annotations

import inspect
import numbers
import re
import sys
import traceback
import typing
from collections.abc import Mapping
from typing import Any

from cjmkit.door.kinds import RANGES, asked_of, base_of, fits, holds, inner_of, is_ours
from cjmkit.errors import CjmError, suggest

__all__ = ["explained", "refused", "wrong_call"]

_MAKERS = {
    "codings": "study.codings()",
    "codebook": "study.codebook()",
    "turns": "study.turns()",
    "documents": "study.documents()",
    "scores": "cj.survey.stage_scores(survey)",
    "survey": "study.survey()",
    "log": "study.events()",
    "study": 'cj.Study("folder")',
    "journey": "study.journey(), cj.Journey(…)",
    "by": "found.labels",
}
"""Where the tables that rooms hand to each other come from, by the name of the parameter."""
_PEOPLE = ("participant", "respondent", "person", "user")


def _name_of(function: Any) -> str:
    parts = function.__module__.split(".")
    within = function.__qualname__.replace("<locals>.", "").split(".")
    if len(within) == 1 and parts[0] == "cjmkit" and len(parts) > 2:
        return f"{parts[1]}.{within[0]}"
    return ".".join(within[-2:])


def refused(function: Any, name: str, value: Any, leaves: tuple[Any, ...]) -> CjmError:
    """An argument that cannot be meant: what the parameter takes, what came, and which call gives it."""
    where, makers = _name_of(function), _makers(name, leaves)
    en, ru = _kinds(leaves, name)
    came_en, came_ru = _came(value)
    return CjmError(
        en=f"{where}: {name}= takes {en}; came {came_en}" + (f". Try {makers}" if makers else ""),
        ru=f"{where}: {name}= принимает {ru}; пришло {came_ru}" + (f". Попробуйте {makers}" if makers else ""),
    )


_WORDS = {
    "DataFrame": ("a table (DataFrame)", "таблицу (DataFrame)"),
    "Series": ("a Series with people (or rows) as its index", "Series, индекс которой — люди (или строки)"),
    "str": ("a text", "текст"),
    "int": ("a whole number", "целое число"),
    "float": ("a number", "число"),
    "bool": ("True or False", "True или False"),
    "PathLike": ("a path", "путь к файлу"),
    "Path": ("a path", "путь к файлу"),
    "Mapping": ("a mapping {name: value}", "словарь {имя: значение}"),
    "dict": ("a mapping {name: value}", "словарь {имя: значение}"),
    "Callable": ("a function", "функцию"),
    "": ("nothing (None)", "ничего (None)"),
} | dict.fromkeys(("Sequence", "Iterable", "Collection", "list", "tuple"), ("a list", "список"))


def _kinds(leaves: tuple[Any, ...], name: str = "") -> tuple[str, str]:
    en, ru = [], []
    for leaf in dict.fromkeys(leaves):
        if typing.get_origin(leaf) is typing.Literal:
            said = (", ".join(map(repr, typing.get_args(leaf))),) * 2
        else:
            kind = "" if leaf is None else base_of(leaf).__name__
            shown = kind.removesuffix("Data")
            said = _WORDS.get(kind, (shown, shown))
            if within := inner_of(leaf):
                of_en, of_ru = _kinds(within)
                said = (f"{said[0]} of: {of_en}", f"{said[1]}, в котором {of_ru}")
        en.append(said[0])
        ru.append(said[1])
    if name in RANGES:
        low, high = RANGES[name]
        return f"a number between {low:g} and {high:g}", f"число между {low:g} и {high:g}"
    return " or ".join(dict.fromkeys(en)), " или ".join(dict.fromkeys(ru))


def _came(value: Any) -> tuple[str, str]:
    if value is None:
        return "None", "None"
    if isinstance(value, str) and not value.strip():
        return "an empty text", "пустой текст"
    if isinstance(value, list | tuple | Mapping | set) and not value:
        return "an empty list", "пустой список"
    kind = type(value).__name__
    if isinstance(value, str | int | float | list | tuple | dict):
        return (f"{kind} {value!r:.60}",) * 2
    return kind, kind


def _makers(name: str, leaves: tuple[Any, ...]) -> str:
    """Calls that give what is expected: by the name of the parameter, else by what public functions return."""
    if name in _MAKERS:
        return _MAKERS[name]
    cjmkit: Any = sys.modules["cjmkit"]

    wanted = {leaf.__name__.removesuffix("Data") for leaf in leaves if is_ours(leaf)} - {"DataFrame", "Series"}
    found = []
    for room in cjmkit.__all__ if wanted else ():
        inner = getattr(cjmkit, room)
        public = getattr(inner, "__all__", []) if inspect.ismodule(inner) else []
        if not wanted & set(public):
            continue
        for verb in public:
            given = getattr(getattr(inner, verb), "__annotations__", {}).get("return")
            if given in wanted:
                found.append(f"cj.{room}.{verb}(…)")
    return ", ".join(found[:3])


def wrong_call(function: Any, signature: inspect.Signature, args: Any, kwargs: Any, error: TypeError) -> CjmError:
    """A call with a parameter that there is not, or without one that is needed."""
    where = _name_of(function)
    known = [n for n, p in signature.parameters.items() if n not in ("self", "cls") and p.kind is not p.VAR_KEYWORD]
    for name in kwargs:
        if name not in signature.parameters:
            return CjmError(f"{where}: " + suggest(name, known, what="parameter"))
    asked = [n for n, p in signature.parameters.items() if p.default is p.empty and n in known]
    by_place = [n for n in known if signature.parameters[n].kind is not inspect.Parameter.KEYWORD_ONLY]
    lacking = [n for n in asked if n not in kwargs and n not in known[: len(args)]]
    if lacking and "missing" in str(error):
        many = ", ".join(f"{n}=" for n in lacking)
        return CjmError(en=f"{where}: {many} is needed; help(…) says what it is", ru=f"{where}: не хватает {many}")
    return CjmError(
        en=f"{where}: {error}. By place: {', '.join(by_place) or 'nothing'}; the others by name: {', '.join(known)}",
        ru=f"{where}: {error}. По месту: {', '.join(by_place) or 'ничего'}; остальное по имени: {', '.join(known)}",
    )


def explained(function: Any, args: Any, kwargs: Any, error: BaseException) -> CjmError | None:
    """Why a computation broke, where an argument explains it."""
    signature, allowed = asked_of(function)
    given = {n: v for n, v in signature.bind(*args, **kwargs).arguments.items() if n not in ("self", "cls")}
    given = {n: v for n, v in given.items() if v is not signature.parameters[n].default}
    for name, value in given.items():
        leaves = allowed[name]
        if leaves and not any(fits(value, leaf) and holds(value, leaf) for leaf in leaves):
            return refused(function, name, value, leaves)
    where = _name_of(function)
    for name, value in given.items():
        if isinstance(value, numbers.Real) and not float(value) >= 0 and _is_amount(signature.parameters[name]):
            return CjmError(
                en=f"{where}: {name}= takes a number of 0 or more; came {value}",
                ru=f"{where}: {name}= принимает число от 0; пришло {value}",
            )
    for name, value in given.items():
        said = _lacking(function, value, error)
        if said is not None:
            return CjmError(en=f"{where}: {name}=: {said.en}", ru=f"{where}: {name}=: {said.ru}")
    for name, value in given.items():
        if not allowed[name] and (wanted := _documented(function, name)) and not _is_said(value, wanted):
            came = _came(value)
            return CjmError(
                en=f"{where}: {name}= takes {wanted}; came {came[0]}",
                ru=f"{where}: {name}= принимает: {wanted}; пришло {came[1]}",
            )
    return None


def _is_amount(parameter: inspect.Parameter) -> bool:
    return not isinstance(parameter.default, int | float) or parameter.default >= 0


def _lacking(function: Any, value: Any, error: Any) -> CjmError | None:
    """What a table lacks: a column that the error names, rows, people; of a list, anything in it."""
    table: Any = value if type(value).__name__ == "DataFrame" else getattr(value, "table", None)
    if type(table).__name__ == "DataFrame":
        named = _column_in(function, error, value)
        if named and named not in map(str, table.columns):
            return CjmError(suggest(named, table.columns, what="column"))
        for who in _PEOPLE:
            if who in table.columns and len(table) and table[who].isna().all():
                return CjmError(
                    en=f"the column {who!r} is empty in all {len(table)} rows; say who each row is about",
                    ru=f"столбец {who!r} пуст во всех строках ({len(table)}); скажите, о ком каждая строка",
                )
    if hasattr(value, "__len__") and not inspect.isclass(value) and len(value) == 0:
        return CjmError(en="it is empty; give at least one row or entry", ru="здесь пусто; нужна хотя бы одна запись")
    return None


def _column_in(function: Any, error: Any, value: Any) -> str:
    """The column that pandas did not find; empty where the error is about something else."""
    if isinstance(error, AttributeError):
        of_it = getattr(error, "obj", None) is value or type(getattr(error, "obj", None)).__name__ in (
            "Pandas",
            "Series",
        )
        return str(error.name) if error.name and of_it else ""
    if not isinstance(error, KeyError):
        return ""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    by_pandas = frame.f_globals.get("__name__", "").startswith("pandas.")
    if not by_pandas and not re.search(rf"\b{re.escape(str(error.args[0]))}\b", function.__doc__ or ""):
        return ""  # a key of something else: a mistake of ours
    found = re.search(r"not found: '?([^'\"]+)|'([^']+)'", str(error))
    return (found[1] or found[2]) if found else ""


def _documented(function: Any, name: str) -> str:
    """The kind of a parameter as its documentation has it, for one that is annotated as anything."""
    found = re.search(rf"^\s*(?:\w+, )*{name}(?:, \w+)* : (.+)$", function.__doc__ or "", re.MULTILINE)
    return found[1].replace(", optional", "").strip() if found else ""


def _is_said(value: Any, wanted: str) -> bool:
    """Whether the documentation's kinds name that of a value; what is in doubt counts as named."""
    kinds = {"str": 'str|path|text|[{"]', "int": "int|float|number", "float": "float|number", "NoneType": "None"}
    kinds |= {"DataFrame": "DataFrame|table|frame", "Series": "Series|iterable|array|sequence|column"}
    kind = type(value).__name__
    if kind in kinds or type(value).__module__.startswith("cjmkit"):
        return re.search(rf"\b(?:{kinds.get(kind, kind.removesuffix('Data'))})", wanted) is not None
    return not inspect.isgenerator(value)
