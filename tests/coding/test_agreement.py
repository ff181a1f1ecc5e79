import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import coding
from cjmkit import interviews as iv
from cjmkit.coding import gamma
from cjmkit.coding.agreeing.alpha import alpha_of
from cjmkit.coding.agreeing.bootstrap import estimate
from cjmkit.coding.agreeing.patterns import Patterns
from cjmkit.coding.agreeing.sets import set_distances
from cjmkit.errors import CjmError, NotEnough


def alpha_by_definition(ratings, distance):
    """Krippendorff's definition with loops over pairs: within units, and over all pairable ratings."""
    units = [[v for v in row if v == v and v is not None] for row in ratings]
    units = [u for u in units if len(u) > 1]
    values = [v for u in units for v in u]
    n = len(values)
    observed = sum(
        distance(a, b) / (len(u) - 1) for u in units for i, a in enumerate(u) for j, b in enumerate(u) if i != j
    )
    expected = sum(distance(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j)
    return 1 - (observed / n) / (expected / (n * (n - 1))) if expected else None


tables = st.integers(2, 4).flatmap(
    lambda r: st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, 5.0, float("nan")]), min_size=r, max_size=r), min_size=2, max_size=12
    )
)


@settings(max_examples=200, deadline=None)
@given(tables)
def test_alpha_is_the_definition(rows):
    for metric, distance in (
        ("nominal", lambda a, b: float(a != b)),
        ("interval", lambda a, b: (a - b) ** 2),
        ("ratio", lambda a, b: ((a - b) / (a + b)) ** 2),
    ):
        expected = alpha_by_definition(rows, distance) if any(sum(v == v for v in r) > 1 for r in rows) else None
        got = coding.alpha(rows, metric=metric)
        assert got.value == (None if expected is None else pytest.approx(expected, abs=1e-9))
        assert got.value is not None or got.reason


@settings(max_examples=60, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_order_of_units_and_raters_does_not_matter(rows, random):
    a = np.array(rows)
    b = a[random.sample(range(len(a)), len(a))][:, random.sample(range(a.shape[1]), a.shape[1])]
    for f in (
        lambda x: coding.alpha(x, metric="ordinal"),
        coding.fleiss_kappa,
        coding.gwet_ac,
        coding.brennan_prediger,
        coding.conger_kappa,
        coding.percent_agreement,
    ):
        x, y = f(a).value, f(b).value
        assert (x is None) == (y is None)
        assert x is None or x == pytest.approx(y, abs=1e-9)


def test_one_category_gives_no_value_and_the_reason():
    for f in (coding.cohen_kappa, coding.fleiss_kappa, coding.gwet_ac, lambda x: coding.alpha(x, metric="nominal")):
        got = f([["a", "a"], ["a", "a"]])
        assert got.value is None
        assert "without variation" in got.reason
    assert coding.percent_agreement([["a", "a"], ["a", "a"]]).value == 1
    assert coding.alpha([[1, np.nan], [np.nan, 2]], metric="nominal").reason == "no unit was rated by two raters"


def test_faulty_ratings_are_refused():
    with pytest.raises(CjmError, match="two raters or more"):
        coding.alpha([[1], [2]], metric="nominal")
    with pytest.raises(CjmError, match="coded 1, 2, 3"):
        coding.alpha([["a", "b"], ["b", "a"]], metric="ordinal")
    with pytest.raises(CjmError, match="unknown metric"):
        coding.alpha([[1, 2], [2, 2]], metric="nominel")
    with pytest.raises(CjmError, match="0 or more"):
        coding.alpha([[-1, 2], [2, 2]], metric="ratio")
    with pytest.raises(CjmError, match="two raters, these are 3"):
        coding.cohen_kappa([[1, 2, 1], [1, 1, 2]])


def masi(a, b):
    """Passonneau (2006): 1 - Jaccard x (1 if equal, 2/3 if nested, 1/3 if they meet, else 0)."""
    if a == b:
        return 0.0
    common = len(a & b)
    closeness = 0 if not common else 2 / 3 if a <= b or b <= a else 1 / 3
    return 1.0 - common / len(a | b) * closeness


@settings(max_examples=100, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 4)), min_size=2, max_size=6, unique=True))
def test_distances_of_many_sets_are_those_of_each_pair(sets):
    member = np.array([[float(k in s) for k in range(5)] for s in sets])
    got = set_distances(member, "masi")
    expected = [[masi(a, b) for b in sets] for a in sets]
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_bootstrap_by_clusters_is_the_slow_one():
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(8), 12)
    x = rng.integers(0, 3, (96, 2)).astype(float)
    x[:, 1] = np.where(rng.random(96) < 0.7, x[:, 0], x[:, 1])
    x[rng.random(x.shape) < 0.1] = np.nan
    got = coding.alpha(x, metric="ordinal", clusters=clusters, resamples=2000, seed=1)
    slow = []
    for _ in range(400):
        drawn = rng.integers(0, 8, 8)
        slow.append(coding.alpha(np.concatenate([x[clusters == c] for c in drawn]), metric="ordinal").value)
    low, high = np.quantile(slow, [0.025, 0.975])
    assert (got.low, got.high) == (pytest.approx(low, abs=0.05), pytest.approx(high, abs=0.05))
    assert (got.n, got.unit) == (8, "clusters")


def test_units_weighted_by_characters_are_the_characters_themselves():
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 2, (30, 2))
    weight = rng.integers(1, 6, 30)
    spelt = np.repeat(codes, weight, axis=0)
    p = Patterns(codes, [0, 1], weights=weight.astype(float))
    got = estimate(p, alpha_of(p, "nominal"), method="")
    assert got.value == pytest.approx(coding.alpha(spelt, metric="nominal").value, abs=1e-12)


# ---- codings ---------------------------------------------------------------------------------------------------------

READ = iv.read_text(
    "Модератор: Как?\nОльга: Сайт завис. Оплата не прошла.\nМодератор: И?\nОльга: Курьер вежливый. Всё.\n"
    "Модератор: Ещё?\nОльга: Дорого.\n",
    document="o.txt",
)


def coded(*rows):
    table = coding.empty_codings()
    for coder, quote, code, *valence in rows:
        table = coding.add_coding(
            table,
            READ.documents,
            document="o.txt",
            quote=quote,
            code=code,
            coder=coder,
            valence=valence[0] if valence else None,
        )
    return table


BOTH = coded(
    ("eva", "Сайт завис", "сбой", -2), ("bob", "завис. Оплата не прошла", "сбой", -1),
    ("eva", "Курьер вежливый", "курьер", 2), ("bob", "Курьер вежливый.", "курьер", 2),
    ("eva", "Дорого", "цена", -1), ("bob", "Как?", "вопрос"),
)  # fmt: skip


def test_units_and_their_number_are_explicit():
    turns = coding.agreement(BOTH, READ.turns, unit="turn", resamples=0)
    assert turns.table["units"].iloc[0] == 3, "three turns of the respondent"
    assert coding.agreement(BOTH, READ.turns, unit="turn", role=None, resamples=0).table["units"].iloc[0] == 6
    assert coding.agreement(BOTH, READ.turns, unit="sentence", resamples=0).table["units"].iloc[0] == 5
    said = READ.turns[READ.turns["role"] == "respondent"]["text"].str.len().sum()
    assert coding.agreement(BOTH, READ.turns, unit="character", resamples=0).table["units"].iloc[0] == said
    assert coding.agreement(BOTH, READ.turns, unit="segment", resamples=0).table["units"].iloc[0] == 3
    with pytest.raises(CjmError, match="unknown unit 'turns'; did you mean 'turn'"):
        coding.agreement(BOTH, READ.turns, unit="turns")


def test_agreement_by_code_is_that_of_the_plain_functions():
    got = coding.agreement(BOTH, READ.turns, unit="turn", resamples=0)
    price = np.array([[0, 0], [0, 0], [0, 1]])
    row = got.by_code().loc["цена"]
    assert row["alpha"] == pytest.approx(coding.alpha(price, metric="nominal").value)
    assert row["cohen"] == pytest.approx(coding.cohen_kappa(price).value)
    assert row["ac1"] == pytest.approx(coding.gwet_ac(price).value)
    assert row["bp"] == pytest.approx(coding.brennan_prediger(price).value)
    assert row["percent"] == pytest.approx(2 / 3)
    assert got.by_code().loc["сбой", "alpha"] == 1


def test_characters_agree_as_if_each_were_rated():
    got = coding.agreement(BOTH, READ.turns, unit="character", resamples=0)
    text = READ.documents["text"][0]
    rated = np.zeros((len(text), 2))
    for r in BOTH[BOTH["code"] == "сбой"].itertuples():
        rated[r.start : r.end, ["bob", "eva"].index(r.coder)] = 1
    inside = np.zeros(len(text), dtype=bool)
    for t in READ.turns[READ.turns["role"] == "respondent"].itertuples():
        inside[t.start : t.end] = True
    assert got.by_code().loc["сбой", "alpha"] == pytest.approx(
        coding.alpha(rated[inside], metric="nominal").value, abs=1e-12
    )


def test_disagreements_come_worst_first_with_the_words():
    got = coding.agreement(BOTH, READ.turns, unit="turn", resamples=0).disagreements()
    assert got["text"].tolist() == ["Дорого."]
    assert got.iloc[0][["eva", "bob", "disputed"]].tolist() == ["цена", "", "цена"]
    assert got["distance"].tolist() == [1]


def test_valence_is_compared_where_both_gave_one():
    got = coding.agreement(BOTH, READ.turns, unit="turn", metric="interval", resamples=0)
    assert got.estimate.value == pytest.approx(coding.alpha([[-2, -1], [2, 2]], metric="interval").value)
    with pytest.raises(CjmError, match="unknown metric 'ratio'"):
        coding.agreement(BOTH, READ.turns, unit="turn", metric="ratio")


def test_a_coder_who_read_and_found_nothing_disagrees_and_one_who_did_not_read_is_missing():
    other = iv.read_text("Ольга: Дорого.\nМодератор: И?\nОльга: Да.", document="p.txt")
    turns = pd.concat([READ.turns, other.turns], ignore_index=True)
    more = coding.add_coding(BOTH, other.documents, document="p.txt", quote="Дорого", code="цена", coder="eva")
    alone = coding.agreement(more, turns, unit="turn", resamples=0)
    assert alone.estimate.n == 1
    assert any("one coder only" in w for w in alone.warnings)
    read = pd.DataFrame([(c, d) for c in ("eva", "bob") for d in ("o.txt", "p.txt")], columns=["coder", "document"])
    both = coding.agreement(more, turns, unit="turn", read=read, resamples=0)
    assert both.estimate.n == 2
    assert both.estimate.value < alone.estimate.value
    with pytest.raises(CjmError, match="two coders or more"):
        coding.agreement(BOTH[BOTH["coder"] == "eva"], READ.turns, unit="turn")


def test_a_span_that_spills_over_by_a_character_marks_only_its_own_unit():
    text = READ.documents["text"][0]
    a = text.index("Сайт")
    b = text.index("Оплата") + 1
    row = {"document": "o.txt", "start": a, "end": b, "quote": text[a:b], "code": "сбой", "coder": "bob"}
    table = coding.concat_codings([coded(("eva", "Сайт завис.", "сбой")), coding.check_codings(pd.DataFrame([row]))])
    got = coding.agreement(table, READ.turns, unit="sentence", resamples=0)
    assert got.by_code().loc["сбой", "alpha"] == 1


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_sentence_names_unit_metric_interviews_and_coders(lang):
    got = coding.agreement(BOTH, READ.turns, unit="turn")
    said = got.summary(lang)
    for part in {
        "en": ("masi", "turns", "1 interview", "2 coders"),
        "ru": ("masi", "реплики", "1 интервью", "2 кодировщика"),
    }[lang]:
        assert part in said
    assert got.estimate.low is None
    assert "single interview" in got.estimate.reason
    assert got._evidence_(code="сбой").estimate.value == 1


def test_simulated_coders_recover_their_known_agreement():
    """Two coders who each copy the truth with probability r and else toss the base rate have alpha r squared."""
    rng = np.random.default_rng(8)
    n, base, r = 40_000, 0.2, 0.8
    truth = rng.random(n) < base
    coders = [np.where(rng.random(n) < r, truth, rng.random(n) < base) for _ in range(3)]
    assert coding.alpha(np.stack(coders, axis=1), metric="nominal").value == pytest.approx(r**2, abs=0.02)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    hits, runs = 0, 150
    for k in range(runs):
        truth = rng.random((30, 15)) < 0.3
        a, b = (np.where(rng.random(truth.shape) < 0.8, truth, rng.random(truth.shape) < 0.3) for _ in range(2))
        x = np.stack([a.ravel(), b.ravel()], axis=1)
        e = coding.alpha(x, metric="nominal", clusters=np.repeat(np.arange(30), 15), resamples=300, seed=k)
        hits += e.low <= 0.64 <= e.high
    assert 0.88 <= hits / runs <= 0.99


def test_pooled_kappa_averages_observed_and_chance_agreement_over_codes_first():
    """De Vries and others (2008): not the mean of the kappas, and not the kappa of one long column."""
    rng = np.random.default_rng(3)
    lines = "\n".join(f"A: said {i}." for i in range(60))
    read = iv.read_text(lines, document="d", speakers={"A": "respondent"})
    marks = {(k, c): rng.random(60) < share for k in ("x", "y") for c, share in (("p", 0.5), ("q", 0.1))}
    marks["y", "p"] = np.where(rng.random(60) < 0.8, marks["x", "p"], marks["y", "p"])
    text = read.documents["text"][0]
    starts = [text.index(f"said {i}.") for i in range(60)]
    rows = [
        {"document": "d", "start": starts[i], "end": starts[i] + len(f"said {i}."), "code": c, "coder": k}
        for (k, c), given_ in marks.items()
        for i in np.flatnonzero(given_)
    ]
    got = coding.agreement(coding.check_codings(pd.DataFrame(rows)), read.turns, unit="sentence", resamples=0)
    po = np.mean([np.mean(marks["x", c] == marks["y", c]) for c in "pq"])
    shares = [(marks["x", c].mean(), marks["y", c].mean()) for c in "pq"]
    pe = np.mean([a * b + (1 - a) * (1 - b) for a, b in shares])
    assert got.by_code().loc["(all codes)", "cohen"] == pytest.approx((po - pe) / (1 - pe), abs=1e-12)


# ---- gamma: coders who set their own borders ------------------------------------------------------------------------


def passages(*rows):
    return pd.DataFrame(rows, columns=["document", "start", "end", "code", "coder"])


def test_the_disorder_of_three_coders_is_the_published_one():
    from cjmkit.coding.agreeing.gamma import _disorder, _read, _Weights

    said = {
        "Alex": [(2, 9, 1), (11, 17, 2), (24, 30, 5), (32, 36, 6), (36, 44, 6), (44, 60, 7)],
        "Paul": [(2, 9, 1), (11, 17, 3), (19, 25, 5), (32, 44, 6)],
        "Suzan": [(2, 9, 1), (11, 17, 4), (21, 27, 5), (32, 36, 6), (36, 40, 6), (40, 44, 6)],
    }
    read = passages(*(("d", a, b, str(c), who) for who, rows in said.items() for a, b, c in rows))
    assert _disorder(_read(read), _Weights(3, 1)) == pytest.approx(0.96, abs=0.005)


def test_gamma_falls_as_borders_shift_and_codes_change():
    own = [("d", 10 * k, 10 * k + 8, "ab"[k % 2], "eva") for k in range(6)]
    values = []
    for shift in (0, 2, 4):
        values.append(gamma(passages(*own, *(("d", a + shift, b + shift, c, "ivo") for _, a, b, c, _ in own))).value)
    assert values[0] == 1
    assert values == sorted(values, reverse=True)
    other = gamma(passages(*own, *(("d", a, b, {"a": "b", "b": "a"}[c], "ivo") for _, a, b, c, _ in own))).value
    assert other < values[0]


def test_gamma_counts_documents_that_two_have_read_and_draws_them_for_its_interval():
    own = [(f"d{j}", 10 * k, 10 * k + 8, "ab"[k % 2], "eva") for j in range(5) for k in range(3)]
    theirs = [(d, a + (d == "d0"), b, c, "ivo") for d, a, b, c, _ in own if d != "d4"]
    found = gamma(passages(*own, *theirs), resamples=200)
    assert found.n == 4
    assert found.low <= found.value <= found.high <= 1
    assert found.unit == "documents"
    with pytest.raises(NotEnough, match="no document was coded by two"):
        gamma(passages(*own))
