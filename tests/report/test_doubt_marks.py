"""That a figure made from answers with two readings is marked wherever a map shows it, both values beside it."""

import re
from html.parser import HTMLParser

import openpyxl
import pytest
from matplotlib import pyplot as plt

import cjmkit as cj
from cjmkit.core.caution import Caution, Way
from cjmkit.exchange.yaml_file import read_journey, write_journey

FOOD = Caution(
    items=["Q7FOOD"], status="contradictory", reason=("6 may be an answer", "6 может быть ответом"),
    ways=[Way(words=("1 to 5", "1–5"), value=3.615, n=2421), Way(words=("1 to 6", "1–6"), value=3.81, n=2831)],
)  # fmt: skip
GUESS = Caution(items=["Q8"], status="guessed", reason=("scale 1–5 guessed", "шкала 1–5 определена по догадке"))


def journey(lang="en"):
    def figure(value, *cautions):
        e = cj.Estimate(value=value, low=value - 0.2, high=value + 0.2, n=40)
        return e, (cj.SurveyFigure(survey="wave", item="Q", estimate=e, cautions=cautions),)

    points = []
    for stage, cautions in (("see", (FOOD,)), ("eat", (GUESS,)), ("pay", ())):
        e, evidence = figure(0.5, *cautions)
        points.append(cj.EmotionPoint(stage=stage, source="survey", estimate=e, evidence=evidence))
    e, evidence = figure(0.31, FOOD)
    note = cj.Note(text="The queue is long", estimate=e.replace(percent=True), evidence=evidence)
    stages = [cj.Stage(id="see", title="See", barriers=[note]), cj.Stage(id="eat", title="Eat")]
    return cj.Journey(
        id="t", title="Tea", language=lang, stages=[*stages, cj.Stage(id="pay", title="Pay")], emotion=points
    )


class Dom(HTMLParser):
    """Elements with their attributes and own text, in order."""

    def __init__(self, text):
        super().__init__()
        self.all, self.stack = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.all.append([tag, dict(attrs), ""])
        self.stack.append(self.all[-1])

    def handle_endtag(self, tag):
        if tag in [t for t, *_ in self.stack]:
            while self.stack.pop()[0] != tag:
                pass

    def handle_data(self, data):
        for element in self.stack:
            element[2] += data

    def of(self, name):
        return [(a, t) for _, a, t in self.all if name in (a.get("class") or "").split()]


BOTH = {
    "en": ("3.62 (n 2421) if 1 to 5", "3.81 (n 2831) if 1 to 6"),
    "ru": ("3,62 (n 2421) если 1–5", "3,81 (n 2831) если 1–6"),
}


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_page_marks_the_point_and_its_panel_holds_both_values(lang):
    dom = Dom(cj.report.html(journey(lang), lang=lang))
    points = dom.of("pt")
    assert ["doubt" in a["class"].split() for a, _ in points] == [True, False, False]
    assert [t.startswith("†") for _, t in dom.of("nn")] == [True, False, False]
    first = points[0][0]["data-e"]
    (panel,) = [t for a, t in dom.of("ev") if a["id"] == f"e{first}"]
    assert all(v in panel for v in BOTH[lang])
    guessed = [t for a, t in dom.of("ev") if a["id"] == f"e{points[1][0]['data-e']}"]
    assert GUESS.text(lang) in guessed[0] and not any(v in guessed[0] for v in BOTH[lang])
    pills = [t for a, t in dom.of("e") if a.get("data-e") == first or "†" in t]
    assert pills and "†" in dom.of("sign")[0][1]


def test_the_foot_of_the_page_counts_what_is_known_guessed_and_contradictory():
    page = cj.report.html(journey(), lang="en")
    assert "Survey figures: 4, n up to 40; 2 can be read in two ways (Q7FOOD); 1 on a guessed scale." in page
    assert "читаются двояко: 2 (Q7FOOD); по шкале, взятой по догадке: 1." in cj.report.html(journey("ru"), lang="ru")


def test_a_proposed_touchpoint_is_marked_and_comes_back_from_every_file(tmp_path):
    t = cj.Touchpoint(name="Counter", proposed=True, evidence=journey().emotion[2].evidence)
    j = journey().with_touchpoint("pay", t)
    assert "≈ placed here by a proposed link" in cj.report.html(j, lang="en")
    assert read_journey(write_journey(j, tmp_path / "t.yaml")) == j
    for suffix in (".xlsx", ".csv"):
        cj.exchange.write(j, tmp_path / f"t{suffix}")
        assert cj.exchange.read(tmp_path / f"t{suffix}").journey == j
    ax = cj.plot.journey_map(j)
    texts = " ".join(x.get_text() for x in ax.figure.findobj(plt.Text))
    plt.close(ax.figure)
    assert "≈ Counter" in texts


def test_a_map_without_doubts_has_no_mark():
    clean = journey().replace(emotion=journey().emotion[2:], stages=[s.replace(barriers=()) for s in journey().stages])
    assert "†" not in cj.report.html(clean)


def test_the_journey_comes_back_equal_from_every_file_that_is_read_again(tmp_path):
    j = journey()
    assert read_journey(write_journey(j, tmp_path / "t.yaml")) == j
    for suffix in (".xlsx", ".csv"):
        path = tmp_path / f"t{suffix}"
        cj.exchange.write(j, path)
        assert cj.exchange.read(path).journey == j


def test_picture_workbook_slides_and_markdown_are_marked(tmp_path):
    j = journey()
    ax = cj.plot.journey_map(j)
    texts = " ".join(t.get_text() for t in ax.figure.findobj(plt.Text))
    plt.close(ax.figure)
    assert "† 0.5" in texts and texts.count("†") >= 3
    cj.exchange.write(j, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    marked = [c for row in sheet.iter_rows() for c in row if "†" in (c.number_format or "")]
    assert [c.value for c in marked] == [0.5]
    cj.exchange.write(j, tmp_path / "t.md")
    text = (tmp_path / "t.md").read_text("utf-8")
    assert "† 0.5" in text and all(v in text for v in BOTH["en"])
    cj.exchange.write(j, tmp_path / "t.pptx")
    slides = _texts(tmp_path / "t.pptx")
    assert "† 0.5, n = 40" in slides or "See †" in slides
    assert all(v in slides for v in BOTH["en"])


def _texts(path):
    import zipfile

    with zipfile.ZipFile(path) as z:
        return " ".join(
            " ".join(re.findall(r"<a:t>([^<]*)", z.read(n).decode("utf-8")))
            for n in z.namelist()
            if n.startswith(("ppt/slides/", "ppt/notesSlides/")) and n.endswith(".xml")
        )
