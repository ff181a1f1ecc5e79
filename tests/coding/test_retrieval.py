import numpy as np
import pandas as pd
import pytest

from cjmkit import coding
from cjmkit import interviews as iv
from cjmkit.core.cite import cite
from cjmkit.errors import CjmError

BOOK = coding.Codebook(
    [coding.Code("боль", stage="deal"), coding.Code("цена", parent="боль"), coding.Code("чат", stage="use")]
)


def rows(*listed):
    """document = participant; one row a coding: who, start, end, code, then fields."""
    out = []
    for who, a, b, code, *fields in listed:
        made = {
            "document": f"{who}.txt",
            "start": a,
            "end": b,
            "quote": "x" * (b - a),
            "code": code,
            "participant": who,
        }
        out.append(made | {"coder": "eva"} | (fields[0] if fields else {}))
    return coding.check_codings(pd.DataFrame(out))


TABLE = rows(
    ("a", 0, 10, "цена", {"stage": "buy", "valence": -2, "memo": "зло"}),
    ("a", 0, 10, "цена", {"stage": "buy", "valence": -1, "coder": "bob", "memo": "грусть"}),
    ("a", 5, 20, "чат", {"valence": 1}),
    ("a", 40, 50, "чат", {"valence": 2}),
    ("b", 0, 10, "цена", {"stage": "buy", "valence": 0}),
    ("b", 10, 20, "чат"),
    ("c", 0, 5, "боль"),
)


def test_people_are_counted_not_passages_or_coders():
    got = coding.code_by(TABLE, by="stage", codebook=BOOK, people=["a", "b", "c", "d"]).table.set_index(
        ["code", "group"]
    )
    assert got.loc[("цена", "buy"), ["people", "of", "passages"]].tolist() == [2, 4, 2]
    assert got.loc[("чат", "use"), ["people", "of", "passages"]].tolist() == [2, 4, 3]
    assert got.loc[("боль", "deal"), "people"] == 1
    assert got.loc[("боль", "buy"), "people"] == 0
    low, high = got.loc[("цена", "buy"), ["low", "high"]]
    assert (low, high) == (pytest.approx(0.1500, abs=1e-4), pytest.approx(0.8500, abs=1e-4)), "Wilson of 2 of 4"


def test_personas_are_compared_by_their_own_people():
    labels = pd.Series({"a": "P1", "b": "P1", "c": "P2", "z": "P2"})
    got = coding.code_by(TABLE, by=labels).table.set_index(["code", "group"])
    assert got.loc[("цена", "P1"), "share"] == 1
    assert got.loc[("боль", "P2"), ["people", "of"]].tolist() == [1, 2]
    cases = coding.code_by(TABLE, by="case").wide("passages")
    assert cases.loc["чат"].tolist() == [2, 1, 0]


def test_a_share_can_be_cited_and_strangers_are_pointed_out():
    figure = cite(coding.code_by(TABLE, by="code"), code="цена")
    assert (figure.estimate.value, figure.estimate.n) == (pytest.approx(2 / 3), 3)
    with pytest.raises(CjmError, match="unknown participant in the codings 'c'"):
        coding.code_by(TABLE, by="stage", people=["a", "b"])
    with pytest.raises(CjmError, match="unknown grouping 'stages'; did you mean 'stage'"):
        coding.code_by(TABLE, by="stages")
    with pytest.raises(CjmError, match="with_participants"):
        coding.code_by(TABLE.assign(participant=None), by="case")


def test_codes_meet_where_their_passages_overlap():
    got = coding.cooccurrence(TABLE).table.set_index(["code", "other"])
    assert got.loc[("цена", "чат"), ["people", "of", "passages"]].tolist() == [1, 2, 1], "touching spans do not overlap"
    # Passages: 2 of цена (a, b), 3 of чат; one of each meets.
    assert got.loc[("цена", "чат"), "c"] == pytest.approx(1 / 4)
    assert (
        coding.cooccurrence(TABLE, unit="document").table.set_index(["code", "other"]).loc[("цена", "чат"), "people"]
        == 2
    )
    wide = coding.cooccurrence(TABLE).wide()
    assert wide.loc["чат", "цена"] == wide.loc["цена", "чат"] == 1
    with pytest.raises(CjmError, match="needs the turns"):
        coding.cooccurrence(TABLE, unit="turn")


def test_scores_are_one_a_person_stage_and_touchpoint_and_each_coder_counts_once():
    got = coding.stage_scores(TABLE, codebook=BOOK).set_index(["participant", "stage"])
    assert got.loc[("a", "buy"), "score"] == -1.5
    assert got.loc[("a", "use"), ["score", "passages"]].tolist() == [1.5, 2]
    assert got.loc[("b", "buy"), "score"] == 0
    assert len(got) == 3, "codings without a valence say nothing"
    assert got["source"].unique().tolist() == ["coding"]
    assert coding.stage_scores(TABLE.iloc[:0], codebook=BOOK).empty


def test_quotes_come_with_context_once_and_from_as_many_people_as_possible():
    said = "Модератор: Как?\nОльга: Сайт завис, потом не прошла оплата, потом завис чат.\nМодератор: И?\nОльга: Дорого."
    read = iv.read_text(said, document="o.txt")
    table = coding.empty_codings()
    for coder, memo in (("eva", "раз"), ("bob", "два")):
        table = coding.add_coding(
            table,
            read.documents,
            document="o.txt",
            quote="не прошла оплата",
            code="цена",
            coder=coder,
            memo=memo,
            valence=-1,
        )
    table = coding.add_coding(table, read.documents, document="o.txt", quote="Дорого", code="чат", coder="eva")
    got = coding.quotes(table, turns=read.turns, codebook=BOOK)
    row = got.iloc[0]
    assert (row["before"], row["after"]) == ("Сайт завис, потом ", ", потом завис чат.")
    assert (row["coders"], row["memo"]) == ("bob, eva", "раз | два")
    assert coding.quotes(table, turns=read.turns, context=10).iloc[0]["after"] == ", потом…"
    assert coding.quotes(table, code="боль", codebook=BOOK)["code"].tolist() == ["цена"], (
        "a code includes those below it"
    )
    assert coding.quotes(table, stage="use", codebook=BOOK)["quote"].tolist() == ["Дорого"]
    with pytest.raises(CjmError, match="did you mean 'цена'"):
        coding.quotes(table, code="цены")
    many = rows(*[("a", k * 10, k * 10 + 5, "цена") for k in range(5)], ("b", 0, 5, "цена"), ("c", 0, 5, "цена"))
    assert sorted(coding.quotes(many, n=3)["participant"]) == ["a", "b", "c"]
    assert coding.quotes(many, n=3, by={"a": "P1"})["persona"].notna().sum() == 1


def test_participants_are_filled_from_the_turns():
    said = "Модератор: Как?\nОльга: Плохо.\nПётр: Хорошо.\nМодератор: И?\nОльга: Дорого.\nПётр: Нет."
    read = iv.read_text(said, document="o.txt", speakers={"Ольга": "respondent", "Пётр": "respondent"})
    table = coding.empty_codings()
    for q in ("Плохо", "Хорошо", "Как?"):
        table = coding.add_coding(
            table, read.documents.drop(columns="participant"), document="o.txt", quote=q, code="c", coder="e"
        )
    assert coding.with_participants(table, read.turns)["participant"].fillna("").tolist() == [
        "o.txt/Ольга".replace(".txt", ""),
        "o/Пётр",
        "",
    ]


# ---- saturation ------------------------------------------------------------------------------------------------------


def interviews(has):
    listed = [(f"p{i}", j * 10, j * 10 + 5, f"c{j}") for i, row in enumerate(has) for j, x in enumerate(row) if x]
    return rows(*listed)


def test_the_curve_is_the_exact_mean_over_all_orders():
    has = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]])
    got = coding.saturation(interviews(has), permutations=4000, seed=2)
    # By counting: 1 - C(3 - n_c, k) / C(3, k) summed over codes found in n_c interviews.
    assert got.table["codes"].tolist() == pytest.approx([2.0, 4 - 2 / 3, 4.0], abs=0.03)
    assert got.table["as_done"].tolist() == [2, 3, 4]
    assert got.table["new"].sum() == pytest.approx(4)


def test_codes_still_hidden_are_estimated():
    rng = np.random.default_rng(1)
    p = np.repeat([0.6, 0.25, 0.08], [10, 10, 20])
    seen, chao, covered = [], [], 0
    for _ in range(60):
        has = rng.random((15, 40)) < p
        got = coding.saturation(interviews(has), permutations=1, people=[f"p{i}" for i in range(15)])
        seen.append(got.seen)
        chao.append(got.richness.value)
        covered += got.richness.low <= 40 <= got.richness.high
    assert np.mean(seen) < 36
    assert abs(np.mean(chao) - 40) < abs(np.mean(seen) - 40)
    assert covered >= 48


def test_everything_found_often_means_nothing_hidden():
    got = coding.saturation(interviews(np.ones((6, 5))), permutations=10)
    assert got.richness.value == 5
    assert got.known.value == got.known.high == 1
    assert 0.8 < got.known.low < 0.95  # 30 mentions of known codes leave room for a rare unknown one


def test_one_interview_never_found_everything():
    got = coding.saturation(interviews(np.ones((1, 5))), permutations=10)
    assert got.known.value is None
    assert got.richness.value is None
    assert "Too few interviews" in got.summary("en")
    assert "100" not in got.summary("ru")


def test_the_share_of_known_codes_is_that_of_the_next_interview():
    said, true, held = [], [], 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        chance = rng.beta(0.4, 1.6, 60)
        has = rng.random((12, 60)) < chance
        got = coding.saturation(interviews(has.astype(float)), permutations=2).known
        known = has.any(axis=0)
        truth = chance[known].sum() / chance.sum()
        said.append(got.value)
        true.append(truth)
        held += got.low <= truth <= got.high
    assert np.mean(said) == pytest.approx(np.mean(true), abs=0.02)
    assert held / 150 >= 0.93


def test_no_number_of_codes_to_be_found_has_an_interval_without_width():
    got = coding.saturation(
        interviews(np.array([[1, 1, 0], [1, 1, 1], [1, 1, 0], [1, 1, 0], [1, 1, 0]])), permutations=5
    )
    assert got.richness.value == 3
    assert got.richness.high > 3
    assert "100%" in got.summary("en")
    assert "интервью" in got.summary("ru")
    with pytest.raises(CjmError, match="not among people"):
        coding.saturation(interviews(np.ones((2, 2))), people=["p0"])


def test_the_same_seed_gives_the_same_curve():
    table = interviews(np.random.default_rng(0).random((8, 12)) < 0.3)
    pd.testing.assert_frame_equal(coding.saturation(table, seed=5).table, coding.saturation(table, seed=5).table)
