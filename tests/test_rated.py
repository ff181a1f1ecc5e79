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


def test_statements_of_how_it_went_are_left_to_the_researcher_and_this_is_said(tmp_path, capsys):
    scale = ["полностью не согласен", "скорее не согласен", "и да, и нет", "скорее согласен", "полностью согласен"]
    asked = "Насколько вы согласны с утверждениями? / "
    head = f"ID;Время создания;{asked}Доставка приехала вовремя;{asked}Мне приходилось звонить самому\n"
    rows = "".join(f"{k};2026-09-01 10:00:00;{scale[k % 5]};{scale[4 - k % 5]}\n" for k in range(40))
    study = cj.Study.create(tmp_path / "shop", framework="five-stages", language="ru")
    (study.path / "surveys" / "форма.csv").write_text(head + rows, "cp1251")
    assert study.links().empty
    assert "Доставка приехала вовремя" in study.status().table.set_index("step").loc[6, "doubts"]
    decided = "".join(
        f'  "{asked}{name}": {{stage: purchase, touchpoint: "{name[:8]}", reverse: {back}}}\n'
        for name, back in (("Доставка приехала вовремя", "false"), ("Мне приходилось звонить самому", "true"))
    )
    study.items_file().write_text("items:\n" + decided, "utf-8")
    scores = cj.survey.stage_scores(cj.Study(study.path).survey(), touchpoints=True)
    # Who agrees that it came in time disagrees that they had to call: turned round, both say the same.
    both = scores.pivot(index="participant", columns="touchpoint", values="score")
    assert (both["Доставка"] == both["Мне прих"]).all() and both["Доставка"].nunique() == 5


def test_the_name_of_a_touchpoint_leaves_the_legend_of_the_scale_out():
    from cjmkit.study.linking import touchpoint_name

    for text, name in {
        "Оцените по 5-балльной шкале, где 1 — очень сложно, 5 — очень легко, записаться к врачу": "Записаться к врачу",
        "По шкале от 1 до 5, где 1 - плохо, а 5 - отлично, оцените доставку": "Доставку",
        "On a scale of 1 to 5, where 1 is bad and 5 is good, how would you rate the delivery?": "Delivery",
        "Оцените работу сайта": "Работу сайта",
    }.items():
        item = type("Item", (), {"option": "", "text": text, "item": "q1"})
        assert touchpoint_name(item) == name, text
