"""The card of a persona, as a notebook shows it."""

import base64
import re

import hypothesis.strategies as st
import pytest
from hypothesis import given

import cjmkit as cj
from cjmkit.view.people import apart, apart_text

SAID = cj.Quote(document="a.txt", start=0, end=11, quote="I can cook.", participant="u1")


def trait(label, own, others, percent=False, lang="en"):
    e = cj.Estimate(value=own, low=own * 0.9, high=own * 1.05, n=70, percent=percent)
    return cj.Note(text=apart_text(label, own, others, percent=percent, lang=lang), estimate=e, evidence=[SAID])


@pytest.fixture
def persona():
    hurt = cj.Estimate(value=0.7, low=0.4, high=0.9, n=7, percent=True)
    return cj.Persona(
        id="P1", name="Careful <b>spender", share=cj.Estimate(value=0.45, low=0.4, high=0.5, n=380), quotes=[SAID],
        traits=[trait("Cooks with joy", 4.0, 2.0), trait("Has time", 2.0, 3.0)],
        barriers=[cj.Note(text="No kettle", estimate=hurt, evidence=[SAID]), cj.Note(text="No tea")],
        verdict=cj.Verdict(status="stable", en="three stable groups", ru="три устойчивые группы", n=380),
    )  # fmt: skip


def widths(html):
    """Of each trait the width of the pale bar, and of the persona's own as a share of the whole."""
    pairs = re.findall(r'width:([\d.]+)%;background:rgba[^>]*><div style="width:([\d.]+)%', html)
    return [(float(a), float(a) * float(b) / 100) for a, b in pairs]


def test_bars_are_as_long_as_their_figures_with_the_others_behind(persona):
    found = widths(cj.personas.card_html(persona, "en"))
    assert found == [pytest.approx((40, 80), abs=0.1), pytest.approx((60, 40), abs=0.1)]


def test_a_card_says_who_how_many_in_which_words_what_hurts_and_how_sure(persona):
    text = re.sub(r"<[^>]+>", " ", cj.personas.card_html(persona, "en"))
    for told in ("45% [40%, 50%], n = 380", "stable group", "three stable groups", "“I can cook.”", "No kettle",
                 "70% [40%, 90%], n = 7", "1 quote", "4.0 [3.6, 4.2], n = 70 people, others 2.0"):  # fmt: skip
        assert told in text
    assert "assumption" in text.partition("No tea")[2]


def test_a_card_needs_no_style_sheet_no_script_and_neither_a_light_nor_a_dark_page(persona):
    html = persona._repr_html_()
    assert html == cj.personas.card_html(persona)
    assert "<b>spender" not in html and "Careful &lt;b&gt;spender" in html
    assert not re.findall(r"<(style|script|svg|link)\b|aria-|var\(--|https?:", html)
    # No ground of its own, and no ink but on the persona's colour.
    assert set(re.findall(r"(?<![-\w])color:([^;\"]+)", html)) == {"#fff"}
    assert not re.findall(r"background:(?:#fff|white|#000)", html)


def test_with_its_map_a_card_shows_the_curve_over_everybodys_and_where_it_is_lowest(persona):
    stages = [cj.Stage(id=x, title=x.upper()) for x in "abc"]
    felt = [
        cj.EmotionPoint(stage=s, persona=p, source="survey", estimate=cj.Estimate(value=v, low=v, high=v, n=40))
        for p, values in (("", (0, 0, 1)), ("P1", (1, -1, 0.5)))
        for s, v in zip("abc", values)
    ]
    j = cj.Journey(id="t", title="T", stages=stages, personas=[persona], emotion=felt)
    html = cj.personas.card_html(persona, "ru", journey=j)
    assert "ниже всего: B −1,0 по шкале −2…2, n = 40" in html
    svg = base64.b64decode(re.search(r"svg\+xml;base64,([^\"]+)", html)[1]).decode()
    assert re.findall(r'stroke-width="([\d.]+)" stroke-linejoin', svg) == ["1.5", "3"]
    assert "svg+xml" not in cj.personas.card_html(persona, "ru")


@given(
    st.text("аbв: ,.%1", min_size=1).filter(lambda t: t.strip() == t),
    st.floats(0, 1), st.floats(0, 1), st.booleans(), st.sampled_from(["en", "ru"]),
)  # fmt: skip
def test_a_trait_is_read_back_as_it_was_written(label, own, others, percent, lang):
    scale = 1 if percent else 5
    found = apart(trait(label, own * scale, others * scale, percent, lang))
    assert found.label == label and found.own.value == own * scale
    assert found.others == pytest.approx(others * scale, abs=0.00501 if percent else 0.0501)
