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


def test_a_proposed_place_is_marked_where_questions_hold_commas(tmp_path):
    rows = "".join(f"u{k},{1 + k % 5},{2 + k % 4}\n" for k in range(30))
    head = 'id,"Rate, please, the delivery (1-5)","Rate, please, the payment (1-5)"\n'
    study = cj.Study.create(tmp_path / "shop", framework="five-stages", language="en")
    (study.path / "surveys" / "guests 12.10.csv").write_text(head + rows)
    curve = cj.emotion.curve(cj.survey.stage_scores(study.survey()), stages=study.stages())
    study.save(study.new_journey().with_emotion(curve))
    journey = cj.Study(study.path).journey()
    shown = [p for p in journey.emotion if p.evidence]
    assert len(shown) >= 2 and all(p.proposed for p in shown)
    assert all(t.proposed for s in journey.stages for t in s.touchpoints)
    study.accept()
    decided = cj.Study(study.path)
    decided.survey()
    decided.save(decided.new_journey().with_emotion(curve))
    assert not any(p.proposed for p in decided.journey().emotion)


def test_a_decision_on_a_survey_with_a_date_in_its_name_is_found_again(tmp_path):
    head, rows = "id,Rate the delivery\n", "".join(f"u{k},{1 + k % 5}\n" for k in range(30))
    study = cj.Study.create(tmp_path / "shop", framework="five-stages", language="en")
    for day in ("12.09", "12.10"):
        (study.path / "surveys" / f"guests {day}.csv").write_text(head + rows)
    asked = study.survey("guests 12.10")
    assert asked.name == "guests 12.10"
    kept = cj.survey.doubting.stored_beside(asked)
    assert kept == study.items_file("guests 12.10") != study.items_file("guests 12.09")
