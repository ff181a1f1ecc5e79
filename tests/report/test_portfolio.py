import re
from html.parser import HTMLParser

import pytest

import cjmkit as cj


class Tables(HTMLParser):
    """The rows of each table as lists of texts."""

    def __init__(self):
        super().__init__()
        self.tables, self._cell = [], None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.tables[-1][-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)


def tables(page):
    reader = Tables()
    reader.feed(page)
    return reader.tables


def test_a_folder_becomes_an_index_with_each_map_beside_it(samples, tmp_path):
    for j in (samples.residential(), samples.english()):
        cj.exchange.write_journey(j, tmp_path / "journeys" / f"{j.id}.yaml")
    (tmp_path / "journeys" / "other.yaml").write_text("a: 1\n", "utf-8")
    page = cj.report.portfolio(tmp_path / "journeys", tmp_path / "out" / "index.html")
    links = re.findall(r'<a href="([^"]+)"', page)
    assert set(links) == {"first-flat.html", f"{samples.english().id}.html"}
    for name in links:
        assert (tmp_path / "out" / name).stat().st_size > 10_000


def test_the_lowest_measured_emotion_comes_first_and_beliefs_do_not_outrank_it(samples):
    page = cj.report.portfolio([samples.residential(), samples.english()], lang="en")
    journeys, stages, worst, owners = tables(page)
    assert len(journeys) == 3
    values = [float(re.match(r"−?\d\.\d", row[3])[0].replace("−", "-")) for row in worst[1:]]
    assert values == sorted(values)
    assert not any("expected by" in row[3] for row in worst[1:])
    row = next(r for r in journeys if r[0].startswith("Первая"))
    assert row[4] == "9 / 37"
    assert "−0.9 [−1.3, −0.5], n = 26" in row[5]
    assert row[8] == "3 / 10"
    assert sum(int(r[1]) for r in owners[1:]) == sum(
        len(s.touchpoints) for j in (samples.residential(), samples.english()) for s in j.stages
    )
    assert len({len(r) for r in stages}) == 1


def test_hostile_journeys_stay_text(samples):
    page = cj.report.portfolio([samples.hostile()])
    assert "<script" not in page
    assert "<img" not in page


def test_an_empty_folder_is_explained(tmp_path):
    with pytest.raises(cj.CjmError, match="no journey in it"):
        cj.report.portfolio(tmp_path)


def test_earlier_versions_of_a_map_are_not_counted_again(samples, tmp_path):
    j = samples.residential()
    cj.exchange.write_journey(j, tmp_path / "map.yaml")
    (tmp_path / "history").mkdir()
    cj.exchange.write_journey(j, tmp_path / "history" / "map-2025.yaml")
    assert cj.report.portfolio(tmp_path, lang="en") == cj.report.portfolio([j], lang="en")


def wave(values, name="", half=0.1, title="Tea", n=90):
    stages = [cj.Stage(id=x, title=x.upper()) for x in "abc"]
    felt = [
        cj.EmotionPoint(stage=s, source="survey", estimate=cj.Estimate(value=v, low=v - half, high=v + half, n=n))
        for s, v in zip("abc", values)
    ]
    return cj.Journey(id=f"{title}-{name}", title=title, stages=stages, emotion=felt, wave=name, language="en")


def test_waves_of_one_map_lie_over_each_other_and_what_holds_is_marked():
    maps = [wave((0.5, -0.5, 0.2)), wave((0.45, 0.5, 0.2), "2025"), wave((1, 1, 1), title="Coffee")]
    page = cj.report.portfolio(maps, lang="en")
    pictures = re.findall(r'<svg class="small".*?</svg>', page, re.DOTALL)
    assert len(pictures) == 2 and "2 journeys" in page
    tea, coffee = pictures
    assert tea.count("<polyline") == 2 and tea.count('stroke-dasharray="6 4"') == 1 and coffee.count("<polyline") == 1
    assert re.findall(r">([^<]*[▲▼][^<]*)<", tea) == ["−0.5  ▼ −1.0"]
    assert not re.findall("[▲▼]", coffee)
    # In words too, with its interval, and in the table.
    assert "B: −0.5 [−0.6, −0.4], n = 90 (▼ −1.0 [−1.1, −0.9])" in tea
    assert "B: −1.0 [−1.1, −0.9]" in tables(page)[0][1][6]


def test_a_difference_that_could_be_chance_is_not_marked():
    page = cj.report.portfolio([wave((0.5, 0.35, 0.2)), wave((0.5, 0.5, 0.2), "2025")], lang="en")
    assert not re.findall(r"<text[^>]*>[^<]*[▲▼]", page)
    assert tables(page)[0][1][6] == "nothing for sure"


def test_two_maps_of_one_title_without_waves_stay_two():
    assert "2 journeys" in cj.report.portfolio([wave((0, 0, 0)), wave((1, 1, 1))], lang="en")


def test_the_portfolio_is_a_picture_too():
    ax = cj.plot.portfolio(
        [wave((0.5, -0.5, 0.2), n=5), wave((0.45, 0.5, 0.2), "2025"), wave((1, 1, 1), title="Coffee")]
    )
    texts = [t.get_text() for t in ax.texts]
    assert [t for t in texts if "▲" in t or "▼" in t] == ["−0.5  ▼ −1.0"]
    assert {"Tea", "Coffee"} <= set(texts) and sum(line.get_linestyle() == "--" for line in ax.lines) == 3
    assert sum(line.get_marker() == "o" and line.get_markerfacecolor() == "none" for line in ax.lines) == 3
    tea, coffee = (line.get_ydata() for line in ax.lines if len(line.get_xdata()) == 3 and line.get_linestyle() == "-")
    assert tea[1] - tea[0] == pytest.approx(-0.8) and set(coffee - coffee[0]) == {0}
    with pytest.raises(cj.CjmError, match="no journey"):
        cj.plot.portfolio([])
