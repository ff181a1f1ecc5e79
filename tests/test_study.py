"""The study folder: what is there, what is missing, and that nothing is lost or half-written."""

import errno
import os

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import FileFormatError, StudyError
from cjmkit.study.greeting import missing_for


@pytest.fixture
def study(tmp_path):
    return cj.Study.create(tmp_path / "flat", title="Первая квартира", language="ru", framework="loyalty-loop")


def test_a_new_study_has_eight_notebooks_and_a_word_on_what_goes_where(study):
    assert [p.name[:2] for p in sorted((study.path / "notebooks").glob("*.ipynb"))] == [f"0{k}" for k in range(1, 9)]
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
        with pytest.raises(StudyError, match=word):
            ask()


def test_two_surveys_and_no_choice_is_a_question_back(study):
    for name in ("a", "b"):
        (study.path / "surveys" / f"{name}.csv").write_text("id,q\n1,5\n")
    with pytest.raises(StudyError, match="which one is meant"):
        study.survey()
    with pytest.raises(StudyError, match="unknown survey"):
        study.survey("c")


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
