import re

import pytest
from pptx import Presentation
from pptx.util import Emu, Inches, Pt

import cjmkit as cj
from cjmkit.view.fonts import Measure


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
    chart = next(s.chart for slide in deck_of(j, tmp_path).slides for s in slide.shapes if s.has_chart)
    drawn = {round(v, 3) for one in chart.plots[0].series for v in one.values if v is not None}
    known = {round(p.estimate.value, 3) for p in j.emotion if p.estimate.value is not None and p.source == "survey"}
    assert drawn and drawn <= known
    assert len(chart.plots[0].categories) == len(j.stages)
    assert chart._chartSpace.xpath(".//c:errBars")


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


def test_a_template_keeps_its_size_layout_and_fonts(tmp_path):
    template = Presentation()
    template.slide_width, template.slide_height = Inches(12), Inches(6.75)
    template.slide_layouts[5].name = "Our title"
    template.slides.add_slide(template.slide_layouts[0]).shapes.title.text = "An old slide"
    template.save(tmp_path / "company.pptx")
    j = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="k", title="Kitchen", barriers=["No kettle"])])
    deck = deck_of(j, tmp_path, template=tmp_path / "company.pptx")
    assert deck.slide_width == Inches(12)
    assert {s.slide_layout.name for s in deck.slides} == {"Our title"}
    assert "An old slide" not in everything(deck)
    fonts = {r.font.name for s in deck.slides for f, *_ in frames(s) for p in f.paragraphs for r in p.runs}
    assert fonts == {None}
    title = deck.slides[0].shapes.title
    assert title.top == template.slide_layouts[5].placeholders[0].top


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
    (chart,) = [s.chart for slide in deck.slides for s in slide.shapes if s.has_chart and s.chart.chart_type == 65]
    assert any("≈" in str(c) for c in chart.plots[0].categories)


def test_a_persona_has_a_portrait_with_its_initials(tmp_path):
    people = [cj.Persona(id="a", name="Careful spender"), cj.Persona(id="b", name="«Зануда»")]
    deck = deck_of(cj.Journey(id="t", title="T", stages=[cj.Stage(id="k", title="K")], personas=people), tmp_path)
    shapes = [s for slide in deck.slides for s in slide.shapes]
    assert [s.text_frame.text for s in shapes if s.name.startswith("Oval")] == ["CS", "З"]
