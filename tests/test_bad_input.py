"""What researchers' folders really look like: each fault is named, nothing is lost."""

import inspect
import warnings

import pandas as pd
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


TABLES = (
    "turns",
    "codings",
    "table",
    "tables",
    "answers",
    "texts",
    "scores",
    "tasks",
    "choices",
    "messages",
    "channels",
)
CAME = {
    "a list of texts": ["too slow", "rude"],
    "a Series": pd.Series(["too slow", "rude"], index=["a", 2]),
    "a text": "x",
    "a table without the columns": pd.DataFrame({"a": [1, 2]}),
    "an empty table": pd.DataFrame(),
}


def takers():
    """Public functions whose first argument is a table or texts, and that can be called with little else."""
    for room in (cj.coding, cj.text, cj.survey, cj.priorities, cj.personas, cj.barriers, cj.emotion):
        for name in room.__all__:
            function = getattr(room, name)
            found = list(inspect.signature(function).parameters.values()) if inspect.isfunction(function) else []
            asked = [p for p in found if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
            if asked and asked[0].name in TABLES and all(p.kind is not p.KEYWORD_ONLY for p in asked):
                yield f"{room.__name__}.{name}", function, asked[1:]


@pytest.mark.parametrize("came", CAME)
def test_what_is_no_such_table_is_taken_or_told_in_words(came, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    raw, met = [], 0
    for name, function, rest in takers():
        met += 1
        others = [pd.DataFrame({"a": [1]}) if "DataFrame" in str(p.annotation) else "x" for p in rest]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                function(CAME[came], *others)
            except CjmError:
                pass
            except Exception as error:
                raw.append(f"{name}: {type(error).__name__}: {error}")
    assert met > 20
    assert not raw, "\n".join(raw)


def test_features_take_a_codebook_a_list_and_people_of_mixed_kinds():
    codings = pd.DataFrame({"participant": [1, "2", 3.0, "1", 2, "3"], "code": ["price"] * 3 + ["wait"] * 3})
    book = cj.coding.Codebook([cj.coding.Code("price", title="Too dear")])
    with pytest.warns(cj.errors.DataWarning, match="wait"):
        made = cj.personas.features(codings=codings, codebook=book)
    assert sorted(made.table.index) == ["1", "2", "3"]
    assert set(made.columns_info["text"]) == {"Too dear", "wait"}
    with pytest.raises(CjmError, match="codebook"):
        cj.personas.features(codings=codings, codebook=3)
    said = ["the price is too high", "too high a price", "rude staff", "the staff was rude"] * 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(cj.personas.features(answers=said).table) == 12
        assert cj.personas.features(behaviour=pd.Series({1: 3, "2": 5}, name="visits")).table["visits"].tolist() == [
            3,
            5,
        ]


def test_tone_scores_of_a_list_say_where_the_tone_of_a_list_is():
    with pytest.raises(CjmError, match="tone_table"):
        cj.text.tone_scores(["Great flat!"])
