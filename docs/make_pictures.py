"""Make the pictures of README and documentation from the shipped studies.

    python docs/make_pictures.py [map|panes]

Runs the notebooks of both studies in a scratch folder, opens the maps and JupyterLab in Chromium, and writes
docs/pictures. Needs ``pip install -e ".[test]"`` and Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import cjmkit as cj
from cjmkit.compare.waves import by_waves
from cjmkit.study import runner

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
LARGEST = 400_000  # bytes; a README is read on slow lines too
TALLEST = 3_000  # pixels of a shipped study at 1,440

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


def with_interviews_only(scratch: Path) -> cj.Study:
    """The Russian study as somebody has it who could only talk to people: no survey, log, plan or desk research."""
    study = cj.Study.example("residential", scratch / "interviews-only")
    for part in ("surveys", "events", "plan", "sources", "placements"):
        shutil.rmtree(study.path / part, ignore_errors=True)
    settings = yaml.safe_load((study.path / "study.yaml").read_text("utf-8"))
    kept = {k: v for k, v in settings.items() if k not in ("survey", "events", "voices")}
    kept["brief"].pop("target", None)
    (study.path / "study.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True), "utf-8")
    runner.run(study.path)
    return study


def pictures_of_map(browser: Browser, study: cj.Study, lang: str, name: str) -> None:
    """First screen, whole page, phone, dark with one persona, both sheets of paper, slides, picture for a slide."""
    journey, scratch = study.journey(), Path(tempfile.mkdtemp())
    waves = next((w for w in by_waves(study.journeys()) if w.latest == journey), None)
    asked = study.settings.brief.question if lang == study.language else ""
    cj.report.html(
        journey, scratch / "map.html", documents=study.documents(), lang=lang, headline=study.settings.headline,
        question=asked, earlier=waves.earlier if waves else None,
    )  # fmt: skip
    address = (scratch / "map.html").as_uri()

    def shot(what: str, address: str = address, whole: bool = False, **look: Any) -> Any:
        page = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | look)).new_page()
        page.goto(address)
        path = PICTURES / f"map-{what}{name}.png"
        page.screenshot(path=path, full_page=whole)
        save(path)
        return page

    page = shot("")
    tall = page.evaluate("document.documentElement.scrollHeight")
    if tall > TALLEST:
        raise SystemExit(f"{name} is {tall} px tall; at most {TALLEST}")
    shot("whole-", whole=True)
    shot("dark-", f"{address}#p=P2", color_scheme="dark")
    shot("phone-", viewport={"width": 390, "height": 844})
    page.pdf(path=scratch / "map.pdf", prefer_css_page_size=True, print_background=True)
    pages_of(scratch / "map.pdf", PICTURES / f"map-print-{name}.png", across=1, dots=60, most=2)
    cj.exchange.to_pptx(journey, scratch / "map.pptx", lang=lang)
    order = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(scratch), str(scratch / "map.pptx")]
    subprocess.run(order, check=True, capture_output=True)
    pages_of(scratch / "map.pdf", PICTURES / f"map-deck-{name}.png", across=3, dots=36)
    cj.report.save_picture(journey, PICTURES / f"map-slide-{name}.png", size="16:9", dpi=110, lang=lang)
    save(PICTURES / f"map-slide-{name}.png")
    if name == "en":
        page.locator("li.n.b .e").first.click()
        page.wait_for_timeout(700)
        page.screenshot(path=PICTURES / "evidence-en.png")
        save(PICTURES / "evidence-en.png")


def pages_of(pdf: Path, picture: Path, *, across: int, dots: int, most: int = 99) -> None:
    """The pages of a PDF beside each other, as the eye would go over them."""
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", str(pdf), str(pdf.with_suffix(""))], check=True)
    sheets = [Image.open(p) for p in sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))[:most]]
    for p in pdf.parent.glob(f"{pdf.stem}-*.png"):
        p.unlink()
    wide, high, gap = max(s.width for s in sheets), max(s.height for s in sheets), 8
    rows = -(-len(sheets) // across)
    out = Image.new("RGB", (across * (wide + gap) + gap, rows * (high + gap) + gap), "#8b90a0")
    for k, s in enumerate(sheets):
        out.paste(s, (gap + k % across * (wide + gap), gap + k // across * (high + gap)))
    out.save(picture)
    save(picture)


def pictures_of_many(browser: Browser, studies: list[cj.Study]) -> None:
    """The portfolio of the shipped studies, and persona cards in a light and in a dark notebook."""
    scratch = Path(tempfile.mkdtemp())
    journeys = [j for s in studies for j in s.journeys()]
    (scratch / "index.html").write_text(cj.report.portfolio(journeys, lang="en"), "utf-8")
    for study, (ground, ink) in zip(studies, (("#fff", "#111"), ("#111", "#eee"))):
        j = study.journey()
        cards = "".join(cj.personas.card_html(p, j.language, journey=j) for p in j.personas[:2])
        body = f"<meta charset=utf-8><body style='background:{ground};color:{ink};font-family:sans-serif'>{cards}"
        (scratch / f"cards-{study.language}.html").write_text(body, "utf-8")
    pages = (("portfolio", "index"), *((f"cards-{s.language}", f"cards-{s.language}") for s in studies))
    for name, file in pages:
        page = browser.new_page(viewport={"width": 1300 if name == "portfolio" else 860, "height": 760})
        page.goto((scratch / f"{file}.html").as_uri())
        page.screenshot(path=PICTURES / f"{name}.png")
        save(PICTURES / f"{name}.png")


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
        bare = with_interviews_only(Path(folder)) if what != "panes" else None
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            if what != "panes":
                for study in studies:
                    for lang in ("en", "ru"):
                        own = "" if lang == study.language else f"-{study.path.name}"
                        pictures_of_map(browser, study, lang, f"{lang}{own}")
                assert bare is not None
                pictures_of_map(browser, bare, "ru", "ru-interviews-only")
                pictures_of_many(browser, studies)
            if what != "map":
                picture_of_widget(browser, studies[0], "coding-pane", PANE, ".cjm-pane", in_the_pane)
                picture_of_widget(browser, studies[0], "map-editor", EDITOR, ".cjm-editor", in_the_editor)
            browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
