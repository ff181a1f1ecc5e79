"""Make the pictures of the how-tos about surveys: run each page and save what its code draws.

    python docs/make_survey_pictures.py [page …]

A picture stands in its page below the block that draws it: ``survey-banner-en.png``, or ``survey-prices-2-en.png``
where a page draws several.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
from PIL import Image

import cjmkit as cj

DOCS = Path(__file__).parent
_FENCE = re.compile(r"^```python\n(.*?)^```\n", re.M | re.S)


def drawn(page: Path) -> list[Any]:
    """What the blocks of a page show, in order."""
    shown: list[Any] = []
    space: dict[str, Any] = {"__name__": page.stem}
    keep, cj.plot.show = cj.plot.show, lambda ax, **_: shown.append(ax)  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for block in _FENCE.findall(page.read_text("utf-8")):
                exec(compile(block, page.name, "exec"), space)
    finally:
        cj.plot.show = keep
    return shown


def main(*names: str) -> None:
    """Make the pictures of all pages about surveys, or of those named."""
    mpl.use("agg")
    home = Path.cwd()
    for folder, lang in ((DOCS / "howto", "en"), (DOCS / "ru" / "howto", "ru")):
        for page in sorted(folder.glob("survey-*.md")):
            if "cj.plot.show" not in page.read_text("utf-8") or (names and page.stem not in names):
                continue
            with tempfile.TemporaryDirectory() as scratch:
                os.chdir(scratch)
                try:
                    axes = drawn(page)
                finally:
                    os.chdir(home)
            for k, ax in enumerate(axes, 1):
                number = f"-{k}" if len(axes) > 1 else ""
                picture = DOCS / "pictures" / f"{page.stem}{number}-{lang}.png"
                ax.get_figure().savefig(picture, dpi=80)
                Image.open(picture).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(picture, optimize=True)
                print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main(*sys.argv[1:])
