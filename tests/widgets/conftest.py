import pytest

import cjmkit as cj

TEXT = (
    "Interviewer: How was it?\nOlga: I 😡 waited a long time for the call. "
    "Then I found <script>alert(1)</script> the price.\n"
    "Olga: مرحبا, once more."
)


def watched(pane):
    """A pane whose messages are kept, and drawn as the page draws them: ``pane.page``."""
    pane.sent, pane.page = [], {}

    def send(content, buffers=None):
        pane.sent.append(content)
        if content["kind"] == "all":
            pane.page = content | {"spans": {s["id"]: s for s in content["spans"]}}
        elif content["kind"] == "change":
            for key in content["gone"]:
                pane.page["spans"].pop(key, None)
            pane.page["spans"] |= {s["id"]: s for s in content["spans"]}
            pane.page["turns"] |= content["turns"]
            pane.page |= {k: v for k, v in content.items() if k not in ("spans", "turns", "kind", "gone")}

    pane.send = send
    pane._receive(pane, {"op": "hello"}, [])
    return pane


@pytest.fixture
def watch():
    """See :func:`watched`."""
    return watched


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
        return watched(cj.widgets.coding_pane(talk.documents, talk.turns, **(defaults | kwargs)))

    return open_
