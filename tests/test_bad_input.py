"""What researchers' folders really look like: each fault is named, nothing is lost."""

import warnings

import pytest

import cjmkit as cj
from cjmkit.errors import CjmError, FileFormatError


@pytest.fixture
def study(tmp_path):
    return cj.Study.example("mealkit", tmp_path / "s")


def test_a_transcript_in_cp1251_is_read_and_its_encoding_reported(tmp_path):
    study = cj.Study.create(tmp_path / "s", language="ru")
    text = "Интервьюер: Как вы выбирали квартиру?\nОльга: Долго, ещё с осени. Смотрели три района.\n"
    (study.path / "interviews" / "olga.txt").write_bytes(text.encode("cp1251"))
    read = study.transcripts()
    assert read.turns["text"].iloc[1].startswith("Долго, ещё с осени")
    assert "1251" in str(read.report.to_dict())


def test_a_survey_with_a_renamed_column_names_the_column_and_the_likely_one(study):
    file = study.path / "surveys" / "customers-2026.csv"
    header, rest = file.read_text("utf-8").split("\n", 1)
    file.write_text(header.replace("Q5_3", "Q5_3b") + "\n" + rest, "utf-8")
    with pytest.raises(CjmError, match="Q5_3") as caught:
        study.survey()
    assert "customers-2026" in str(caught.value)
    assert "Q5_3b" in str(caught.value)


def test_an_event_log_without_the_named_column_says_which_columns_there_are(study):
    settings = study.path / "study.yaml"
    settings.write_text(settings.read_text("utf-8").replace("user: user_id", "user: client"), "utf-8")
    with pytest.raises(CjmError, match="client") as caught:
        cj.Study(study.path).events()
    assert "user_id" in str(caught.value)


def test_a_funnel_step_that_does_not_exist_gets_a_suggestion(study):
    with pytest.raises(CjmError, match="did you mean 'payment'"):
        study.events().funnel(["site_visit", "payement"])


def test_a_study_file_with_a_tab_is_named_with_its_line(study):
    file = study.path / "study.yaml"
    lines = file.read_text("utf-8").splitlines()
    lines[3] = "\t" + lines[3]
    file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(FileFormatError, match="tab") as caught:
        _ = cj.Study(study.path).settings
    assert caught.value.line == 4


def test_codings_of_a_code_that_is_not_in_the_codebook_are_named_when_they_go_onto_the_map(study):
    codings = study.codings()
    codings.loc[codings.index[0], "code"] = "tpyo"
    with pytest.raises(CjmError, match="tpyo"):
        cj.coding.notes(codings, study.codebook())


def test_a_coding_beyond_the_end_of_its_text_is_reported_not_shifted(study):
    codings, documents = study.codings(), study.documents()
    row = codings.index[0]
    codings.loc[row, ["start", "end"]] = [10**7, 10**7 + 5]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        anchored = cj.coding.anchor(codings, documents)
    found = anchored.codings.loc[anchored.codings["quote"] == codings.loc[row, "quote"]]
    text = documents.set_index("document")["text"]
    for _, c in found.iterrows():
        assert text[c["document"]][c["start"] : c["end"]] == c["quote"]
    assert len(anchored.report) > 0


def test_an_empty_survey_file_is_said_to_be_empty(study):
    (study.path / "surveys" / "customers-2026.csv").write_text("")
    with pytest.raises(CjmError, match="customers-2026"):
        study.survey()
