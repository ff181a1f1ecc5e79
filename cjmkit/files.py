"""Writing to disk so that a crash, a full disk or a second writer never leaves half a file."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from cjmkit.errors import CjmError

__all__ = ["read_text", "write_atomically"]


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
    from cjmkit.errors import FileFormatError

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
