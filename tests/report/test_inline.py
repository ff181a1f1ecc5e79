import base64
import re
import xml.etree.ElementTree as ET

import cjmkit as cj
from cjmkit.view.story import suggested


def test_a_journey_survives_a_notebook_that_strips_styles_scripts_and_svg(samples):
    out = samples.residential()._repr_html_()
    assert "<caption" in out
    assert 'scope="row"' in out
    assert not re.findall(r"<(style|script|svg|link)\b|aria-|var\(--|role=", out)


def test_every_colour_comes_with_its_background(samples):
    for thing in (samples.residential(), samples.residential().personas[0]):
        for style in re.findall(r'<t[dh][^>]*style="([^"]*)"', thing._repr_html_()):
            assert "background:#" in style
            assert re.search(r"(?<!-)color:#", style)


def test_the_curve_is_a_picture_with_words_in_its_place(samples):
    out = samples.residential()._repr_html_()
    alt, uri = re.search(r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)"', out).groups()
    assert "Осмысление 0,6 [0,2; 1,0], n = 26" in alt
    assert "нет данных" in alt
    svg = ET.fromstring(base64.b64decode(uri))
    texts = [t.text for t in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "0,6, n=26" in texts
    assert [t for t in texts if t.endswith("n=3")]


def test_the_curve_of_a_notebook_is_one_strong_line_and_at_most_four_thin_ones_of_its_source(samples):
    j = samples.residential()
    point = cj.EmotionPoint(stage="sense", source="survey", estimate=cj.Estimate(value=0.1, low=0, high=0.2, n=90))
    points = [
        point.replace(persona=p, stage=s.id, proposed=not p and k == 1)
        for p in ("", "planner", "investor", "c", "d", "e", "f")
        for k, s in enumerate(j.stages)
    ]
    personas = [*j.personas, *(cj.Persona(id=i, name=i) for i in "cdef")]
    out = j.replace(
        personas=personas, emotion=[*points, *(p.replace(source="text", persona="") for p in points[:5])]
    )._repr_html_()
    svg = ET.fromstring(base64.b64decode(re.search(r"svg\+xml;base64,([^\"]*)", out).group(1)))
    space = "{http://www.w3.org/2000/svg}"
    lines = [line.get("stroke-width") for line in svg.iter(space + "polyline")]
    assert lines == ["2"] * 4 + ["3"]
    assert sum((t.text or "").startswith("≈") for t in svg.iter(space + "text")) == 1
    assert int(svg.get("height")) >= 220


def test_hostile_text_stays_text_in_a_notebook(samples):
    out = samples.hostile()._repr_html_() + samples.hostile().personas[0]._repr_html_()
    assert "<script" not in out
    assert "<img src=x" not in out


def test_plain_text_holds_every_note(samples):
    j = samples.residential()
    text = cj.report.inline_text(j)
    assert [item.text for *_, item in j.cells() if item.text not in text] == []
    assert "? Сравнивает" not in text
    assert "“1” Сравнивает районы" in text


def test_a_crowded_cell_says_how_many_notes_it_leaves_to_the_page():
    j = cj.Journey(id="x", title="x", stages=[cj.Stage(id="a", title="A", goals=[f"goal {k}" for k in range(9)])])
    assert "… 3 more notes" in cj.report.inline_html(j)


def test_the_notebook_shows_the_finding_the_curve_first_and_no_untouched_suggestion(samples):
    j = samples.residential()
    out = j._repr_html_()
    assert cj.view.headline(j, "ru").replace('"', "&#34;") in out
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]+)', out)
    assert rows[0] == "Эмоции"
    assert rows.index("Барьеры") < rows.index("Ожидания")
    folded = suggested(j)
    assert folded
    assert not [item.text for *_, item in j.cells() if item.id in folded and f">{item.text}<" in out]
    assert f"подсказки модели этапов ({len(folded)})" in out
