"""The clusterer keeps scikit-learn's promises."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from cjmkit.personas import PersonaClusterer


@parametrize_with_checks(
    [PersonaClusterer(n_clusters=3, nulls=0, resamples=5, random_state=0), PersonaClusterer(nulls=9, resamples=5)]
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_predict_puts_the_people_it_was_fitted_on_where_they_were():
    rng = np.random.default_rng(0)
    x = np.vstack([rng.normal(m, 1, (30, 5)) for m in (0, 4, 8)])
    model = PersonaClusterer(nulls=39, resamples=20, random_state=0).fit(x)
    assert model.n_clusters_ == 3
    assert np.array_equal(model.predict(x), model.labels_)
    assert adjusted_rand_score(np.repeat([0, 1, 2], 30), model.labels_) == 1
    assert model.transform(x).shape == (90, 3)


def test_noise_is_one_group():
    """Ten tables of noise: at a level of .05, three alarms would come once in a hundred times."""
    models = [
        PersonaClusterer(nulls=39, resamples=10, random_state=0).fit(np.random.default_rng(s).normal(size=(60, 6)))
        for s in range(10)
    ]
    quiet = [m for m in models if m.n_clusters_ == 1]
    assert len(quiet) >= 8
    assert all(m.status_ == "none" and set(m.labels_) == {0} for m in quiet)


def test_missing_answers_are_allowed():
    rng = np.random.default_rng(0)
    x = np.vstack([rng.normal(m, 1, (30, 5)) for m in (0, 5)])
    x[rng.random(x.shape) < 0.1] = np.nan
    model = PersonaClusterer(nulls=19, resamples=10, random_state=0).fit(x)
    assert adjusted_rand_score(np.repeat([0, 1], 30), model.labels_) > 0.9
