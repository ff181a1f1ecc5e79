"""What a desk keeps beside the codings: the codebook's file, and what was looked at, settled and refused."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cjmkit.coding.codebook import Codebook
from cjmkit.coding.coder_file import CoderFile
from cjmkit.errors import CjmError, FileFormatError
from cjmkit.files import seen, set_aside, write_atomically, write_unless_changed
from cjmkit.i18n import say

__all__ = ["BookFile", "Notes"]


@dataclass(frozen=True)
class Notes:
    """What no coding says: turns seen (document → starts), turns settled with whom, suggestions refused."""

    seen: dict[str, frozenset[int]]
    settled: frozenset[tuple[str, int, str]] = frozenset()
    refused: frozenset[tuple[str, int, int, str]] = frozenset()

    @classmethod
    def read(cls, file: CoderFile | None) -> Notes:
        """The notes beside a coder's file; they hold places and codes, nobody's words."""
        path = _beside(file)
        if path is None or not path.is_file():
            return cls({})
        try:
            found = json.loads(path.read_text("utf-8"))
            return cls(
                {str(d): frozenset(map(int, starts)) for d, starts in found["seen"].items()},
                frozenset((str(d), int(s), str(w)) for d, s, w in found["settled"]),
                frozenset((str(d), int(a), int(b), str(c)) for d, a, b, c in found["refused"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
            raise FileFormatError(
                en="these notes of the coding pane cannot be read; move the file away to begin new ones",
                ru="заметки панели не читаются; уберите файл, чтобы начать новые",
                path=path,
            ) from error

    def write(self, file: CoderFile | None) -> None:
        """Write them beside the coder's file."""
        path = _beside(file)
        if path is not None:
            content = {
                "seen": {d: sorted(s) for d, s in sorted(self.seen.items())},
                "settled": sorted(map(list, self.settled)),
                "refused": sorted(map(list, self.refused)),
            }
            write_atomically(path, json.dumps(content, ensure_ascii=False, indent=1))

    def with_seen(self, document: str, starts: set[int]) -> Notes:
        """With more turns seen."""
        return replace(self, seen={**self.seen, document: self.seen.get(document, frozenset()) | starts})

    def with_settled(self, document: str, start: int, other: str) -> Notes:
        """With a turn settled."""
        return replace(self, settled=self.settled | {(document, start, other)})

    def with_refused(self, tip: dict[str, Any]) -> Notes:
        """With a suggestion refused."""
        place = (str(tip["document"]), int(tip["start"]), int(tip["end"]), str(tip["code"]))
        return replace(self, refused=self.refused | {place})


def _beside(file: CoderFile | None) -> Path | None:
    return None if file is None else file.path.with_name(f".{file.path.stem}.pane.json")


class BookFile:
    """Where the codebook is read and written; two people's new codes both stay.

    Parameters
    ----------
    given : Codebook, path-like or None
        What the pane was opened with.
    folder : path-like or None
        The folder of the coders' files.
    """

    def __init__(self, given: Codebook | str | os.PathLike[str] | None, folder: str | os.PathLike[str] | None) -> None:
        self.path: Path | None = None
        self.book = given if isinstance(given, Codebook) else None
        self.passed_over: list[str] = []
        self._session = secrets.token_hex(4)
        if given is not None and not isinstance(given, Codebook):
            self.path = Path(given)
        elif folder is not None:
            beside, inside = Path(folder).parent / "codebook.yaml", Path(folder) / "codebook.yaml"
            theirs = Codebook.from_yaml(beside) if beside.is_file() else None
            # A study's own file is written only if it is the codebook that was handed in, or holds all of it.
            same = theirs is not None and (self.book is None or set(self.book.names) <= set(theirs.names))
            self.path = beside if same else inside
        self._raw = seen(self.path) if self.path is not None else None
        if self.path is not None and self._raw is not None:
            there = Codebook.from_yaml(self.path)
            self.passed_over = [n for n in (self.book.names if self.book is not None else ()) if n not in there]
            self.book = there

    def save(self, before: Codebook, after: Codebook) -> tuple[Codebook, str]:
        """Write a change of the codebook; the codebook as it then stands, and what there is to say."""
        if self.path is None:
            return after, ""
        for _ in range(5):
            if seen(self.path) != self._raw:
                try:
                    theirs = Codebook.from_yaml(self.path) if self.path.is_file() else before
                    after = _united(before, after, theirs)
                except CjmError:
                    aside = set_aside(self.path, after.yaml(), session=self._session)
                    return after, say(
                        en=f"{self.path.name} cannot be read any more; your codes are in unsaved/{aside.name}",
                        ru=f"{self.path.name} больше не читается; ваши коды лежат в unsaved/{aside.name}",
                    )
                self._raw = seen(self.path)
            text = _header(self._raw) + after.yaml()
            if write_unless_changed(self.path, text, before=self._raw):
                self._raw = text.encode("utf-8")
                return after, ""
        raise CjmError(
            en=f"{self.path}: somebody else keeps changing this file; your codes are not saved yet",
            ru=f"{self.path}: файл непрерывно меняет кто-то другой; ваши коды ещё не сохранены",
        )


def _header(raw: bytes | None) -> str:
    """The comment at the beginning of a file, which a new version keeps."""
    lines = (raw or b"").decode("utf-8", "replace").splitlines(keepends=True)
    end = next((k for k, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:end])


def _united(before: Codebook, after: Codebook, theirs: Codebook) -> Codebook:
    """Their codebook with what changed from `before` to `after`; what changed here wins."""
    old = {c.name: c for c in before}
    mine = {c.name: c for c in after}
    codes = {c.name: c for c in theirs}
    fresh = [n for n in codes if n not in old and n not in mine]
    out = []
    for name, code in mine.items():
        if name in codes and code == old.get(name):
            out.append(codes[name])  # not changed here: theirs has the say
        elif name in codes or code != old.get(name):
            out.append(code)
    out += [codes[n] for n in fresh]
    names = {c.name for c in out}
    return Codebook(tuple(c if c.parent in names else replace(c, parent="") for c in out))
