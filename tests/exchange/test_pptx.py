import re

import pytest
from pptx import Presentation
from pptx.util import Emu

import cjmkit as cj


def slides(journey, tmp_path):
    return Presentation(cj.exchange.to_pptx(journey, tmp_path / "map.pptx"))


def texts(slide):
    return [s.text_frame.text for s in slide.shapes if s.has_text_frame and s.text_frame.text]


def squeeze(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_the_first_slide_holds_every_note_as_text(samples, tmp_path, name):
    j = getattr(samples, name)()
    held = squeeze("".join(texts(slides(j, tmp_path).slides[0])))
    for *_, item in j.cells():
        assert squeeze(item.text) in held


def test_there_is_a_slide_for_each_persona(samples, tmp_path):
    j = samples.residential()
    deck = slides(j, tmp_path)
    assert len(deck.slides) == 1 + len(j.personas)
    for slide, persona in zip(list(deck.slides)[1:], j.personas):
        held = "".join(texts(slide))
        assert persona.name in held
        assert persona.description in held
        for n in (*persona.traits, *persona.goals):
            assert n.text in held


def test_shapes_lie_on_the_slide(samples, tmp_path):
    deck = slides(samples.residential(), tmp_path)
    for slide in deck.slides:
        for s in slide.shapes:
            assert s.left >= 0
            assert s.top >= 0
            assert s.left + s.width <= deck.slide_width + Emu(12700)
            assert s.top + s.height <= deck.slide_height + Emu(12700)


def test_the_notes_list_the_evidence(samples, tmp_path):
    j = samples.residential()
    notes = slides(j, tmp_path).slides[0].notes_slide.notes_text_frame.text
    for *_, item in j.cells():
        for e in item.evidence:
            assert e.label("ru").split("\n")[0] in notes


def test_assumptions_are_dashed_and_hatched(samples, tmp_path):
    j = samples.residential()
    slide = slides(j, tmp_path).slides[0]
    cards = [s for s in slide.shapes if s.name == "card"]
    dashed = [s for s in cards if s.line.dash_style is not None]
    assumed = sum(i.assumption for *_, i in j.cells()) + sum(a.assumption for a in j.improvements)
    assert len(dashed) == assumed
    assert len(cards) > assumed


def test_a_wide_map_goes_on_over_several_slides(tmp_path):
    stages = [cj.Stage(id=f"s{k}", title=f"Stage {k}", goals=[f"goal {k}"]) for k in range(23)]
    deck = slides(cj.Journey(id="x", title="x", stages=stages), tmp_path)
    assert len(deck.slides) == 3
    held = "".join("".join(texts(s)) for s in deck.slides)
    assert all(f"goal {k}" in held for k in range(23))


def test_a_journey_without_stages_is_a_slide_too(tmp_path):
    assert len(slides(cj.Journey(id="x", title="x"), tmp_path).slides) == 1
