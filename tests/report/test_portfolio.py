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
    assert row[7] == "3 / 10"
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
