"""Files made by hand, with the mistakes that hands make."""

import errno
import os

import pytest

import cjmkit as cj
from cjmkit.errors import FileFormatError
from cjmkit.exchange import journey_schema, read_journey, write_journey

GOOD = """\
id: flat
title: First flat
stages:
- id: deal
  title: Deal
  goals:
  - A flat
  - text: Keys in time
    evidence:
    - kind: quote
      document: anna.txt
      start: 3
      end: 7
      quote: keys
"""


def fails(tmp_path, text):
    path = tmp_path / "j.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FileFormatError) as caught:
        read_journey(path)
    return caught.value


def test_a_hand_written_file_may_leave_out_ids_and_write_a_note_as_a_string(tmp_path):
    path = tmp_path / "j.yaml"
    path.write_text(GOOD)
    goals = read_journey(path).stage("deal").goals
    assert [g.text for g in goals] == ["A flat", "Keys in time"] and goals[0].assumption and not goals[1].assumption


def test_a_tab_is_named_with_its_line(tmp_path):
    e = fails(tmp_path, GOOD.replace("  title: Deal", "\ttitle: Deal"))
    assert e.line == 5 and "tab" in str(e)


def test_a_misspelt_field_is_named_with_line_and_remedy(tmp_path):
    e = fails(tmp_path, GOOD.replace("  goals:", "  gaols:"))
    assert e.line == 6 and "did you mean 'goals'" in str(e)


def test_a_wrong_value_is_shown_with_what_is_allowed(tmp_path):
    e = fails(tmp_path, GOOD.replace("title: Deal", "title: Deal\n  phase: later"))
    assert e.line == 6 and "'before', 'during' or 'after'" in str(e) and "'later'" in str(e)


def test_evidence_of_an_unknown_kind_says_which_kinds_there_are(tmp_path):
    e = fails(tmp_path, GOOD.replace("kind: quote", "kind: rumour"))
    assert "quote, survey, events, source" in str(e) and "'rumour'" in str(e) and e.line in (9, 10)


def test_a_key_written_twice_is_an_error_because_one_of_the_two_would_be_lost(tmp_path):
    e = fails(tmp_path, GOOD.replace("title: First flat", "title: First flat\ntitle: Other"))
    assert e.line == 3 and "twice" in str(e)


def test_a_file_in_cp1251_is_named_as_such(tmp_path):
    e = fails(tmp_path, GOOD.replace("First flat", "Квартира").encode("cp1251"))
    assert e.line == 2 and "UTF-8" in str(e)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text"])
def test_something_else_than_a_journey_is_said_to_be_something_else(tmp_path, text):
    assert "block of `field: value` lines" in str(fails(tmp_path, text))


def test_all_mistakes_are_listed_not_only_the_first(tmp_path):
    e = fails(tmp_path, GOOD.replace("  goals:", "  gaols:").replace("title: First flat", "titel: First flat"))
    assert "gaols" in str(e) and "titel" in str(e)


def test_a_disk_that_fills_while_saving_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "j.yaml"
    old = cj.Journey(id="flat", title="Old")
    write_journey(old, path)

    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(cj.CjmError, match="No space left on device.*earlier version is untouched"):
        write_journey(old.replace(title="New"), path)
    monkeypatch.undo()
    assert read_journey(path) == old
    assert [p.name for p in tmp_path.iterdir()] == ["j.yaml"]


def test_the_published_schema_is_the_one_the_code_uses():
    import json
    from pathlib import Path

    published = Path(__file__).parents[1] / "docs" / "journey.schema.json"
    assert json.loads(published.read_text("utf-8")) == journey_schema()
