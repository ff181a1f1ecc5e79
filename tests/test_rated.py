"""A study with a survey alone: rated questions name the touchpoints of its map, marked where the place is proposed."""

import pandas as pd
import pytest

import cjmkit as cj


@pytest.fixture
def study(tmp_path):
    made = cj.Study.create(tmp_path / "shop", framework="five-stages", language="en")
    asked = ("How satisfied are you with the delivery?", "How satisfied are you with the website?")
    rated = {c: [1 + (k + j) % 5 for k in range(40)] for j, c in enumerate(asked)}
    pd.DataFrame({"id": range(40), **rated}).to_csv(made.path / "surveys" / "s.csv", index=False)
    return made


def test_the_lane_holds_what_was_rated_with_its_mean_and_n(study):
    study.save(study.new_journey())
    touched = [(s.id, t) for s in study.journey().stages for t in s.touchpoints]
    links = study.links()
    assert {(s, t.name) for s, t in touched} == set(zip(links["stage"], links["touchpoint"], strict=True))
    for _, t in touched:
        assert t.proposed and t.evidence[0].estimate.n == 40 and t.evidence[0].estimate.value == pytest.approx(0)
    assert not any(g.lane == "touchpoints" for g in study.journey().gaps)


def test_accepted_links_are_no_guess(study):
    study.accept()
    study.save(study.new_journey())
    touched = [t for s in study.journey().stages for t in s.touchpoints]
    assert touched and not any(t.proposed for t in touched)


def test_a_study_that_lists_its_touchpoints_gets_no_second_of_a_name(study):
    stage = study.stages()[0].id
    (study.path / "plan").mkdir(exist_ok=True)
    (study.path / "plan" / "touchpoints.csv").write_text(f"stage,touchpoint,channel\n{stage},Delivery,phone\n")
    study.save(study.new_journey())
    assert not any(s.touchpoints for s in study.journey().stages)


def test_a_map_with_touchpoints_of_its_own_is_left_alone(study):
    stage = study.stages()[0].id
    study.save(study.new_journey().with_touchpoint(stage, "Shop window"))
    assert [t.name for s in study.journey().stages for t in s.touchpoints] == ["Shop window"]
