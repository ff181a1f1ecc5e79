"""The numbers under the verdict, against outside oracles."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples as sklearn_silhouettes

from cjmkit.personas import _engine, _nulls, _procedure
from cjmkit.personas._space import Space
from cjmkit.stats import holm, wilson


@pytest.fixture(scope="module")
def blobs():
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 3, (4, 5))
    return (centres[rng.integers(0, 4, 160)] + rng.standard_normal((160, 5))).astype(np.float32)


@pytest.mark.parametrize("k", [2, 3, 4, 6])
def test_kmeans_is_as_good_as_scikit_learns(blobs, k):
    u = np.random.default_rng(1).random((1, 8, k))
    _, _, inertia = _engine.cluster_tables(blobs[None], k, u)
    reference = KMeans(k, n_init=50, random_state=0).fit(blobs).inertia_
    assert inertia[0] <= reference * 1.01


def test_silhouettes_are_scikit_learns(blobs):
    labels = _engine.cluster_tables(blobs[None], 4, np.random.default_rng(1).random((1, 8, 4)))[0][0]
    ours = _engine.silhouette_samples(_engine.distances(blobs), labels, 4)
    np.testing.assert_allclose(ours, sklearn_silhouettes(blobs, labels), atol=2e-4)


def test_a_table_is_clustered_alike_alone_and_in_a_chunk(blobs):
    rng = np.random.default_rng(2)
    tables = np.stack([blobs, blobs[rng.permutation(160)], rng.standard_normal(blobs.shape).astype(np.float32)])
    u = rng.random((3, 8, 3))
    together = _engine.cluster_tables(tables, 3, u)[0]
    alone = [_engine.cluster_tables(tables[b : b + 1], 3, u[b : b + 1])[0][0] for b in range(3)]
    assert np.array_equal(together, np.stack(alone))


def continuous(n=60, p=8, seed=0):
    rng = np.random.default_rng(seed)
    z = 0.7 * rng.standard_normal((n, 1)) + np.sqrt(0.51) * rng.standard_normal((n, p))
    z = np.clip(np.round(z + 3), 1, 5)
    return Space((z - z.mean(axis=0)) / z.std(axis=0), (None,) * p, (0,) * p, (1.0,), 5)


def test_null_tables_have_the_observed_margins_exactly():
    space = continuous()
    drawn = _nulls.CopulaNull(space, np.random.SeedSequence(0)).draw(np.random.default_rng(1))
    np.testing.assert_allclose(np.sort(drawn, axis=0), np.sort(space.columns, axis=0))


def test_null_tables_have_the_observed_spectrum_on_average():
    space = continuous()
    null = _nulls.CopulaNull(space, np.random.SeedSequence(0))
    rng = np.random.default_rng(1)
    got = np.mean([np.linalg.eigvalsh(np.corrcoef(null.draw(rng), rowvar=False)) for _ in range(200)], axis=0)
    want = np.linalg.eigvalsh(np.corrcoef(space.columns, rowvar=False))
    np.testing.assert_allclose(got, want, rtol=0.08, atol=0.03)


def test_who_answered_what_stays_in_null_tables():
    space = continuous()
    holes = space.columns.copy()
    holes[np.random.default_rng(3).random(holes.shape) < 0.2] = np.nan
    space = space.with_columns(holes)
    drawn = _nulls.CopulaNull(space, np.random.SeedSequence(0)).draw(np.random.default_rng(1))
    assert np.array_equal(np.isnan(drawn), np.isnan(holes))


def test_more_columns_than_people_still_give_a_null():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((25, 60))
    space = Space((z - z.mean(axis=0)) / z.std(axis=0), (None,) * 60, (0,) * 60, (1.0,), 4)
    drawn = _nulls.CopulaNull(space, np.random.SeedSequence(0)).draw(rng)
    assert drawn.shape == (25, 60)
    assert np.isfinite(drawn).all()


def test_the_test_keeps_its_level_on_one_factor():
    """Sixty continua of 40 people: at a level of .05 more than eight alarms would come once in a hundred times."""
    alarms = 0
    for run in range(60):
        found = _procedure.search(continuous(40, seed=run), nulls=39, resamples=0, seed=run)
        alarms += found.p_value <= 0.05
    assert alarms <= 8


def test_p_counts_the_observed_table_too():
    null = np.zeros((19, 2)) + np.random.default_rng(0).normal(0, 0.01, (19, 2))
    assert _procedure.p_of_max(np.array([1.0, 1.0]), null) == pytest.approx(1 / 20)
    assert _procedure.p_of_max(np.array([-1.0, -1.0]), null) == 1.0


def test_jaccard_of_the_same_clustering_is_one_and_of_a_merged_one_the_share():
    a = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    assert _procedure.clusterwise_jaccard(a, (a + 1) % 3, 3).tolist() == [1, 1, 1]
    merged = np.where(a == 1, 0, a)
    assert _procedure.clusterwise_jaccard(a, merged, 3).tolist() == [3 / 5, 2 / 5, 1]


def test_matching_undoes_any_renumbering():
    a = np.random.default_rng(0).integers(0, 4, 50)
    assert np.array_equal(_procedure.matched(a, np.array([2, 0, 3, 1])[a], 4), a)


def test_holm_is_statsmodels():
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(0).random(20) ** 3
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (160, 420)])
def test_wilson_is_statsmodels(k, n):
    from statsmodels.stats.proportion import proportion_confint

    np.testing.assert_allclose(wilson(k, n)[1:], proportion_confint(k, n, method="wilson"), atol=1e-12)
