"""The cheat sheet: one page of A4 in readable type, and every name on it exists."""

import html
import os
import re
import shutil
from functools import reduce
from pathlib import Path

import pytest

import cjmkit as cj

DOCS = Path(__file__).parents[2] / "docs"
SHEETS = ["cheat-sheet.html", "cheat-sheet-ru.html"]


def names(sheet):
    return re.findall(r"<code>([^<]+)</code>", (DOCS / sheet).read_text("utf-8"))


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_name_on_the_sheet_exists(sheet):
    told = [html.unescape(n).split("(")[0] for n in names(sheet) if "…" not in n]
    owners = {"cj": cj, "study": cj.Study, "log": cj.EventLog}
    found = [n.split(".") for n in told if n.split(".")[0] in owners]
    assert len(found) > 35
    for owner, *rest in found:
        assert callable(reduce(getattr, rest, owners[owner]))


def test_both_languages_name_the_same_calls():
    english, russian = ([n for n in names(s) if "example" not in n] for s in SHEETS)
    assert english == russian


@pytest.mark.browser
@pytest.mark.parametrize("sheet", SHEETS)
def test_the_sheet_prints_on_one_page_of_a4_in_ten_points_or_more(sheet, tmp_path):
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        reason = "no Chromium on this machine (apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--headless"])
        page = browser.new_page()
        asked = []
        page.on("request", lambda r: asked.append(r.url))
        page.goto((DOCS / sheet).as_uri())
        sizes = page.eval_on_selector_all("main *", "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))")
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert min(sizes) >= 13.3  # 10 pt
    assert len(asked) == 1  # nothing but the sheet itself
