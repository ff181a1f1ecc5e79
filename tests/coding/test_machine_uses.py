"""What a machine's codes may be used for: outcomes, drafts of a codebook, asking again; and what never leaves."""

import json

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.coding import Codebook, LocalModel, code_with, draft_codebook, outcome_on_codes, replicate
from cjmkit.coding.machine.leaving import check_before_sending
from cjmkit.coding.machine.outcomes import _corrected
from cjmkit.errors import CjmError, DataWarning, NotEnough

BOOK = Codebook([{"name": "price", "definition": "Says what it costs"}, {"name": "wait", "definition": "Had to wait"}])


def talks(texts):
    parts = [cj.interviews.read_text(f"Q: So?\nA: {t}", document=f"p{k:03}").turns for k, t in enumerate(texts)]
    return pd.concat(parts, ignore_index=True)


def scripted(prompt):
    passage = prompt.split("======")[-2]
    codes = [{"code": c, "quote": q} for c, q in (("price", "dear"), ("wait", "slow")) if q in passage]
    return json.dumps({"codes": codes})


# ---- outcomes --------------------------------------------------------------------------------------------------------


def test_with_everybody_coded_by_people_it_is_least_squares():
    rng = np.random.default_rng(0)
    x = (rng.random((200, 2)) < 0.4).astype(float)
    y = x @ [1.0, -2.0] + rng.normal(size=200)
    noise = (rng.random((200, 2)) < 0.5).astype(float)  # the machine knows nothing
    beta, se = _corrected(noise, x, y, np.ones(200, dtype=bool))
    design = np.column_stack([np.ones(200), x])
    expected, *_ = np.linalg.lstsq(design, y, rcond=None)
    assert np.allclose(beta, expected)
    left = y - design @ expected
    bread = np.linalg.inv(design.T @ design)
    assert np.allclose(se, np.sqrt(np.diag(bread @ (design.T * left**2) @ design @ bread)), rtol=1e-6)


def test_a_planted_effect_lies_in_its_interval_where_the_machines_codes_alone_miss_it():
    import importlib.util
    from pathlib import Path

    path = Path(cj.__file__).parents[1] / "benchmarks" / "machine_outcomes.py"
    spec = importlib.util.spec_from_file_location("machine_outcomes", path)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    hit, naive, _ = bench.cell(1000, 150, 0.8, 0.7, repeats=120, seed=3)
    assert hit.min() > 0.89
    assert naive[1] < 0.3


def test_an_outcome_goes_with_a_code_and_says_on_how_many_it_rests():
    texts = ["It was dear and slow.", "It was dear.", "It was slow.", "All of it was fine."] * 15
    turns = talks(texts)
    got = code_with(scripted, turns, BOOK)
    by_hand = got.codings.assign(coder="eva")  # whoever said something dear or slow was read
    stays = pd.Series({f"p{k:03}": float("dear" not in t) for k, t in enumerate(texts)}, name="stays")
    found = outcome_on_codes(got, by_hand, stays, codes=["price", "wait"])
    row = found.table.set_index("code").loc["price"]
    assert (row["n"], row["n_labelled"]) == (60, 45)
    assert row["value"] == pytest.approx(-1)
    assert "stays goes with price (association, not cause); n = 60 people, 45 of them" in found.summary("en")
    assert "связан с: price (связь, не причина)" in found.summary("ru")


def test_too_few_coded_people_are_a_gap_and_a_wrong_outcome_an_error():
    turns = talks(["It was dear."] * 12)
    got = code_with(scripted, turns, BOOK)
    with pytest.raises(NotEnough, match="12 people with an outcome were coded by people"):
        outcome_on_codes(got, got.codings.assign(coder="eva"), pd.Series(1.0, index=[f"p{k:03}" for k in range(12)]))
    with pytest.raises(CjmError, match="outcome= takes a Series with people"):
        outcome_on_codes(got, got.codings.assign(coder="eva"), [1, 2])


# ---- asking again ----------------------------------------------------------------------------------------------------


def test_a_wavering_model_is_found_out_and_the_code_that_moved_is_named(tmp_path):
    turns = talks([f"It was dear number {k}." for k in range(20)])
    code_with(scripted, turns, BOOK, folder=tmp_path)
    asked = []

    def wavering(prompt):
        asked.append(prompt)
        return scripted(prompt) if len(asked) % 2 else '{"codes": []}'

    again = replicate(tmp_path, wavering, n=2, workers=1)
    assert again.same.value < 1
    assert again.table.columns.tolist() == ["text", "before", "after_1", "after_2", "same"]
    row = again.codes.set_index("code").loc["price"]
    assert (row["first"], row["low"], row["high"]) == (1.0, 0.5, 1.0)
    assert "“price” moved most" in again.summary("en")
    assert "Сильнее всего изменился «price»" in again.summary("ru")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_second_wording_asks_the_same_in_other_words(language, tmp_path):
    from cjmkit.coding import Asked, prompt_for

    first = prompt_for(BOOK, language=language)
    second = prompt_for(BOOK, language=language, second=True)
    assert first.version != second.version
    for prompt in (first, second):
        assert "price: Says what it costs" in prompt.system
        assert "it was dear" in prompt.messages("it was dear")[1]["content"]
    turns = talks(["It was dear."])
    code_with(Asked(scripted, "m", language=language, plain=True), turns, BOOK, folder=tmp_path)
    asked = []

    def model(prompt):
        asked.append(prompt)
        return scripted(prompt)

    assert replicate(tmp_path, Asked(model, "m", language=language, plain=True), codebook=BOOK).same.value == 1
    assert second.system.splitlines()[0] in asked[0]


# ---- nothing leaves by accident --------------------------------------------------------------------------------------


def test_texts_with_a_name_or_a_phone_never_leave_for_another_machine():
    away = LocalModel("https://models.example.com/v1", model="m", allow_remote=True)
    asked = []
    away._post = lambda body: asked.append(body)
    turns = talks(["It was dear, call me on +7 916 123-45-67.", "Maria Ivanova told me it was slow."])
    with pytest.raises(CjmError, match=r"hold what names people: .*phone.*Nothing was sent"):
        code_with(away, turns, BOOK)
    assert asked == []


def test_what_leaves_is_shown_and_kept_in_the_trail(tmp_path):
    away = LocalModel("https://models.example.com/v1", model="m", allow_remote=True)
    said = json.dumps({"choices": [{"message": {"content": '{"codes": [{"code": "price", "quote": "dear"}]}'}}]})
    away._post = lambda body: (200, None, said)
    with pytest.warns(DataWarning, match=r"leave this machine for models\.example\.com.*it was dear"):
        got = code_with(away, talks(["I thought it was dear."]), BOOK, folder=tmp_path)
    assert len(got.codings) == 1
    kept = [json.loads(line) for line in (tmp_path / "trail.jsonl").read_text("utf-8").splitlines()]
    assert any(r["kind"] == "sent" and "models.example.com" in r["what"] for r in kept)


def test_a_model_on_this_machine_is_not_asked_about_names():
    here = LocalModel("http://127.0.0.1:1/v1", model="m")
    assert check_before_sending(here, ["Maria, +7 916 123-45-67"]) == ""


# ---- a codebook from nothing -----------------------------------------------------------------------------------------

SAID = {
    "price": ["The price was far too high", "Such a high price for so little", "I could not pay that price"],
    "courier": ["The courier came two days late", "My courier never rang the bell", "A courier left it next door"],
    "app": ["The app crashed when I logged in", "Logging in to the app took ages", "The app logged me out again"],
}  # fmt: skip


def passages():
    rows = [
        (f"{topic}{k}", f"{text}, that is how it was") for topic, said in SAID.items() for k, text in enumerate(said)
    ]
    return pd.DataFrame(rows, columns=["participant", "text"])


def test_drafts_are_the_topics_that_were_planted():
    draft = draft_codebook(
        passages(), k=3, codebook=Codebook([{"name": "late", "definition": "The courier came late"}])
    )
    topics = [{w for w in SAID if any(w in e.casefold() for e in examples)} for examples in draft.table["examples"]]
    assert sorted(next(iter(t)) for t in topics if len(t) == 1) == ["app", "courier", "price"]
    assert draft.table["people"].sum() == 9
    assert draft.table["n"].unique().tolist() == [9]
    courier = next(i for i, t in enumerate(topics) if t == {"courier"})
    assert draft.table["similarity"].idxmax() == courier, "what is nearest to “late” is the courier"
    assert "not yet a code" in draft.summary("en")


def test_accepting_keeps_renames_merges_and_refuses():
    before = Codebook([{"name": "late", "definition": "The courier came late", "colour": "#aa0000"}])
    draft = draft_codebook(passages(), k=3, codebook=before)
    book = draft.accept({1: "money", 2: "late"})
    assert book.names == ("late", "money")
    assert len(book["late"].include) == 3
    assert (book["late"].definition, book["late"].colour) == ("The courier came late", "#AA0000")
    assert book["money"].definition.startswith("Says something like")
    with pytest.raises(CjmError, match="unknown draft"):
        draft.accept({9: "x"})


def test_a_model_may_word_a_draft_and_its_nonsense_is_not_taken():
    worded = draft_codebook(passages(), k=3, phrase=lambda text: '{"name": "sums", "definition": "Counts money"}')
    assert set(worded.table["name"]) == {"sums"}
    left = draft_codebook(passages(), k=3, phrase=lambda text: "<script>alert(1)</script>")
    assert not left.table["name"].str.contains("script").any()


def test_too_few_passages_for_the_drafts_asked_for():
    with pytest.raises(NotEnough, match="9 passages for 8 drafts"):
        draft_codebook(passages(), k=8)
