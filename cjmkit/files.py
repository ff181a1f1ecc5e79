"""Writing so that no crash leaves half a file and no writer loses another's work; finding and reading our own files."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import os
import re
import secrets
import stat
import time
import unicodedata
from collections.abc import Callable, Hashable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from cjmkit.errors import CjmError, FileFormatError, noun, reason

__all__ = [
    "bare_name",
    "existing",
    "file_name",
    "in_place_of",
    "is_ours",
    "keep_earlier",
    "load_yaml",
    "locked",
    "parse_yaml",
    "read_text",
    "reader",
    "reading",
    "seen",
    "set_aside",
    "waiting",
    "write_atomically",
    "write_unless_changed",
]

P = ParamSpec("P")
T = TypeVar("T")

_STALE = 600
"""Seconds after which a temporary file is nobody's: no write takes that long."""
_LONGEST = 120
_cleared: set[Path] = set()


def write_atomically(path: str | os.PathLike[str], content: str | bytes, *, private: bool = False) -> Path:
    """Write a file whole or not at all.

    The content goes to a temporary file in the same folder, reaches the disk, and then takes the place of the old
    file in one step. The old file's permissions stay, and a link stays a link: what it points to is written.

    Parameters
    ----------
    path : path-like
        Where to.
    content : str or bytes
        Text is written as UTF-8 with LF line ends.
    private : bool
        A new file may be read by its owner only (0600), from its first byte on.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    CjmError
        If the disk refuses (full, read-only …), or the text or the name cannot be written; the old file is then
        untouched.
    """
    given = Path(path)
    try:
        data = content.encode("utf-8") if isinstance(content, str) else content
    except UnicodeEncodeError as error:
        raise CjmError(
            en=f"{given}: the text holds half of a character ({error.object[error.start]!r}, at {error.start}), which "
            f"no "
            "file can hold; take it out. Nothing was written",
            ru=f"{given}: в тексте половина знака ({error.object[error.start]!r}, место {error.start}), её не держит "
            f"ни один файл; уберите её. Ничего не записано",
        ) from error
    temporary: Path | None = None
    try:
        target = Path(os.path.realpath(given)) if given.is_symlink() else given
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_stale(target.parent)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        temporary = target.with_name(f".cjmkit-{secrets.token_hex(6)}.part")
        asked = 0o600 if private or mode is not None else 0o666
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, asked), "wb") as f:
            if mode is not None:
                os.chmod(temporary, mode)
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        os.replace(temporary, target)
    except (OSError, ValueError) as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        there = False
        with contextlib.suppress(OSError, ValueError):
            there = given.exists()
        raise CjmError(
            en=f"{given}: could not be saved ({reason(error)}); "
            + ("the earlier version is untouched" if there else "nothing was written"),
            ru=f"{given}: сохранить не удалось ({reason(error)}); "
            + ("прежняя версия цела" if there else "ничего не записано"),
        ) from error
    return given


def _clear_stale(folder: Path) -> None:
    """Take away, once a session and folder, what a killed process left half written."""
    if folder in _cleared:
        return
    _cleared.add(folder)
    for left in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE:
                left.unlink()


def seen(path: str | os.PathLike[str]) -> bytes | None:
    """What a file holds now, to be compared before it is written again; None where there is no file."""
    target = Path(path)
    return target.read_bytes() if target.is_file() else None


def write_unless_changed(path: str | os.PathLike[str], content: str | bytes, *, before: bytes | None) -> bool:
    r"""Write a file only if it still holds what was read: nobody else's work is overwritten.

    Parameters
    ----------
    path : path-like
        Where to.
    content : str or bytes
        The new content.
    before : bytes or None
        What :func:`seen` returned when the file was read.

    Returns
    -------
    bool
        Whether it was written. If not, the file holds something else by now and is as it was.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "notes.txt"
    >>> write_unless_changed(path, "mine", before=None)
    True
    >>> _ = path.write_text("theirs")
    >>> write_unless_changed(path, "mine again", before=b"mine"), path.read_text()
    (False, 'theirs')
    """
    with locked(path):
        if seen(path) != before:
            return False
        write_atomically(path, content)
    return True


@contextlib.contextmanager
def locked(path: str | os.PathLike[str]) -> Iterator[None]:
    """Hold the folder of a file while it is read and written again; other processes wait for their turn.

    Raises
    ------
    CjmError
        If another process holds it for more than twenty seconds.
    """
    import filelock

    folder = Path(path).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".cjmkit.lock", timeout=20):
            yield
    except filelock.Timeout as error:
        raise CjmError(
            en=f"{path}: another program has been writing in this folder for 20 seconds; try again",
            ru=f"{path}: другая программа пишет в эту папку уже 20 секунд; попробуйте ещё раз",
        ) from error
    except OSError as error:
        raise CjmError(
            en=f"{path}: could not be saved ({reason(error)}); nothing was changed",
            ru=f"{path}: сохранить не удалось ({reason(error)}); ничего не изменено",
        ) from error


def set_aside(path: str | os.PathLike[str], content: str | bytes, *, session: str) -> Path:
    """Keep work that cannot go to its file: as ``unsaved/<name>.<session><suffix>`` beside it.

    One session writes one such file; nobody else's is touched. :func:`waiting` finds them all.

    Parameters
    ----------
    path : path-like
        The file that it should have gone to.
    content : str or bytes
        The work.
    session : str
        A word of letters and digits that is this session's own.
    """
    target = Path(path)
    return write_atomically(target.parent / "unsaved" / f"{target.stem}.{session}{target.suffix}", content)


def waiting(path: str | os.PathLike[str]) -> list[Path]:
    r"""Work of other sessions that was set aside, the newest last: for one file, or for all files of a folder.

    What the file itself holds by now, word for word, waits for nobody.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "notes.txt"
    >>> for session, text in (("0a", "mine"), ("0b", "yours")):
    ...     _ = set_aside(path, text, session=session)
    >>> _ = path.write_text("yours")
    >>> [p.name for p in waiting(path)], len(waiting(path.parent))
    (['notes.0a.txt'], 1)
    """
    target = Path(path)
    if target.is_dir():
        found = [
            p
            for folder in sorted(target.rglob("unsaved"))
            if not any(part.startswith(".") for part in folder.relative_to(target).parts)
            for p in _in_folder(folder)
        ]
    else:
        found = [p for p in _in_folder(target.parent / "unsaved") if in_place_of(p) == target]
    return sorted((p for p in found if seen(p) != seen(in_place_of(p))), key=lambda p: (p.stat().st_mtime, p.name))


def _in_folder(folder: Path) -> list[Path]:
    return [p for p in folder.iterdir() if is_ours(p) and p.is_file()] if folder.is_dir() else []


def in_place_of(aside: Path) -> Path:
    """The file that a work set aside should have gone to: ``a/unsaved/b.0f3c.csv`` belongs to ``a/b.csv``."""
    name = re.sub(r"\.[0-9a-f]+(\.[^.]*)?$", r"\1", aside.name) if aside.name.count(".") > 1 else aside.name
    return aside.parent.parent / name


def keep_earlier(path: str | os.PathLike[str], new: str | bytes) -> Path | None:
    """Keep what a file holds now in ``history/`` beside it; None where it holds nothing, or just what is `new`."""
    target = Path(path)
    old = seen(target)
    if old is None or old == (new.encode() if isinstance(new, str) else new):
        return None
    stamp = hashlib.blake2b(old, digest_size=4).hexdigest()
    return write_atomically(target.parent / "history" / f"{target.stem}-{stamp}{target.suffix}", old)


def is_ours(path: str | os.PathLike[str]) -> bool:
    """Whether a file is material: not hidden, not a side file of macOS (``._x``) or of an office program (``~$x``)."""
    return not Path(path).name.startswith((".", "~"))


def bare_name(path: str | os.PathLike[str]) -> str:
    """A file's name without the ending of its format and of its packing; a date in the name stays whole.

    Examples
    --------
    >>> bare_name("guests 12.10.csv"), bare_name("log.csv.gz")
    ('guests 12.10', 'log')
    """
    path = Path(path)
    path = path.with_suffix("") if path.suffix.lower() in (".gz", ".zip", ".bz2", ".xz", ".zst") else path
    return path.stem


def file_name(text: str) -> str:
    """The name under which something that a person called `text` lies on the disk: one text, one name.

    Letters are composed (NFC). What no file may be called is written as ``%`` with its number, so that ``a:b``,
    ``a/b`` and ``a_b`` are three files; a name too long for a disk ends in a sum of the whole.

    Examples
    --------
    >>> file_name("Анна К."), file_name("a/b"), file_name("a_b"), file_name("100%")
    ('Анна К%2E', 'a%2Fb', 'a_b', '100%25')
    """
    composed = unicodedata.normalize("NFC", text)
    out = re.sub(r'[%<>:"/\\|?*\x00-\x1f]|^[.~ ]|[. ]$', lambda m: f"%{ord(m[0]):02X}", composed)
    if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", out):
        out = f"%{ord(out[0]):02X}{out[1:]}"
    if len(out.encode("utf-8", "replace")) > _LONGEST:
        sum_ = hashlib.sha256(composed.encode("utf-8", "replace")).hexdigest()[:12]
        out = f"{out.encode('utf-8', 'replace')[: _LONGEST - 13].decode('utf-8', 'ignore')}%{sum_}"
    return out or "%"


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a text file of ours (UTF-8, with or without a BOM).

    Raises
    ------
    FileFormatError
        If it is not UTF-8; the message names the line.
    """
    raw = existing(path).read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileFormatError(
            en="this file is not UTF-8 (it may have been saved by an editor as cp1251); save it again as UTF-8",
            ru="файл не в UTF-8 (возможно, редактор сохранил его как cp1251); сохраните его снова как UTF-8",
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
        raise FileFormatError(
            en=f"this is a {'file' if target.is_file() else 'folder'}; a {what} is expected here",
            ru=f"это {'файл' if target.is_file() else 'папка'}, а нужно: {noun(what)}",
            path=path,
        )
    near: list[str] = []
    if target.parent.is_dir():
        near = get_close_matches(target.name, [p.name for p in target.parent.iterdir()], n=3)
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    may_be = f"; может быть, {' или '.join(map(repr, near))}?" if near else ""
    raise FileFormatError(en=f"there is no such {what}{hint}", ru=f"{noun(what)}: не найдено{may_be}", path=path)


def load_yaml(path: str | os.PathLike[str]) -> Any:
    """Read a YAML file.

    Raises
    ------
    FileFormatError
        With file, line and what to do: a tab, a key that stands twice, broken indentation, not UTF-8.
    """
    return parse_yaml(read_text(existing(path)), path)


@contextlib.contextmanager
def reading(path: object) -> Iterator[None]:
    """What a strange or damaged file makes a reader stumble over is told in a sentence that names the file.

    The last net under every reader: whatever is not an error of ours becomes one, with its cause behind it.

    Examples
    --------
    >>> with reading("map.json"):
    ...     _ = {}["stages"]
    Traceback (most recent call last):
    cjmkit.errors.FileFormatError: map.json: the file cannot be read: damaged or of another kind (KeyError 'stages')
    """
    try:
        yield
    except CjmError:
        raise
    except RecursionError as error:
        raise FileFormatError(en="nested too deeply", ru="слишком глубокая вложенность", path=path) from error
    except MemoryError as error:
        raise FileFormatError(en="too large for the memory", ru="не помещается в память", path=path) from error
    except Exception as error:
        what = f"{type(error).__name__} {str(error)[:120]}".strip()
        raise FileFormatError(
            en=f"the file cannot be read: damaged or of another kind ({what})",
            ru=f"файл не прочитать: повреждён или другого вида ({what})",
            path=path,
        ) from error


def reader(function: Callable[P, T]) -> Callable[P, T]:
    """Mark a function whose first argument is a file: it reads under :func:`reading`."""

    @functools.wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        inspect.signature(function).bind(*args, **kwargs)  # a wrong call is the caller's, not the file's
        with reading(args[0] if args else kwargs.get("path")):
            return function(*args, **kwargs)

    return told


_NODES = 2_000_000
"""Values that one YAML file may stand for, repeated ones counted each time."""


def _check_size(value: Any, path: object) -> None:
    """Refuse what a few lines of repeated parts blow up to, and what holds itself."""
    sizes: dict[int, int] = {}
    stack = [(value, False)]
    while stack:
        node, done = stack.pop()
        parts = [*node.values()] if isinstance(node, dict) else node if isinstance(node, list) else ()
        if done:
            sizes[id(node)] = 1 + sum(sizes.get(id(p), 1) if isinstance(p, dict | list) else 1 for p in parts)
            if sizes[id(node)] > _NODES:
                raise FileFormatError(
                    en="the parts that the file repeats come to millions of values; refused",
                    ru="части, которые файл повторяет, дают миллионы значений; отклонено",
                    path=path,
                )
        elif isinstance(node, dict | list) and id(node) in sizes:
            if sizes[id(node)] == 0:
                raise FileFormatError(en="a part that holds itself", ru="часть, которая содержит саму себя", path=path)
        elif isinstance(node, dict | list):
            sizes[id(node)] = 0
            stack.append((node, True))
            stack += [(p, False) for p in parts if isinstance(p, dict | list)]


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
        value = yaml.load(text, Loader=_loader())
        _check_size(value, path)
        return value
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
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        with reading(path):
            raise error


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
