"""The personas with their verbs bound; the one file that knows all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from cjmkit.core.persona import Persona
from cjmkit.personas.beside import beside
from cjmkit.personas.build import persona, personas, with_quotes
from cjmkit.personas.data import Features
from cjmkit.personas.elsewhere import by_stage, channels
from cjmkit.personas.fitting import find
from cjmkit.personas.found import PersonasData
from cjmkit.personas.hypotheses import hypotheses
from cjmkit.personas.patterns import carriers
from cjmkit.personas.power import power_of
from cjmkit.personas.profile import profile, quotes, suggested_names, words
from cjmkit.personas.waves import assign, compare, degree, sensitivity

__all__ = ["Personas", "fit"]


class Personas(PersonasData):
    """Kinds of people, or one group of everybody where there are none.

    Made by :func:`cjmkit.personas.fit`; a value: naming gives a new one.

    Attributes
    ----------
    labels : pandas.Series
        Persona id of each person (index ``person``): P1, P2 … by size, ``all`` where no groups were found, missing
        for people without data and for those who fit nowhere.
    status : str
        ``stable``, ``tentative``, ``exploratory`` (fewer than 40 people) or ``none``.
    k : int
        How many groups are shown.
    p_value : float
        How often data without groups look as grouped as this.
    features : Features
        What the groups were looked for in.
    membership : pandas.DataFrame
        Probability of each persona for each person, given that there are these.
    """

    profile = profile
    words = words
    quotes = quotes
    channels = channels
    by_stage = by_stage
    suggested_names = suggested_names
    persona = persona
    personas = personas
    with_quotes = with_quotes
    assign = assign
    compare = compare
    sensitivity = sensitivity
    degree = degree
    beside = beside
    carriers = carriers
    hypotheses = hypotheses
    power = power_of

    def __getitem__(self, persona: str | int) -> Persona:
        return self.persona(persona)

    def __iter__(self) -> Iterator[Persona]:
        return iter(self.personas())


def fit(
    features: Features,
    *,
    k: int | None = None,
    seed: int = 0,
    nulls: int = 199,
    resamples: int = 100,
    largest: int = 6,
    same: Iterable[Iterable[Any]] | None = None,
    progress: bool = False,
    n_jobs: int = 1,
) -> Personas:
    """Find personas, and say whether they are there.

    1. People are placed as in multiple factor analysis: columns standardised, blocks weighted, components kept.
    2. KMeans for 2 to `largest` groups; mean silhouettes.
    3. The same on `nulls` tables without groups, with the same margins and the same correlations (for mixes of codes
       or themes, for data of several kinds, and among fewer than 100 people also on people who differ by degree only,
       along as many lines as the data have). p is how often the largest standardised silhouette is as
       large there, on the components and in a second view; the larger p counts.
    4. `resamples` resamples of the people: a number of groups is admitted if every group has a mean Jaccard of .60
       and 5% of all people (of fewer than 100 people a fifth, five people at least, eight at most). Of those admitted
       the one that exceeds the null most is taken.
    5. Groups that are something else are refused: the answers to one question, who was asked, a stratum, a way of
       answering, and stretches of a degree, with no valley between them (then ``found.degree()`` gives the axis).

    Placements of 8 to 40 people on a grid, alone, go another way: Ward's groups on the distances of people over the
    variables that both were placed on, weighed by the agreement of raters; compared with grids shuffled within each
    variable and with grids of mere degrees, along as many independent lines as the grid has; stability by leaving each
    person out; three variables at least have to set the groups apart that form without them (``found.carriers()``).
    Where nothing is found the verdict says what would have been, ``found.power()`` more of it, and
    ``found.hypotheses()`` what comes nearest.

    Parameters
    ----------
    features : Features
        From :func:`cjmkit.personas.features`.
    k : int, optional
        Cut people into this many groups whatever the data say. The verdict stays what it is, and travels along.
    seed : int
        Same seed, same result, on any number of cores.
    nulls : int
        Tables without groups. 199 give p-values in steps of .005; 0 skips the test, and then nothing is called stable.
    resamples : int
        Resamples of the people.
    largest : int
        Largest number of groups tried.
    same : iterable of sets of people, optional
        People who are known to be of one kind and must land in one group. They do so in the null tables and the
        resamples too, so the constraint does not make the groups look more certain than they are.
    progress : bool
        Show a progress bar.
    n_jobs : int
        Threads.

    Returns
    -------
    Personas
        Whose verdict may be that there are none.

    Raises
    ------
    CjmError
        If `k` or `same` do not fit the people.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> rng = np.random.default_rng(1)
    >>> kind = np.repeat([0, 1], 30)
    >>> answers = pd.DataFrame(rng.normal(kind[:, None] * [4, 4, -4, 0, 0], 1), columns=list("abcde")).round()
    >>> found = personas.fit(personas.features(survey=answers), nulls=39, resamples=20)
    >>> found.k, found.status
    (2, 'stable')
    """
    found = find(
        features, k=k, seed=seed, nulls=nulls, resamples=resamples, largest=largest, same=same, progress=progress,
        n_jobs=n_jobs,
    )  # fmt: skip
    return Personas(**{f.name: getattr(found, f.name) for f in fields(found)})
