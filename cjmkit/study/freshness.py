"""Freshness: what each kept result was made from, so that one from other material is never used unnoticed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from cjmkit._version import __version__
from cjmkit.exchange.yaml_file import dump_yaml
from cjmkit.files import load_yaml, write_atomically
from cjmkit.study.data import StudyData

__all__ = ["INPUTS", "fingerprint", "is_fresh", "record", "stale"]

INPUTS = (
    "study.yaml", "codebook.yaml", "interviews", "codings", "surveys", "events", "voices",
    "sources", "plan", "variables.yaml", "placements",
)  # fmt: skip
"""Where the material lies."""

# Which section of study.yaml decides how a folder is read.
_SETTINGS = {"surveys": ("survey",), "events": ("events",), "codings": ("codings",), "voices": ("voices",)}


def fingerprint(path: Path) -> str:
    """A hash of a file, or of all files of a folder with their names; empty where there is none."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] not in ".~")
    if not files:
        return ""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(path.parent).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _now(study: StudyData, name: str) -> str:
    """What decides the content of a folder now: its files, and how study.yaml says to read them."""
    said = [getattr(study.settings, section) for section in _SETTINGS.get(name, ())]
    own = hashlib.sha256("".join(dump_yaml(s) for s in said).encode()).hexdigest()[:8] if said else ""
    return f"{fingerprint(study.path / name)}{own}"


def _book(study: StudyData) -> Path:
    return study.path / "results" / "made-from.yaml"


def _entries(study: StudyData) -> dict[str, Any]:
    return load_yaml(_book(study)) or {} if _book(study).is_file() else {}


def record(study: StudyData, name: str) -> None:
    """Write down what ``results/<name>`` is made from: everything that was read in this session."""
    made = {used: _now(study, used) for used in sorted(study.used)}
    entries = _entries(study) | {name: {"version": __version__, "from": made}}
    write_atomically(_book(study), dump_yaml(dict(sorted(entries.items()))))


def is_fresh(study: StudyData, name: str) -> bool:
    """Whether a result was made from the material that lies there now; one without a record counts as fresh."""
    entry = _entries(study).get(name)
    if entry is None:
        return True
    return entry["version"] == __version__ and all(_now(study, k) == v for k, v in entry["from"].items())


def stale(study: StudyData) -> tuple[str, ...]:
    """Names of the results that were made from other material than there is now.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> stale(cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida"))
    ()
    """
    folder = study.path / "results"
    return tuple(name for name in _entries(study) if (folder / name).is_file() and not is_fresh(study, name))
