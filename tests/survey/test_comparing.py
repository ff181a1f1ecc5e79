"""Comparison of waves and segments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, compare
from cjmkit.survey._tests import cliffs_delta, kruskal, mann_whitney


def wave(values, name, text="How satisfied are you?", scale=(1, 5), kind="csat"):
    s = Survey.from_frame(pd.DataFrame({"id": [f"{name}{i}" for i in range(len(values))], "q": values}), name=name)
    return s.set_item("q", type=kind, scale=scale, text=text)


RNG = np.random.default_rng(0)
A, B = RNG.integers(1, 6, 200), RNG.integers(1, 6, 150)


def test_a_changed_wording_is_refused_and_both_wordings_are_shown():
    with pytest.raises(CjmError, match=r"wording differs.*'How satisfied are you\?' and 'How happy are you\?'"):
        compare(wave(A, "a"), wave(B, "b", text="How happy are you?"), "q")
    # Blanks, case and punctuation are no change of wording.
    assert len(compare(wave(A, "a"), wave(B, "b", text="how  satisfied are you"), "q").table) == 1


def test_a_changed_number_of_points_is_refused_and_said():
    with pytest.raises(CjmError, match="5 and 7 points"):
        compare(wave(A, "a"), wave(B, "b", scale=(1, 7)), "q")
    found = compare(wave(A, "a"), wave(B, "b", scale=(1, 7)), "q", despite_wording=True)
    assert any("scale differs" in w for w in found.warnings)


def test_a_difference_changes_its_sign_when_the_sides_change():
    for kind in ("csat", "mean", "rank"):
        ab, ba = (
            compare(wave(A, "a"), wave(B, "b"), "q", kind=kind).estimate,
            compare(wave(B, "b"), wave(A, "a"), "q", kind=kind).estimate,
        )
        assert ab.value == pytest.approx(-ba.value)
        assert [ab.low, ab.high] == pytest.approx([-ba.high, -ba.low])


def test_a_wave_does_not_differ_from_itself():
    for kind in ("csat", "mean", "rank"):
        row = compare(wave(A, "a"), wave(A, "b"), "q", kind=kind).table.iloc[0]
        assert row["difference"] == pytest.approx(0, abs=1e-12)
        assert row["low"] < 0 < row["high"]
        assert row["p"] == pytest.approx(1)


def test_the_same_people_are_compared_with_themselves():
    rng = np.random.default_rng(1)
    before = rng.integers(1, 5, 80)
    after = np.clip(before + rng.choice([0, 0, 1], 80), 1, 5)
    a, b = (
        Survey.from_frame(pd.DataFrame({"id": range(80), "q": v}), name=n).set_item("q", type="likert", scale=(1, 5))
        for v, n in ((after, "2026"), (before, "2025"))
    )
    paired, apart = compare(a, b, "q", paired=True), compare(a, b, "q")
    assert paired.estimate.value == pytest.approx(apart.estimate.value)
    assert paired.estimate.high - paired.estimate.low < apart.estimate.high - apart.estimate.low
    assert paired.table["n_a"].iloc[0] == 80
    assert any("paired=True" in w for w in apart.warnings)
    from scipy.stats import ttest_rel

    assert paired.table["p"].iloc[0] == pytest.approx(ttest_rel(after, before).pvalue)


def test_pairing_needs_ids():
    a, b = (Survey.from_frame(pd.DataFrame({"q": v})).set_item("q", type="likert", scale=(1, 5)) for v in (A, B))
    with pytest.raises(CjmError, match="numbered by row"):
        compare(a, b, "q", paired=True)


def test_segments_are_compared_in_pairs_with_an_overall_test_and_holm():
    rng = np.random.default_rng(5)
    t = pd.DataFrame({"id": range(300), "q": rng.integers(1, 6, 300), "g": rng.choice(["x", "y", "z"], 300)})
    s = Survey.from_frame(t).set_item("q", type="likert", scale=(1, 5)).set_item("g", type="single")
    found = compare(s, item="q", by="g")
    assert len(found.table) == 3
    assert (found.table["p_adjusted"] >= found.table["p"]).all()
    from scipy.stats import kruskal as scipy_kruskal

    groups = [t.loc[t["g"] == g, "q"] for g in "xyz"]
    assert found.overall["q"]["h"] == pytest.approx(scipy_kruskal(*groups).statistic)
    assert found.overall["q"]["p"] == pytest.approx(scipy_kruskal(*groups).pvalue)
    with pytest.raises(CjmError, match="3 differences"):
        _ = found.estimate


def test_rank_statistics_equal_scipy():
    from scipy.stats import mannwhitneyu

    u, p = mann_whitney(A.astype(float), B.astype(float))
    reference = mannwhitneyu(A, B, method="asymptotic", use_continuity=False)
    assert (u, p) == pytest.approx((reference.statistic, reference.pvalue))
    brute = np.sign(A[:, None] - B[None, :]).mean()
    assert cliffs_delta(A.astype(float), B.astype(float))[0] == pytest.approx(brute)
    assert kruskal([A.astype(float), B.astype(float)])["df"] == 1


def test_cliffs_interval_covers_the_truth():
    rng = np.random.default_rng(9)
    p, q = np.array([0.1, 0.2, 0.4, 0.2, 0.1]), np.array([0.05, 0.15, 0.3, 0.3, 0.2])
    truth = sum(p[i] * q[j] * np.sign(i - j) for i in range(5) for j in range(5))
    hits = 0
    for _ in range(600):
        _, low, high = cliffs_delta(rng.choice(5, 60, p=p).astype(float), rng.choice(5, 60, p=q).astype(float))
        hits += low <= truth <= high
    assert 0.92 < hits / 600 < 0.98


def test_one_answer_is_compared_by_its_share():
    def city(values, name):
        t = pd.DataFrame({"id": [f"{name}{i}" for i in range(len(values))], "city": values})
        return Survey.from_frame(t, name=name).set_item("city", type="single")

    a, b = city(["Kazan"] * 30 + ["Perm"] * 70, "a"), city(["Kazan"] * 50 + ["Perm"] * 50, "b")
    found = compare(a, b, "city", answer="Kazan")
    assert found.estimate.value == pytest.approx(-0.2)
    with pytest.raises(CjmError, match="did you mean 'Kazan'"):
        compare(a, b, "city", answer="Kasan")


def test_summaries_speak_both_languages_and_say_when_nothing_can_be_shown():
    found = compare(wave(A, "2026"), wave(B, "2025"), "q")
    assert "no difference can be shown" in found.summary("en")
    assert "различие не доказано" in found.summary("ru")
    assert " п. п." in found.summary("ru")
    e = found._evidence_()
    assert e.where == "2026 − 2025"
