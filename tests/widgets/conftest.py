import pytest

import cjmkit as cj

TEXT = (
    "Interviewer: How was it?\nOlga: I 😡 waited a long time for the call. "
    "Then I found <script>alert(1)</script> the price.\n"
    "Olga: مرحبا, once more."
)


@pytest.fixture
def talk(tmp_path):
    """One short interview with an emoji, Arabic and markup."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "olga.txt").write_text(TEXT, encoding="utf-8")
    return cj.interviews.read(folder)


@pytest.fixture
def other(talk):
    """What the first coder found."""
    return cj.coding.add_coding(
        cj.coding.empty_codings(), talk.documents, document="olga.txt", quote="waited a long time", code="wait",
        coder="boris",
    )  # fmt: skip


@pytest.fixture
def open_pane(talk, other, tmp_path):
    """Open a pane for anna; keywords as in coding_pane."""

    def open_(**kwargs):
        defaults = {"codebook": cj.coding.Codebook(["wait", "price", "joy"]), "coder": "anna", "lang": "en"}
        defaults |= {"folder": tmp_path / "codings", "codings": other}
        return cj.widgets.coding_pane(talk.documents, talk.turns, **(defaults | kwargs))

    return open_
