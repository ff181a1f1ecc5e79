"""What the rules look at: the map, and the study's material, read when a rule first asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError
from cjmkit.i18n import say
from cjmkit.lint.findings import Finding

__all__ = ["Context"]


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
        small_n: int,
        stale_after: float,
    ) -> None:
        self.journey, self.study, self.lang = journey, study, lang
        self.today, self.small_n, self.stale_after = today, small_n, stale_after
        self._documents = documents
        self.unreadable: list[str] = []
        self.titles = {s.id: s.title for s in journey.stages}

    def find(self, rule: str, en: str, ru: str, *, stage: str = "", lane: str = "", id: str = "") -> Finding:
        """A finding in the language asked for, with its stage in front."""
        message = say(en=en, ru=ru, lang=self.lang)
        if stage:
            message = f"{self.titles.get(stage, stage)}: {message}"
        return Finding(rule, message, stage, lane, id)

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
