"""Any Unicode text survives, or at least breaks nothing."""

import warnings

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cjmkit as cj
from cjmkit.errors import CjmWarning

texts = st.text(min_size=1, max_size=60).filter(lambda t: t.strip()) | st.sampled_from(
    [
        "=1+1",
        "@x",
        "'=x",
        "<b>",
        "⟦long text 1⟧",
        "★ x (y; z)",
        "Барьеры",
        "_x0041_",
        "a\r\nb",
        "\x07",
        "|",
        "1",
        "TRUE",
        "2024-01-01",
    ]
)


@st.composite
def journeys(draw):
    personas = tuple(
        cj.Persona(id=f"p{k}", name=n, channels=tuple(draw(st.lists(texts, max_size=2))))
        for k, n in enumerate(draw(st.lists(texts, max_size=2)))
    )
    stages = []
    for k, title in enumerate(draw(st.lists(texts, max_size=3))):
        lanes = {}
        for lane in ("goals", "barriers", "tasks"):
            found = draw(st.lists(texts, max_size=2))
            lanes[lane] = tuple(
                cj.Note(
                    id=f"{lane}{i}",
                    text=t,
                    evidence=(cj.Quote(document=draw(texts), start=0, end=2, quote=draw(texts)),) if i else (),
                    estimate=cj.Estimate(value=draw(st.floats(0, 1)), n=draw(st.integers(0, 99)), unit=draw(texts))
                    if i
                    else None,
                )
                for i, t in enumerate(found)
            )
        points = tuple(
            cj.Touchpoint(id=f"t{i}", name=n, channel=draw(texts), owner=draw(st.just("") | texts))
            for i, n in enumerate(draw(st.lists(texts, max_size=2)))
        )
        stages.append(cj.Stage(id=f"s{k}", title=title, touchpoints=points, **lanes))
    emotion = tuple(
        cj.EmotionPoint(stage=s.id, source="survey", estimate=cj.Estimate(value=draw(st.floats(-2, 2)), n=9))
        for s in stages
    )
    return cj.Journey(id="x", title=draw(texts), personas=personas, stages=tuple(stages), emotion=emotion)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(journeys())
def test_a_workbook_comes_back_equal_whatever_the_words(tmp_path_factory, j):
    path = tmp_path_factory.mktemp("x") / "map.xlsx"
    read = cj.exchange.from_xlsx(cj.exchange.to_xlsx(j, path))
    assert read.journey == j
    assert read.notes == ()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(journeys())
def test_nothing_that_is_drawn_or_written_breaks(tmp_path_factory, j):
    folder = tmp_path_factory.mktemp("x")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CjmWarning)
        assert "<!doctype html>" in cj.report.html(j, documents={"a": "b"})
        assert cj.report.inline_html(j)
        assert cj.report.inline_text(j)
        assert cj.exchange.to_markdown(j)
        assert cj.exchange.to_pptx(j, folder / "map.pptx").stat().st_size
        assert cj.report.save_picture(j, folder / "map.svg").stat().st_size
        assert len(cj.exchange.from_cjml(cj.exchange.to_cjml(j))) == 1
        found = cj.lint.check(j)
        assert found.to_sarif()
        assert found.to_junit()
