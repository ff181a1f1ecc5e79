"""Make the pictures of README and documentation from the shipped studies.

    python docs/make_pictures.py [map|panes]

Runs the notebooks of both studies in a scratch folder, opens the maps and JupyterLab in Chromium, and writes
docs/pictures. Needs ``pip install -e ".[test]"`` and Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import cjmkit as cj
from cjmkit.study import runner

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
LARGEST = 400_000  # bytes; a README is read on slow lines too

sys.path.insert(0, str(ROOT / "tests" / "browser"))
import lab as jupyterlab  # noqa: E402


def save(picture: Path) -> None:
    """Fewer colours make a small file; text stays sharp."""
    Image.open(picture).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)
    size = picture.stat().st_size
    print(f"{picture.relative_to(ROOT)}: {size / 1000:.0f} KB")
    if size > LARGEST:
        raise SystemExit(f"{picture.name} is larger than {LARGEST} bytes; show less of the page")


def finished(name: str, scratch: Path) -> cj.Study:
    """A copy of a shipped study with its notebooks run."""
    study = cj.Study.example(name, scratch / name)
    runner.run(study.path)
    return study


def pictures_of_map(browser: Browser, study: cj.Study) -> None:
    """Show the first screen, the whole page, a phone in the dark, and what the first barrier rests on."""
    address = (study.path / "report" / "map.html").as_uri()
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(address)
    page.screenshot(path=PICTURES / f"map-{study.language}.png")
    save(PICTURES / f"map-{study.language}.png")
    page.screenshot(path=PICTURES / f"map-whole-{study.language}.png", full_page=True)
    save(PICTURES / f"map-whole-{study.language}.png")
    if study.language == "en":
        page.locator("li.n.b .e").first.click()
        page.wait_for_timeout(700)
        page.screenshot(path=PICTURES / "evidence-en.png")
        save(PICTURES / "evidence-en.png")
    slide = PICTURES / f"map-slide-{study.language}.png"
    cj.report.save_picture(study.journey(), slide, size="16:9", dpi=110)
    save(slide)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark").new_page()
    phone.goto(address + "#p=P2")
    phone.screenshot(path=PICTURES / f"map-phone-{study.language}.png")
    save(PICTURES / f"map-phone-{study.language}.png")


PANE = """
import cjmkit as cj

study = cj.Study.here()
pane = cj.widgets.coding_pane(
    study.documents(), study.turns(), study.codings(), codebook=study.codebook(),
    coder="maya", stages=study.stages(), document="interview-03.txt",
)
pane
"""
EDITOR = """
import cjmkit as cj

study = cj.Study.here()
cj.widgets.map_editor(study.journey(), evidence=[cj.cite(row) for _, row in study.codings().iterrows()])
"""


def picture_of_widget(browser: Browser, study: cj.Study, name: str, cell: str, box: str, act: Any) -> None:
    """Run a cell in JupyterLab, do what a person would do, and take a picture."""
    scratch = Path(tempfile.mkdtemp())
    jupyterlab.write_notebook(study.path / f"{name}.ipynb", [cell.strip()])
    server = jupyterlab.Server(study.path, scratch, "light")
    try:
        server.wait()
        page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        lab = jupyterlab.Lab(page, server)
        lab.open(f"{name}.ipynb")
        page.evaluate("window.jupyterapp.shell.collapseLeft()")
        lab.run_all()
        page.locator(box).first.wait_for()
        act(page)
        page.wait_for_timeout(700)
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path)
        save(path)
        lab.close()
    finally:
        server.stop()


def in_the_pane(page: Any) -> None:
    """Select a few words with the keyboard, so that the picture shows what a selection looks like."""
    page.locator(".cjm-text").focus()
    for key in ["ArrowDown"] * 3 + ["ArrowRight"] + ["Shift+ArrowRight"] * 6:
        page.keyboard.press(key)
    page.locator(".cjm-pane").scroll_into_view_if_needed()


def in_the_editor(page: Any) -> None:
    """Bring the editor into sight."""
    page.locator(".cjm-editor").scroll_into_view_if_needed()


def main(what: str = "") -> None:
    """Make all pictures, or only those of the maps or the panes."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        names = ["mealkit"] if what == "panes" else ["mealkit", "residential"]
        studies = [finished(name, Path(folder)) for name in names]
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            if what != "panes":
                for study in studies:
                    pictures_of_map(browser, study)
            if what != "map":
                picture_of_widget(browser, studies[0], "coding-pane", PANE, ".cjm-pane", in_the_pane)
                picture_of_widget(browser, studies[0], "map-editor", EDITOR, ".cjm-editor", in_the_editor)
            browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
