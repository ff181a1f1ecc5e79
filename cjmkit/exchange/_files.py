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
from cjmkit.files import existing, read_text, reading, write_atomically

__all__ = ["read", "to_json", "write"]


def to_json(journey: Journey, path: str | os.PathLike[str] | None = None) -> str:
    """Write a journey as JSON, after the schema of :func:`journey_schema`.

    Examples
    --------
    >>> import cjmkit as cj
    >>> print(to_json(cj.Journey(id="t", title="Tea")).splitlines()[1])
     "format": "cjmkit/journey/1",
    """
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


def _writers() -> dict[str, Callable[[Journey, Path], object]]:
    """The writer of each suffix; the libraries that some of them need are loaded when they write."""
    from cjmkit.exchange._cjml import to_cjml
    from cjmkit.exchange._csv import to_csv
    from cjmkit.exchange._markdown import to_markdown
    from cjmkit.exchange._mermaid import to_mermaid
    from cjmkit.exchange._pptx import to_pptx
    from cjmkit.exchange._xlsx_out import to_xlsx
    from cjmkit.exchange.yaml_file import write_journey

    return {
        ".yaml": write_journey,
        ".yml": write_journey,
        ".json": to_json,
        ".csv": to_csv,
        ".xlsx": to_xlsx,
        ".pptx": to_pptx,
        ".md": to_markdown,
        ".mmd": to_mermaid,
        ".mermaid": to_mermaid,
        ".xml": to_cjml,
        ".cjml": to_cjml,
    }


def _readers() -> dict[str, Callable[[Path], Imported]]:
    from cjmkit.exchange._cjml import from_cjml
    from cjmkit.exchange._csv import from_csv
    from cjmkit.exchange._mermaid import from_mermaid
    from cjmkit.exchange._xes import from_xes
    from cjmkit.exchange._xlsx_in import from_xlsx
    from cjmkit.exchange.yaml_file import read_journey

    return {
        ".yaml": lambda p: Imported(read_journey(p)),
        ".yml": lambda p: Imported(read_journey(p)),
        ".json": _from_json,
        ".csv": from_csv,
        ".xlsx": from_xlsx,
        ".xlsm": from_xlsx,
        ".md": from_mermaid,
        ".mmd": from_mermaid,
        ".mermaid": from_mermaid,
        ".xml": lambda p: from_cjml(p)[0],
        ".cjml": lambda p: from_cjml(p)[0],
        ".xes": lambda p: from_xes(p)[0],
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

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> journey = cj.Journey.from_framework("aida", title="A bicycle")
    >>> cj.exchange.write(journey, tempfile.mkdtemp() + "/bicycle.md")
    ()
    """
    suffix, writers = Path(path).suffix.lower(), _writers()
    if suffix not in writers:
        raise CjmError(suggest(suffix or str(path), writers, what="format"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        writers[suffix](journey, Path(path))
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

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> path = tempfile.mkdtemp() + "/bicycle.json"
    >>> _ = cj.exchange.to_json(cj.Journey.from_framework("aida", title="A bicycle"), path)
    >>> cj.exchange.read(path).journey.title
    'A bicycle'
    """
    suffix, readers = Path(path).suffix.lower(), _readers()
    if suffix not in readers:
        raise CjmError(suggest(suffix or str(path), readers, what="format"))
    with reading(path):
        return readers[suffix](existing(path))
