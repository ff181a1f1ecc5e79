"""From codings to notes and touchpoints: people are counted, quotes are kept."""

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.coding import Codebook, chance_to_hear, notes, touchpoints

BOOK = Codebook(
    [
        {"name": "fee", "definition": "hidden fee", "stage": "deal", "lane": "barriers"},
        {"name": "home", "stage": "sense-making", "lane": "goals"},
    ]
)


def row(document, code, quote, coder="ann", participant=None, **more):
    return {
        "document": document, "start": 0, "end": len(quote), "quote": quote, "code": code, "coder": coder,
        "participant": participant or document, "stage": "", "touchpoint": "", "valence": -1.0,
    } | more  # fmt: skip


@pytest.fixture
def codings():
    return pd.DataFrame(
        [
            row("a", "fee", "They added a fee at the very end and nobody had told me."),
            row("a", "fee", "That fee again.", coder="bob"),
            row("b", "fee", "The price went up by the fee.", touchpoint="Contract"),
            row("c", "home", "A flat of our own."),
            row("d", "home", "Somewhere to live.", stage="evaluation"),
        ]
    )


def test_a_note_counts_people_not_passages(codings):
    (placed,) = notes(codings, BOOK, lanes=["barriers"])
    assert (placed.stage, placed.lane) == ("deal", "barriers")
    assert (placed.note.estimate.value, placed.note.estimate.n) == (0.5, 4)
    assert [q.participant for q in placed.note.evidence] == ["a", "b"]


def test_a_passage_belongs_to_the_stage_its_coder_gave_it(codings):
    found = {(p.stage, p.note.estimate.value) for p in notes(codings, BOOK, lanes=["goals"], min_n=1)}
    assert found == {("sense-making", 0.25), ("evaluation", 0.25)}


def test_one_person_alone_makes_no_note_unless_asked(codings):
    assert notes(codings, BOOK, lanes=["goals"]) == ()


def test_notes_land_on_the_map_with_their_evidence(codings):
    journey = cj.Journey.from_framework("loyalty-loop", title="Flat").with_notes(notes(codings, BOOK))
    note = journey.stage("deal").barriers[0]
    assert journey.trace(note)["says"].str.contains("fee").all()


def test_per_persona_the_share_is_of_that_persona(codings):
    placed = notes(codings, BOOK, lanes=["barriers"], by={"a": "P1", "b": "P1", "c": "P2", "d": "P2"})
    assert [(p.note.persona, p.note.estimate.value) for p in placed] == [("P1", 1.0)]


def test_a_code_that_the_codebook_does_not_have_is_named(codings):
    with pytest.raises(cj.CjmError, match="did you mean 'fee'"):
        notes(codings.replace("fee", "fees"), BOOK)


def test_touchpoints_keep_owner_and_the_words_about_them(codings):
    table = pd.DataFrame(
        {
            "stage": ["deal", "deal"],
            "touchpoint": ["Contract", "Call"],
            "owner": ["Sales", None],
            "moment_of_truth": ["да", "нет"],
        }
    )
    contract, call = [p.touchpoint for p in touchpoints(table, codings)]
    assert contract.moment_of_truth
    assert (contract.owner, contract.estimate.value, len(contract.evidence)) == ("Sales", 0.25, 1)
    assert call.assumption
    assert (call.owner, call.moment_of_truth) == ("", False)


def test_the_chance_to_hear_something_is_one_minus_nobody_says_it():
    table = chance_to_hear(shares=[0.5], interviews=[1, 3])
    assert table.loc[0.5].tolist() == [0.5, 0.875]


def test_points_of_coded_feeling_rest_on_words(codings):
    curve = cj.emotion.curve(cj.coding.stage_scores(codings, codebook=BOOK), min_n=2)
    points = cj.coding.felt_points(curve, codings, codebook=BOOK)
    assert {e.kind for p in points for e in p.evidence if p.estimate.value is not None} == {"quote"}
    assert all(len({e.participant for e in p.evidence}) == len(p.evidence) for p in points)


def test_a_note_says_the_sentence_of_its_code_on_the_map_and_in_the_personas(codings):
    code = codings["code"].iloc[0]
    others = [c for c in codings["code"].unique() if c != code]
    made = cj.coding.Code(code, title="Does the sum", text="Works out what a portion costs", stage="s", lane="barriers")
    book = cj.coding.Codebook([made, *(cj.coding.Code(c, title=f"T {c}", stage="s", lane="goals") for c in others)])
    texts = {p.note.text for p in cj.coding.notes(codings, book, min_n=1)}
    assert "Works out what a portion costs" in texts and "Does the sum" not in texts
    assert texts - {"Works out what a portion costs"} <= {f"T {c}" for c in others}
