import io
import re
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

import cjmkit as cj
from cjmkit.errors import DataWarning
from cjmkit.view import Look, lay_out
from cjmkit.view.fonts import Measure
from cjmkit.view.story import suggested

mpl.use("Agg")


def words(text):
    return re.sub(r"\s+", "", text)


def drawn(journey, **kwargs):
    """The figure and the extent of each text in points from the upper left corner."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        figure = cj.report.figure(journey, **kwargs)
    figure.set_dpi(144)
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    if renderer is None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        renderer = FigureCanvasAgg(figure).get_renderer()
    (ax,) = figure.axes
    inverse = ax.transData.inverted()
    out = []
    for text in ax.texts:
        if text.get_text().strip():
            box = text.get_window_extent(renderer).transformed(inverse)
            out.append((text, box.x0, min(box.y0, box.y1), box.x1, max(box.y0, box.y1)))
    return figure, ax, out


def long_labels(stages=12):
    """Twelve stages with Russian words longer than their columns, one of them never asked about."""
    titles = ["Осведомлённость о потребности", "Сопоставление альтернатив", "Послепродажное обслуживание"]
    barrier = cj.Note(
        text="Неизвестность дальнейшего взаимодействия с ответственным подразделением",
        estimate=cj.Estimate(value=0.7, low=0.5, high=0.9, n=24),
    )
    return cj.Journey(
        id="long",
        title="Долгий путь покупателя квартиры в новостройке",
        language="ru",
        stages=[
            cj.Stage(id=f"s{i}", title=titles[i % 3], phase="before" if i < 6 else "after", barriers=[barrier],
                     touchpoints=[cj.Touchpoint(name="Многофункциональный центр", moment_of_truth=i == 2)])
            for i in range(stages)
        ],
        emotion=[
            cj.EmotionPoint(
                stage=f"s{i}", source="survey", proposed=i == 1,
                estimate=cj.Estimate(value=[1.0, -1.4, 0.2][i % 3], low=-1.9, high=1.8, n=2 if i == 5 else 8 + i),
            )
            for i in range(stages)
        ],
        links=[cj.Link(source="s3", target="s1", kind="back", share=cj.Estimate(value=0.4, n=90)),
               cj.Link(source="s2", kind="leave", share=cj.Estimate(value=0.6, n=90))],
    )  # fmt: skip


CASES = [(n, s) for n in ("residential", "english", "hostile", "long") for s in (None, "16:9", "A3")]


def made(samples, name):
    return long_labels() if name == "long" else getattr(samples, name)()


@pytest.mark.parametrize(("name", "size"), CASES)
def test_text_stays_inside_its_box_and_on_the_paper(samples, name, size):
    journey = made(samples, name)
    sheet = lay_out(journey, Look(size))
    _, _, texts = drawn(journey, size=size)
    cards = [b for b in sheet.boxes if b.name in ("card", "lane", "head", "tile", "phase", "says")]
    checked = 0
    for text, x0, y0, x1, y1 in texts:
        assert x0 >= -0.5, text
        assert x1 <= sheet.width + 0.5, text
        assert y0 >= -0.5, text
        assert y1 <= sheet.height + 0.5, text
        x, y = text.get_position()
        for b in cards:
            if b.x <= x < b.x + b.w and b.y <= y < b.y + b.h and text.get_gid() not in ("figure", "scale", "says"):
                checked += 1
                assert x1 <= b.x + b.w + 0.3, (text.get_text(), x1, b)
                assert y1 <= b.y + b.h + 0.3, (text.get_text(), y1, b)
    assert checked > 10


@pytest.mark.parametrize(("name", "size"), CASES)
def test_no_two_texts_overlap(samples, name, size):
    _, _, texts = drawn(made(samples, name), size=size)
    # Figures and quotes of the curve stand over lines by design; they are looked at by eye.
    texts = [t for t in texts if t[0].get_gid() not in ("figure", "way")]
    for k, (a, ax0, ay0, ax1, ay1) in enumerate(texts):
        for b, bx0, by0, bx1, by1 in texts[k + 1 :]:
            wide, tall = min(ax1, bx1) - max(ax0, bx0), min(ay1, by1) - max(ay0, by0)
            assert wide <= 0.5 or tall <= 1.6, (a.get_text(), b.get_text(), wide, tall)


@pytest.mark.parametrize(("size", "inches"), [("16:9", (13.33, 7.5)), ("A3", (16.54, 11.69)), ("A1", (33.1, 23.4))])
def test_a_picture_for_slide_or_paper_has_its_size_and_nothing_under_ten_points(size, inches):
    figure, _, texts = drawn(long_labels(), size=size)
    assert figure.get_size_inches() == pytest.approx(inches, rel=0.01)
    assert min(t[0].get_fontsize() for t in texts) >= (20 if size == "A1" else 10)
    assert len({t[0].get_gid() for t in texts} & {"headline", "stage", "note", "legend"}) == 4


def test_the_first_screen_answers_who_how_many_where_why_and_what_first(samples):
    sheet = lay_out(samples.residential(), Look("16:9"))
    at = {b.name: " ".join(x.text for x in sheet.blocks if x.name == b.name) for b in sheet.blocks}
    told = cj.view.story(samples.residential())
    assert samples.residential().personas[0].name in at["key"]
    assert "интервью" in at["facts"]
    assert samples.residential().stage(told.weakest.stage).title in at["headline"]
    assert told.barrier[1].text in at["headline"]
    assert told.action.title.split()[-1] in at["headline"]


def test_what_does_not_fit_is_counted_at_the_foot():
    journey = long_labels()
    sheet = lay_out(journey, Look("16:9", lanes=("emotion", "barriers")))
    notes = sum(b.name == "note" for b in sheet.blocks)
    (foot,) = [b.text for b in sheet.blocks if b.name == "legend"]
    assert notes == 12
    assert "на странице" not in foot
    crowded = journey.replace(
        stages=[s.replace(barriers=[cj.Note(text=f"Барьер {k}") for k in range(9)]) for s in journey.stages]
    )
    sheet = lay_out(crowded, Look("16:9", lanes=("emotion", "barriers")))
    shown = sum(b.name == "note" for b in sheet.blocks)
    (foot,) = [b.text for b in sheet.blocks if b.name == "legend"]
    assert f"Ещё {108 - shown} " in foot


def test_lanes_and_persona_choose_what_is_drawn(samples):
    journey = samples.residential()
    sheet = lay_out(journey, Look(lanes=("barriers", "goals")))
    assert [b.text for b in sheet.blocks if b.name == "lane" and b.text in ("Барьеры", "Цели потребителя")] == [
        "Барьеры", "Цели потребителя"]  # fmt: skip
    assert not any(x.name == "curve" for x in sheet.lines)
    with pytest.raises(cj.CjmError, match="emotion"):
        lay_out(journey, Look(lanes=("emotions",)))
    with pytest.raises(cj.CjmError, match="persona"):
        lay_out(journey, Look(persona="P99"))
    chosen = lay_out(journey, Look(persona=journey.personas[0].id))
    assert max(m.size for m in chosen.marks if m.name == "point" and m.shape == 1) == 8


def test_the_curve_keeps_its_promises_of_small_numbers_and_proposed_places():
    sheet = lay_out(long_labels(), Look("A3"))
    points = [m for m in sheet.marks if m.name == "point"]
    assert len(points) == 11  # of 2 people there is no point
    assert [m.hollow for m in points][:3] == [True, True, False]
    assert sum(b.name == "unknown" for b in sheet.boxes) == 1
    assert sum(x.name == "curve" for x in sheet.lines) == 2  # the line is broken at the gap
    assert [b.text.startswith("≈") for b in sheet.blocks if b.name == "figure"].count(True) == 1


def test_a_pdf_embeds_its_fonts_and_an_svg_needs_none(tmp_path):
    pdf = cj.report.save_picture(long_labels(), tmp_path / "m.pdf", size="A3").read_bytes()
    assert pdf.count(b"/FontFile2") >= 2
    svg = cj.report.save_picture(long_labels(), tmp_path / "m.svg", size="A3").read_text("utf-8")
    assert "<text" not in svg
    assert "font-family" not in svg


@pytest.mark.parametrize(
    ("word", "room", "lines"),
    [("взаимодействие", 50, "взаимо-"), ("неизвестность", 62, "неизвест-"), ("x7k9q2", 20, "x7k")],
)
def test_a_long_word_is_hyphenated_between_syllables(word, room, lines):
    assert Measure().wrap(word, room, 10)[0] == lines


def test_the_picture_holds_every_note_whole(samples):
    journey = samples.residential()
    _, _, texts = drawn(journey)
    held = words("".join(t[0].get_text() for t in texts))
    folded = suggested(journey)
    for *_, item in journey.cells():
        assert words(item.text) in held or item.id in folded
    assert f"подсказкимоделискрыты:{len(folded)}" in held.casefold()


def test_the_blueprint_can_be_left_out_and_the_picture_says_so(samples):
    _, _, texts = drawn(samples.residential(), blueprint=False)
    held = words("".join(t[0].get_text() for t in texts))
    assert words("Юрист готовит договор") not in held
    assert words("не показано на схеме сервиса: 3") in held.casefold()


def test_characters_that_no_font_has_are_counted_and_drawn_as_a_box():
    journey = cj.Journey(id="x", title="x", stages=[cj.Stage(id="a", title="\U000e0041 \U0010fffd ok")])
    with pytest.warns(DataWarning, match="no font of this machine"):
        figure = cj.report.figure(journey)
    assert any("□" in t.get_text() for t in figure.axes[0].texts)


def test_a_dollar_is_a_dollar(samples):
    _, _, texts = drawn(samples.hostile())
    assert any("$x_1$" in t[0].get_text() for t in texts)


def test_letters_of_a_png_lie_where_matplotlib_would_set_them(samples, tmp_path):
    made = cj.report.figure(samples.residential(), lang="ru", size="A3")
    out = io.BytesIO()
    made.savefig(out, format="png", dpi=120)
    theirs = np.asarray(Image.open(out).convert("L"), float)
    path = cj.report.save_picture(samples.residential(), tmp_path / "a.png", lang="ru", size="A3", dpi=120)
    ours = np.asarray(Image.open(path).convert("L"), float)
    assert ours.shape == theirs.shape
    # Hinting moves ink by fractions of a pixel; seen from a step away both are the same picture.
    high, wide = (v // 12 for v in ours.shape)

    def afar(v):
        return v[: high * 12, : wide * 12].reshape(high, 12, wide, 12).mean((1, 3)).ravel()

    alike = np.corrcoef(afar(ours), afar(theirs))[0, 1]
    assert alike > 0.95
    for way in (0, 1):  # three pixels to the side would be seen
        assert all(np.corrcoef(afar(np.roll(ours, k, way)), afar(theirs))[0, 1] < alike for k in (-3, 3))


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_journey_gives_the_same_bytes(samples, tmp_path, kind):
    a = cj.report.save_picture(samples.english(), tmp_path / f"a.{kind}", dpi=50).read_bytes()
    b = cj.report.save_picture(samples.english(), tmp_path / f"b.{kind}", dpi=50).read_bytes()
    assert a == b
    assert a.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind])


def test_an_unknown_format_is_explained(samples, tmp_path):
    with pytest.raises(cj.CjmError, match="png, svg, pdf"):
        cj.report.save_picture(samples.english(), tmp_path / "map.jpeg2000")


def test_a_journey_without_stages_is_a_picture_too(tmp_path):
    assert cj.report.save_picture(cj.Journey(id="x", title="Nothing yet"), tmp_path / "m.png").stat().st_size > 1000


def test_an_axes_that_is_given_is_drawn_into_and_returned(samples):
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert cj.plot.journey_map(samples.english(), ax=ax) is ax
    assert ax.texts
