"""What a reader sees first, and what the switch changes, in a real browser."""

import os
import re
import shutil
import subprocess

import pytest

import cjmkit as cj
from cjmkit.core.course import Gap

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    sync = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        reason = "no Chromium on this machine (apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync.sync_playwright() as p:
        made = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--headless"])
        yield made
        made.close()


def share(value, n=20):
    return cj.Estimate(value=value, low=max(0, value - 0.1), high=min(1, value + 0.1), n=n, unit="people")


def said(text, participant, valence=None):
    return cj.Quote(document="a.txt", start=0, end=len(text), quote=text, participant=participant, valence=valence)


@pytest.fixture(scope="module")
def journey():
    """Four stages, two personas with curves of their own, barriers, actions, ways."""
    ids = ["look", "compare", "buy", "use"]
    barriers = [
        cj.Note(id="small", text="Delivery is late", estimate=share(0.2), evidence=[said("It came on Monday.", "u1")]),
        cj.Note(
            id="large", text="The price is hidden", estimate=share(0.7),
            evidence=[said("I never saw the whole price.", "u1", -1), said("What does week two cost then?", "u2", -2)],
        ),
    ]  # fmt: skip
    stages = [cj.Stage(id=i, title=i.title(), barriers=barriers if i == "buy" else ()) for i in ids]
    curve = {"": (0.5, 0.8, -0.6, 0.7), "P1": (0.4, 0.7, -0.4, 0.9), "P2": (0.6, 0.9, -0.9, 0.5)}
    emotion = [
        cj.EmotionPoint(
            stage=s, persona=p, source="survey", estimate=cj.Estimate(value=v, low=v - 0.1, high=v + 0.1, n=90)
        )
        for p, values in curve.items()
        for s, v in zip(ids, values)
    ]
    return cj.Journey(
        id="t", title="Tea by post", scenario="Why do so few buy?", stages=stages, emotion=emotion,
        personas=[
            cj.Persona(id="P1", name="Savers", participants=["u1"], share=share(0.6),
                       barriers=[cj.Note(text="The price is hidden", estimate=share(0.9, n=9))]),
            cj.Persona(id="P2", name="Explorers", participants=["u2"], share=share(0.4)),
        ],
        links=[
            cj.Link(source="buy", target="compare", kind="back", share=share(0.43)),
            cj.Link(source="look", target="buy", kind="skip", share=share(0.05)),
        ],
        improvements=[
            cj.Action(id="second", title="Deliver on Fridays", barriers=["small"], stage="buy", score=20, method="RICE"),
            cj.Action(id="first", title="Show the whole price", barriers=["large"], stage="buy", score=3915.0,
                      method="RICE", owner="Growth"),
        ],
    )  # fmt: skip


@pytest.fixture
def opened(browser, journey, tmp_path):
    cj.report.html(journey, tmp_path / "map.html", lang="en")
    pages = []

    def open_(address="", size=(1440, 900), **kwargs):
        page = browser.new_context(viewport={"width": size[0], "height": size[1]}, **kwargs).new_page()
        page.goto((tmp_path / "map.html").as_uri() + address)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.context.close()


def test_five_questions_are_answered_on_the_first_screen(opened):
    page = opened()
    seen = page.evaluate(
        """() => [...document.querySelectorAll('h1, .scenario, .facts, .headline, .tile, .who label')]
             .filter(e => e.getBoundingClientRect().bottom <= innerHeight).map(e => e.innerText).join('\\n')"""
    )
    assert "Savers" in seen and "Explorers" in seen  # who
    assert "90 people" in seen  # how many
    assert "Buy" in seen and "−0.6" in seen  # where is it worst
    assert "The price is hidden" in seen and "70% [60%, 80%], n = 20" in seen  # why
    assert "Show the whole price" in seen  # what first


def test_the_curve_lies_under_the_stages_on_the_first_screen(opened):
    page = opened()
    curve = page.locator("td.chart").bounding_box()
    head = page.locator(".stages .stage").first.bounding_box()
    assert 260 <= curve["height"] <= 340
    assert abs(curve["y"] - head["y"] - head["height"]) < 3
    assert curve["y"] + curve["height"] <= 900


def test_tiles_lead_into_the_map(opened):
    page = opened()
    targets = [t.get_attribute("href") for t in page.locator("a.tile").all()]
    assert targets == ["#s-buy", "#n-large", "#a-first"]
    assert all(page.locator(f"[id='{t[1:]}']").count() == 1 for t in targets)


@pytest.mark.parametrize("script", [True, False])
def test_a_persona_changes_curve_and_quotes(opened, script):
    page = opened(java_script_enabled=script)
    quotes = page.locator("#n-large > q")
    assert [q.inner_text() for q in quotes.all() if q.is_visible()] == ["“What does week two cost then?”"]
    page.locator("#p-1").check()
    assert [q.inner_text() for q in quotes.all() if q.is_visible()] == ["“I never saw the whole price.”"]
    strong = page.locator(".curve .pt.w1").first.evaluate("e => getComputedStyle(e).opacity")
    faint = page.locator(".curve .pt.w2").first.evaluate("e => getComputedStyle(e).opacity")
    assert float(strong) == 1 > float(faint)
    page.locator("#q-2").check()
    assert page.locator(".curve .pt.w2").first.evaluate("e => getComputedStyle(e).opacity") == "1"


def test_the_choice_is_kept_in_the_address(opened):
    page = opened("#p=P2&q=P1")
    assert page.locator("#p-2").is_checked() and page.locator("#q-1").is_checked()
    page.locator("#p-1").check()
    assert page.url.endswith("#p=P1")


def test_barriers_are_sorted_and_lead_to_their_action_which_stands_once(opened):
    page = opened()
    assert [n.get_attribute("id") for n in page.locator("li.n.b").all()] == ["n-large", "n-small"]
    assert page.locator("#n-large .fix").get_attribute("href") == "#a-first"
    rows = page.locator(".actions tbody tr")
    assert [r.get_attribute("id") for r in rows.all()] == ["a-first", "a-second"]
    assert page.locator("#map", has_text="Show the whole price").count() == 0
    heads = [h.inner_text() for h in page.locator(".actions thead th").all()]
    assert "State" not in heads and "Measured by" not in heads
    assert "RICE 3,915" in rows.first.inner_text()


def test_a_loop_is_an_arc_with_its_share_and_a_rare_way_has_no_label(opened):
    page = opened()
    assert page.locator(".ways path.k-back").count() == page.locator(".ways path.k-skip").count() == 1
    assert [w.inner_text() for w in page.locator(".ways .way").all()] == ["back 43%"]


def test_show_mode_goes_stage_by_stage(opened):
    page = opened()
    page.keyboard.press("p")
    assert "The price is hidden" in page.locator("#present").inner_text()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("#present h2").inner_text() == "3. Buy"
    page.keyboard.press("Escape")
    assert not page.locator("#present").is_visible()


def test_the_reader_moves_and_hides_lanes(opened):
    page = opened()
    order = "[...document.querySelectorAll('#map tr[data-lane]')].map(r => r.dataset.lane)"
    assert page.evaluate(order) == ["emotion", "barriers"]
    page.locator("#lanes summary").click()
    page.locator("#lanes li", has_text="Barriers").locator("button").first.click()
    assert page.evaluate(order) == ["barriers", "emotion"]
    page.locator("#lanes li", has_text="Barriers").locator("input").uncheck()
    assert not page.locator("li.n.b").first.is_visible()


@pytest.mark.parametrize("size", ["A3", "A4"])
def test_paper_has_two_pages_and_the_finding_on_the_first(opened, tmp_path, size):
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine (apt-get install poppler-utils)")
    page = opened()
    if size == "A4":
        page.evaluate(
            """() => { document.documentElement.dataset.size = 'A4'; const s = document.createElement('style');
                 s.textContent = '@page { size: A4 landscape; }'; document.head.append(s); }"""
        )
    file = tmp_path / "map.pdf"
    page.pdf(path=str(file), prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
    pages = [p for p in text.split("\f") if p.strip()]
    assert len(pages) <= 2
    first = re.sub(r"\s+", " ", pages[0])
    assert "The price is hidden" in first and "Use" in first
    assert "Deliver on Fridays" in pages[-1]


def test_a_stage_is_a_card_on_a_phone(opened):
    page = opened(size=(390, 844))
    assert page.locator(".stages .stage").first.bounding_box()["width"] > 300
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_persona_brings_its_own_shares_and_the_arcs_say_they_are_everybodys(opened):
    page = opened()
    own = page.locator("li.n.b .own")
    assert own.count() and not any(own.nth(k).is_visible() for k in range(own.count()))
    page.locator("#p-1").check()
    shown = [own.nth(k).inner_text() for k in range(own.count()) if own.nth(k).is_visible()]
    assert len(shown) == 1 and "90% [80%, 100%], n = 9" in shown[0]
    assert page.locator(".arcs .all").is_visible()


def test_at_twice_the_size_nothing_leaves_the_page(opened):
    # 200 % on a screen of 1440 px: the page has 720.
    page = opened(size=(720, 450))
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    for tile in page.locator(".tile").all():
        box = tile.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 720


def test_whoever_wants_no_motion_gets_none(opened):
    moved = [
        opened(reduced_motion=wish).evaluate(
            """() => { document.querySelector('li.n .e').click();
                 return getComputedStyle(document.getElementById('drawer')).animationName }"""
        )
        for wish in ("reduce", "no-preference")
    ]
    assert moved[0] == "none" and moved[1] != "none"


def test_with_forced_colours_choice_and_assumption_are_still_seen(opened):
    page = opened(forced_colors="active")
    ring = "e => getComputedStyle(e).outlineStyle"
    assert page.locator("#p-0 + label").evaluate(ring) == "solid"
    assert page.locator("#p-1 + label").evaluate(ring) == "none"
    dashed = page.locator("li.n.a").first.evaluate("e => getComputedStyle(e).borderTopStyle")
    assert dashed == "dashed"


def test_what_a_study_does_not_know_stands_in_line_with_the_map(browser, tmp_path):
    gaps = [Gap(lane="improvements", missing="no ideas yet", action="fill plan/ideas.csv")]
    j = cj.Journey(id="t", title="T", stages=[cj.Stage(id="a", title="A", goals=["Tea"])], gaps=gaps)
    cj.report.html(j, tmp_path / "gap.html", lang="en")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto((tmp_path / "gap.html").as_uri())
    assert page.locator("main > .gaptext").bounding_box()["x"] == page.locator("#map").bounding_box()["x"]
    page.close()
