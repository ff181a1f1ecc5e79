"""Stage scores, open answers, careless answers."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError, DataWarning
from cjmkit.survey import Survey, open_answers, quality, stage_scores


def linked(n=60, seed=0):
    rng = np.random.default_rng(seed)
    t = pd.DataFrame(
        {
            "id": [f"p{i}" for i in range(n)],
            "a": rng.integers(1, 6, n),
            "b": rng.integers(0, 11, n),
            "c": rng.choice(["Bad", "Fair", "Good"], n),
            "why": ["Because it was slow"] * n,
        }
    )
    t.loc[0, "a"] = 9
    s = (
        Survey.from_frame(t)
        .set_item("a", type="likert", scale=(1, 5), missing=[9])
        .set_item("b", type="nps", scale=(0, 10))
    )
    s = s.set_item("c", type="likert", scale=("Bad", "Fair", "Good")).set_item("why", type="open")
    return s.link({"search": {"Site": "a", "Chat": "c"}, "deal": "b"})


def test_every_scale_ends_at_minus_two_and_two_whatever_its_length():
    s = linked()
    t = stage_scores(s)
    deal = t[t["stage"] == "deal"].set_index("participant")["score"]
    assert deal[s.values("b") == 10].eq(2).all()
    assert deal[s.values("b") == 0].eq(-2).all()
    assert deal[s.values("b") == 5].eq(0).all()


def test_a_person_counts_once_a_stage_however_many_items_they_answered():
    s = linked()
    t = stage_scores(s)
    assert not t.duplicated(["participant", "stage"]).any()
    search = t[t["stage"] == "search"].set_index("participant")
    assert search.loc["p0", "n_items"] == 1
    assert search.loc["p1", "n_items"] == 2
    expected = ((4 * (s.values("a")["p1"] - 1) / 4 - 2) + (4 * (s.values("c")["p1"] - 1) / 2 - 2)) / 2
    assert search.loc["p1", "score"] == pytest.approx(expected)
    assert list(t.columns[:5]) == ["participant", "stage", "touchpoint", "score", "source"]
    assert set(t["source"]) == {"survey"}


def test_averaging_people_is_wider_than_pooling_their_ratings():
    rng = np.random.default_rng(1)
    person = rng.normal(size=300)
    t = pd.DataFrame(
        {f"q{k}": np.clip(np.round(3 + person + 0.5 * rng.normal(size=300)), 1, 5) for k in range(4)}
        | {"id": range(300)}
    )
    s = Survey.from_frame(t).set_item("q*", type="likert", scale=(1, 5), stage="use")
    people = stage_scores(s)["score"]
    pooled = pd.concat([s.values(f"q{k}") for k in range(4)]) - 3
    assert people.std() / np.sqrt(300) > 1.5 * pooled.std() / np.sqrt(1200)
    assert people.mean() == pytest.approx(pooled.mean())


def test_touchpoints_are_scored_apart_on_demand():
    t = stage_scores(linked(), touchpoints=True)
    assert set(t.loc[t["stage"] == "search", "touchpoint"]) == {"Site", "Chat"}
    assert set(stage_scores(linked())["touchpoint"]) == {""}


def test_stages_come_in_the_order_given_and_links_replace_those_of_the_survey():
    t = stage_scores(linked(), {"deal": "b", "search": "a"})
    assert t["stage"].unique().tolist() == ["deal", "search"]
    assert t.loc[t["stage"] == "search", "n_items"].max() == 1


def test_a_survey_without_links_says_how_to_link():
    s = linked().set_item(["a", "b", "c"], stage="", touchpoint="")
    with pytest.raises(CjmError, match="links="):
        stage_scores(s)
    number = Survey.from_frame(pd.DataFrame({"id": [1, 2], "x": [3, 400]}))
    with pytest.raises(CjmError, match="without a scale"):
        stage_scores(number, {"use": "x"})


def test_a_linked_item_that_is_no_rating_is_left_out_with_a_warning():
    s = linked()
    t = s.data.assign(city="Kazan")
    more = Survey.from_frame(t, decisions=s.decisions()).set_item("city", type="single", stage="search")
    with pytest.warns(DataWarning, match="'city'"):
        assert len(stage_scores(more)) == len(stage_scores(s))


def test_reversed_items_count_the_other_way_round():
    s = linked()
    a = stage_scores(s, {"deal": "b"})["score"]
    b = stage_scores(s.set_item("b", reverse=True), {"deal": "b"})["score"]
    assert np.allclose(a, -b)


def test_open_answers_keep_words_person_stage_and_hash():
    t = pd.DataFrame({"id": ["a", "b", "c"], "why": ["Очень долго ждала\r\nответа", " - ", None]})
    s = Survey.from_frame(t, name="exit").set_item("why", type="open", stage="deal", touchpoint="Call")
    d = open_answers(s)
    assert len(d) == 1
    row = d.iloc[0]
    assert (row["document"], row["participant"], row["stage"], row["touchpoint"], row["language"]) == (
        "exit/why/a",
        "a",
        "deal",
        "Call",
        "ru",
    )
    assert row["text"] == "Очень долго ждала\nответа"
    assert row["sha256"] == hashlib.sha256(row["text"].encode()).hexdigest()
    with pytest.raises(CjmError, match="no open item"):
        open_answers(s.set_item("why", type="single"))


def test_straight_lines_speed_and_gaps_are_flagged_and_nobody_is_removed():
    rng = np.random.default_rng(0)
    n = 40
    t = pd.DataFrame(
        {f"g_{k}": rng.integers(1, 6, n).astype(float) for k in range(8)}
        | {"id": range(n), "duration": rng.uniform(200, 400, n)}
    )
    t.loc[0, [f"g_{k}" for k in range(8)]] = 5
    t.loc[1, [f"g_{k}" for k in range(8)]] = 3  # the middle is a possible opinion about everything
    t.loc[2, "duration"] = 30
    t.loc[3, [f"g_{k}" for k in range(6)]] = np.nan
    s = Survey.from_frame(t).set_item("g_*", type="likert", scale=(1, 5), group="grid")
    found = quality(s)
    flagged = found.table.set_index("respondent")
    assert flagged.loc["0", "straightliner"]
    assert not flagged.loc["1", "straightliner"]
    assert flagged.loc["2", "speeder"]
    assert flagged.loc["3", "sparse"]
    assert len(found.table) == n
    assert found.estimate.value == (found.table["flags"] > 0).mean()
    assert "Nobody was removed" in found.summary("en")
    assert found.items["n"].max() == n


def test_a_turned_row_in_the_grid_does_not_hide_a_straight_line():
    t = pd.DataFrame({f"g_{k}": [5, 1 + k % 5] for k in range(8)} | {"id": ["a", "b"]})
    s = Survey.from_frame(t).set_item("g_*", type="likert", scale=(1, 5), group="grid").set_item("g_3", reverse=True)
    assert quality(s).table["straightliner"].tolist() == [True, False]


def test_speed_is_read_from_dates_as_platforms_and_spreadsheets_write_them():
    from cjmkit.survey.reading.layout import dates

    written = {
        "2015/06/02 9:45:34 AM GMT+3": "2015-06-02 09:45:34",
        "02.06.2015 09:45": "2015-06-02 09:45:00",
        "6/22/2015 9:45:34": "2015-06-22 09:45:34",
        "2015-06-02T09:45:34Z": "2015-06-02 09:45:34",
    }
    for text, moment in written.items():
        assert str(dates(pd.Series([text]))[0])[:19] == moment
    assert dates(pd.Series(["soon"])).isna().all()
    serial = dates(pd.Series([42157.5, 3.0]))
    assert str(serial[0]) == "2015-06-02 12:00:00"
    assert pd.isna(serial[1])
