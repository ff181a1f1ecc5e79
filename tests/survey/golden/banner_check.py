"""Every figure of a banner table against what R computed of the same answers."""

import math

import pytest

from cjmkit.survey import banner


def agrees(survey, item, by, expected, weights=None):
    """Cells, p values and letters; how many figures were compared."""
    found = banner(survey, [item], [by], weights=weights, statistics={item: _kinds(expected)})
    table = found.table[found.table["by"] != ""]
    seen = 0
    for row in expected:
        name, kind = ("mean", "mean") if row["row"] == "mean" else (row["row"], "share")
        mine = table[(table["row"] == name) & (table["statistic"] == kind)].set_index("column")
        assert len(mine) == len(row["cells"]), (item, name)
        letter = dict(zip(mine["letter"], mine.index, strict=True))
        for cell in row["cells"]:
            got = mine.loc[str(cell["column"])]
            for ours, theirs in (
                ("value",) * 2,
                ("se",) * 2,
                ("n",) * 2,
                ("n_weighted", "sum"),
                ("n_effective", "effective"),
            ):
                assert got[ours] == pytest.approx(cell[theirs], abs=1e-6), (item, name, cell["column"], ours)
            for end in ("low", "high"):
                if isinstance(cell[end], float | int):
                    assert got[end] == pytest.approx(cell[end], abs=1e-6), (item, name, cell["column"], end)
            higher = sorted(letter[x] for x in got["letters"].split())
            assert higher == sorted(map(str, row["higher"][str(cell["column"])])), (item, name, cell["column"])
            seen += 5
        tests = found.tests[(found.tests["row"] == name) & (found.tests["statistic"] == kind)]
        ours = {frozenset((t.a, t.b)): (t.p, t.p_adjusted) for t in tests.itertuples()}
        assert len(ours) == len(row["pairs"])
        for pair in row["pairs"]:
            for got, want in zip(
                ours[frozenset((str(pair["a"]), str(pair["b"])))], (pair["p"], pair["p_adjusted"]), strict=True
            ):
                if isinstance(want, float | int) and not math.isnan(want):
                    assert got == pytest.approx(want, abs=1e-6), (item, name, pair)
                    seen += 1
    return seen


def _kinds(expected):
    return ("share", "mean") if any(r["row"] == "mean" for r in expected) else ("share",)
