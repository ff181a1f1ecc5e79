"""Where an editor's map lies: its file, and the editor's own unsaved file beside it; nobody else's is touched."""

from __future__ import annotations

import contextlib
import secrets
from datetime import datetime
from pathlib import Path

from cjmkit import exchange
from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError, suggest
from cjmkit.exchange.yaml_file import dump_yaml, read_journey, write_journey
from cjmkit.files import keep_earlier, locked, seen, set_aside, waiting
from cjmkit.i18n import say

__all__ = ["Drafts"]


class Drafts:
    """The file of one editor with what waits beside it.

    Parameters
    ----------
    path : pathlib.Path
        Where the map is saved.
    journey : Journey
        What the editor starts from.
    lang : str
        Language of the messages.
    """

    def __init__(self, path: Path, journey: Journey, lang: str) -> None:
        self.path, self._lang, self._session = path, lang, secrets.token_hex(4)
        self._before = seen(path)
        self.saved = readable(path)
        # What nobody in this editor has seen must not be overwritten.
        self.differs = self._before is not None and self.saved != journey
        self._own: Path | None = None
        self._taken: dict[Path, bytes | None] = {}
        self.offered = [p for p in waiting(path) if readable(p) not in (None, journey)]

    def keep(self, journey: Journey) -> None:
        """Keep the map as it stands in this editor's own unsaved file."""
        self._own = set_aside(self.path, dump_yaml(journey), session=self._session)

    def message(self) -> str:
        """What a person should know before editing: work that waits, a file that holds another map."""
        out = []
        if self.offered:
            names = ", ".join(p.name for p in self.offered)
            out.append(
                say(
                    en=f"unsaved work of another editor is in unsaved/ ({names}): editor.recover() takes it up",
                    ru=f"в unsaved/ лежит несохранённая работа другого редактора ({names}): editor.recover() её вернёт",
                    lang=self._lang,
                )
            )
        if self.differs:
            out.append(
                say(
                    en=f"{self.path.name} holds another map than this one; save() will show the difference",
                    ru=f"в {self.path.name} лежит другая карта; save() покажет разницу",
                    lang=self._lang,
                )
            )
        return "; ".join(out)

    def take(self, name: str | None, journey: Journey) -> Journey:
        """The unsaved work of that name, or the only one; its file goes when the map is saved."""
        offered = {p.name: p for p in self.offered}
        if not offered:
            raise CjmError(
                en="there is no unsaved work beside this journey", ru="рядом с этой картой нет несохранённой работы"
            )
        if name is None and len(offered) > 1:
            listed = "\n".join(f"  {n}, {_when(p)}: {_difference(journey, p)}" for n, p in offered.items())
            first = next(reversed(offered))
            raise CjmError(
                en=f"unsaved work of {len(offered)} editors waits, the newest last:\n{listed}\n"
                f"Take one, for example editor.recover({first!r})",
                ru=f"ждёт несохранённая работа, редакторов: {len(offered)}, новейшая в конце:\n{listed}\n"
                f"Возьмите одну, например editor.recover({first!r})",
            )
        wanted = name or next(iter(offered))
        if wanted not in offered:
            raise CjmError(suggest(wanted, offered, what="file"))
        path = offered[wanted]
        content = seen(path)
        taken = readable(path)
        if taken is None:
            raise CjmError(en=f"unsaved/{wanted} is gone or cannot be read", ru=f"unsaved/{wanted} нет или не читается")
        self._taken[path] = content
        self.offered.remove(path)
        return taken

    def save(self, journey: Journey, *, replace: bool) -> None:
        """Write the map if the file is still the one that this editor knows; an earlier version goes to history/."""
        with locked(self.path):
            changed = self.differs or seen(self.path) != self._before
            if changed and not replace:
                theirs = readable(self.path)
                self.keep(journey)
                name = self._own.name if self._own else ""
                difference = exchange.diff(theirs, journey, lang=self._lang) if theirs is not None else "—"
                raise CjmError(
                    en=f"{self.path.name} was changed by somebody else since this editor opened it; yours differs so:\n"
                    f"{difference}\nKeep yours with save(replace=True), or reopen the file; your work is in "
                    f"unsaved/{name}",
                    ru=f"{self.path.name} изменил кто-то другой после открытия; ваша карта отличается так:\n"
                    f"{difference}\nОставить вашу: save(replace=True); или откройте файл снова; ваша работа лежит в "
                    f"unsaved/{name}",
                )
            if changed or (self.path.resolve().parent.parent / "study.yaml").is_file():
                keep_earlier(self.path, dump_yaml(journey))
            write_journey(journey, self.path)
            self._before, self.saved, self.differs = seen(self.path), journey, False
            self._clear()

    def _clear(self) -> None:
        """Take away what the saved file holds by now: this editor's own, and what it took up and nobody wrote since."""
        own = {} if self._own is None else {self._own: seen(self._own)}
        for path, content in (self._taken | own).items():
            if seen(path) == content:
                path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (self.path.parent / "unsaved").rmdir()
        self._own, self._taken = None, {}


def readable(path: Path) -> Journey | None:
    """The journey in a file, or None where there is none or it cannot be read: a broken side file stops nobody."""
    try:
        return read_journey(path) if path.is_file() else None
    except CjmError:
        return None


def _when(path: Path) -> str:
    return f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d %H:%M}"


def _difference(journey: Journey, path: Path) -> str:
    other = readable(path)
    lines = str(exchange.diff(journey, other)).strip().splitlines() if other is not None else []
    return "; ".join(line.strip() for line in lines[:3]) + (" …" if len(lines) > 3 else "")
