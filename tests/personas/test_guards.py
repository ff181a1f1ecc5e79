"""Groups that are something else than kinds of people are refused, and kinds of people are not."""

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit import personas
from cjmkit.personas.guards import cramers_v, owed_to_one, runs_on, valley


def people(n, seed, gap=2.0, noise=1.0):
    """Three kinds, `gap` points apart on most of eight five-point questions."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, n)
    centres = np.array([[1, 0, 0, 1, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0, 1, 0], [0, 0, 1, 0, 1, 1, 0, 1]]) * gap
    x = np.clip(np.round(2 + centres[kind] + rng.normal(0, noise, (n, 8))), 1, 5)
    return pd.DataFrame(x, columns=list("abcdefgh"), index=[f"p{i}" for i in range(n)]), kind


def fitted(frame, **more):
    return personas.fit(personas.features(survey=frame), nulls=39, resamples=15, **more)


def test_kinds_of_people_are_not_refused():
    for seed in range(3):
        found = fitted(people(400, seed)[0])
        assert found.k == 3, found.summary("en")


def test_two_ends_of_one_degree_are_no_kinds():
    rng = np.random.default_rng(3)
    place = rng.beta(0.8, 0.8, 1500)[:, None]  # many at both ends, and people everywhere between
    x = np.clip(np.round(1 + 4 * place + rng.normal(0, 0.9, (1500, 8))), 1, 5)
    found = fitted(pd.DataFrame(x).add_prefix("q"))
    assert not found.found
    assert len(found.degree()) == 1500
    assert found.degree(parts=4)["part"].value_counts().tolist() == [375] * 4


def test_groups_that_are_one_question_are_refused_by_its_name():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(0, 1, (200, 4)), columns=["ease", "price", "speed", "trust"])
    frame["taxi"] = np.where(rng.random(200) < 0.5, 8.0, -8.0) + rng.normal(0, 0.1, 200)
    found = personas.fit(personas.features(survey=frame), nulls=39, resamples=15)
    assert found.status == "none"
    alone = fitted(frame[["taxi"]])
    assert alone.status == "none"


def test_groups_that_are_who_was_asked_are_refused():
    rng = np.random.default_rng(6)
    x = rng.normal(0, 1, (300, 9))
    asked = rng.random(300) < 0.5
    x[:, 0] += 9  # a tail that only those who were asked can have
    x[asked, :3] = np.where(rng.random((asked.sum(), 3)) < 0.5, -6, 6) + rng.normal(0, 1, (asked.sum(), 3))
    x[~asked, :3] = np.nan
    found = fitted(pd.DataFrame(x).add_prefix("q"))
    assert found.why != "found" or cramers_v(~asked, found.labels == "P1") < 0.5


def test_yea_saying_is_a_way_of_answering():
    rng = np.random.default_rng(7)
    yes = np.repeat([0, 1], 100)
    x = np.clip(np.round(3 + 1.4 * (2 * yes - 1)[:, None] + rng.normal(0, 0.7, (200, 10))), 1, 5)
    found = fitted(pd.DataFrame(x).add_prefix("q"))
    assert (found.status, found.why, found.about) == ("none", "style", "level")
    assert "way of answering" in found.verdict("en") and "манера отвечать" in found.verdict("ru")


def test_groups_that_are_strata_are_refused():
    frame, kind = people(240, 8)
    frame["Which stratum (code)"] = kind + 1
    frame = frame.rename(columns={c: f"How much do you like {c} in general?" for c in "abcdefgh"})
    survey = cj.survey.Survey.from_frame(frame)
    features = personas.features(survey=survey)
    assert "Which stratum (code)" in set(features.left_out["column"])
    found = personas.fit(features, nulls=39, resamples=15)
    assert (found.status, found.why) == ("none", "stratum")
    back = personas.features(survey=survey, also=["Which stratum (code)"])
    assert "Which stratum (code)" in set(back.columns_info["item"])


def test_what_is_no_attitude_stays_out_with_its_reason():
    frame, _ = people(60, 9)
    frame = frame.rename(columns={c: f"How important is {c} to you?" for c in "abcdefgh"})
    frame["RUNID"] = range(60)
    frame["How likely are you to recommend us?"] = np.arange(60) % 11
    frame["What is your gender?"] = ["woman", "man"] * 30
    frame["Q7ART"] = np.arange(60) % 5
    left = personas.features(survey=cj.survey.Survey.from_frame(frame)).left_out.set_index("column")["why"]
    assert {"RUNID", "How likely are you to recommend us?", "What is your gender?", "Q7ART"} <= set(left.index)
    assert left.map(bool).all()


def test_a_question_asked_twice_counts_once():
    frame, _ = people(60, 10)
    frame["again"] = frame["a"] * 2
    info = personas.features(survey=frame).columns_info.set_index("column")
    assert not info.loc["again", "used"] and "a" in info.loc["again", "why"]


@pytest.mark.parametrize(("distance", "deep"), [(1.0, False), (4.0, True), (6.0, True)])
def test_two_normal_groups_have_a_valley_beyond_two_sd(distance, deep):
    """Holzmann and Vollmer 2008: equal normal groups are bimodal where they are more than two SD apart."""
    rng = np.random.default_rng(11)
    kind = np.repeat([0, 1], 1000)
    x = rng.normal(0, 1, (2000, 4))
    x[:, 0] += distance * kind
    assert (valley(x, kind, 2)[0] < 0.9) is deep


def test_the_share_of_the_strongest_question():
    assert owed_to_one({"a": 3.0, "b": 1.0}) == ("a", 0.75)


def one_line(n, seed):
    rng = np.random.default_rng(seed)
    return 3 + 0.7 * rng.normal(size=(n, 1)) + 0.71 * rng.normal(size=(n, 12)), rng


def test_people_on_a_bent_line_are_no_kinds():
    """Agreement falls with the distance of one's place from the statement's: Coombs (1964), a horseshoe."""
    rng = np.random.default_rng(2)
    place, statement = rng.uniform(-2, 2, (300, 1)), np.linspace(-2, 2, 12)
    x = np.clip(np.round(5 - 1.3 * np.abs(place - statement) + 0.7 * rng.normal(size=(300, 12))), 1, 5)
    found = fitted(pd.DataFrame(x).add_prefix("q"))
    assert found.status == "none", found.summary("en")


def test_ticking_one_point_all_the_way_down_is_a_way_of_answering():
    x, rng = one_line(200, 3)
    lazy = rng.random(200) < 0.3
    x[lazy] = rng.choice([3, 4, 5], (lazy.sum(), 1), p=[0.6, 0.2, 0.2])
    found = fitted(pd.DataFrame(np.clip(np.round(x), 1, 5)).add_prefix("q"))
    assert found.status == "none", found.summary("en")


def test_a_degree_is_named_and_offered_where_data_without_groups_look_alike():
    x, _ = one_line(300, 4)
    found = fitted(pd.DataFrame(np.clip(np.round(x), 1, 5)).add_prefix("q"))
    assert found.status == "none"
    assert "by degree" in found.verdict("en") and "степенью" in found.verdict("ru")
    assert found.about
    noise = fitted(pd.DataFrame(np.random.default_rng(5).normal(size=(300, 12)).round()).add_prefix("q"))
    assert (noise.status, noise.about) == ("none", "")


def five(z):
    return pd.DataFrame(np.clip(np.round(z + 3), 1, 5)).add_prefix("q")


@pytest.mark.parametrize("shape", ["even", "both ends", "bent", "three lines", "skewed"])
def test_a_line_runs_on_through_its_parts_and_kinds_are_no_line(shape):
    """Local independence (Lazarsfeld and Henry 1968): left within kinds is nothing, within parts of a line the line."""
    from sklearn.cluster import KMeans

    rng = np.random.default_rng(21)
    n, turned = 60, np.where(np.arange(12) % 2, 1, -1)
    noise = rng.normal(size=(n, 12))
    line = {
        "even": lambda: 0.8 * turned * rng.uniform(-1.73, 1.73, (n, 1)) + 0.6 * noise,
        "both ends": lambda: 4 * turned * (rng.beta(0.8, 0.8, (n, 1)) - 0.5) + 0.9 * noise,
        "bent": lambda: 2 - 1.3 * np.abs(rng.uniform(-2, 2, (n, 1)) - np.linspace(-2, 2, 12)) + 0.7 * noise,
        "three lines": lambda: 0.8 * rng.uniform(-1.73, 1.73, (n, 3))[:, np.arange(12) % 3] + 0.6 * noise,
        "skewed": lambda: 0.8 * turned * (rng.exponential(1, (n, 1)) - 1) + 0.6 * noise,
    }[shape]()
    space = personas.features(survey=five(line)).space()
    cut = KMeans(3, n_init=5, random_state=0).fit_predict(space.scores())
    assert runs_on(space, cut, 3)[1] <= 0.05
    frame, _ = people(n, 3)
    space = personas.features(survey=frame).space()
    assert runs_on(space, KMeans(3, n_init=5, random_state=0).fit_predict(space.scores()), 3)[1] > 0.05


def test_a_gap_among_few_people_is_not_certain():
    rng = np.random.default_rng(22)
    kind = np.repeat([0, 1], 12)
    x = rng.normal(size=(24, 4)) + 5 * kind[:, None] * np.array([1.0, 0, 0, 0])
    ratio, high = valley(x, kind, 2)
    many = np.repeat([0, 1], 1200)
    far = rng.normal(size=(2400, 4)) + 5 * many[:, None] * np.array([1.0, 0, 0, 0])
    assert ratio < 0.5 < high
    assert valley(far, many, 2)[1] < 0.5


def test_five_points_among_answers_of_a_hundred_are_a_way_of_answering():
    rng = np.random.default_rng(23)
    share = np.clip(50 + 22 * rng.normal(size=(150, 12)), 0, 100)
    x = np.where(rng.random((150, 1)) < 0.3, 1 + np.round(share / 25), np.round(share))
    found = fitted(pd.DataFrame(x).add_prefix("q"))
    assert (found.status, found.why) == ("none", "style"), found.summary("en")


def test_answers_rounded_by_habit_make_no_kinds():
    rng = np.random.default_rng(24)
    share = np.clip(50 + 16 * rng.normal(size=(150, 1)) + 16 * rng.normal(size=(150, 12)), 0, 100)
    to = rng.choice([5, 10, 50], (150, 1), p=[0.4, 0.4, 0.2])
    found = fitted(pd.DataFrame(np.round(share / to) * to).add_prefix("q"))
    assert found.status == "none", found.summary("en")


def test_kinds_whose_people_are_more_or_less_content_are_still_kinds():
    frame, _ = people(300, 25, gap=2.5)
    frame = (frame + np.random.default_rng(26).normal(0, 0.5, (300, 1))).clip(1, 5).round()
    found = fitted(frame)
    assert found.k == 3, found.summary("en")
