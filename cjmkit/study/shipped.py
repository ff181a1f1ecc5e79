"""Where the shipped studies and notebook templates lie: at the top of a checkout, inside an installed package."""

from __future__ import annotations

from pathlib import Path

from cjmkit.errors import CjmError, suggest

__all__ = ["datasets", "example", "templates"]

EXAMPLES = {"ru": "residential", "en": "mealkit"}
"""The shipped study of each language."""


def _folder(name: str) -> Path:
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "_shipped" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise CjmError(
        en=f"the shipped {name} are missing beside {package}; install cjmkit again",
        ru=f"рядом с {package} нет готовых {name}; установите cjmkit заново",
    )


def datasets() -> dict[str, Path]:
    """The shipped studies by name."""
    return {p.parent.name: p.parent for p in sorted(_folder("datasets").glob("*/study.yaml"))}


def example(name: str) -> Path:
    """The folder of one shipped study.

    Raises
    ------
    CjmError
        If there is no such study.
    """
    found = datasets()
    if name not in found:
        raise CjmError(suggest(name, found, what="shipped study"))
    return found[name]


def templates(language: str) -> list[Path]:
    """The start page and the eight notebooks of a language, in order."""
    return sorted((_folder("notebooks") / language).glob("[0-9][0-9]_*.ipynb"))
