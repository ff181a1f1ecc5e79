"""What is done with personas: profile, words, quotes, notes, other people, other waves, cards."""

import re
from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cjmkit import personas
from cjmkit.coding import Code
from cjmkit.core.cite import cite
from cjmkit.core.evidence import Quote, SurveyFigure
from cjmkit.errors import CjmError
from cjmkit.stats import wilson

from .conftest import likert

profiling = import_module("cjmkit.personas.profile")


@pytest.fixture(scope="module")
def found(kinds):
    return personas.fit(personas.features(survey=kinds[0]), seed=1, nulls=39, resamples=30)


@pytest.fixture(scope="module")
def talkers(kinds):
    """Interviews with the people of the survey: each kind has its own words."""
    frame, kind = kinds
    said = [
        "the price was too high for our budget",
        "a school near the house for the children",
        "quiet nights without trams",
    ]
    rows, text = [], {}
    for person, k in zip(frame.index[:30], kind[:30]):
        opener = "Well, we have looked around for a long time. "
        text[person] = opener + said[k] + "."
        rows.append(
            (person, f"{person}.txt", len(opener), len(text[person]) - 1, said[k], ["price", "school", "noise"][k])
        )
    codings = pd.DataFrame(rows, columns=["participant", "document", "start", "end", "quote", "code"])
    return codings.assign(coder="anna"), text


# ---- profile ----------------------------------------------------------------------------------------------------


def test_the_questions_that_were_planted_lead_the_profile(found):
    table = found.profile()
    for _, own in table.groupby("persona"):
        assert set(own["column"].head(3)) <= {f"q{j}" for j in range(9)}
        assert (own["effect"].head(3) > 1).all()
    noise = table[table["column"].isin(["q9", "q10", "q11"])]
    assert (noise["p_holm"] > 0.05).all()


def test_testing_on_what_formed_the_groups_is_not_circular():
    """Independent noise cut into three: naive tests find "differences" in most columns, ours in one of twenty."""
    small, naive, tests = 0, 0, 0
    from scipy.stats import ttest_ind

    for run in range(12):
        noise = pd.DataFrame(np.random.default_rng(run).normal(size=(60, 6)), columns=list("abcdef"))
        cut = personas.fit(personas.features(survey=noise), k=3, seed=run, nulls=0, resamples=0)
        table = cut.profile()
        small += int((table["p"] < 0.05).sum())
        tests += len(table)
        own = cut.labels == "P1"
        labels = own.to_numpy()
        naive += sum(ttest_ind(noise.loc[labels, c], noise.loc[~labels, c]).pvalue < 0.05 for c in noise)
    assert naive / (12 * 6) > 0.3
    assert small / tests < 0.09


def test_who_is_compared_on_a_question_does_not_hang_on_its_answers(found):
    f, search = found.features, found.search
    for column in ("q0", "q9"):
        first = profiling._out_of_sample(found, column)
        other = f.table.assign(**{column: f.table[column].to_numpy()[::-1]})
        again = replace(found, features=replace(f, table=other), search=search)
        assert profiling._out_of_sample(again, column).equals(first)
        # a column that the groups are known by: placed without it, most people still stand where they stood
        assert (first == found.labels.reindex(first.index)).mean() > 0.8


def test_a_persona_is_told_by_the_options_its_people_chose_with_limits_and_n():
    rng = np.random.default_rng(3)
    kind = np.repeat([0, 1], 45)
    # Some questions go up and some go down: all of them together would be a style of answering.
    table = pd.DataFrame(rng.normal(4.0 * kind[:, None] * [1, -1, 1, -1, 1, -1], 1, (90, 6))).add_prefix("q")
    table["way"] = np.where(rng.random(90) < 0.8, np.where(kind, "takes a taxi", "by train"), "on foot")
    own = personas.fit(personas.features(survey=table, items=list(table)), nulls=19, resamples=10)
    rows = own.profile().query("column == 'way'").set_index(["persona", "level"])
    for (persona, option), r in rows.iterrows():
        chose = (table["way"] == option).to_numpy()
        here = (own.labels == persona).to_numpy()
        there = own.labels.notna().to_numpy() & ~here
        assert (r["n"], r["n_elsewhere"]) == (here.sum(), there.sum())
        assert [r["mean"], r["mean_low"], r["mean_high"]] == pytest.approx(wilson(chose[here].sum(), here.sum()))
        assert r["elsewhere"] == pytest.approx(chose[there].mean())
        assert r["in_words"] == f"way: {option}: {chose[here].mean():.0%}, others {chose[there].mean():.0%}"


def test_columns_from_outside_are_tested_as_they_are(found, kinds):
    frame, kind = kinds
    outside = pd.DataFrame({"age": 30 + 15.0 * (kind == 0), "tall": np.tile([0.0, 1.0], 45)}, index=frame.index)
    outside["age"] += np.random.default_rng(0).normal(0, 3, 90)
    table = found.profile(outside)
    own = table[table["block"] == "outside"].set_index(["column", "persona"])
    assert own.loc["age", "p_holm"].min() < 1e-6
    assert own.loc["tall", "p_holm"].min() > 0.05


def test_intervals_of_the_effect_hold_it(found):
    t = found.profile().dropna(subset=["effect"])
    assert (t["low"] <= t["effect"]).all()
    assert (t["effect"] <= t["high"]).all()


# ---- words, quotes, notes -------------------------------------------------------------------------------------


def test_quotes_come_from_the_persona_and_can_be_found_again(found, talkers, kinds):
    codings, text = talkers
    quoted = found.with_quotes(codings).quotes(n=3)
    assert len(quoted) == 9
    for r in quoted.itertuples():
        assert found.labels[r.participant] == r.persona
        assert text[r.participant][r.start : r.end] == r.quote
        assert isinstance(cite(pd.Series(r._asdict())), Quote)
    # three people, not one person three times
    assert quoted.groupby("persona")["participant"].nunique().eq(3).all()


def test_long_turns_are_quoted_in_parts_with_their_offsets(found, talkers):
    _, text = talkers
    long = {p: (t + " ") * 12 for p, t in text.items()}
    turns = pd.DataFrame(
        [(p, f"{p}.txt", "respondent", 100, 100 + len(t), t) for p, t in long.items()],
        columns=["participant", "document", "role", "start", "end", "text"],
    )
    for r in found.quotes(turns).itertuples():
        assert long[r.participant][r.start - 100 : r.end - 100] == r.quote
        assert len(r.quote) <= 240


def test_traits_carry_the_figure_they_rest_on(found, kinds):
    frame, _ = kinds
    for p in found.personas():
        assert p.traits
        for note in p.traits:
            (figure,) = note.evidence
            assert isinstance(figure, SurveyFigure)
            own = frame.loc[list(p.participants), figure.item]
            assert figure.estimate.value == pytest.approx(own.mean())
            assert figure.estimate.n == own.notna().sum()


def test_codes_of_a_lane_become_notes_with_quotes(found, talkers):
    codings, _ = talkers

    named = found.with_quotes(
        codings, codebook=[Code("price", lane="barriers", title="Too expensive"), Code("school", lane="goals")]
    )
    notes = [n for p in named.personas() for n in (*p.barriers, *p.goals)]
    assert {n.text for n in notes} == {"Too expensive", "school"}
    for n in notes:
        assert n.evidence
        assert all(isinstance(e, Quote) for e in n.evidence)
        assert 0 < n.estimate.value <= 1
    with pytest.raises(CjmError, match="lane"):
        found.with_quotes(codings).persona("P1", lanes={"dreams": ["price"]})


def test_a_code_on_a_card_is_a_share_of_everybody_interviewed_of_that_kind(found, talkers):
    codings, _ = talkers
    silent = [p for p in found.labels[found.labels == "P1"].index if p not in set(codings["participant"])][:5]
    heard = [*codings["participant"].unique(), *silent]
    turns = pd.DataFrame({"participant": heard, "role": "respondent", "document": heard, "text": "Well."})
    lanes = {"barriers": ["price", "school", "noise"]}
    before = found.with_quotes(codings).persona("P1", lanes=lanes).barriers[0].estimate
    after = found.with_quotes(codings, turns=turns).persona("P1", lanes=lanes).barriers[0].estimate
    assert after.n == before.n + len(silent)
    assert after.value == pytest.approx(before.value * before.n / after.n)


def test_a_share_is_of_all_people_with_wilsons_interval(found):
    from statsmodels.stats.proportion import proportion_confint

    share = found["P1"].share
    k = len(found["P1"].participants)
    low, high = proportion_confint(k, 90, method="wilson")
    assert (share.value, share.low, share.high) == pytest.approx((k / 90, low, high))
    assert share.n == 90


def test_channels_count_people_and_not_clicks(found):
    one, other = (found.labels[found.labels == i].index[:4] for i in ("P1", "P2"))
    events = pd.DataFrame(
        {"user": [one[0]] * 50 + list(one) + list(other), "channel": ["chat"] * 50 + ["site"] * 4 + ["phone"] * 4}
    )
    table = found.channels(events).set_index(["persona", "channel"])
    assert table.loc[("P1", "chat"), "people"] == 1
    assert table.loc[("P1", "site"), "share"] == 1
    assert table.loc[("P2", "phone"), "elsewhere"] == 0


def test_emotion_by_stage_is_a_mean_of_people(found):
    person = found.labels[found.labels == "P1"].index
    scores = pd.DataFrame({"participant": [person[0]] * 9 + [person[1]], "stage": "deal", "score": [2.0] * 9 + [-2.0]})
    row = found.by_stage(scores).iloc[0]
    assert (row["mean"], row["n"]) == (0.0, 2)


def test_a_working_title_is_offered_for_each(found):
    names = found.suggested_names("en")
    assert set(names) == {"P1", "P2", "P3"}
    assert all(re.search(r"q\d", n) for n in names.values())


# ---- other people, other waves ----------------------------------------------------------------------------------


def test_new_people_go_where_they_belong():
    frame, kind = likert(240, seed=5)
    old, new = frame.iloc[:150], frame.iloc[150:]
    found = personas.fit(personas.features(survey=old), nulls=39, resamples=20)
    put = found.assign(personas.features(survey=new))
    assert adjusted_rand_score(kind[150:], put["persona"]) > 0.75
    np.testing.assert_allclose(put[list(found.ids)].sum(axis=1), 1)
    # the people it was made from stay where they are
    again = found.assign(found.features)
    same = found.labels.notna()
    assert (again.loc[same, "persona"] == found.labels[same]).all()


def test_people_without_any_answer_are_assigned_to_nobody(found, kinds):
    nobody = pd.DataFrame([[np.nan] * 12, [3.0] * 12], index=["x", "y"], columns=kinds[0].columns)
    nobody.iloc[1, 0] = 5
    f = personas.features(survey=pd.concat([kinds[0], nobody]))
    put = found.assign(f)
    assert pd.isna(put.loc["x", "persona"])
    assert put.loc["y", "known"] == 1


def test_without_personas_nobody_can_be_assigned(continuum):
    none = personas.fit(personas.features(survey=continuum), nulls=39, resamples=10)
    with pytest.raises(CjmError, match="no stable groups"):
        none.assign(none.features)


def test_personas_return_in_a_second_wave_and_say_when_they_do_not(continuum):
    one, two = (
        personas.fit(personas.features(survey=likert(120, seed=s)[0]), nulls=39, resamples=20) for s in (11, 12)
    )
    same = one.compare(two)
    assert same.table["returns"].all()
    assert same.ari > 0.6
    assert "3 of 3" in same.summary("en")
    assert "3 из 3" in same.summary("ru")
    assert (same.table["low"] <= same.table["difference"]).all()
    none = personas.fit(personas.features(survey=continuum), nulls=39, resamples=10)
    assert "No groups" in one.compare(none).summary("en")


def test_a_lost_persona_is_not_matched():
    frame, kind = likert(180, seed=3)
    one = personas.fit(personas.features(survey=frame), nulls=39, resamples=20)
    two = personas.fit(personas.features(survey=frame[kind != 2]), k=2, nulls=39, resamples=20)
    assert one.compare(two).table["returns"].sum() == 2


def test_sensitivity_names_what_was_changed(found):
    table = found.sensitivity(seeds=3)
    assert (table.loc[table["what"] == "seed", "ari"] > 0.9).all()
    assert table.loc[table["what"] == "groups", "ari"].max() < 0.95


def test_people_tell_who_is_typical_and_who_is_not_sure(found):
    people = found.people
    assert people["role"].isin(["typical", "boundary", ""]).all()
    assert (people["role"] == "typical").sum() == 15
    assert people.loc[people["role"] == "typical", "probability"].min() >= 0.9
    assert people.loc[people["role"] == "typical", "silhouette"].mean() > people["silhouette"].mean()
    np.testing.assert_allclose(found.membership.sum(axis=1), 1)


def test_somebody_who_fits_nowhere_is_left_out_and_counted(kinds):
    frame = kinds[0].astype(float)
    frame.iloc[0] = 60.0
    found = personas.fit(personas.features(survey=frame), k=3, nulls=0, resamples=0)
    assert "r0" in found.left_out.index or (found.labels == found.labels["r0"]).sum() == 1


# ---- cards, reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_card_says_how_sure_it_is_and_escapes_what_people_wrote(found, talkers, lang):
    codings, _ = talkers
    evil = codings.assign(
        quote=codings["quote"].str.replace("the", "<script>alert(1)</script>"), end=codings["end"] + 22
    )
    p = found.with_quotes(evil).named({"P1": 'Planner & "Co" <b>'})["P1"]
    html = personas.card_html(p, lang)
    assert p.verdict.text(lang).split(" (")[0] in html
    assert "<script>" not in html
    assert "Planner &amp; &#34;Co&#34; &lt;b&gt;" in html
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")


def test_a_card_is_a_picture_too(found, tmp_path):
    data = personas.card_png(found["P1"], tmp_path / "card.png", lang="ru")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (tmp_path / "card.png").read_bytes() == data
    assert personas.card_png(found["P1"], lang="ru") == data  # the same card, the same file


def test_the_result_reads_as_its_verdict(found, continuum):
    assert "three stable personas" in repr(found)
    assert "three stable personas" in found._repr_html_().casefold()
    none = personas.fit(personas.features(survey=continuum), nulls=39, resamples=10)
    assert "not found is not absent" in none.summary("en")
    assert "не значит" in none.summary("ru")


def test_the_power_that_is_told_is_the_power_that_was_measured():
    from pathlib import Path

    from cjmkit.personas.verdict import POWER

    table = Path(__file__).parents[2] / "benchmarks" / "results" / "persona_guards_kinds.md"
    rows = re.findall(r"^\| 3 \| 2 \| (\d+) \| \d+ \| ([\d.]+) \|", table.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(n): float(p) for n, p in rows} == POWER


def test_a_share_of_a_persona_can_be_cited(found):
    figure = cite(found, persona="P1")
    assert isinstance(figure, SurveyFigure)
    assert figure.estimate == found["P1"].share


def test_a_persona_has_one_mean_per_stage_whether_it_is_asked_of_the_curve_or_of_the_personas(found):
    from cjmkit.emotion import curve

    rng = np.random.default_rng(2)
    people = list(found.labels.index)
    rows = [
        (p, s, float(rng.integers(-2, 3)))
        for k, p in enumerate(people)
        for s in ("deal", "loop")
        if s == "deal" or k % 3
    ]
    scores = pd.DataFrame(rows, columns=["participant", "stage", "score"])
    here = found.by_stage(scores).set_index(["persona", "stage"])
    there = curve(scores, by=found.labels, stages=["deal", "loop"]).table.set_index(["persona", "stage"])
    for column in ("mean", "low", "high", "n"):
        assert here[column].to_dict() == pytest.approx(there.loc[here.index, column].to_dict())
    assert here["low"].min() >= -2
    assert here["high"].max() <= 2
