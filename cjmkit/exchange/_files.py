"""Any format by its suffix."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path

from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError, CjmWarning, FileFormatError, suggest
from cjmkit.exchange._result import Imported
from cjmkit.files import read_text, write_atomically

__all__ = ["read", "to_json", "write"]


def to_json(journey: Journey, path: str | os.PathLike[str] | None = None) -> str:
    """Write a journey as JSON, after the schema of :func:`journey_schema`."""
    from cjmkit.exchange.yaml_file import plain

    text = json.dumps(plain(journey), ensure_ascii=False, indent=1, default=str) + "\n"
    if path is not None:
        write_atomically(path, text)
    return text


def _from_json(path: Path) -> Imported:
    from pydantic import ValidationError

    try:
        return Imported(Journey.model_validate(json.loads(read_text(path))))
    except json.JSONDecodeError as error:
        raise FileFormatError(error.msg, path=path, line=error.lineno, column=error.colno) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " → ".join(map(str, first["loc"]))
        raise FileFormatError(f"{where}: {first['msg']}", path=path) from error


_WRITERS = {
    ".yaml": "write_journey",
    ".yml": "write_journey",
    ".json": "to_json",
    ".csv": "to_csv",
    ".xlsx": "to_xlsx",
    ".pptx": "to_pptx",
    ".md": "to_markdown",
    ".mmd": "to_mermaid",
    ".mermaid": "to_mermaid",
    ".xml": "to_cjml",
    ".cjml": "to_cjml",
}


def write(journey: Journey, path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Write a journey in the format that the suffix names.

    Parameters
    ----------
    journey : Journey
        The map.
    path : path-like
        ``.yaml``, ``.json``, ``.csv``, ``.xlsx``, ``.pptx``, ``.md``, ``.mmd`` or ``.mermaid`` (Mermaid), ``.xml`` or
        ``.cjml`` (CJML).

    Returns
    -------
    tuple of str
        What the format cannot hold; empty where it holds everything.

    Raises
    ------
    CjmError
        If the suffix is another one.
    """
    from cjmkit import exchange

    suffix = Path(path).suffix.lower()
    if suffix not in _WRITERS:
        raise CjmError(suggest(suffix or str(path), _WRITERS, what="format"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        getattr(exchange, _WRITERS[suffix])(journey, Path(path))
    for w in caught:
        if not issubclass(w.category, CjmWarning):
            warnings.warn_explicit(w.message, w.category, w.filename, w.lineno)
    return tuple(str(w.message) for w in caught if issubclass(w.category, CjmWarning))


def read(path: str | os.PathLike[str]) -> Imported:
    """Read a journey in the format that the suffix names.

    Parameters
    ----------
    path : path-like
        ``.yaml``, ``.json``, ``.csv``, ``.xlsx``, ``.mmd``, ``.mermaid`` or ``.md`` (Mermaid), ``.xml`` or ``.cjml``
        (CJML: the first journey), ``.xes`` (the first trace).

    Returns
    -------
    Imported
        The journey, and a line for everything dropped, repaired or guessed.

    Raises
    ------
    CjmError
        If the suffix is another one.
    FileFormatError
        If the file cannot be understood.
    """
    from cjmkit import exchange as x

    readers: dict[str, Callable[[Path], Imported]] = {
        ".yaml": lambda p: Imported(x.read_journey(p)),
        ".yml": lambda p: Imported(x.read_journey(p)),
        ".json": _from_json,
        ".csv": x.from_csv,
        ".xlsx": x.from_xlsx,
        ".xlsm": x.from_xlsx,
        ".md": x.from_mermaid,
        ".mmd": x.from_mermaid,
        ".mermaid": x.from_mermaid,
        ".xml": lambda p: x.from_cjml(p)[0],
        ".cjml": lambda p: x.from_cjml(p)[0],
        ".xes": lambda p: x.from_xes(p)[0],
    }
    suffix = Path(path).suffix.lower()
    if suffix not in readers:
        raise CjmError(suggest(suffix or str(path), readers, what="format"))
    return readers[suffix](Path(path))
