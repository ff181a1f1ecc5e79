"""Tables of people without groups, as like the real table as a table without groups can be.

A satisfied and a dissatisfied half is no pair of personas but one continuum cut in two, and cutting it is very
reproducible. So the comparison is not with independent or permuted columns, which any correlated questionnaire
beats, but with a Gaussian copula: same margins, same correlations, no groups.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cjmkit.personas._space import Space

__all__ = ["BlockNull", "CopulaNull", "dirichlet_multinomial"]

Floats = NDArray[np.floating]

_ROUNDS, _PILOTS = 5, 16  # rounds of adjusting the eigenvalues, and tables for each


def _correlation(scores: Floats) -> Floats:
    """Correlation over the people who answered both; 0 where that says nothing."""
    known = ~np.isnan(scores)
    if known.all():
        with np.errstate(invalid="ignore", divide="ignore"):
            r = np.corrcoef(scores, rowvar=False)
        r = np.atleast_2d(r)
    else:
        w = known.astype(float)
        z = np.nan_to_num(scores)
        m = np.maximum(w.T @ w, 1)
        sx = z.T @ w  # sum of the row's column over the people shared with the other one
        sxx = (z**2).T @ w
        cov = z.T @ z / m - (sx / m) * (sx.T / m)
        var = sxx / m - (sx / m) ** 2
        with np.errstate(invalid="ignore", divide="ignore"):
            r = cov / np.sqrt(var * var.T)
        r[m < 5] = 0.0
    r = np.clip(np.nan_to_num(r), -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    return np.asarray(r)


class CopulaNull:
    """Same margins, same correlations, no groups.

    For normal data the sample correlation is all that there is to know about the latent one, so tables are drawn
    *given* the observed correlation: a uniformly random orthonormal frame times a root of the correlation, then the
    observed values by rank. A null that has the right correlation only on average scatters around it: its minor axes
    are longer than the observed ones, and by comparison one continuum looks like groups. Shrinking the correlation
    makes that worse. Ranks and ties scatter it a little too; so the eigenvalues are adjusted in a few rounds until
    tables have the observed ones on average. Who answered what stays as observed.
    """

    def __init__(self, space: Space, seed: np.random.SeedSequence) -> None:
        self.space = space
        c = space.columns
        n, p = c.shape
        self.known = [np.flatnonzero(~np.isnan(c[:, j])) for j in range(p)]
        self.sorted = [np.sort(c[k, j]) for j, k in enumerate(self.known)]
        self.complete = all(k.size == n for k in self.known)
        target = _correlation(c)
        values, vectors = np.linalg.eigh(target)
        r = min(p, n - 1)
        self.axes = vectors[:, ::-1][:, :r]
        observed = np.maximum(values[::-1][:r], 1e-6)
        self.values = observed.copy()
        rng = np.random.default_rng(seed)
        for _ in range(_ROUNDS):
            got = np.mean([np.linalg.eigvalsh(_correlation(self.draw(rng)))[::-1][:r] for _ in range(_PILOTS)], axis=0)
            self.values *= np.clip(observed / np.maximum(got, 1e-6), 0.5, 2.0)

    def draw(self, rng: np.random.Generator) -> Floats:
        """One table without groups: (n, p), in the columns' own values."""
        frame = _frame(rng, self.space.n, self.values.size)
        return self._with_margins((frame * np.sqrt(self.values)) @ self.axes.T)

    def _with_margins(self, z: Floats) -> Floats:
        out = np.full(z.shape, np.nan)
        if self.complete:
            np.put_along_axis(out, np.argsort(z, axis=0), np.column_stack(self.sorted), axis=0)
            return out
        for j, (k, values) in enumerate(zip(self.known, self.sorted)):
            out[k[np.argsort(z[k, j])], j] = values
        return out


def _frame(rng: np.random.Generator, n: int, p: int) -> Floats:
    """Orthonormal, centred columns (n, min(p, n − 1)), uniformly distributed (Mezzadri 2007)."""
    g = rng.standard_normal((n, min(p, n - 1)))
    g -= g.mean(axis=0)
    frame, r = np.linalg.qr(g)
    return np.asarray(frame * np.sign(np.diag(r)))


def dirichlet_multinomial(counts: Floats, *, steps: int = 200) -> Floats:
    """Parameters (K,) of a Dirichlet–multinomial for counts (n, K), by Minka's (2000) fixed point.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> p = rng.dirichlet([4.0, 2.0, 1.0], size=2000)
    >>> a = dirichlet_multinomial(np.array([rng.multinomial(30, row) for row in p]))
    >>> bool(np.allclose(a, [4, 2, 1], rtol=0.1))
    True
    """
    from scipy.special import digamma

    n = counts.sum(axis=1)
    counts, n = counts[n > 0], n[n > 0]
    share = (counts.sum(axis=0) + 0.5) / (counts.sum() + 0.5 * counts.shape[1])
    a = share * 10.0
    for _ in range(steps):
        total = a.sum()
        up = (digamma(counts + a) - digamma(a)).sum(axis=0)
        down = (digamma(n + total) - digamma(total)).sum()
        new = np.maximum(a * up / max(down, 1e-12), 1e-4)
        # People who hardly differ push the parameters to infinity; there it is a multinomial.
        if new.sum() > 1e5:
            new *= 1e5 / new.sum()
            return np.asarray(new)
        if np.abs(new - a).max() < 1e-6 * total:
            return np.asarray(new)
        a = new
    return np.asarray(a)


class BlockNull:
    """What a copula cannot imitate: mixes that differ by degree, and the clumps that a few short texts form.

    Blocks of shares are drawn from a Dirichlet–multinomial with each person's own total. Rows of text topics are
    dealt out to other people whole: texts clump by what they are about, and that alone makes no kinds of people. All
    other columns are drawn as in `CopulaNull`.
    """

    def __init__(self, space: Space, copula: CopulaNull) -> None:
        self.space, self.copula = space, copula
        self.alpha = [dirichlet_multinomial(counts) for _, counts in space.counts]

    def draw(self, rng: np.random.Generator) -> Floats:
        """One table without groups: (n, p)."""
        covered = sum(len(cols) for cols, _ in self.space.counts) + sum(map(len, self.space.topics))
        p = self.space.columns.shape[1]
        out = self.copula.draw(rng) if covered < p else np.full(self.space.columns.shape, np.nan)
        for cols, alpha in zip((list(c) for c, _ in self.space.counts), self.alpha):
            out[:, cols] = self._shares(cols, alpha, rng)
        for topic in self.space.topics:
            own = self.space.columns[:, list(topic)]
            known = np.flatnonzero(~np.isnan(own).any(axis=1))
            dealt = own.copy()
            dealt[known] = own[rng.permutation(known)]
            out[:, list(topic)] = dealt
        return out

    def _shares(self, cols: list[int], alpha: Floats, rng: np.random.Generator) -> Floats:
        counts = next(c for own, c in self.space.counts if list(own) == cols)
        total = counts.sum(axis=1).astype(int)
        drawn = rng.multinomial(total, rng.dirichlet(alpha, size=total.size))
        some = total > 0
        shares = np.full((total.size, len(cols)), np.nan)
        shares[some] = np.sqrt(drawn[some] / total[some, None])
        return shares - np.nanmean(shares, axis=0)
