"""What the rules look at: the map, and the study's material, read when a rule first asks for it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError
from cjmkit.i18n import say

__all__ = ["CHECKS", "Check", "Context", "Remark", "checks"]


class Remark(NamedTuple):
    """What a rule has to say, and where on the map."""

    text: str
    stage: str = ""
    lane: str = ""
    id: str = ""


Check = Callable[["Context"], Iterator[Remark]]

CHECKS: dict[str, Check] = {}
"""The function that looks for each rule."""


def checks(rule: str) -> Callable[[Check], Check]:
    """Say which rule of the table a function looks for."""

    def bind(check: Check) -> Check:
        CHECKS[rule] = check
        return check

    return bind


class Context:
    """One map under examination."""

    def __init__(
        self,
        journey: Journey,
        *,
        study: Any,
        documents: Any,
        lang: str,
        today: dt.date,
        stale_after: float,
    ) -> None:
        self.journey, self.study, self.lang = journey, study, lang
        self.today, self.stale_after = today, stale_after
        self._documents = documents
        self._items: dict[str, set[str] | None] = {}
        self._hashes: dict[Path, str] = {}
        self.unreadable: list[str] = []
        self.cited = tuple(journey.cited())

    def words(self, en: str, ru: str) -> str:
        """A remark in the language asked for."""
        return say(en=en, ru=ru, lang=self.lang)

    @cached_property
    def texts(self) -> dict[str, str] | None:
        """Document texts by name; None where nobody gave any."""
        given = self._documents
        if given is None and self.study is not None and self.study.has("interviews"):
            try:
                given = self.study.documents()
            except (CjmError, OSError) as error:
                self.unreadable.append(str(error))
        if given is None:
            return None
        if isinstance(given, Mapping):
            return {str(k): str(v) for k, v in given.items()}
        return dict(zip(given["document"].astype(str), given["text"].astype(str)))

    def files(self, folder: str) -> dict[str, list[Path]] | None:
        """Files of a folder of the study by their name before the first dot; None without a study."""
        path = getattr(self.study, "path", None)
        if path is None or not (Path(path) / folder).is_dir():
            return None
        out: dict[str, list[Path]] = {}
        for file in sorted((Path(path) / folder).iterdir()):
            if not file.name.startswith(".") and not file.name.endswith(".items.yaml"):
                out.setdefault(file.name.split(".")[0], []).append(file)
                out.setdefault(file.stem, []).append(file)
        return out

    def survey_items(self, name: str) -> set[str] | None:
        """Items of one of the study's surveys; None where it cannot be read."""
        if name not in self._items:
            try:
                self._items[name] = {" ".join(str(i).split()) for i in self.study.survey(name).items["item"]}
            except (CjmError, OSError, AttributeError, KeyError) as error:
                self.unreadable.append(f"{name}: {error}")
                self._items[name] = None
        return self._items[name]

    def sha256(self, file: Path) -> str:
        """Hash of a file, computed once."""
        if file not in self._hashes:
            self._hashes[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._hashes[file]

    @cached_property
    def participants(self) -> Any:
        """The participants table of the study; None where there is none."""
        if self.study is None or not hasattr(self.study, "participants"):
            return None
        try:
            return self.study.participants()
        except (CjmError, OSError) as error:
            self.unreadable.append(str(error))
            return None

    @cached_property
    def desk_sources(self) -> set[str] | None:
        """Ids of the study's source log; None where it has none."""
        if self.study is None or not self.study.has("sources"):
            return None
        try:
            return set(self.study.table("sources")["id"].astype(str))
        except (CjmError, OSError, KeyError) as error:
            self.unreadable.append(str(error))
            return None
