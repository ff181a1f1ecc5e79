"""Corrected shares against golden numbers, other implementations' values and simulated coverage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit.coding.machine import corrected
from cjmkit.coding.machine.corrected import corrected_share, difference_of, ppi
from cjmkit.errors import CjmError, NotEnough

NAN = float("nan")


def material(tp, fp, fn, tn, given_rest=0, rest=0):
    machine = [1] * (tp + fp) + [0] * (fn + tn) + [1] * given_rest + [0] * (rest - given_rest)
    return machine, [1] * tp + [0] * fp + [1] * fn + [0] * tn + [NAN] * rest


def test_golden_1_a_random_sample():
    s = corrected_share(*material(48, 12, 10, 130, 520, 1800))
    assert s.value == pytest.approx(0.282714, abs=1e-6)
    assert s.n_eff == pytest.approx(372.6036, abs=1e-4)
    assert (s.low, s.high) == pytest.approx((0.239387, 0.330476), abs=1e-6)
    assert s.machine == pytest.approx(0.290)


def test_golden_1_prediction_powered_inference_as_ppi_python_has_it():
    machine, human = material(48, 12, 10, 130, 520, 1800)
    assert ppi(machine, human, tuned=False) == pytest.approx((0.278889, 0.228398, 0.329380), abs=1e-6)
    assert ppi(machine, human) == pytest.approx((0.282573, 0.237582, 0.327564), abs=1e-6)


def test_golden_2_a_sample_drawn_by_the_machines_code():
    machine = [1] * 50 + [0] * 950
    human = [1] * 30 + [0] * 10 + [NAN] * 10 + [0] * 60 + [NAN] * 890
    s = corrected_share(machine, human)
    assert (s.value, s.n_eff) == pytest.approx((0.0375, 130.0698), abs=1e-4)
    assert (s.low, s.high) == pytest.approx((0.015962, 0.085573), abs=1e-6)


def test_golden_3_persons(monkeypatch):
    monkeypatch.setattr(corrected, "FEWEST_PERSONS", 6)
    f, y, who = [], [], []
    cells = [(4, 1, 0, 5), (1, 1, 1, 7), (0, 0, 0, 8), (6, 0, 1, 3), (2, 1, 0, 9), (0, 1, 0, 5)]
    for k, c in enumerate(cells):
        a, b = material(*c)
        f, y, who = f + a, y + b, who + [k] * len(a)
    for k, (yes, no) in enumerate([(3, 7), (0, 10), (5, 4), (1, 9), (7, 3), (2, 8)]):
        f, y, who = f + [1] * yes + [0] * no, y + [NAN] * (yes + no), who + [10 + k] * (yes + no)
    s = corrected_share(f, y, person=who)
    assert s.n == 115
    assert (s.value, s.n_eff) == pytest.approx((0.268411, 16.8763), abs=1e-4)
    assert (s.low, s.high) == pytest.approx((0.115766, 0.506938), abs=1e-6)


def test_golden_4_a_difference():
    a = corrected_share(*material(48, 12, 10, 130, 520, 1800))
    b = corrected_share(*material(30, 20, 5, 145, 400, 1800))
    assert (b.value, b.low, b.high) == pytest.approx((0.160833, 0.124573, 0.205174), abs=1e-6)
    assert difference_of(a, b) == pytest.approx((0.121881, 0.059887, 0.181847), abs=1e-6)


def test_golden_5_nobody_has_it():
    machine = [1] * 20 + [0] * 480
    human = [0] * 10 + [NAN] * 10 + [0] * 40 + [NAN] * 440
    s = corrected_share(machine, human)
    assert s.value == 0
    assert s.n_eff == pytest.approx(46.5639, abs=1e-4)
    assert (s.low, s.high) == pytest.approx((0, 0.076211), abs=1e-6)


def test_too_little_is_a_gap_that_names_what_to_do():
    with pytest.raises(NotEnough, match="answer is yes") as empty:
        corrected_share([1, 0] * 20, [NAN, 0] * 20)
    assert "plan_validation" in str(empty.value)
    with pytest.raises(NotEnough, match="7 people"):
        corrected_share([1] * 4 + [0] * 40, [1, 1, 1, 1, 0, 0, 0] + [NAN] * 37)


@pytest.mark.parametrize(
    ("machine", "human"), [([], []), ([1, 0], [1]), ([2, 0], [1, 0]), ([1, 0], [0.5, 0]), ([[1]], [[1]])]
)
def test_other_values_than_yes_and_no_are_refused(machine, human):
    with pytest.raises(CjmError):
        corrected_share(machine, human)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(30, 200))
def test_with_everything_coded_by_people_the_share_is_theirs(seed, n):
    rng = np.random.default_rng(seed)
    human = rng.random(n) < rng.uniform(0.1, 0.9)
    machine = np.where(rng.random(n) < 0.3, ~human, human)
    if machine.all() or not machine.any():
        return
    s = corrected_share(machine, human.astype(float))
    assert s.value == pytest.approx(human.mean())
    assert 0 <= s.low <= s.value <= s.high <= 1


def world(rng, n, share, precision, recall, labelled):
    human = rng.random(n) < share
    too_much = recall * share * (1 - precision) / precision / (1 - share)
    machine = np.where(human, rng.random(n) < recall, rng.random(n) < too_much)
    told = np.full(n, NAN)
    at = rng.choice(n, labelled, replace=False)
    told[at] = human[at]
    return machine, told


@pytest.mark.parametrize(
    ("share", "precision", "recall", "n", "labelled"),
    [(0.3, 0.8, 0.7, 2000, 100), (0.1, 0.8, 0.7, 2000, 50), (0.3, 0.6, 0.6, 2000, 100), (0.3, 0.5, 0.4, 1000, 50)],
)
def test_the_interval_holds_the_truth_where_the_raw_share_does_not(share, precision, recall, n, labelled):
    rng = np.random.default_rng(5)
    inside = raw = 0
    runs = 400
    for _ in range(runs):
        machine, told = world(rng, n, share, precision, recall, labelled)
        try:
            s = corrected_share(machine, told)
        except NotEnough:
            inside += 1  # a gap is no wrong number
            raw += 1
            continue
        inside += s.low <= share <= s.high
        half = 1.96 * np.sqrt(s.machine * (1 - s.machine) / n)
        raw += abs(s.machine - share) <= half
    assert inside / runs >= 0.93
    if precision != recall:
        assert raw / runs < 0.7
