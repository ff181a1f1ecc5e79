"""Item by item, what 26 real files hold, judged by eye: the kind, the scale and the good end that the reader finds."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import pytest

from cjmkit.errors import CjmWarning
from cjmkit.survey import read

GOLDEN = Path(__file__).parent / "golden" / "survey_kinds.txt"


def golden():
    """File to position of the column to what it is: kinds, and scale or good end where they were judged."""
    out: dict[str, dict[int, tuple[str, ...]]] = {}
    here: dict[int, tuple[str, ...]] = {}
    for line in GOLDEN.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        first, *rest = line.split()
        if not rest:
            here = out.setdefault(line, {})
            continue
        a, _, b = first.partition("-")
        here.update((k, tuple(rest)) for k in range(int(a), int(b or a) + 1))
    return out


def wrong(item, told):
    """What differs from what was judged by eye: "kind", "scale", "direction", or nothing."""
    kinds, *rest = told
    if item.type not in kinds.split("/"):
        return "kind"
    if item.type not in ("likert", "csat", "ces", "nps"):
        return ""
    for fact in rest:
        if fact in ("high", "low"):
            if item.reverse != (fact == "low"):
                return "direction"
        elif not any(
            item.points == int(s[:-1]) if s.endswith("p") else item.scale == tuple(map(int, s.split("-")))
            for s in fact.split("/")
        ):
            return "scale"
    return ""


@pytest.fixture(scope="module")
def judged(shared):
    """One row a column: file, item, what differs."""
    pytest.importorskip("pyreadstat")
    rows = []
    for name, told in golden().items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CjmWarning)
            s = read(shared / "data" / "survey" / name, quiet=True)
        kept = [k for k in sorted(told) if told[k][0] != "-"]
        items = [i for i in s.all_items if i.why != "numbered by row"]
        assert len(items) == len(kept), name
        rows += [(name, i, wrong(i, told[k])) for k, i in zip(kept, items, strict=True)]
    return rows


def test_ninety_seven_of_a_hundred_columns_are_read_as_a_careful_reader_would(judged):
    files = {f for f, _, _ in judged}
    kinds = [(f, i.item, i.type) for f, i, how in judged if how == "kind"]
    assert len(files) >= 25 and len(judged) > 1500
    assert len(kinds) <= 0.03 * len(judged), kinds


def test_nothing_that_is_called_known_is_wrong(judged):
    assert [(f, i.item, i.why, how) for f, i, how in judged if how and i.status == "known"] == []


def test_scales_and_directions_are_right_wherever_the_kind_is(judged):
    assert [(f, i.item, i.scale, how) for f, i, how in judged if how in ("scale", "direction")] == []


def test_few_columns_are_doubtful(judged):
    shares = Counter(i.status for _, i, _ in judged)
    assert shares["contradictory"] <= 0.05 * len(judged), shares
    assert shares["known"] >= 0.05 * len(judged), shares
