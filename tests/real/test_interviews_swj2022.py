"""Seventeen real think-aloud sessions (ODT) and their Taguette project."""

import csv
import re

import pytest

from cjmkit import coding, qda
from cjmkit import interviews as iv


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data/swj2022_usability"


@pytest.fixture(scope="module")
def sessions(folder):
    return iv.read(folder / "transcripts/raw")


@pytest.fixture(scope="module")
def project(folder):
    return qda.read_taguette(folder / "transcripts/thematic-analysis/SERDIF_P2_ThematicAnalysis.sqlite3")


def test_every_session_is_read_and_every_turn_is_a_slice_of_it(sessions):
    assert len(sessions) == 17
    assert sessions.turns["role"].isin(["respondent", "interviewer"]).all()
    for t in sessions.turns.itertuples():
        assert sessions.text(t.document)[t.start : t.end] == t.text
    assert (sessions.turns[sessions.turns["role"] == "respondent"].groupby("document").size() >= 20).all()


def test_the_moderator_and_the_task_sheet_are_not_the_participant(sessions):
    said = sessions.turns[sessions.turns["role"] == "respondent"]["text"]
    assert not said.str.contains("MODERATOR:").any()
    for question in (
        "Was the information presented enough",
        "Login with the credentials provided",
        "Please explain and justify aloud",
    ):
        hit = sessions.turns[sessions.turns["text"].str.contains(question)]
        assert hit["document"].nunique() >= 15
        assert (hit["role"] == "interviewer").mean() > 0.9, question
    moderated = {d for d, t in zip(sessions.documents["document"], sessions.documents["text"]) if "MODERATOR:" in t}
    spoke = set(sessions.turns.loc[sessions.turns["speaker"] == "MODERATOR", "document"])
    assert spoke == moderated


def test_comments_of_the_questionnaire_are_answers_to_its_items(folder):
    got = iv.read(folder / "PSSUQ/comments")
    guide = got.turns[got.turns["role"] == "interviewer"]
    assert (guide.groupby("document").size() >= 16).all()
    assert guide["text"].str.contains("satisfied with how easy it is").groupby(guide["document"]).any().all()


def test_taguette_bytes_become_the_words_that_taguette_exported(project, folder):
    assert len(project.codings) == 1930
    assert len(project.codebook) == 22
    assert project.dropped["reason"].tolist() == ["has no tag"]
    exports = sorted((folder / "transcripts/thematic-analysis/tags/csv").glob("all_tags_2022*_[0-9]*.csv")) or sorted(
        (folder / "transcripts/thematic-analysis/tags/csv").glob("all_tags_20220303*.csv")
    )
    with open(exports[-1], encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    squeeze = lambda s: re.sub(r"\s+", "", s)  # noqa: E731
    ours = {(d, c, squeeze(q)) for d, c, q in project.codings[["document", "code", "quote"]].values}
    found = sum((r["document"], r["tag"], squeeze(r["content"])) in ours for r in rows)
    assert len(rows) > 1000
    assert found / len(rows) > 0.95


def test_their_codings_find_their_place_in_the_odt(project, sessions):
    moved = coding.anchor(project.codings, sessions.documents)
    assert len(moved.codings) / len(project.codings) > 0.97
    coding.check_codings(moved.codings, sessions.documents)


def test_coded_sessions_saturate_and_people_are_the_unit(project, sessions):
    placed = coding.with_participants(coding.anchor(project.codings, sessions.documents).codings, sessions.turns)
    curve = coding.saturation(placed)
    assert curve.n == 17
    assert curve.table["codes"].is_monotonic_increasing
    assert curve.table["codes"].iloc[-1] == curve.seen == placed["code"].nunique()
    table = coding.code_by(placed, by="code").table
    assert table["of"].eq(17).all()
    assert table["people"].between(1, 17).all()
