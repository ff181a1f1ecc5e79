"""Published and independently computed values; the file says where each comes from."""

import json

import numpy as np
import pytest

from cjmkit import coding


@pytest.fixture(scope="module")
def known(shared):
    return json.loads((shared / "data/qda/agreement_known_values.json").read_text())


def ratings(case):
    """Units as rows; null is NaN."""
    return np.array(case["raters_x_units"], dtype=float).T


@pytest.mark.parametrize("name", ["krippendorff2011_C", "wikipedia_alpha_3x15", "krippendorff2011_A_binary"])
def test_alpha_is_krippendorffs(known, name):
    case = known[name]
    for metric, expected in case["alpha"].items():
        assert coding.alpha(ratings(case), metric=metric).value == pytest.approx(expected, abs=6e-7), metric


def test_alpha_of_letters_is_krippendorffs(known):
    case = known["krippendorff2011_B_bengerry"]
    got = coding.alpha(np.array([case["Ben"], case["Gerry"]], dtype=object).T, metric="nominal")
    assert got.value == pytest.approx(case["alpha"]["nominal"], abs=6e-4)


@pytest.mark.parametrize("name", ["fleiss1971_diagnoses_counts_30x5_6raters", "wikipedia_fleiss_counts_10x5_14raters"])
def test_fleiss_is_as_published(known, name):
    case = known[name]
    table = coding.ratings_from_counts(case["counts"])
    assert coding.fleiss_kappa(table).value == pytest.approx(case["fleiss_kappa"], abs=6e-7)
    if "alpha_nominal" in case:
        assert coding.alpha(table, metric="nominal").value == pytest.approx(case["alpha_nominal"], abs=6e-6)


def test_cohen_is_as_published(known):
    assert coding.cohen_kappa(coding.ratings_from_table(known["cohen_2x2_grants"]["table"])).value == pytest.approx(
        0.4, abs=1e-9
    )
    assert coding.cohen_kappa(coding.ratings_from_table(known["cohen1960_3x3"]["table"])).value == pytest.approx(
        0.491525, abs=6e-7
    )


@pytest.mark.parametrize("name", ["gwet_cont3x3abstractors", "gwet_cont4x4diagnosis"])
def test_two_rater_tables_agree_with_irrcac(known, name):
    case = known[name]
    table = coding.ratings_from_table(case["table"])
    got = {
        "cohen": coding.cohen_kappa(table),
        "gwet": coding.gwet_ac(table),
        "scott": coding.fleiss_kappa(table),
        "krippendorff": coding.alpha(table, metric="nominal"),
        "bp": coding.brennan_prediger(table),
    }
    for coefficient, expected in case["irrCAC"].items():
        assert got[coefficient].value == pytest.approx(expected, abs=6e-6), coefficient
    assert coding.conger_kappa(table).value == pytest.approx(got["cohen"].value, abs=1e-12), (
        "with two raters Conger is Cohen"
    )


@pytest.mark.parametrize("name", ["krippendorff2011_C", "gwet_raw_5observers_15units"])
@pytest.mark.parametrize("weights", ["identity", "quadratic"])
def test_missing_ratings_and_weights_agree_with_irrcac(known, name, weights):
    case = known[name]
    table = ratings(case) if "raters_x_units" in case else np.array(case["units_x_raters"], dtype=float)
    got = {
        "gwet": coding.gwet_ac(table, weights=weights),
        "fleiss": coding.fleiss_kappa(table, weights=weights),
        "conger": coding.conger_kappa(table, weights=weights),
        "bp": coding.brennan_prediger(table, weights=weights),
        "krippendorff": coding.alpha(table, metric="nominal" if weights == "identity" else "interval"),
    }
    for coefficient, (expected, *_) in case["irrCAC[coef,se,lo,hi]"][weights].items():
        assert got[coefficient].value == pytest.approx(expected, abs=6e-6), coefficient


def test_five_observers_have_krippendorffs_alpha(known):
    case = known["gwet_raw_5observers_15units"]
    for metric, expected in case["alpha"].items():
        got = coding.alpha(np.array(case["units_x_raters"], dtype=float), metric=metric).value
        assert got == pytest.approx(expected, abs=6e-6), metric


def test_kappa_by_character_is_cohens_and_not_the_product_of_yes_and_no(known):
    case = known["nvivo_manual_char_kappa"]
    table = coding.ratings_from_table([[case["both"], case["A_only"]], [case["B_only"], case["none"]]])
    assert coding.percent_agreement(table).value == pytest.approx(case["percent_agreement"])
    assert coding.cohen_kappa(table).value == pytest.approx(case["cohen_kappa"], abs=6e-7)
    assert coding.cohen_kappa(table).value != pytest.approx(case["qualcoder_4.0_formula"], abs=0.05)
