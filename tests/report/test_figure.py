import re
import warnings

import matplotlib as mpl
import pytest

import cjmkit as cj
from cjmkit.errors import DataWarning
from cjmkit.view.sheet import lay_out

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


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_text_stays_inside_its_card_and_on_the_paper(samples, name):
    journey = getattr(samples, name)()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        sheet = lay_out(journey)
    _, _, texts = drawn(journey)
    cards = [b for b in sheet.boxes if b.name in ("card", "lane", "head", "persona", "phase")]
    checked = 0
    for text, x0, y0, x1, y1 in texts:
        assert x0 >= -0.5, text
        assert x1 <= sheet.width + 0.5, text
        assert y0 >= -0.5, text
        assert y1 <= sheet.height + 0.5, text
        x, y = text.get_position()
        for b in cards:
            if b.x <= x < b.x + b.w and b.y <= y < b.y + b.h and text.get_gid():
                checked += 1
                assert x1 <= b.x + b.w + 0.3, (text.get_text(), x1, b)
                assert y1 <= b.y + b.h + 0.3, (text.get_text(), y1, b)
    assert checked > 10


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_no_two_texts_overlap(samples, name):
    _, _, texts = drawn(getattr(samples, name)())
    texts = [t for t in texts if t[0].get_gid()]  # the labels inside the chart stand over lines by design
    for k, (a, ax0, ay0, ax1, ay1) in enumerate(texts):
        for b, bx0, by0, bx1, by1 in texts[k + 1 :]:
            wide, tall = min(ax1, bx1) - max(ax0, bx0), min(ay1, by1) - max(ay0, by0)
            assert wide <= 0.5 or tall <= 1.2, (a.get_text(), b.get_text(), wide, tall)


def test_the_picture_holds_every_note_whole(samples):
    journey = samples.residential()
    _, _, texts = drawn(journey)
    held = words("".join(t[0].get_text() for t in texts))
    for *_, item in journey.cells():
        assert words(item.text) in held


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
