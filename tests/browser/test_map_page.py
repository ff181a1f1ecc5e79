"""The map in a real browser: layout, keyboard, accessibility, paper."""

import os
import re
import shutil
from pathlib import Path

import pytest

import cjmkit as cj

pytestmark = pytest.mark.browser
SIZES = [(1440, 900), (768, 1024), (390, 844)]


def lacking(what):
    if os.environ.get("CI"):
        pytest.fail(f"{what}; in CI it has to be there")
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser():
    sync = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        lacking("no Chromium on this machine (apt-get install chromium)")
    with sync.sync_playwright() as p:
        made = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--headless"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def axe():
    """axe-core, which checks accessibility: from CJMKIT_AXE, or a node_modules beside or above the project."""
    named = os.environ.get("CJMKIT_AXE")
    places = [Path(named)] if named else []
    places += [p / "node_modules" / "axe-core" / "axe.min.js" for p in Path(__file__).resolve().parents]
    found = next((p for p in places if p.is_file()), None)
    if found is None:
        lacking("no axe-core (npm install axe-core; CJMKIT_AXE is the path of its axe.min.js)")
    return found.read_text("utf-8")


@pytest.fixture(scope="module")
def pages(samples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps")
    documents = {"P07.txt": samples.TRANSCRIPT}
    out = {}
    for name in ("residential", "english", "hostile"):
        out[name] = folder / f"{name}.html"
        cj.report.html(getattr(samples, name)(), out[name], documents=documents, blueprint=name != "english")
    out["portfolio"] = folder / "index.html"
    cj.report.portfolio([samples.residential(), samples.english()], out["portfolio"])
    return out


@pytest.fixture
def opened(browser, pages):
    """Open a page; at the end nothing may have been logged or fetched."""
    contexts, trouble = [], []

    def open_(name, size=(1440, 900), theme="light", **kwargs):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=theme, **kwargs)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: trouble.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: trouble.append(f"error: {e}"))
        page.on("request", lambda r: trouble.append(f"request: {r.url}") if not r.url.startswith("file:") else None)
        page.goto(pages[name].as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert trouble == []


# Cells and cards whose text is wider or higher than they are, and cards that lie over each other.
LAYOUT = """() => {
  const out = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) out.push(`page is ${document.documentElement.scrollWidth} wide`);
  for (const e of document.querySelectorAll('.n, .persona, .stage, .lane, .tag, .e, .vals li, .legend li, h1, .tool')) {
    const box = e.getBoundingClientRect();
    if (!box.width) continue;
    if (e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).display !== 'inline') out.push(`wide: ${e.className} ${e.textContent.slice(0, 40)}`);
    const parent = e.parentElement.getBoundingClientRect();
    if (box.right > parent.right + 2 || box.left < parent.left - 2) out.push(`outside: ${e.className} ${e.textContent.slice(0, 40)}`);
  }
  for (const cell of document.querySelectorAll('.cell, .people, .vals')) {
    const boxes = [...cell.children].map(c => c.getBoundingClientRect());
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
        out.push(`overlap in ${cell.className}`);
    }));
  }
  return out;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
@pytest.mark.parametrize("name", ["residential", "english", "hostile", "portfolio"])
def test_nothing_overflows_or_overlaps(opened, name, size, theme):
    assert opened(name, size, theme).evaluate(LAYOUT) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["residential", "english", "hostile", "portfolio"])
def test_axe_finds_no_violation(opened, axe, name, theme):
    page = opened(name, theme=theme, bypass_csp=True)
    if name != "portfolio":
        page.evaluate("document.querySelector('.live').style.maxHeight = 'none'")
        details = page.locator("details.evidence summary")
        if details.count():
            details.click()
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})")
    assert [(v["id"], [n["target"] for n in v["nodes"]][:5]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


def test_axe_finds_no_violation_in_the_open_drawer(opened, axe):
    page = opened("residential", bypass_csp=True)
    page.locator(".live .n .e[data-e]:not([data-e=''])").first.click()
    # The drawer comes in from half transparent, and colours of a moment are nobody's contrast.
    page.evaluate("Promise.all(document.getAnimations().map(a => a.finished)).then(() => true)")
    page.evaluate(axe)
    found = page.evaluate("axe.run('#drawer')")
    assert [v["id"] for v in found["violations"]] == []


def test_a_click_on_a_note_shows_its_quotes_in_context(opened):
    page = opened("residential")
    page.locator(".n", has_text="Нет отзывов, которым можно верить").first.locator("p").first.click()
    drawer = page.locator("#drawer")
    assert drawer.is_visible()
    text = drawer.inner_text()
    assert "Нет отзывов, которым можно верить" in text
    assert "Муж говорит, что надо искать отзывы" in text
    assert drawer.locator("mark").first.inner_text() == "а отзывов нет, только купленные"
    assert "Что мешало вам выбрать квартиру?" in text
    assert "Обзор рынка новостроек" in text
    assert drawer.locator(".where").inner_text() == "Оценка · Барьеры"


def test_the_drawer_works_by_keyboard_alone_and_gives_the_focus_back(opened):
    page = opened("residential")
    first = page.locator(".live .e").first
    first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#drawer").is_visible()
    before = page.locator("#drawer h2").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#drawer h2").inner_text() != before
    page.keyboard.press("ArrowLeft")
    assert page.locator("#drawer h2").inner_text() == before
    page.keyboard.press("Escape")
    assert not page.locator("#drawer").is_visible()
    assert first.evaluate("e => e === document.activeElement")


def test_every_note_and_point_can_be_reached_by_keyboard(opened):
    page = opened("residential")
    cards = page.locator(".live .n").count()
    reachable = page.evaluate(
        "() => [...document.querySelectorAll('.live .n')].filter(n => n.querySelector('a[href], button')).length"
    )
    assert cards == reachable > 30
    assert page.locator(".live button.pt").count() == 11


def test_an_assumption_says_so_when_it_is_opened(opened):
    page = opened("residential")
    page.locator(".live .n.a .e").first.click()
    assert "этого пока никто не наблюдал" in page.locator("#drawer").inner_text()


def test_a_point_of_the_curve_leads_to_its_survey_figure(opened):
    page = opened("residential")
    page.locator("button.pt[aria-label*='Оценка: Планировщица']").click()
    assert "buyers-2026" in page.locator("#drawer").inner_text()


def test_headers_and_lanes_stay_in_view_while_the_map_scrolls(opened):
    page = opened("residential", (390, 844))
    scroller = page.locator(".scroller.live")
    scroller.evaluate("e => { e.scrollLeft = 500; e.scrollTop = 600; }")
    box = scroller.bounding_box()
    head = page.locator(".live thead .stage").last.bounding_box()
    assert abs(head["y"] - box["y"]) < 60
    lanes = [b for b in (x.bounding_box() for x in page.locator(".live .lane").all()) if b]
    assert {round(b["x"] - box["x"]) for b in lanes} <= {0, 1}


def test_the_theme_follows_the_machine_and_the_button(opened):
    background = "getComputedStyle(document.body).backgroundColor"
    assert opened("residential", theme="dark").evaluate(background) == "rgb(20, 22, 27)"
    page = opened("residential", theme="light")
    assert page.evaluate(background) == "rgb(245, 244, 240)"
    page.locator("#theme").click()
    assert page.evaluate(background) == "rgb(20, 22, 27)"
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"


def test_evidence_is_reachable_without_scripts_too(opened):
    page = opened("residential", java_script_enabled=False)
    target = page.locator(".n .e[href]").first.get_attribute("href")
    assert page.locator(target).count() == 1
    assert page.locator("#theme").is_hidden()


def test_nothing_from_data_runs(opened):
    page = opened("hostile")
    page.on("dialog", lambda d: pytest.fail("a script from the data ran"))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for box in page.locator(".check input").all():
        box.check()
    marks = [mark for mark in page.locator(".live [data-e]").all() if mark.is_visible()]
    assert len(marks) > 5
    for mark in marks:
        mark.click()
        page.keyboard.press("Escape")
    assert page.locator("script").count() == 2
    assert page.locator("img").count() == 0


def pdf_text(path):
    if not shutil.which("pdftotext"):
        lacking("no pdftotext on this machine (apt-get install poppler-utils)")
    import subprocess

    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


def squeeze(text):
    return re.sub(r"\W+", "", text)


@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_the_map_prints_whole(opened, samples, tmp_path, paper):
    page = opened("residential")
    file = tmp_path / "map.pdf"
    page.pdf(path=str(file), format=paper, landscape=True)
    text = squeeze(pdf_text(file))
    words = {w for *_, i in samples.residential().cells() for w in re.findall(r"\w{5,}", i.text)}
    missing = {w for w in words if w not in text}
    # Words that are broken at the end of a narrow line come in two pieces.
    assert len(missing) <= 0.1 * len(words), missing


def test_a_wide_map_prints_in_several_tables(browser, tmp_path):
    stages = [cj.Stage(id=f"s{k}", title=f"Stage number {k}", goals=[f"goal number {k}"]) for k in range(20)]
    emotion = [
        cj.EmotionPoint(stage=f"s{k}", source="survey", estimate=cj.Estimate(value=(k % 5) / 2 - 1, n=9))
        for k in range(20)
    ]
    cj.report.html(cj.Journey(id="x", title="Wide", stages=stages, emotion=emotion), tmp_path / "wide.html")
    page = browser.new_page()
    page.goto((tmp_path / "wide.html").as_uri())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    tables = page.locator(".sheets table")
    assert tables.count() == 3
    assert sum(t.locator("thead .stage").count() for t in tables.all()) == 20
    assert sum(t.locator(".pt").count() for t in tables.all()) == 20
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tables.count() == 0
    page.pdf(path=str(tmp_path / "wide.pdf"))
    text = squeeze(pdf_text(tmp_path / "wide.pdf"))
    assert all(f"goalnumber{k}" in text for k in range(20))
    page.close()
