"""Ready stage models in English and Russian, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cjmkit.core.course import Link
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.errors import one_of
from cjmkit.files import parse_yaml
from cjmkit.i18n import current_language

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Framework", "get", "names", "table"]


def __dir__() -> list[str]:
    return __all__


@dataclass(frozen=True)
class Framework:
    """A stage model.

    Parameters
    ----------
    name : str
        Its name in commands and files.
    data : mapping
        Titles and content in both languages, as in ``frameworks.yaml``.
    """

    name: str
    data: Mapping[str, Any]

    def title(self, lang: str | None = None) -> str:
        """The model's name for reading."""
        return str(self.data["title"][current_language(lang)])

    def about(self, lang: str | None = None) -> str:
        """What it is good for, in a sentence."""
        return str(self.data["about"][current_language(lang)])

    def stages(self, lang: str | None = None, *, content: bool = False) -> tuple[Stage, ...]:
        """The stages; with `content`, the typical notes and channels too, all of them assumptions."""
        lang = current_language(lang)
        return tuple(_stage(s, lang, content) for s in self.data["stages"])

    def links(self) -> tuple[Link, ...]:
        """The loop that closes the model; empty where it does not close."""
        loop = self.data.get("loop")
        return (Link(source=loop[0], target=loop[1], kind="loop"),) if loop else ()


def _stage(data: Mapping[str, Any], lang: str, content: bool) -> Stage:
    lanes: dict[str, Any] = {}
    if content:
        lanes = {lane: tuple(Note(text=n[lang]) for n in data.get(lane, ())) for lane in LANES}
        lanes["touchpoints"] = tuple(Touchpoint(name=c[lang], channel=c[lang]) for c in data.get("channels", ()))
    return Stage(id=data["id"], title=data["title"][lang], phase=data.get("phase"), **lanes)


@cache
def _models() -> dict[str, Framework]:
    raw = parse_yaml(files("cjmkit.core").joinpath("frameworks.yaml").read_text("utf-8"))
    return {name: Framework(name, data) for name, data in raw.items()}


def names() -> tuple[str, ...]:
    """The names of the models.

    Examples
    --------
    >>> "loyalty-loop" in names()
    True
    """
    return tuple(_models())


def get(name: str) -> Framework:
    """One model by its name.

    Raises
    ------
    CjmError
        If there is no such model.

    Examples
    --------
    >>> [s.title for s in get("aida").stages("ru")]
    ['Внимание', 'Интерес', 'Желание', 'Действие']
    """
    return _models()[one_of(name, names(), what="framework")]


def table(lang: str | None = None) -> pd.DataFrame:
    """All models, a row each: name, title, stages (titles joined), about.

    Examples
    --------
    >>> table("en")["name"].tolist()[:3]
    ['five-stages', 'loyalty-loop', 'life-cycle']
    """
    import pandas as pd

    rows = [
        (m.name, m.title(lang), " → ".join(s.title for s in m.stages(lang)), m.about(lang)) for m in _models().values()
    ]
    return pd.DataFrame(rows, columns=["name", "title", "stages", "about"])
