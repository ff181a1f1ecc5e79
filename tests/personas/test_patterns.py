"""Kinds of people on a grid of 8 to 40: found where they were planted, not where there are none."""

import csv
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import cjmkit as cj
from cjmkit import personas
from cjmkit.personas._degrees import dealt_within, dimensions
from cjmkit.personas._distance import beyond_lines, by_degree, distances, ward_labels, within_silhouettes
from cjmkit.personas.patterns import Placed, _relabellings, _separation, pattern_search, sizes_tried
from cjmkit.personas.power import simulated_kinds
from cjmkit.study import shipped

TRUTH = {"mealkit": 20, "residential": 24}


def fitted(grid, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return personas.fit(personas.features(grid=grid), **({"nulls": 99} | options))


@pytest.fixture(scope="module", params=list(TRUTH))
def shipped_study(request, tmp_path_factory):
    """A shipped study, its grid, and the kinds that were planted in it (never read by what is tested)."""
    study = cj.Study.example(request.param, tmp_path_factory.mktemp("study") / request.param)
    with open(shipped.example(request.param) / "truth" / "personas.csv", encoding="utf-8", newline="") as file:
        planted = {r["participant"]: r["persona"] for r in csv.DictReader(file)}
    return study, personas.grid(study), planted


# ---- the shipped studies --------------------------------------------------------------------------------------------


def test_from_the_grid_alone_the_planted_kinds_come_back(shipped_study):
    study, grid, planted = shipped_study
    assert grid.n == TRUTH[study.path.name]
    assert grid.warnings == ()
    found = fitted(grid)
    assert found.found
    assert found.k == len({planted[p] for p in grid.people})
    assert adjusted_rand_score([planted[p] for p in found.labels.index], found.labels.fillna("none")) >= 0.8


def test_each_rater_alone_finds_them_too(shipped_study):
    _, grid, planted = shipped_study
    for rater in grid.raters:
        own = personas.Grid(grid.variables, grid.placements[grid.placements["rater"] == rater])
        found = fitted(own, nulls=59)
        labels = found.labels.fillna("none")
        assert adjusted_rand_score([planted[p] for p in labels.index], labels) >= 0.8, rater


def test_every_placement_cites_the_respondents_own_words(shipped_study):
    study, grid, _ = shipped_study
    turns = study.turns()
    own = turns[turns["role"] == "respondent"]
    texts = study.documents().set_index("document")["text"]
    assert (grid.placements["quote"] != "").all()
    for row in grid.placements.itertuples():
        assert texts[row.document][row.start : row.end] == row.quote
        said = own[(own["document"] == row.document) & (own["participant"] == row.participant)]
        assert ((said["start"] <= row.start) & (said["end"] >= row.end)).any(), row


def test_the_generators_leave_the_placements_alone(shipped_study):
    study, _, _ = shipped_study
    for script in shipped.example(study.path.name).glob("make_*.py"):
        text = script.read_text("utf-8")
        assert "placements" not in text
        assert "variables.yaml" not in text


def test_dealt_within_variables_nothing_is_found(shipped_study):
    _, grid, _ = shipped_study
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f = personas.features(grid=grid)
        found = [personas.fit(personas.shuffled(f, seed), nulls=99).found for seed in range(12)]
    assert sum(found) <= 1


def test_from_interviews_and_from_the_survey_the_same_people_are_alike(shipped_study):
    study, grid, _ = shipped_study
    said = fitted(grid)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f = personas.features(survey=study.survey(), items=study.attitudes())
        answered = personas.fit(f, seed=7, nulls=39, resamples=10)
    both = said.beside(answered, permutations=199)
    assert both.n >= 0.9 * grid.n
    assert both.rand >= 0.7
    assert both.p_value <= 0.01
    assert str(both.n) in both.summary("en")
    assert int(both.table["people"].sum()) == both.n


def test_groupings_that_have_nothing_to_do_with_each_other_agree_by_chance():
    one = fitted(personas.made_up_grid(n=18, k=3, gap=5, spread=0.6, seed=1))
    grid = personas.made_up_grid(n=18, k=3, gap=5, spread=0.6, seed=2)
    order = dict(zip(grid.people, np.random.default_rng(0).permutation(grid.people)))
    placed = grid.placements.assign(participant=grid.placements["participant"].map(order))
    other = fitted(personas.Grid(grid.variables, placed))
    assert one.beside(other, permutations=199).p_value > 0.05


def test_beside_nothing_the_reason_is_said():
    one = fitted(personas.made_up_grid(n=18, k=3, gap=5, spread=0.6, seed=1))
    none = fitted(personas.made_up_grid(n=18, k=1, seed=2))
    assert none.verdict() in one.beside(none).summary()
    with pytest.raises(cj.CjmError, match="nobody in common"):
        one.beside(
            fitted(
                personas.Grid(
                    none.features.grid.variables,
                    none.features.grid.placements.assign(
                        participant="x" + none.features.grid.placements["participant"]
                    ),
                )
            )
        )


# ---- planted and not planted ----------------------------------------------------------------------------------------


def test_among_twelve_to_sixteen_kinds_far_apart_are_found():
    hits = []
    for seed in range(6):
        found = fitted(personas.made_up_grid(n=16, k=3, gap=4, spread=0.8, seed=seed))
        hits.append(found.k == 3 and adjusted_rand_score(np.arange(16) % 3, found.labels.fillna("-")) > 0.8)
    assert sum(hits) >= 4


def test_two_independent_degrees_are_no_kinds():
    """Of eight grids of 24 people, at a level of .05, more than two would be found once in a hundred times."""
    rng = np.random.default_rng(5)
    for _ in range(2):
        z = 0.75 * rng.normal(size=(400, 2))[:, np.arange(12) % 2] + 0.66 * rng.normal(size=(400, 12))
        assert dimensions(z[None], rng).tolist() == [2]
    hits = 0
    for seed in range(8):
        z = 0.75 * rng.normal(size=(24, 2))[:, np.arange(12) % 2] + 0.66 * rng.normal(size=(24, 12))
        p = Placed(np.clip(np.round(4 + 1.6 * z), 1, 7), np.zeros(12, bool), np.ones(12), tuple("abcdefghijkl"))
        hits += pattern_search(p, p.x, ks=sizes_tried(24), nulls=59, seed=seed).k is not None
    assert hits <= 2


def test_people_who_differ_by_degree_are_no_kinds():
    found = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        degree = rng.uniform(-1.7, 1.7, (16, 1))
        x = np.clip(np.round(4 + 1.6 * (0.85 * degree + 0.5 * rng.normal(size=(16, 10)))), 1, 7)
        table = pd.DataFrame(x, columns=[f"v{j}" for j in range(10)]).assign(participant=[f"p{i}" for i in range(16)])
        rows = table.melt("participant", var_name="variable").assign(rater="eva")
        scale = [personas.Variable(id=f"v{j}", ends=("left", "right")) for j in range(10)]
        got = fitted(personas.Grid(tuple(scale), rows), nulls=59)
        found.append(got.found)
        assert got.search.p_by_null["shuffled"] <= 0.1  # they do stand together: along one line
    assert sum(found) <= 2


def test_the_verdict_is_the_same_whatever_the_order_and_the_seed_decides():
    grid = personas.made_up_grid(n=14, k=3, gap=3, seed=5)
    one, two = fitted(grid, seed=3), fitted(grid, seed=3)
    assert one.verdict() == two.verdict()
    assert one.p_value == two.p_value
    mirrored = grid.placements.assign(value=[8 - v for v in grid.placements["value"]])
    other = fitted(personas.Grid(grid.variables, mirrored), seed=3)
    assert other.search.silhouette == pytest.approx(one.search.silhouette)


def test_fewer_than_eight_are_told_so():
    found = fitted(personas.made_up_grid(n=7, k=2, gap=5))
    assert found.why == "placed"
    assert "8" in found.verdict("en")
    assert "8" in found.verdict("ru")


def test_a_rater_who_says_nothing_of_most_people_does_not_break_it():
    found = fitted(personas.made_up_grid(n=12, k=3, gap=3, missing=0.7, seed=2))
    assert found.n in (11, 12)
    assert 0 < found.p_value <= 1


def test_a_k_that_was_asked_for_travels_with_the_verdict():
    found = fitted(personas.made_up_grid(n=12, k=1, seed=3), k=3)
    assert found.k == 3
    assert found.status == "none"
    assert "by hand" in found.verdict("en") or "assumption" in found.verdict("en")


# ---- the parts ------------------------------------------------------------------------------------------------------


def test_relabellings_are_all_and_each_once():
    ways = _relabellings((3, 2, 1))
    assert len(ways) == len(set(ways)) == 60


def test_the_exact_p_is_that_of_scipys_exact_permutation_test():
    from scipy.stats import permutation_test

    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=8), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    _, p, exact = _separation(x[:, None], labels, 2, rng)

    def between(a, b, axis):
        return np.abs(a.mean(axis=axis) - b.mean(axis=axis))

    theirs = permutation_test(
        (x[:4], x[4:]),
        between,
        permutation_type="independent",
        alternative="greater",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert exact
    assert p == pytest.approx(theirs.pvalue)


def test_shuffling_within_variables_keeps_margins_and_blanks():
    grid = np.array([[1.0, np.nan], [2, 5], [3, 6], [4, 7]])
    made = dealt_within(grid, 50, np.random.default_rng(0))
    assert np.isnan(made[:, 0, 1]).all()
    assert (np.sort(made[:, :, 0], axis=1) == [1, 2, 3, 4]).all()
    assert len({tuple(t[:, 0]) for t in made}) > 10


def test_a_grid_of_one_degree_has_as_strong_an_axis_as_the_real_one():
    rng = np.random.default_rng(0)
    x = np.round(4 + 1.5 * (0.8 * rng.normal(size=(24, 1)) + 0.6 * rng.normal(size=(24, 10)))).clip(1, 7)
    made = by_degree(x[None], 60, rng, np.array([1]))

    def axis(t):
        return np.linalg.eigvalsh(np.corrcoef(t.T))[-1]

    assert np.mean([axis(t) for t in made]) == pytest.approx(axis(x), rel=0.1)
    assert (np.sort(made, axis=1) == np.sort(x, axis=0)).all()


def test_where_people_leave_a_gap_on_their_line_so_do_most_grids_of_the_null():
    rng = np.random.default_rng(1)
    ends = np.r_[np.full(8, -1.0), np.full(8, 1.0)][:, None]
    x = np.round(4 + 2 * ends + 0.6 * rng.normal(size=(16, 12))).clip(1, 7)
    middle = np.round(4 + 1.5 * (0.9 * rng.normal(size=(16, 1)) + 0.4 * rng.normal(size=(16, 12)))).clip(1, 7)

    def evenly(t):  # how many of the sixteen stand in the upper half of the first column's line
        return np.abs((t.mean(axis=2) > t.mean(axis=(1, 2))[:, None]).sum(axis=1) - 8).mean()

    one = np.array([1])
    assert evenly(by_degree(x[None], 99, rng, one)) < evenly(by_degree(middle[None], 99, rng, one))


def test_groups_and_trees_of_many_grids_at_once_are_those_of_scipy_and_scikit_learn():
    from scipy.cluster.hierarchy import cut_tree, linkage
    from scipy.spatial.distance import squareform
    from sklearn.metrics import adjusted_rand_score, silhouette_samples

    far = distances(np.random.default_rng(0).normal(size=(4, 14, 6)), np.zeros(6, dtype=bool), np.ones(6))
    ours = ward_labels(far, (2, 4))
    for one, labels in zip(far, ours):
        theirs = cut_tree(linkage(squareform(np.sqrt(one), checks=False), "ward"), [2, 4])
        assert [adjusted_rand_score(theirs[:, i], labels[:, i]) for i in (0, 1)] == [1, 1]
        expected = silhouette_samples(one, labels[:, 1], metric="precomputed")
        assert np.allclose(within_silhouettes(one, labels[:, 1], 4), expected)


def test_what_groups_leave_over_is_less_than_what_a_line_does_where_there_are_three_kinds():
    rng = np.random.default_rng(2)
    off = np.zeros(8, dtype=bool), np.ones(8)
    kinds = simulated_kinds(rng, 30, 15, 8, 4.0, 3, 0.8, 0.0)
    line = rng.uniform(1, 7, (30, 15, 1)) + rng.normal(0, 0.8, (30, 15, 8))
    ones = np.ones(30, dtype=int)
    more = beyond_lines(distances(kinds, *off), (3,), ones) - beyond_lines(distances(line, *off), (3,), ones)
    assert (more > 0).all()
    # Against sums of squares worked out from coordinates.
    x = kinds[0] / kinds[0].std(axis=0)
    far = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    labels = ward_labels(far[None], (3,))[0, :, 0]
    within = sum(((x[labels == j] - x[labels == j].mean(axis=0)) ** 2).sum() for j in range(3))
    left = (np.linalg.svd(x - x.mean(axis=0), compute_uv=False)[1:] ** 2).sum()
    assert beyond_lines(far[None], (3,), ones[:1])[0, 0] == pytest.approx(np.log(left / within))


def test_a_variable_counts_by_its_weight_and_blanks_do_not_part_people():
    x = np.array([[[1.0, 1], [1, 7], [7, np.nan]]])
    both = distances(x, np.zeros(2, dtype=bool), np.array([1.0, 1.0]))[0]
    first = distances(x, np.zeros(2, dtype=bool), np.array([1.0, 0.0]))[0]
    assert first[0, 1] < both[0, 1]
    assert ward_labels(first[None], (2,))[0, :, 0].tolist() in ([0, 0, 1], [1, 1, 0])


# ---- power and hypotheses -------------------------------------------------------------------------------------------


def test_power_grows_with_people_gap_and_reliability():
    plan = personas.power(n=[12, 24], gap=[2, 3], studies=100, seed=1).table.set_index(["gap", "n"])["share"]
    assert plan[2.0, 12] < plan[3.0, 12] < plan[3.0, 24]
    poor = personas.power(n=16, gap=3, reliability=0.4, studies=80).table["share"].iloc[0]
    good = personas.power(n=16, gap=3, reliability=1.0, studies=80).table["share"].iloc[0]
    assert poor < good


def test_without_kinds_power_is_the_false_alarm():
    share = personas.power(n=14, gap=0, studies=200, seed=2).table["share"].iloc[0]
    assert share <= 0.08


def test_the_measured_power_is_what_fit_finds_in_such_grids():
    plan = personas.power(n=16, variables=12, gap=4, studies=100).table["share"].iloc[0]
    passed = []
    for seed in range(12):
        grid = personas.made_up_grid(n=16, k=3, gap=4, raters=1, error=0.0, seed=seed)
        passed.append(fitted(grid, nulls=59).p_value <= 0.05)
    assert abs(np.mean(passed) - plan) <= 0.35


def test_where_nothing_is_found_the_verdict_says_what_would_have_been():
    found = fitted(personas.made_up_grid(n=14, k=1, variables=11, seed=7))
    assert not found.found
    en, ru = found.verdict("en"), found.verdict("ru")
    assert "14 interviews" in en
    assert "% of studies; 10 more interviews make it" in en
    assert "ещё 10 интервью" in ru
    assert json.dumps(en)


def test_hypotheses_are_no_personas_and_say_what_to_do_next(shipped_study):
    study, grid, _ = shipped_study
    few = set(grid.people[::2][:9])
    part = personas.Grid(grid.variables, grid.placements[grid.placements["participant"].isin(few)])
    found = fitted(part)
    if found.found:
        with pytest.raises(cj.errors.NotEnough):
            found.hypotheses()
        return
    maybe = found.hypotheses()
    assert len(maybe.table) >= 1
    assert (maybe.table["survives"] >= 0.5).all()
    assert maybe.table["recruit"].str.len().min() > 20
    people = [p for row in maybe.table["people"] for p in row.split(", ")]
    assert len(people) == len(set(people))
    assert set(people) <= few
    assert set(maybe.quotes["participant"]) <= few
    journey = study.new_journey()
    stage = journey.stages[0].id
    told = journey.with_notes(maybe.notes(stage)).assumptions()
    assert told["text"].str.contains("Perhaps|Возможно").sum() == len(maybe.table)


def test_hypotheses_of_personas_that_were_found_are_refused():
    found = fitted(personas.made_up_grid(n=18, k=3, gap=5, spread=0.6, seed=1))
    assert found.found
    with pytest.raises(cj.errors.NotEnough, match="found"):
        found.hypotheses()


def test_carriers_are_the_variables_that_were_planted():
    found = fitted(personas.made_up_grid(n=21, k=3, gap=4, spread=0.8, raters=1, error=0, seed=2))
    table = found.carriers().set_index("variable")
    planted = [f"v{j:02d}" for j in range(1, 9)]
    assert table.loc[planted, "carries"].mean() >= 0.75
    assert table.loc[["v09", "v10", "v11", "v12"], "carries"].mean() <= 0.5


# ---- the picture ----------------------------------------------------------------------------------------------------


def test_the_picture_has_a_line_a_variable_and_a_dot_a_person(shipped_study):
    study, grid, _ = shipped_study
    found = fitted(grid)
    ax = cj.plot.persona_grid(found, lang=study.language)
    assert len(ax.get_yticks()) == len(grid.variables)
    written = " ".join(t.get_text().replace("\n", " ") for t in [*ax.texts, *ax.get_yticklabels()])
    for v in grid.variables:
        assert v.name in written
        assert all(e in written for e in v.ends)
    dots = [c for c in ax.collections if len(c.get_offsets()) == 1 and c.get_zorder() == 3]
    assert len(dots) == int(grid.table.notna().sum().sum())
    assert found.verdict(study.language)[:20].lower() in ax.get_title(loc="left").lower().replace("\n", " ")


def test_a_picture_without_a_grid_says_what_it_draws():
    with pytest.raises(cj.CjmError, match="Grid"):
        cj.plot.persona_grid(pd.DataFrame())


def test_the_study_knows_the_part(tmp_path):
    study = cj.Study.example("mealkit", tmp_path / "s")
    assert study.has("grid")
    Path(study.path / "variables.yaml").unlink()
    assert not study.has("grid")
