"""How wide text is, measured with the fonts that will draw it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

__all__ = ["Measure", "families"]

_SPARE = re.compile(
    r"CJK|Noto Sans|Noto Emoji|Symbola|Unifont|WenQuanYi|Droid|Gothic|Malgun|YaHei|PingFang|Hiragino|Segoe UI|"
    r"Arial Unicode|FreeSans|FreeSerif"
)
_TOFU = "□"


@cache
def _font(path: str) -> Any:
    from matplotlib.font_manager import get_font

    return get_font(path)


@cache
def _main(bold: bool) -> str:
    from matplotlib.font_manager import FontProperties, findfont

    return str(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))


@cache
def _spare() -> tuple[tuple[str, str], ...]:
    """Further fonts of this machine that may have what DejaVu lacks: (family, path)."""
    from matplotlib.font_manager import fontManager

    seen: dict[str, str] = {}

    def plainness(entry: Any) -> tuple[bool, int]:
        return entry.style != "normal", abs(int(entry.weight) - 400) if str(entry.weight).isdigit() else 500

    for entry in sorted(fontManager.ttflist, key=plainness):
        if _SPARE.search(entry.name) and "Color" not in entry.name:
            seen.setdefault(entry.name, entry.fname)
    return tuple(seen.items())


@cache
def _family_with(code: int) -> str | None:
    """A family of this machine that has the character; None where no font has it."""
    if _font(_main(False)).get_char_index(code):
        return "DejaVu Sans"
    for name, path in _spare():
        try:
            if _font(path).get_char_index(code):
                return name
        except (OSError, RuntimeError):  # a broken or colour-only font file of the machine
            continue
    return None


@cache
def _advance(char: str, bold: bool) -> float:
    """Width of a character as a share of the font size."""
    family = _family_with(ord(char))
    path = _main(bold) if family in ("DejaVu Sans", None) else dict(_spare())[family or ""]
    font = _font(path)
    font.set_size(100, 72)
    from matplotlib.ft2font import LoadFlags

    glyph = font.load_char(ord(char if family else _TOFU), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / 100


def families(text: str) -> list[str]:
    """The families that a text needs, DejaVu Sans first."""
    found = dict.fromkeys(f for c in set(text) if (f := _family_with(ord(c))) and f != "DejaVu Sans")
    return ["DejaVu Sans", *found]


def _hyphen(word: str, most: int) -> int:
    """Where a long word may be hyphenated at the latest: before a consonant and a vowel; 0 for nowhere.

    Two letters with a vowel at least stay before the hyphen, three after it; what is no word of letters is broken
    wherever it has to be.
    """
    if not word.strip('«»“”"().,:;!?').replace("-", "").isalpha():
        return 0
    for k in range(min(most, len(word) - 3), 1, -1):
        a, b, c = tuple(word[k - 1 : k + 2].lower())
        if b.isalpha() and b not in _VOWELS + "ьъй" and c in _VOWELS and any(v in _VOWELS for v in word[:k].lower()):
            return 0 if a == "-" else k
    return 0


_VOWELS = "aeiouyаеёиоуыэюя"


class Measure:
    """Breaks text into lines that fit; remembers which characters no font has."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self._seen: dict[str, float] = {}

    def clean(self, text: str) -> str:
        """The text as the fonts can draw it: invisible characters go, missing ones become a visible box."""
        out = []
        for c in text.replace("\t", " "):
            category = unicodedata.category(c)
            if c in "\n\xa0":
                out.append(c)
            elif category.startswith("Z"):
                out.append(" ")
            elif category in ("Cc", "Cf"):
                continue  # control and joining characters have no shape of their own
            elif _family_with(ord(c)):
                out.append(c)
            else:
                self.missing.add(c)
                out.append(_TOFU)
        return "".join(out)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Width in points."""
        return size * sum(_advance(c, bold) for c in text)

    def wrap(self, text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
        """Lines no wider than `width`; a word that is too long is broken."""
        # Drawn text is a little wider than its metrics (hinting, kerning): one per cent is kept free.
        room = width * 0.985
        out: list[str] = []
        space = self.width(" ", size, bold=bold)
        for paragraph in self.clean(text).split("\n"):
            line, used = "", 0.0
            # A figure keeps its n on its line.
            for word in re.sub(r"n = (\d)", "n\xa0=\xa0\\1", paragraph).split(" "):
                if not word:
                    continue
                wide = self.width(word, size, bold=bold)
                if line and used + space + wide <= room:
                    line, used = f"{line} {word}", used + space + wide
                    continue
                if line:
                    out.append(line)
                while wide > room and len(word) > 1:
                    cut = self._cut(word, room, size, bold)
                    hyphen = _hyphen(word, self._cut(word, room - size * 0.4, size, bold))
                    out.append(word[:hyphen] + "-" if hyphen else word[:cut])
                    word = word[hyphen or cut :]
                    wide = self.width(word, size, bold=bold)
                line, used = word, wide
            if line:
                out.append(line)
        return tuple(out) or ("",)

    def _cut(self, word: str, room: float, size: float, bold: bool) -> int:
        used = 0.0
        for k, c in enumerate(word):
            used += self.width(c, size, bold=bold)
            if used > room:
                return max(1, k)
        return len(word)
