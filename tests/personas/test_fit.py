"""Are the groups there? Planted kinds come back; without kinds nothing is made up."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cjmkit import personas
from cjmkit.core.persona import Persona
from cjmkit.errors import CjmError


@pytest.fixture(scope="module")
def found(kinds):
    return personas.fit(personas.features(survey=kinds[0]), seed=7, nulls=99, resamples=50)


def test_planted_kinds_come_back_and_are_called_stable(found, kinds):
    assert found.k == 3
    assert found.status == "stable"
    assert adjusted_rand_score(kinds[1], found.labels.fillna("none")) > 0.8
    assert list(found.labels.dropna().unique()) and set(found.labels.dropna()) == {"P1", "P2", "P3"}


def test_ids_go_by_size(found):
    assert found.table["n"].is_monotonic_decreasing
    assert found.table["n"].sum() + len(found.left_out) == 90


def test_a_continuum_is_one_group_and_says_so(continuum):
    found = personas.fit(personas.features(survey=continuum), nulls=99, resamples=30)
    assert found.status == "none"
    assert set(found.labels) == {"all"}
    (everybody,) = found.personas()
    assert everybody.verdict.status == "none"
    assert "no stable groups" in everybody.verdict.en
    assert "устойчивых групп нет" in everybody.verdict.ru
    assert len(everybody.participants) == 90


def test_a_shuffled_copy_loses_its_personas(kinds):
    f = personas.shuffled(personas.features(survey=kinds[0]), seed=3)
    assert personas.fit(f, nulls=99, resamples=30).status == "none"


def test_the_verdict_travels_with_every_persona(found):
    for p in found.personas():
        assert isinstance(p, Persona)
        assert p.verdict.status == "stable"
        assert p.verdict.p_value == found.p_value
        assert 0.75 <= p.verdict.stability <= 1
        assert p.verdict.text("en") == found.verdict("en")


def test_a_number_set_by_hand_does_not_change_the_verdict(continuum):
    cut = personas.fit(personas.features(survey=continuum), k=3, nulls=99, resamples=30)
    assert cut.k == 3
    assert set(cut.labels.dropna()) == {"P1", "P2", "P3"}
    assert cut.status == "none"
    assert all(p.verdict.status == "none" for p in cut.personas())
    assert "by hand" in cut.verdict("en")


def test_names_survive_and_find_their_persona(found):
    named = found.named({0: "Planner", "P2": "Explorer"}).named({"P3": "Investor"})
    assert [p.name for p in named.personas()] == ["Planner", "Explorer", "Investor"]
    assert named["Planner"].id == "P1"
    assert named["Planner"].verdict.status == "stable"
    assert found.name("P1") == "P1"  # the first value did not change
    with pytest.raises(CjmError, match="Planner"):
        named["Plannr"]
    with pytest.raises(CjmError, match="both"):
        named.named({"P2": "Planner"})


def test_asking_for_a_persona_that_was_not_found_says_why(continuum):
    found = personas.fit(personas.features(survey=continuum), nulls=39, resamples=10).named({"P1": "Planner"})
    with pytest.raises(CjmError, match="no groups were found"):
        found["Planner"]


def test_the_same_seed_gives_the_same_result_on_any_number_of_threads(kinds):
    f = personas.features(survey=kinds[0])
    one, two = (personas.fit(f, seed=5, nulls=39, resamples=20, n_jobs=j) for j in (1, 2))
    assert one.p_value == two.p_value
    assert one.jaccard == two.jaccard
    pd.testing.assert_series_equal(one.labels, two.labels)
    assert np.array_equal(one.search.null, two.search.null)


def test_the_order_of_people_does_not_change_who_belongs_together(kinds):
    frame, _ = kinds
    turned = frame.iloc[::-1]
    a = personas.fit(personas.features(survey=frame), nulls=39, resamples=20)
    b = personas.fit(personas.features(survey=turned), nulls=39, resamples=20)
    assert adjusted_rand_score(a.labels.fillna("-"), b.labels.reindex(a.labels.index).fillna("-")) > 0.95


def test_people_who_are_the_same_kind_land_together(kinds):
    frame, kind = kinds
    apart = [frame.index[kind == 0][0], frame.index[kind == 1][0]]
    found = personas.fit(personas.features(survey=frame), same=[apart], k=3, nulls=19, resamples=10)
    assert found.labels[apart[0]] == found.labels[apart[1]]
    with pytest.raises(CjmError, match="same"):
        personas.fit(personas.features(survey=frame), same=[["r0", "nobody"]])


def test_missing_answers_cost_nobody(kinds):
    frame, kind = kinds
    rng = np.random.default_rng(1)
    holes = frame.mask(rng.random(frame.shape) < 0.15)
    found = personas.fit(personas.features(survey=holes), nulls=39, resamples=20)
    assert found.n == 90
    assert adjusted_rand_score(kind, found.labels.fillna("none")) > 0.6


# ---- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5, 19])
def test_few_people_get_a_verdict_and_no_persona(n):
    frame = pd.DataFrame(np.random.default_rng(0).integers(1, 6, (n, 5)), index=[f"r{i}" for i in range(n)])
    found = personas.fit(personas.features(survey=frame))
    assert found.status == "none"
    assert set(found.labels) == {"all"}
    assert "too few" in found.verdict("en")
    assert found.personas()[0].verdict.status == "none"


def test_all_people_the_same():
    frame = pd.DataFrame(3, index=[f"r{i}" for i in range(40)], columns=list("abc"))
    with pytest.warns(UserWarning, match="left out"):
        f = personas.features(survey=frame)
    assert personas.fit(f).status == "none"


def test_more_questions_than_people():
    frame = pd.DataFrame(np.random.default_rng(0).integers(1, 6, (25, 60)), index=[f"r{i}" for i in range(25)])
    assert personas.fit(personas.features(survey=frame), nulls=39, resamples=10).status == "none"


def test_k_must_fit_the_people(kinds):
    with pytest.raises(CjmError, match="k ="):
        personas.fit(personas.features(survey=kinds[0]), k=80)
    with pytest.raises(CjmError, match="features"):
        personas.fit(kinds[0])
