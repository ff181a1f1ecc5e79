"""PersonaClusterer: the procedure as a scikit-learn clusterer, for tables of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from cjmkit.i18n import say

__all__ = ["PersonaClusterer"]

Floats = NDArray[np.floating]


class PersonaClusterer(ClusterMixin, TransformerMixin, BaseEstimator):
    """Cluster rows of a table into groups that differ from a continuum and come back, or into one group.

    For those who build pipelines of their own; researchers will prefer :func:`cjmkit.personas.fit`.

    Parameters
    ----------
    n_clusters : int or None
        Number of groups; None finds it, and finds one group where there are none.
    max_clusters : int
        Largest number tried.
    n_components : int or None
        Principal components to cluster in; None takes 8 at most, one for every ten rows.
    scale : bool
        Standardise columns first.
    nulls, resamples : int
        As for :func:`cjmkit.personas.fit`; with `n_clusters` given, 0 nulls skip the test.
    n_jobs : int
        Threads.
    random_state : int, RandomState or None
        Seed.

    Attributes
    ----------
    labels_ : array (n,)
        Group of each row, largest first.
    cluster_centers_ : array (k, components)
    n_clusters_ : int
    p_value_ : float
    jaccard_ : array (k,)
        Mean bootstrap Jaccard of each group.
    status_ : str
        ``stable``, ``tentative``, ``exploratory`` or ``none``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.normal(0, 1, (30, 4)), rng.normal(4, 1, (30, 4))])
    >>> model = PersonaClusterer(nulls=39, resamples=20, random_state=0).fit(X)
    >>> model.n_clusters_, model.status_
    (2, 'stable')
    """

    def __init__(
        self,
        n_clusters: int | None = None,
        *,
        max_clusters: int = 6,
        n_components: int | None = None,
        scale: bool = True,
        nulls: int = 199,
        resamples: int = 100,
        n_jobs: int = 1,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.max_clusters = max_clusters
        self.n_components = n_components
        self.scale = scale
        self.nulls = nulls
        self.resamples = resamples
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: object = None) -> PersonaClusterer:
        """Find groups of rows.

        Parameters
        ----------
        X : array (n, columns)
            NaN is a missing answer; the row is kept.
        y : ignored

        Returns
        -------
        PersonaClusterer
        """
        from cjmkit.personas._procedure import FEWEST, search
        from cjmkit.personas._space import Space, components_for
        from cjmkit.personas.verdict import group_status, overall

        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        n = X.shape[0]
        self._space: Any = None
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        known = ~np.isnan(X)
        count = np.maximum(known.sum(axis=0), 1)
        self._mean = np.where(known, X, 0).sum(axis=0) / count
        sd = np.sqrt(np.where(known, (X - self._mean) ** 2, 0).sum(axis=0) / count)
        self._scale = np.where(sd > 1e-12, sd if self.scale else 1.0, np.inf)
        z = (X - self._mean) / self._scale
        use = np.isfinite(self._scale)
        asked = self.n_clusters
        if asked is not None and not (isinstance(asked, int | np.integer) and 1 <= asked <= n):
            raise ValueError(
                say(
                    en=f"n_clusters={asked!r} for {n} samples; choose a whole number from 1 to n_samples={n}",
                    ru=f"n_clusters={asked!r} при {n} людях; возьмите целое число от 1 до {n}",
                )
            )
        wide = int(use.sum())
        c = self.n_components or components_for(n, max(wide, 1))
        if wide == 0 or asked == 1 or (asked is None and n < FEWEST):
            return self._one_group(n)
        columns = z[:, use]
        space = Space(columns, (None,) * wide, (0,) * wide, (1.0,), max(1, min(c, wide)))
        largest = max(2, min(self.max_clusters, n // 3 if asked is None else n - 1))
        s = search(
            space,
            ks=tuple(range(2, largest + 1)) if asked is None or self.nulls else (int(asked),),
            nulls=self.nulls,
            resamples=self.resamples,
            seed=seed,
            show=None if asked is None else int(asked),
            n_jobs=self.n_jobs,
        )
        self.p_value_ = s.p_value
        k = int(asked) if asked is not None else s.k
        if k is None or k >= n:
            return self._one_group(n, s.p_value)
        self._use, self._space = use, space
        e = space.encoded()
        self._basis = space.basis(e)
        self.labels_ = s.labels[k].astype(np.int32)
        self.cluster_centers_ = s.centres[k].astype(float)
        self.n_clusters_ = k
        self.jaccard_ = s.jaccard[k]
        self.status_ = overall([group_status(float(j), s.why == "found") for j in s.jaccard[k]], n)
        return self

    def _one_group(self, n: int, p: float = float("nan")) -> PersonaClusterer:
        self.p_value_ = p
        self.labels_ = np.zeros(n, np.int32)
        self.cluster_centers_ = np.zeros((1, 1))
        self.n_clusters_ = 1
        self.jaccard_ = np.array([np.nan])
        self.status_ = "none"
        return self

    def _coordinates(self, X: Any) -> Floats:
        check_is_fitted(self, "labels_")
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        if self._space is None:
            return np.zeros((X.shape[0], 1))
        z = ((X - self._mean) / self._scale)[:, self._use]
        mean, scale, axes = self._basis
        return np.asarray(((np.nan_to_num(z) - mean) * scale) @ axes)

    def transform(self, X: Any) -> Floats:
        """Distance of each row to each centre: (n, k)."""
        x = self._coordinates(X)
        return np.asarray(np.linalg.norm(x[:, None] - self.cluster_centers_, axis=2))

    def predict(self, X: Any) -> NDArray[np.int32]:
        """Nearest group of each row."""
        return self.transform(X).argmin(axis=1).astype(np.int32)
