import io
import re
import shutil
import subprocess

import openpyxl
import pytest
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Emu, Inches, Pt

import cjmkit as cj
from cjmkit.view.fonts import Measure
from cjmkit.view.sheet import CURVES


def deck_of(journey, tmp_path, **options):
    return Presentation(cj.exchange.to_pptx(journey, tmp_path / "map.pptx", **options))


def frames(slide):
    """Every text on a slide with the width and height that it has, in points."""
    for s in slide.shapes:
        if s.has_text_frame and s.text_frame.text:
            f = s.text_frame
            yield (
                f,
                (s.width - f.margin_left - f.margin_right) / 12700,
                (s.height - f.margin_top - f.margin_bottom) / 12700,
            )
        if s.has_table:
            for r in s.table.rows:
                for c, cell in enumerate(r.cells):
                    wide = s.table.columns[c].width - cell.margin_left - cell.margin_right
                    yield cell.text_frame, wide / 12700, (r.height - cell.margin_top - cell.margin_bottom) / 12700


def texts(slide):
    return "\n".join(f.text for f, *_ in frames(slide))


def everything(deck):
    return "\n".join(texts(s) + (s.notes_slide.notes_text_frame.text if s.has_notes_slide else "") for s in deck.slides)


def charts(deck):
    return [s.chart for slide in deck.slides for s in slide.shapes if s.has_chart]


def squeeze(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_every_note_is_in_the_deck_with_what_it_rests_on(samples, tmp_path, name):
    j = getattr(samples, name)()
    held = squeeze(everything(deck_of(j, tmp_path)))
    for *_, item in j.cells():
        assert squeeze(item.text) in held
        for e in item.evidence:
            assert squeeze(e.label(j.language)) in held


def test_the_first_slide_says_what_was_found(samples, tmp_path):
    from cjmkit.view import headline

    j = samples.residential()
    first = deck_of(j, tmp_path).slides[0]
    assert first.shapes.title.text == headline(j, "ru")
    assert j.title in texts(first)


def test_there_is_a_slide_for_each_persona(samples, tmp_path):
    j = samples.residential()
    slides = {s.shapes.title.text: texts(s) for s in deck_of(j, tmp_path).slides}
    for persona in j.personas:
        assert persona.description in slides[persona.name]
        assert all(n.text in slides[persona.name] for n in persona.goals)


def test_the_curve_is_a_chart_whose_data_are_the_points(samples, tmp_path):
    j = samples.residential()
    chart = next(c for c in charts(deck_of(j, tmp_path)) if len(c.plots) == 2)
    band, lines = chart.plots
    drawn = {round(v, 3) for one in lines.series for v in one.values if v is not None}
    survey = [p for p in j.emotion if p.estimate.value is not None and p.source == "survey"]
    assert drawn and drawn <= {round(p.estimate.value, 3) for p in survey}
    assert len(lines.categories) == len(j.stages)
    assert all(f"n = {p.estimate.n}" in " ".join(map(str, lines.categories)) for p in survey if not p.persona)
    assert chart._chartSpace.xpath(".//c:errBars")
    foot, width = (one.values for one in band.series)
    limits = {(round(p.estimate.low, 3), round(p.estimate.high, 3)) for p in survey}
    assert {(round(a, 3), round(a + b, 3)) for a, b in zip(foot, width) if a is not None} <= limits
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert [r[0].value for r in book.iter_rows(min_row=2)] == [str(c) for c in lines.categories]


def long_labels():
    """Labels as long as Russian ones get, everywhere at once."""
    long = "Невозможность самостоятельно предварительно рассчитать окончательную стоимость ипотечного обслуживания"
    share = cj.Estimate(value=0.62, low=0.43, high=0.79, n=24)
    said = cj.Quote(document="интервью-07.txt", start=0, end=5, quote=" ".join([long] * 4), participant="u00017")
    barriers = [cj.Note(id=f"b{k}", text=f"{long} {k}", estimate=share, evidence=[said]) for k in range(4)]
    stages = [cj.Stage(id=f"s{k}", title=long, barriers=barriers, thoughts=[long], goals=[long]) for k in range(8)]
    actions = [
        cj.Action(title=f"{long} {k}", barriers=["b0"], owner=long, score=float(k), method="RICE") for k in range(10)
    ]
    persona = cj.Persona(id="P", name=long, description=" ".join([long] * 5), traits=[long] * 1, quotes=[said] * 1)
    return cj.Journey(
        id="x", title=long, scenario=long, language="ru", stages=stages, personas=[persona], improvements=actions
    )


def test_no_text_leaves_its_box_and_none_is_small(tmp_path):
    measure = Measure()
    deck = deck_of(long_labels(), tmp_path)
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.01)
    for slide in deck.slides:
        for s in slide.shapes:
            assert s.left >= 0 and s.top >= 0
            assert s.left + s.width <= deck.slide_width + Emu(12700)
            assert s.top + s.height <= deck.slide_height + Emu(12700)
        for frame, wide, high in frames(slide):
            sizes = {p.font.size for p in frame.paragraphs if p.text}
            assert all(size is not None and size >= Pt(10) for size in sizes)
            if frame.text:
                points = max(sizes).pt
                lines = measure.wrap(frame.text, wide, points, bold=bool(frame.paragraphs[0].font.bold))
                assert len(lines) * points * 1.2 <= high + 1.5, frame.text


ACCENTS = {f"accent{k}": f"{k}0{k}0{k}0" for k in range(1, 7)}


def company(tmp_path):
    """A template as a company has one: its own size, colours, fonts, title place and an old slide."""
    template = Presentation()
    template.slide_width, template.slide_height = Inches(12), Inches(6.75)
    layout = template.slide_layouts[5]
    layout.name = "Our title"
    layout.placeholders[0].left, layout.placeholders[0].width = Inches(1), Inches(9)
    part = template.slide_masters[0].part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = part.blob.decode()
    for name, colour in ACCENTS.items():
        theme = re.sub(rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>', theme)
    part._blob = theme.replace('typeface="Calibri"', 'typeface="Company Sans"').encode()
    template.slides.add_slide(template.slide_layouts[0]).shapes.title.text = "An old slide"
    template.save(tmp_path / "company.pptx")
    return tmp_path / "company.pptx"


def theme_of(deck):
    return deck.slide_masters[0].part.part_related_by(RELATIONSHIP_TYPE.THEME).blob.decode()


def test_a_template_keeps_its_size_layout_fonts_and_colours(samples, tmp_path):
    deck = deck_of(samples.residential(), tmp_path, template=company(tmp_path))
    assert deck.slide_width == Inches(12)
    assert {s.slide_layout.name for s in deck.slides} == {"Our title"}
    assert "An old slide" not in everything(deck)
    fonts = {r.font.name for s in deck.slides for f, *_ in frames(s) for p in f.paragraphs for r in p.runs}
    assert fonts == {None}
    assert "Company Sans" in theme_of(deck) and all(colour in theme_of(deck) for colour in ACCENTS.values())
    title = deck.slides[0].shapes.title
    assert (title.left, title.width) == (Inches(1), Inches(9))
    # No colour but the theme's: only the rules and heads of tables are grey whatever the company.
    for one in charts(deck):
        assert not one._chartSpace.xpath(".//c:plotArea//a:srgbClr")
    for slide in deck.slides:
        assert not [
            s.name for s in slide.shapes if not s.has_chart and not s.has_table and s._element.xpath(".//a:srgbClr")
        ]


def test_a_deck_without_a_template_has_the_colours_of_the_page(samples, tmp_path):
    theme = theme_of(deck_of(samples.residential(), tmp_path))
    for k in range(1, 7):
        assert f'<a:accent{k}><a:srgbClr val="{CURVES[k][1:].upper()}"/>' in theme


def kpis(values, starts):
    steps = ["Visit", "Menu", "Plan", "Paid"]
    made = []
    for k, (v, n) in enumerate(zip(values, starts)):
        e = cj.Estimate(value=v, low=v - 0.02, high=v + 0.02, n=n, percent=True)
        seen = cj.EventFigure(log="site", query="funnel", engine="duckdb", sha256="0", estimate=e)
        made.append(cj.Note(id=f"k{k}", text=f"{steps[k]} → {steps[k + 1]}", evidence=[seen], estimate=e))
    return made


def test_the_funnel_is_a_chart_and_its_title_names_the_weakest_link(tmp_path):
    stage = cj.Stage(id="k", title="Kitchen", kpis=kpis([0.5, 0.2, 0.75], [1000, 500, 100]))
    deck = deck_of(cj.Journey(id="t", title="Tea", stages=[stage]), tmp_path)
    slide = next(s for s in deck.slides if any(x.has_chart for x in s.shapes))
    assert slide.shapes.title.text == "20% go from “Menu” to “Plan”: the weakest link"
    (chart,) = charts(deck)
    assert list(chart.plots[0].series[0].values) == [1.0, 0.5, 0.1, 0.075]
    assert "n = 1,000" in str(chart.plots[0].categories[0])


def test_loops_are_a_chart_with_intervals(samples, tmp_path):
    j = samples.residential()
    shares = {round(k.share.value, 3) for k in j.links if k.share is not None}
    found = [
        c for c in charts(deck_of(j, tmp_path)) if {round(v or 0, 3) for v in c.plots[0].series[0].values} == shares
    ]
    assert len(found) == 1 and found[0]._chartSpace.xpath(".//c:errBars")


def test_a_persona_slide_shows_what_sets_them_apart_the_others_behind_and_how_sure(tmp_path):
    e = cj.Estimate(value=4.0, low=3.8, high=4.2, n=70)
    hurt = cj.Estimate(value=0.7, low=0.4, high=0.9, n=7, percent=True)
    said = cj.Quote(document="a.txt", start=0, end=9, quote="I can cook.", participant="u1")
    p = cj.Persona(
        id="P1", name="Planner", share=cj.Estimate(value=0.45, low=0.4, high=0.5, n=380), quotes=[said],
        traits=[cj.Note(text="Cooks with joy: 4.0, others 2.3", estimate=e, evidence=[said])],
        barriers=[cj.Note(text="No kettle", estimate=hurt, evidence=[said])],
        verdict=cj.Verdict(status="stable", en="three stable groups", n=380),
    )  # fmt: skip
    stage = cj.Stage(
        id="k", title="K", barriers=[cj.Note(text="No kettle", estimate=hurt.replace(n=20), evidence=[said])]
    )
    deck = deck_of(cj.Journey(id="t", title="T", stages=[stage], personas=[p]), tmp_path)
    slide = next(s for s in deck.slides if s.shapes.title.text == "Planner")
    told = texts(slide)
    assert all(
        x in told
        for x in ("45% [40%, 50%], n = 380", "three stable groups", "“I can cook.”", "No kettle: 70% [40%, 90%]")
    )
    (chart,) = [s.chart for s in slide.shapes if s.has_chart]
    assert {one.name: list(one.values) for one in chart.plots[0].series} == {"Planner": [4.0], "others": [2.3]}
    pain = next(s for s in deck.slides if s.shapes.title.text == "No kettle")
    (chart,) = [s.chart for s in pain.shapes if s.has_chart]
    assert list(map(str, chart.plots[0].categories)) == ["everybody, n = 20", "Planner, n = 7"]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
def test_no_word_leaves_its_slide_after_libreoffice_has_drawn_it(tmp_path):
    made = cj.exchange.to_pptx(long_labels(), tmp_path / "long.pptx")
    profile = f"-env:UserInstallation={(tmp_path / 'o').as_uri()}"
    order = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(made)]
    subprocess.run(order, check=True, capture_output=True, timeout=120)
    drawn = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "long.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', drawn, re.DOTALL)
    assert len(pages) == len(Presentation(made).slides)
    for wide, high, words in pages:
        boxes = re.findall(r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"', words)
        assert boxes
        for x1, y1, x2, y2 in boxes:
            assert float(x1) >= 0 and float(y1) >= 0 and float(x2) <= float(wide) and float(y2) <= float(high)


def test_a_wide_map_goes_on_over_several_slides(tmp_path):
    stages = [cj.Stage(id=f"s{k}", title=f"Stage {k}", goals=[f"goal {k}"]) for k in range(23)]
    deck = deck_of(cj.Journey(id="x", title="x", stages=stages), tmp_path)
    assert sum("at a glance" in s.shapes.title.text for s in deck.slides) == 3
    held = everything(deck)
    assert all(f"goal {k}" in held for k in range(23))


def test_a_journey_without_stages_is_a_deck_too(tmp_path):
    deck = deck_of(cj.Journey(id="x", title="Nothing yet"), tmp_path)
    assert deck.slides[0].shapes.title.text == "Nothing yet"


def test_a_point_placed_by_a_proposed_link_is_marked_on_map_and_chart(samples, tmp_path):
    j = samples.residential()
    assert "≈" not in everything(deck_of(j, tmp_path))
    j = j.replace(emotion=[p.replace(proposed=True) for p in j.emotion])
    deck = deck_of(j, tmp_path)
    assert everything(deck).count("≈") >= 3
    chart = next(c for c in charts(deck) if len(c.plots) == 2)
    assert any("≈" in str(c) for c in chart.plots[0].categories)


def test_a_persona_has_a_portrait_with_its_initials(tmp_path):
    people = [cj.Persona(id="a", name="Careful spender"), cj.Persona(id="b", name="«Зануда»")]
    deck = deck_of(cj.Journey(id="t", title="T", stages=[cj.Stage(id="k", title="K")], personas=people), tmp_path)
    shapes = [s for slide in deck.slides for s in slide.shapes]
    assert [s.text_frame.text for s in shapes if s.name.startswith("Oval")] == ["CS", "ЗА"]
