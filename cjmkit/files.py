"""Writing so that a crash or a second writer never leaves half a file; finding and reading our own files."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Hashable
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from cjmkit.errors import CjmError, FileFormatError

__all__ = ["existing", "load_yaml", "parse_yaml", "read_text", "write_atomically"]


def write_atomically(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write a file whole or not at all.

    The content goes to a temporary file in the same folder, reaches the disk, and then takes the place of the old
    file in one step.

    Parameters
    ----------
    path : path-like
        Where to.
    content : str or bytes
        Text is written as UTF-8 with LF line ends.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    CjmError
        If the disk refuses (full, read-only …); the old file is then untouched.
    """
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        os.replace(temporary, target)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        was = "the earlier version is untouched" if target.exists() else "nothing was written"
        raise CjmError(f"{target}: could not be saved ({error.strerror or error}); {was}") from error
    return target


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a text file of ours (UTF-8, with or without a BOM).

    Raises
    ------
    FileFormatError
        If it is not UTF-8; the message names the line.
    """
    raw = Path(path).read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileFormatError(
            "this file is not UTF-8 (it may have been saved by an editor as cp1251); save it again as UTF-8",
            path=path,
            line=line,
        ) from error


def existing(path: str | os.PathLike[str], *, what: str = "file") -> Path:
    """The path, if there is a file (or a folder, for ``what="folder"``).

    Raises
    ------
    FileFormatError
        If there is none; near names in the same folder are offered.

    Examples
    --------
    >>> existing("no-such-table.csv")
    Traceback (most recent call last):
    cjmkit.errors.FileFormatError: no-such-table.csv: there is no such file
    """
    target = Path(path)
    if target.is_dir() if what == "folder" else target.is_file():
        return target
    if target.exists():
        kind = "a file" if target.is_file() else "a folder"
        raise FileFormatError(f"this is {kind}; a {what} is expected here", path=path)
    near: list[str] = []
    if target.parent.is_dir():
        near = get_close_matches(target.name, [p.name for p in target.parent.iterdir()], n=3)
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise FileFormatError(f"there is no such {what}{hint}", path=path)


def load_yaml(path: str | os.PathLike[str]) -> Any:
    """Read a YAML file.

    Raises
    ------
    FileFormatError
        With file, line and what to do: a tab, a key that stands twice, broken indentation, not UTF-8.
    """
    return parse_yaml(read_text(existing(path)), path)


def parse_yaml(text: str, path: object = None) -> Any:
    r"""Read YAML text; `path` is for the messages of :func:`load_yaml`.

    Examples
    --------
    >>> parse_yaml("id: tea\nid: coffee")
    Traceback (most recent call last):
    cjmkit.errors.FileFormatError: line 2: the key 'id' stands twice in one block (the line reads 'id: coffee')
    """
    import yaml

    try:
        return yaml.load(text, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 1 if mark else None
        bad = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
        if "\t" in bad[: len(bad) - len(bad.lstrip())]:
            hint = "a tab stands at the beginning of the line; YAML indents with spaces: replace the tab by spaces"
        else:
            hint = str(getattr(error, "problem", error) or error)
            hint += f" (the line reads {bad.strip()!r})" if bad.strip() else ""
        raise FileFormatError(hint, path=path, line=line) from error
    except ValueError as error:
        raise FileFormatError(f"{error}", path=path) from error


@lru_cache(maxsize=1)
def _loader() -> Any:
    """The safe loader, except that a key written twice is an error and not the loss of the first."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
            seen: set[Any] = set()
            for key_node, _ in node.value:
                key = key_node.value
                if key in seen and key != "<<":
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key!r} stands twice in one block", key_node.start_mark
                    )
                seen.add(key)
            out: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
            return out

    return Loader
