"""Which language the command line speaks, what the terminal can show, and how a warning looks there."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cjmkit.errors import CjmWarning
from cjmkit.i18n import LANGUAGES

__all__ = ["as_sentence", "asked", "can_show", "of_the_terminal"]


def asked(words: Sequence[str]) -> str | None:
    """The language that the command line names; help and errors need it before the line is read."""
    for k, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--language":
            value = value if equals else "".join(words[k + 1 : k + 2])
            return value if value in LANGUAGES else None
    return None


def of_the_terminal() -> str:
    """Russian where the locale is Russian and the terminal can show it."""
    locale = next((os.environ[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), "")
    return "ru" if locale.casefold().startswith("ru") and can_show("я") else "en"


def can_show(text: str) -> bool:
    """Whether the terminal has the letters of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def as_sentence(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """A warning of ours without the line of our code that gave it."""
    return f"cjmkit: {message}\n" if issubclass(category, CjmWarning) else f"{filename}:{lineno}: {message}\n"
