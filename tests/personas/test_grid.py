"""Placements: read, checked, written without loss, agreed on, and handed to the search for groups."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit import personas
from cjmkit.errors import CjmError, DataWarning, FileFormatError, NotEnough

MONEY = personas.Variable(
    id="money", name="Money", ends=("counts every penny", "never asks"), question="What of money?"
)
WAY = personas.Variable(id="way", options=("app", "phone", "shop"))


@pytest.fixture
def folder(tmp_path):
    """A study's folder: two variables, two raters, the second one's file as a Russian spreadsheet saves it."""
    (tmp_path / "variables.yaml").write_text(
        "- id: money\n  ends: [counts every penny, never asks]\n- id: way\n  options: [app, phone, shop]\n", "utf-8"
    )
    place = tmp_path / "placements"
    place.mkdir()
    (place / "eva.csv").write_text(
        "participant,variable,value,document,start,end,quote,memo\n"
        "7,money,2,a.txt,0,4,Cash,\n7,money,2,a.txt,9,12,log,also\n8,money,,,,,,says nothing\n8,way,app,,,,,\n",
        "utf-8",
    )
    (place / "tom.csv").write_text("participant;variable;value\n7;money;3,5\n8;way;phone\n9;money;7\n", "utf-8")
    return tmp_path


def test_a_grid_is_what_its_files_say(folder):
    grid = personas.grid(folder)
    assert grid.raters == ("eva", "tom")
    assert grid.people == ("7", "8", "9")
    assert grid.table["money"].tolist()[0] == 2.75
    assert grid.table["money"].isna().tolist() == [False, True, False]
    assert grid.table.loc["8", "way"] is None  # split evenly: nobody decides
    assert len(grid.quotes("7", "money")) == 2


def test_what_is_settled_counts_first_and_both_raters_stay(folder):
    grid = personas.grid(folder).settle("8", "way", "phone", memo="talked it through").settle("7", "money", 3)
    saved = grid.save()
    again = personas.grid(folder)
    assert again.table.loc["8", "way"] == "phone"
    assert again.table.loc["7", "money"] == 3
    assert again.by_rater("money").loc["7"].tolist() == [2.0, 3.5]
    assert (folder / "placements" / "settled.csv").is_file()
    assert saved.raters == ("eva", "tom")


def test_written_and_read_again_nothing_is_lost(folder):
    grid = personas.grid(folder)
    before = {p.name: p.read_bytes() for p in (folder / "placements").glob("*.csv")}
    saved = grid.save()
    again = personas.grid(folder)
    key = ["rater", "participant", "variable", "quote"]
    same = [g.placements.sort_values(key).reset_index(drop=True).astype(object).fillna("∅") for g in (grid, again)]
    pd.testing.assert_frame_equal(*same)
    assert saved.save().before == saved.before
    assert set(before) == {p.name for p in (folder / "placements").glob("*.csv")}


def test_a_file_that_somebody_else_wrote_meanwhile_is_not_overwritten(folder):
    grid = personas.grid(folder)
    theirs = folder / "placements" / "eva.csv"
    theirs.write_text("participant,variable,value\n7,money,6\n", "utf-8")
    with pytest.raises(CjmError, match="nothing was overwritten"):
        grid.place("8", "money", 4, rater="eva").save()
    assert theirs.read_text("utf-8").endswith("7,money,6\n")


def test_a_raters_name_may_be_any_text(folder):
    personas.grid(folder).place("7", "money", 4, rater="Анна К.").save()
    assert "Анна К." in personas.grid(folder).raters


def test_placing_touches_one_rater_and_keeps_passages(folder):
    grid = personas.grid(folder)
    moved = grid.place("7", "money", 5, rater="eva")
    assert moved.by_rater("money").loc["7"].tolist() == [5.0, 3.5]
    assert len(moved.quotes("7", "money")) == 2
    more = moved.place(
        "7", "money", 5, rater="eva", passage={"document": "a.txt", "start": 20, "end": 24, "quote": "more"}
    )
    assert more.quotes("7", "money")["quote"].tolist() == ["Cash", "log", "more"]
    gone = more.place("7", "money", None, rater="eva")
    assert gone.by_rater("money").loc["7"].isna().tolist() == [True, False]
    assert grid.table.loc["7", "money"] == 2.75  # the value of before is a value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("participant,variable,value\n7,monney,2\n", r"eva\.csv.*variable.*row.*2.*did you mean 'money'"),
        ("participant,variable,value\n7,money,9\n", r"eva\.csv.*value.*2.*from 1 to 7"),
        ("participant,variable,value\n7,way,fax\n", r"eva\.csv.*value.*option"),
        ("participant,variable,value\n7,money,2\n7,money,5\n", r"eva\.csv.*value.*two places"),
        ("participant,variable,value\n,money,2\n", r"eva\.csv.*participant.*empty"),
        ("participant,variable\n7,money\n", r"eva\.csv.*no column 'value'"),
        ("participant,variable,value,start,end\n7,money,2,x,4\n", r"eva\.csv.*start.*whole numbers"),
        ("participant,variable,value,start,end\n7,money,2,9,4\n", r"eva\.csv.*end.*before the start"),
    ],
)
def test_a_wrong_cell_is_told_with_file_column_and_row(folder, text, said):
    (folder / "placements" / "eva.csv").write_text(text, "utf-8")
    with pytest.raises(FileFormatError) as error:
        personas.grid(folder)
    assert re.search(said, str(error.value), re.DOTALL), str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: a\n  ends: [x]\n", "two different named ends"),
        ("- id: a\n  ends: [x, x]\n", "two different named ends"),
        ("- id: a\n", "either ends"),
        ("- id: a\n  ends: [x, y]\n- id: a\n  ends: [x, y]\n", "there twice"),
        ("- id: a\n  ends: [x, y]\n  questoin: who\n", "question"),
        ("- id: a\n  kind: choice\n  ends: [x, y]\n", "is a range"),
        ("a: b\n", "list of variables"),
    ],
)
def test_a_wrong_variable_is_told(folder, text, said):
    (folder / "variables.yaml").write_text(text, "utf-8")
    with pytest.raises(FileFormatError, match=said):
        personas.grid(folder)


def test_variables_survive_writing(tmp_path):
    from cjmkit.personas.variables import read_variables, variables_yaml

    tricky = personas.Variable(
        id="a", name="Да: нет", ends=("нет, правда", "#да"), question="Кто?", stage="s", note="n"
    )
    path = tmp_path / "variables.yaml"
    path.write_text(variables_yaml([MONEY, WAY, tricky]), "utf-8")
    assert read_variables(path) == (MONEY, WAY, tricky)


def test_without_variables_the_way_to_them_is_said(tmp_path):
    with pytest.raises(NotEnough) as error:
        personas.grid(tmp_path)
    assert "propose_variables" in str(error.value)


def test_a_quote_that_is_not_where_it_says_is_told_and_the_placement_stays(tmp_path):
    study = cj.Study.example("mealkit", tmp_path / "s")
    path = study.path / "placements" / "maya.csv"
    text = path.read_text("utf-8")
    assert text.count("It's the whole part") == 1
    path.write_text(text.replace("It's the whole part", "It's the hole part"), "utf-8")
    grid = personas.grid(study)
    assert len(grid.warnings) == 1
    assert "u00042, cooking" in grid.warnings[0]
    assert grid.by_rater("cooking").loc["u00042", "maya"] == 7


# ---- agreement ------------------------------------------------------------------------------------------------------


def test_agreement_is_krippendorffs_published_example():
    """Krippendorff (2011), reliability data C: four observers, twelve units, ordinal alpha .815, interval .849."""
    data = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    rows = [
        [f"r{r}", f"p{i:02d}", "money", v] for r, line in enumerate(data) for i, v in enumerate(line) if v is not None
    ]
    grid = personas.Grid((MONEY,), pd.DataFrame(rows, columns=["rater", "participant", "variable", "value"]))
    assert grid.agreement(resamples=0).table["alpha"].round(3).tolist() == [0.815]
    assert grid.agreement(metric="interval", resamples=0).table["alpha"].round(3).tolist() == [0.849]


def test_a_variable_that_raters_do_not_agree_on_stays_out_until_asked_for():
    rng = np.random.default_rng(3)
    grid = personas.made_up_grid(n=12, variables=5, k=2, gap=4, seed=2)
    noise = grid.placements["variable"].eq("v03") & grid.placements["rater"].eq("rater 2")
    bad = grid.placements.assign(value=grid.placements["value"].where(~noise, rng.integers(1, 8, len(grid.placements))))
    grid = personas.Grid(grid.variables, bad)
    told = grid.agreement(resamples=200, seed=1)
    assert told.below[0] == "v03"
    row = told.table.set_index("variable").loc["v01"]
    assert row["low"] <= row["alpha"] <= row["high"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f = personas.features(grid=grid)
        assert "v03" in f.left_out["column"].tolist()
        assert "v03" not in f.table
        assert "v03" in personas.features(grid=grid, also="v03").table


def test_one_rater_is_told_that_agreement_needs_two():
    with pytest.raises(NotEnough, match="two"):
        personas.made_up_grid(n=8, raters=1).agreement()


# ---- features -------------------------------------------------------------------------------------------------------


def test_missing_placements_stay_missing_and_mix_with_answers():
    grid = personas.made_up_grid(n=24, missing=0.3, seed=4)
    answers = pd.DataFrame(
        np.random.default_rng(0).integers(1, 6, (24, 3)), index=grid.table.index, columns=list("abc")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alone, mixed = personas.features(grid=grid), personas.features(grid=grid, survey=answers)
    own = grid.table[list(alone.table.columns)].to_numpy(dtype=float)
    np.testing.assert_array_equal(np.isnan(alone.table.to_numpy(dtype=float)), np.isnan(own))
    assert set(mixed.blocks["block"]) == {"placements", "ratings"}
    assert personas.fit(mixed, nulls=19, resamples=10).n == 24


def test_an_unknown_name_to_put_back_is_told():
    with pytest.raises(CjmError, match="v01"):
        personas.features(grid=personas.made_up_grid(n=8), also="v1")


# ---- passages and proposals -----------------------------------------------------------------------------------------


def test_passages_are_the_persons_own_words_and_no_value(tmp_path):
    study = cj.Study.example("mealkit", tmp_path / "s")
    grid, turns = personas.grid(study), study.turns()
    said = grid.passages("u00017", "head", turns=turns, n=4)
    assert list(said) == ["document", "start", "end", "quote", "score"]
    text = study.documents().set_index("document")["text"]["interview-01.txt"]
    assert all(text[s:e] == q for s, e, q in zip(said["start"], said["end"], said["quote"]))
    own = turns[(turns["participant"] == "u00017") & (turns["role"] == "respondent")]
    assert all(((own["start"] <= s) & (own["end"] >= e)).any() for s, e in zip(said["start"], said["end"]))


def test_a_passage_that_was_cited_is_among_the_first_more_often_than_by_chance(tmp_path):
    study = cj.Study.example("mealkit", tmp_path / "s")
    grid, turns = personas.grid(study), study.turns()
    cited = grid.placements[grid.placements["rater"] == "maya"].drop_duplicates(["participant", "variable"]).iloc[::9]
    found, chance = [], []
    for row in cited.itertuples():
        ranked = grid.passages(row.participant, row.variable, turns=turns, n=1000)
        hit = ((ranked["start"] < row.end) & (ranked["end"] > row.start)).to_numpy()
        found.append(hit[:5].any())
        chance.append(min(1, 5 * hit.sum() / len(hit)))
    assert np.mean(found) > 2 * np.mean(chance)


def test_variables_are_proposed_from_what_parts_people():
    said = pd.DataFrame(
        {
            "participant": list("abcdabcdef"),
            "code": ["price"] * 4 + ["map", "map"] + ["all"] * 0 + ["calls"] * 4,
            "valence": [-2, -1, 1, 2, 0, 0, 1, 1, 1, 1],
            "quote": [f"quote {i}" for i in range(10)],
        }
    )
    made = personas.propose_variables(codings=said)
    table = made.table.set_index("id")
    assert table.loc["price", "source"] == "valence"
    assert table.loc["price", ["said_left", "said_right"]].tolist() == ["quote 0", "quote 3"]
    assert table.loc["map", "disagreement"] == pytest.approx(4 * (2 / 6) * (4 / 6))
    assert [v.kind for v in made.variables("price")] == ["range"]
    with pytest.raises(CjmError, match="price"):
        made.variables("prize")


def test_statements_that_people_disagree_about_come_first():
    answers = pd.DataFrame({"split": [1, 1, 1, 5, 5, 5], "shared": [4, 5, 5, 4, 5, 5], "middle": [1, 3, 3, 3, 3, 5]})
    table = personas.propose_variables(survey=answers).table
    assert table["id"].iloc[0] == "split"
    assert table["disagreement"].iloc[0] == 1
    assert table.set_index("id").loc["middle", "disagreement"] < 0.2


def _differing():
    grid = personas.made_up_grid(n=12, variables=4, k=2, gap=4, raters=2, error=0.2, seed=3)
    for i, who in enumerate(grid.people[:8]):
        grid = grid.place(who, "v01", 1 if i % 2 else 7, rater="rater 2").place(who, "v01", 4, rater="rater 1")
    return grid


def test_a_variable_that_raters_see_differently_counts_again_when_all_is_settled():
    grid = _differing()
    with pytest.warns(DataWarning, match="raters do not agree: v01"):
        left = personas.features(grid=grid)
    assert left.left_out["column"].tolist() == ["v01"]
    apart = grid.by_rater("v01")
    for who in apart.index[apart.nunique(axis=1) > 1]:
        assert "v01" not in personas.features(grid=grid).columns_info["column"].tolist()
        grid = grid.settle(who, "v01", 4)
    again = personas.features(grid=grid)
    assert "v01" in again.columns_info["column"].tolist()
    assert again.reliability["v01"] == pytest.approx(0.667)
