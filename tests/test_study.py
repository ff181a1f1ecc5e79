"""The study folder: what is there, what is missing, and that nothing is lost or half-written."""

import errno
import os
from pathlib import Path

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError, FileFormatError, NotEnough, StudyError
from cjmkit.study.linking import propose
from cjmkit.study.notebook import missing_for


@pytest.fixture
def study(tmp_path):
    return cj.Study.create(tmp_path / "flat", title="Первая квартира", language="ru", framework="loyalty-loop")


def test_a_new_study_has_a_start_page_eight_notebooks_and_a_word_on_what_goes_where(study):
    assert [p.name[:2] for p in sorted((study.path / "notebooks").glob("*.ipynb"))] == [f"0{k}" for k in range(9)]
    assert "расшифровки" in (study.path / "README.md").read_text("utf-8")
    assert study.language == "ru"
    assert [s.id for s in study.stages()] == ["sense-making", "evaluation", "deal", "loyalty-loop", "trigger"]


def test_templates_of_a_new_study_hold_no_outputs_of_the_example(study):
    import json

    for p in (study.path / "notebooks").glob("*.ipynb"):
        cells = json.loads(p.read_text("utf-8"))["cells"]
        assert all(not c["outputs"] for c in cells if c["cell_type"] == "code"), p.name


def test_an_empty_study_says_what_is_missing_instead_of_failing(study):
    assert not study.contents()["has"].any()
    assert "расшифровки" in repr(study)
    assert len(missing_for("# needs: interviews, survey\nstudy.turns()", study)) == 2
    assert missing_for("study.title", study) == []


def test_a_folder_that_is_not_empty_is_never_written_into(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(StudyError, match="nothing was changed"):
        cj.Study.create(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    with pytest.raises(StudyError, match="it holds nothing"):
        cj.Study(tmp_path)
    with pytest.raises(StudyError, match="there is no folder"):
        cj.Study(tmp_path / "nowhere")


def test_a_mistake_in_study_yaml_is_named_with_its_line(study):
    file = study.path / "study.yaml"
    file.write_text(file.read_text("utf-8").replace("framework:", "framwork:"), "utf-8")
    with pytest.raises(FileFormatError, match="did you mean 'framework'") as caught:
        _ = cj.Study(study.path).settings
    assert caught.value.line == 4


def test_asking_for_what_is_not_there_says_what_to_do(study):
    for ask, word in [(study.turns, "interviews/"), (study.survey, "surveys/"), (study.events, "events/")]:
        with pytest.raises(NotEnough, match=word):
            ask()


def test_of_two_waves_the_later_is_the_survey_and_the_earlier_the_previous_one(study):
    for name, answers in (("buyers-2025", "1,5\n2,4\n3,4\n"), ("buyers-2026", "1,5\n2,4\n")):
        (study.path / "surveys" / f"{name}.csv").write_text(f"id,q\n{answers}")
    assert study.survey().name == "buyers-2026"
    assert study.previous_survey().name == "buyers-2025"
    with pytest.raises(cj.CjmError, match="unknown file in surveys/ 'c'"):
        study.survey("c")


def test_of_surveys_of_other_people_the_largest_is_the_study_s_unless_it_is_said(study):
    (study.path / "surveys" / "guests.csv").write_text("id,q\n" + "".join(f"{k},5\n" for k in range(30)))
    (study.path / "surveys" / "staff.csv").write_text("id,q\n1,5\n")
    assert study.survey().name == "guests"
    assert not study.has("previous")
    file = study.path / "study.yaml"
    file.write_text(file.read_text("utf-8") + "survey: {file: staff}\n", "utf-8")
    assert cj.Study(study.path).survey().name == "staff"


def test_a_padded_id_is_a_name_and_joins_everywhere(study):
    (study.path / "surveys" / "guests.csv").write_text("id,q\n001,5\n002,4\n")
    (study.path / "interviews" / "participants.csv").write_text("document,participant\na,001\nb,002\n")
    study.keep("labels", pd.Series({"001": "P1", "002": "P2"}, name="persona").rename_axis("participant"))
    people = list(study.labels().index)
    assert people == list(study.participants()["participant"]) == list(study.survey().respondents)


def test_a_result_made_from_other_material_is_not_used_and_is_named(study):
    file = study.path / "surveys" / "guests.csv"
    file.write_text("id,q\n001,5\n002,4\n")
    study.survey()
    study.keep("labels", pd.Series({"001": "P1"}, name="persona").rename_axis("participant"))
    study.save([cj.Persona(id="P1", name="Ann")])
    again = cj.Study(study.path)
    assert again.has("labels")
    file.write_text("id,q\n003,5\n004,4\n")
    assert not again.has("labels")
    assert again.personas() == ()
    assert again.stale() == ("labels.csv", "personas.yaml")
    with pytest.raises(NotEnough, match="made from other material|по другому материалу"):
        again.labels()
    (study.path / "plan" / "ideas.csv").write_text("id,title\n1,x\n")
    file.write_text("id,q\n001,5\n002,4\n")
    assert again.has("labels"), "what it was not made from does not matter"


def test_a_new_title_leaves_one_main_journey(study):
    study.save(study.new_journey())
    file = study.path / "study.yaml"
    file.write_text(file.read_text("utf-8").replace("Первая квартира", "Вторая квартира"), "utf-8")
    again = cj.Study(study.path)
    again.save(again.new_journey())
    assert [p.stem for p in (study.path / "journeys").glob("*.yaml")] == ["vtoraya-kvartira"]
    assert len(list((study.path / "journeys" / "history").glob("*.yaml"))) == 1


def test_a_table_without_a_column_it_must_have_is_named(study):
    (study.path / "plan" / "touchpoints.csv").write_text("stage,contact\ndeal,Call\n")
    with pytest.raises(FileFormatError, match="touchpoint"):
        study.table("touchpoints")


def test_a_saved_journey_comes_back_equal_and_its_earlier_version_is_kept(study):
    first = cj.Journey.from_framework("loyalty-loop", title="Первая квартира", id=study.journey_id, language="ru")
    study.save(first)
    second = first.with_note("deal", "barriers", "Мелкий шрифт")
    study.save(second)
    assert study.journey() == second
    (earlier,) = (study.path / "journeys" / "history").glob("*.yaml")
    assert cj.exchange.read_journey(earlier) == first


def test_a_disk_that_fills_while_saving_loses_nothing(study, monkeypatch):
    first = cj.Journey.from_framework("loyalty-loop", title="Первая квартира", id=study.journey_id, language="ru")
    study.save(first)

    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(cj.CjmError, match="No space left"):
        study.save(first.with_note("deal", "barriers", "Мелкий шрифт"))
    monkeypatch.undo()
    assert study.journey() == first
    assert not list(study.path.rglob("*.part"))


def test_personas_labels_and_findings_reach_the_next_notebook(study):
    people = (cj.Persona(id="P1", name="Планировщик", participants=("u1",)),)
    study.save(people)
    study.keep("labels", pd.Series({"u1": "P1", "u2": "P2"}, name="persona").rename_axis("participant"))
    study.conclude(3, "personas", "Две устойчивые группы.")
    study.conclude(1, "goal", "Спросить 861 человека.")
    again = cj.Study(study.path)
    assert again.personas() == people
    assert again.labels().to_dict() == {"u1": "P1", "u2": "P2"}
    assert [f.step for f in again.findings()] == [1, 3]


@pytest.mark.parametrize("name", ["residential", "mealkit"])
def test_a_shipped_study_is_copied_without_its_answers(tmp_path, name):
    study = cj.Study.example(name, tmp_path / "copy")
    assert study.settings.made_up
    assert not (study.path / "truth").exists()
    assert study.has("interviews")
    assert study.has("survey")
    assert study.has("events")


@pytest.mark.parametrize(("name", "at_least"), [("residential", 0.8), ("mealkit", 0.8)])
def test_proposed_links_agree_with_those_that_a_researcher_decided(tmp_path, name, at_least):
    study = cj.Study.example(name, tmp_path / "copy")
    decided = study.survey()
    truth = {i.item: (i.stage, i.touchpoint) for i in decided.all_items if i.stage and i.scale}
    bare = decided.set_item(list(truth), stage="", touchpoint="")
    table = propose(study, bare).set_index("item")
    assert set(table.index) == set(truth), "statements about oneself are not placed, every rating is"
    hits = [table.at[i, "stage"] == stage for i, (stage, _) in truth.items()]
    assert sum(hits) / len(hits) >= at_least
    # The table of decisions may shorten a name: "Week planner in the app" is its "Week planner".
    named = [(point, table.at[i, "touchpoint"]) for i, (_, point) in truth.items() if point]
    assert sum(point in found for point, found in named) == len(named)
    assert table["reason"].str.len().gt(0).all()


def test_accepted_links_are_decisions_and_a_wrong_item_is_named(study):
    rows = ["id,How satisfied are you with the delivery?,How was the support?"]
    rows += [f"a{k},{1 + k % 5},{5 - k % 5}" for k in range(20)]
    (study.path / "surveys" / "s.csv").write_text("\n".join(rows))
    assert not study.links()["linked"].any()
    with pytest.raises(cj.CjmError, match="unknown rated question"):
        study.accept(["nothing"])
    study.accept()
    again = cj.Study(study.path)
    assert again.links()["linked"].all()
    assert again.survey() is not None
    assert not again.proposed


def test_without_any_link_the_ratings_stand_where_they_are_proposed(study):
    rows = ["id,Как вы оцените доставку?", *(f"a{k},{1 + k % 5}" for k in range(20))]
    (study.path / "surveys" / "s.csv").write_text("\n".join(rows))
    scores = cj.survey.stage_scores(study.survey())
    assert len(scores) == 20
    assert study.proposed == {("s", "Как вы оцените доставку?")}


def test_an_example_is_copied_once_and_opened_again(tmp_path):
    first = cj.Study.example("mealkit", tmp_path / "copy")
    (first.path / "notebooks" / "mine.txt").write_text("work")
    (first.path / "notebooks" / "01_goal.ipynb").unlink()
    again = cj.Study.example("mealkit", tmp_path / "copy")
    assert again.title == first.title
    assert (again.path / "notebooks" / "mine.txt").read_text() == "work"
    assert not (again.path / "notebooks" / "01_goal.ipynb").exists(), "nothing is put back behind one's back"
    with pytest.raises(CjmError, match="not an empty folder"):
        cj.Study.example("residential", tmp_path / "copy")


def test_the_ten_lines_of_the_readme_run_twice_and_print_little(tmp_path, monkeypatch, capsys):
    import re

    monkeypatch.chdir(tmp_path)
    page = (Path(cj.__file__).parents[1] / "README.md").read_text("utf-8")
    lines = re.search(r"^## In ten lines\n+```python\n(.*?)^```", page, re.M | re.S)[1]
    assert len(lines.splitlines()) == 10
    for _ in range(2):
        exec(lines, {})
        assert len(capsys.readouterr().out.splitlines()) <= 10
    assert (tmp_path / "map.html").stat().st_size > 100_000
