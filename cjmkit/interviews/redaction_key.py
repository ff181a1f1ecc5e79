"""The way back from pseudonyms to what they stand for; kept apart from the study that it protects."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from cjmkit.errors import CjmError, FileFormatError
from cjmkit.files import read_text, reader, write_atomically

__all__ = ["Key", "read_key"]


@dataclass(frozen=True, repr=False)
class Key:
    """What stands behind the pseudonyms; whoever has it can undo the redaction, so keep it apart from the study.

    Parameters
    ----------
    originals : dict of str to tuple of str
        For each pseudonym the spellings it replaced.
    spans : dict
        For each document the places in the redacted text: (start, end, original).
    sha256 : dict
        Hash of each redacted text, so that a key is never applied to another text.
    """

    originals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spans: dict[str, tuple[tuple[int, int, str], ...]] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the key as JSON, readable by you alone.

        Raises
        ------
        CjmError
            If the place is inside a study or a git working tree, where it would travel with what it protects.
        """
        target = Path(path).resolve()
        for folder in target.parents:
            if (folder / ".git").exists() or (folder / "study.yaml").exists():
                raise CjmError(
                    en=f"the key must not lie inside {folder}: it would be shared together with the study it protects. "
                    f"Choose a place outside, for example {Path.home() / target.name}",
                    ru=f"ключ не должен лежать в {folder}: его отдали бы вместе с исследованием, которое он защищает. "
                    f"Выберите место снаружи, например {Path.home() / target.name}",
                )
        content = {
            "format": "cjmkit/key/1",
            "originals": {k: list(v) for k, v in self.originals.items()},
            "sha256": self.sha256,
            "spans": {d: [list(s) for s in spans] for d, spans in self.spans.items()},
        }
        if target.is_file():
            os.chmod(target, 0o600)  # the new one takes over the old one's mode
        return write_atomically(target, json.dumps(content, ensure_ascii=False, indent=1), private=True)

    def __repr__(self) -> str:
        # Never the originals: a repr ends up in a notebook's output.
        return f"<Key: {len(self.originals)} pseudonyms in {len(self.spans)} documents; keep it outside the study>"


@reader
def read_key(path: str | os.PathLike[str]) -> Key:
    """Read a key that :meth:`Key.save` wrote.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> hidden = cj.interviews.redact(["Peter Hill called"], names=["Peter Hill"])
    >>> path = hidden.key.save(tempfile.mkdtemp() + "/key.json")
    >>> cj.interviews.read_key(path) == hidden.key
    True
    """
    try:
        loaded = json.loads(read_text(path))
        if loaded.get("format") != "cjmkit/key/1":
            raise FileFormatError(en="not a key of cjmkit", ru="это не ключ cjmkit", path=path)
        return Key(
            {k: tuple(v) for k, v in loaded["originals"].items()},
            {d: tuple((int(a), int(b), str(t)) for a, b, t in spans) for d, spans in loaded["spans"].items()},
            dict(loaded["sha256"]),
        )
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(
            en=f"not a key of cjmkit ({error})", ru=f"это не ключ cjmkit ({error})", path=path
        ) from error
