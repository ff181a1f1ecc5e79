"""The meal-kit study is whole, and each of its planted truths comes back by simple means that do not use cjmkit."""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

STUDY = Path(__file__).parents[2] / "datasets" / "mealkit"
STAGES = ["awareness", "consideration", "decision", "purchase", "retention"]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_mealkit", STUDY / "make_survey_and_events.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(script):
    return script.make()


def export(name: str) -> pd.DataFrame:
    """A survey without its second and third header rows, indexed by person."""
    table = pd.read_csv(STUDY / "surveys" / f"{name}.csv", skiprows=[1, 2])
    return table.set_index("respondent_id")


def numbers(table: pd.DataFrame, start: str) -> pd.DataFrame:
    found = table[[c for c in table if re.fullmatch(start + r"\d+", c)]]
    return found.apply(pd.to_numeric, errors="coerce")


@pytest.fixture(scope="module")
def survey():
    return export("customers-2026")


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(STUDY / "truth" / "personas.csv", index_col="participant")


@pytest.fixture(scope="module")
def values():
    table = pd.read_csv(STUDY / "truth" / "values.csv", keep_default_na=False)
    return {(r.where, r.what, r.of, r.who): float(r.value) for r in table.itertuples()}


@pytest.fixture(scope="module")
def log():
    return pd.read_csv(STUDY / "events" / "app-2026.csv.gz", parse_dates=["time"], keep_default_na=False)


@pytest.fixture(scope="module")
def codings():
    return pd.concat(
        [pd.read_csv(STUDY / "codings" / f"{c}.csv", keep_default_na=False) for c in ("maya", "tom")], ignore_index=True
    )


@pytest.fixture(scope="module")
def transcripts():
    from cjmkit import interviews

    return interviews.read(STUDY / "interviews")


# ---- the folder


def test_the_script_makes_surveys_events_and_truths_byte_for_byte(made):
    assert len(made) == 6
    for name, data in made.items():
        assert (STUDY / name).read_bytes() == data, f"{name} is not what the script makes"


def test_another_seed_makes_other_data(script, made):
    script.SEED += 1
    try:
        again = script.make()
    finally:
        script.SEED -= 1
    assert all(again[n] != made[n] for n in made if n != "truth/values.csv")


def test_the_study_is_small_and_says_that_it_is_made_up():
    assert sum(p.stat().st_size for p in STUDY.rglob("*") if p.is_file()) < 2_000_000
    assert yaml.safe_load((STUDY / "study.yaml").read_text())["made_up"] is True
    assert "made up" in (STUDY / "CODEBOOK.md").read_text()


def test_the_codebook_names_every_file_and_every_column(log, survey):
    text = (STUDY / "CODEBOOK.md").read_text()
    tables = [*STUDY.glob("*/*.csv"), *STUDY.glob("events/*.gz")]
    assert len(tables) >= 15
    for path in tables:
        assert path.name in text or path.parent.name in text, path.name
        if path.parent.name != "surveys" and path.name != "competitors.csv":
            for column in pd.read_csv(path, nrows=2).columns:
                assert re.search(rf"\b{re.escape(column)}\b", text), f"{path.name}: {column}"
    for event in log["event"].unique():
        assert event in text
    questions = {re.sub(r"_\d+$", "", c) for c in survey if c.startswith("Q")}
    assert all(q in text for q in questions)


def test_stages_events_and_settings_fit_together(log, survey):
    settings = yaml.safe_load((STUDY / "study.yaml").read_text())
    mapping = settings["events"]["stages"]
    assert set(mapping) == set(log["event"]) and set(mapping.values()) == set(STAGES)
    assert set(settings["events"]["funnel"]) <= set(mapping)
    s = settings["survey"]
    assert s["success_value"] in set(survey[s["success"]]) and s["outcome"] in survey
    for name, column in (("touchpoints", "stage"), ("ideas", "stage"), ("messages", "stage")):
        assert set(pd.read_csv(STUDY / "plan" / f"{name}.csv")[column]) <= set(STAGES)
    assert set(pd.read_csv(STUDY / "plan" / "channels.csv")["channel"]) <= set(log["channel"])


# ---- interviews and codings


def respondents_words(transcripts) -> dict[str, list[str]]:
    said = transcripts.turns[transcripts.turns["role"] == "respondent"]
    return {d: re.findall(r"[\w']+", " ".join(t).lower()) for d, t in said.groupby("document")["text"]}


def test_twenty_interviews_of_twenty_people_in_six_formats(transcripts):
    assert len(transcripts.documents) == 20 and transcripts.documents["participant"].nunique() == 20
    endings = transcripts.documents["document"].str.rsplit(".", n=1).str[1].value_counts()
    assert endings.to_dict() == {"txt": 15, "vtt": 2, "srt": 1, "docx": 1, "json": 1}
    whole = transcripts.documents["text"].str.split().str.len()
    assert whole.between(600, 1000).all()
    roles = transcripts.turns.groupby("document")["role"].value_counts().unstack()
    assert (roles >= 10).all().all()


def test_no_two_interviews_share_eight_words_in_a_row(transcripts):
    """People do not speak in phrases from a bank; only the interviewer may greet people alike."""
    seen = defaultdict(set)
    for document, words in respondents_words(transcripts).items():
        for i in range(len(words) - 7):
            seen[tuple(words[i : i + 8])].add(document)
    asked = transcripts.turns[(transcripts.turns["role"] == "interviewer") & (transcripts.turns["turn"] > 0)]
    for document, text in zip(asked["document"], asked["text"], strict=True):
        words = re.findall(r"[\w']+", text.lower())
        for i in range(len(words) - 7):
            seen[tuple(words[i : i + 8])].add(document)
    assert len(seen) > 10_000
    assert [" ".join(k) for k, v in seen.items() if len(v) > 1] == []


def test_the_word_file_holds_the_words_of_its_script(tmp_path):
    docx = pytest.importorskip("docx")
    spec = importlib.util.spec_from_file_location("make_11", STUDY / "make_interview_11.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "interviews").mkdir()
    module.main(tmp_path)
    made, kept = (docx.Document(str(p / "interviews" / "interview-11.docx")) for p in (tmp_path, STUDY))
    assert [p.text for p in made.paragraphs] == [p.text for p in kept.paragraphs]
    assert [p.text for p in kept.paragraphs] == module.TALK.splitlines()


def test_every_quote_stands_where_its_offsets_say_inside_one_turn_of_the_respondent(transcripts, codings):
    texts = transcripts.documents.set_index("document")["text"]
    turns = transcripts.turns[transcripts.turns["role"] == "respondent"]
    spans = {d: list(zip(t["start"], t["end"], strict=True)) for d, t in turns.groupby("document")}
    people = transcripts.documents.set_index("document")["participant"]
    for c in codings.itertuples():
        assert texts[c.document][c.start : c.end] == c.quote and c.quote
        assert any(a <= c.start and c.end <= b for a, b in spans[c.document]), c.quote
        assert people[c.document] == c.participant


def test_both_coders_coded_everything_with_codes_stages_and_touchpoints_that_exist(codings):
    codes = {c["name"]: c for c in yaml.safe_load((STUDY / "codebook.yaml").read_text())["codes"]}
    assert 20 <= len(codes) <= 26
    assert all({"definition", "stage", "lane", "colour"} <= set(c) for c in codes.values())
    assert all(c["parent"] in codes for c in codes.values() if "parent" in c)
    usable = {n for n, c in codes.items() if c.get("codable", True)}
    assert set(codings["code"]) == usable
    assert set(codings["stage"]) == set(STAGES)
    assert set(codings["touchpoint"]) - {""} <= set(pd.read_csv(STUDY / "plan" / "touchpoints.csv")["touchpoint"])
    assert codings["valence"].isin([-2, -1, 0, 1, 2]).all()
    per_person = codings.groupby(["coder", "document"]).size()
    assert len(per_person) == 40 and per_person.between(11, 20).all()


def alpha_by_turn(transcripts, codings) -> pd.Series:
    """Krippendorff's nominal alpha of "code used in this turn", for each code, and for all codes together."""
    turns = transcripts.turns[transcripts.turns["role"] == "respondent"].reset_index(drop=True)
    place = {d: [(r.start, r.end, r.Index) for r in t.itertuples()] for d, t in turns.groupby("document")}
    used: dict[str, np.ndarray] = {}
    for c in codings.itertuples():
        unit = next(i for a, b, i in place[c.document] if a <= c.start < b)
        used.setdefault(c.code, np.zeros((2, len(turns))))[int(c.coder == "tom"), unit] = 1

    def alpha(two: np.ndarray) -> float:
        n, p = two.size, two.mean()
        return 1 - np.mean(two[0] != two[1]) / (2 * p * (1 - p) * n / (n - 1))

    out = {code: alpha(two) for code, two in used.items()}
    return pd.Series(out | {"": alpha(np.hstack(list(used.values())))})


def test_the_coders_agree_well_but_not_on_what_was_expected(transcripts, codings):
    alpha = alpha_by_turn(transcripts, codings)
    assert 0.75 < alpha[""] < 0.88
    rest = alpha.drop(["", "expected"])
    assert alpha["expected"] < 0.6 and (rest > 0.65).all()
    assert alpha["expected"] < rest.min() - 0.1


def test_wants_tell_the_kinds_of_people_apart(codings, truth):
    wants = pd.crosstab(codings["participant"], codings["code"])[["relief", "novelty", "thrift"]]
    kinds = wants.idxmax(axis=1).map({"relief": "relief", "novelty": "explorer", "thrift": "spender"})
    assert (kinds == truth.loc[kinds.index, "persona"]).mean() >= 0.95


def test_interviews_hold_invented_personal_data_in_reserved_ranges(transcripts):
    everything = " ".join(transcripts.documents["text"])
    phones = re.findall(r"\b0\d{2,4}[ \d]{6,9}\d\b", everything)
    assert len(phones) >= 10
    fictional = ("07700900", "0207946", "01174960", "02896496", "01632960", "01214960")
    for phone in phones:
        assert phone.replace(" ", "").startswith(fictional), phone
    addresses = re.findall(r"[\w.]+@([\w.]+\w)", everything)
    assert len(addresses) >= 6
    assert all(re.search(r"(^|\.)example(\.(com|org|net))?$", a) for a in addresses), addresses


# ---- people and surveys


def test_one_id_a_person_everywhere(survey, truth, log, transcripts):
    assert survey.index.is_unique and truth.index.is_unique
    asked = set(truth.index[truth["surveyed"] == 2026])
    assert set(survey.index) == asked and len(asked) == 380
    assert set(transcripts.documents["participant"]) == set(truth.index[truth["interviewed"] == "yes"]) <= asked
    assert asked <= set(log["user_id"]) == set(truth.index[truth["surveyed"] != 2025])
    before = export("customers-2025")
    assert len(before) == 240 and not set(before.index) & set(log["user_id"])
    listed = pd.read_csv(STUDY / "interviews" / "participants.csv", index_col="participant")
    assert (listed["status"] == truth.loc[listed.index, "status"]).all()


def test_surveys_have_three_header_rows_as_the_platform_writes_them():
    for name in ("customers-2026", "customers-2025", "employees-2026"):
        with open(STUDY / "surveys" / f"{name}.csv", encoding="utf-8", newline="") as file:
            names, texts, ids = itertools.islice(csv.reader(file), 3)
        assert len(names) == len(texts) == len(ids) and len(set(names)) == len(names)
        assert all(set(json.loads(i)) == {"ImportId"} for i in ids)
    one, two = (export(n).columns.tolist() for n in ("customers-2026", "customers-2025"))
    assert one == two


def test_at_least_eighty_open_answers_each_given_once(survey):
    said = survey["Q12"].dropna()
    assert len(said) >= 80 and said.is_unique


def test_clustering_the_attitudes_gives_the_three_kinds_back(survey, truth):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    x = numbers(survey, "Q5_")
    assert x.shape[1] == 14 and 0.005 < x.isna().mean().mean() < 0.06
    x = x.fillna(x.mean())
    labels = KMeans(3, n_init=10, random_state=0).fit_predict((x - x.mean()) / x.std())
    assert adjusted_rand_score(truth.loc[x.index, "persona"], labels) > 0.9


def test_attitudes_of_the_kinds_lie_about_two_deviations_apart(survey, truth):
    x = numbers(survey, "Q5_")
    kind = truth.loc[x.index, "persona"]
    own = {"relief": range(1, 6), "explorer": range(6, 11), "spender": range(11, 15)}
    gaps = []
    for k, items in own.items():
        for i in items:
            a, b = x.loc[kind == k, f"Q5_{i}"], x.loc[kind != k, f"Q5_{i}"]
            gaps.append((a.mean() - b.mean()) / np.sqrt((a.var() + b.var()) / 2))
    assert 1.5 < np.mean(gaps) < 2.5 and min(gaps) > 1


def test_sample_means_scatter_around_the_true_ones(survey, truth, values):
    for name, table in (("customers-2026", survey), ("customers-2025", export("customers-2025"))):
        x = numbers(table, "Q6_")
        kind = truth.loc[x.index, "persona"]
        for i, stage in enumerate(STAGES, 1):
            for who in ("relief", "explorer", "spender"):
                seen = x.loc[kind == who, f"Q6_{i}"].dropna()
                miss = (seen.mean() - values[name, "stage mean (1..5)", stage, who]) / (seen.std() / np.sqrt(len(seen)))
                assert abs(miss) < 4, (name, stage, who, miss)


def test_decision_is_the_weakest_stage_for_every_kind_in_survey_and_codings(survey, truth, codings):
    x = numbers(survey, "Q6_").set_axis(STAGES, axis=1)
    assert set(x.groupby(truth.loc[x.index, "persona"]).mean().idxmin(axis=1)) == {"decision"}
    felt = codings.groupby(["participant", "stage"])["valence"].mean().groupby("stage").mean()
    assert felt.idxmin() == "decision" and felt["decision"] < felt.drop("decision").min() - 0.6


def test_one_stage_changed_between_the_waves_and_only_one(survey):
    from scipy import stats

    now, before = (numbers(t, "Q6_").set_axis(STAGES, axis=1) for t in (survey, export("customers-2025")))
    p = {s: stats.ttest_ind(now[s].dropna(), before[s].dropna(), equal_var=False).pvalue for s in STAGES}
    assert p["purchase"] < 1e-6
    assert min(v for s, v in p.items() if s != "purchase") > 0.05 / 4
    assert 0.5 < now["purchase"].mean() - before["purchase"].mean() < 1.0


def test_the_kinds_are_in_the_previous_wave_too(truth):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    x = numbers(export("customers-2025"), "Q5_")
    x = x.fillna(x.mean())
    labels = KMeans(3, n_init=10, random_state=0).fit_predict((x - x.mean()) / x.std())
    assert adjusted_rand_score(truth.loc[x.index, "persona"], labels) > 0.9


def test_the_week_planner_drives_satisfaction_and_nothing_else_comes_near(survey):
    x = numbers(survey, "Q7_")
    y = pd.to_numeric(survey["Q10"], errors="coerce")
    whole = x.notna().all(axis=1) & y.notna()
    assert whole.sum() > 120
    z = (x[whole] - x[whole].mean()) / x[whole].std()
    design = np.column_stack([np.ones(whole.sum()), z])
    weight = pd.Series(np.linalg.lstsq(design, y[whole].to_numpy(), rcond=None)[0][1:], index=x.columns)
    assert weight.idxmax() == "Q7_10" and weight["Q7_10"] > 2.5 * weight.drop("Q7_10").max()
    assert x.mean().idxmin() == "Q7_5", "the worst rating is another one: the plan page"


def test_the_hidden_price_is_the_worst_barrier(survey, codings, truth):
    ticked = survey[[f"Q8_{i}" for i in range(1, 8)]].notna()
    lost = survey["Q4"] != "Yes, I am subscribed"
    odds = {}
    for c in ticked:
        a, b = (ticked[c] & lost).sum() + 0.5, (ticked[c] & ~lost).sum() + 0.5
        odds[c] = a / ((~ticked[c] & lost).sum() + 0.5) / (b / ((~ticked[c] & ~lost).sum() + 0.5))
    assert max(odds, key=odds.get) == "Q8_1" and odds["Q8_1"] > 4
    assert sorted(odds.values())[-2] < 3
    book = yaml.safe_load((STUDY / "codebook.yaml").read_text())["codes"]
    barriers = [c["name"] for c in book if c["lane"] == "barriers"]
    said = codings[codings["code"].isin(barriers)].groupby("code")["participant"].nunique()
    assert said.idxmax() == "hidden price" and said["hidden price"] >= 1.5 * said.drop("hidden price").max()
    who = set(codings.loc[codings["code"] == "hidden price", "participant"])
    status = truth.loc[truth["interviewed"] == "yes", "status"]
    gone = set(status.index[status != "current"])
    assert len(who & gone) / len(gone) > 0.85 and len(who - gone) / (20 - len(gone)) < 0.6


def test_staff_and_managers_believe_in_a_better_decision_than_customers_have(survey):
    staff = export("employees-2026")
    assert len(staff) >= 25
    x = numbers(staff, "Q6_").set_axis(STAGES, axis=1)
    real = numbers(survey, "Q6_").set_axis(STAGES, axis=1).mean()
    believed = x.groupby(staff["Q2"]).mean()
    assert set(believed.index) == {"employee", "manager"}
    gap = believed - real
    assert set(gap.idxmax(axis=1)) == {"decision"} and (gap["decision"] > 0.8).all()
    assert believed.loc["manager", "decision"] > believed.loc["employee", "decision"]


# ---- the event log


def funnel(log: pd.DataFrame) -> pd.Series:
    """People who did each step after the one before (first occurrences after one another)."""
    steps = yaml.safe_load((STUDY / "study.yaml").read_text())["events"]["funnel"]
    count, reached = [], pd.Series(pd.Timestamp.min, index=log["user_id"].unique())
    for step in steps:
        rows = log[log["event"] == step]
        rows = rows[rows["time"] >= rows["user_id"].map(reached)]
        reached = rows.groupby("user_id")["time"].min()
        count.append(len(reached))
    return pd.Series(count, index=steps)


def test_about_sixty_thousand_events_of_six_thousand_people_in_six_months(log):
    assert 55_000 <= len(log) <= 65_000 and 5_700 <= log["user_id"].nunique() <= 6_300
    assert log["time"].is_monotonic_increasing
    assert log["time"].min() >= pd.Timestamp("2026-01-01") and log["time"].max() < pd.Timestamp("2026-07-01")
    tied = log.duplicated(["user_id", "time"], keep=False).mean()
    assert 0.05 < tied < 0.6


def test_people_are_lost_between_the_plan_page_and_the_account(log):
    people = funnel(log)
    kept = (people / people.shift()).dropna()
    assert kept.idxmin() == "sign_up" and kept["sign_up"] < 0.27
    assert kept.drop("sign_up").min() > 0.6


def visits_before_payment(log: pd.DataFrame) -> pd.DataFrame:
    paid = log[log["event"] == "payment"].groupby("user_id")["time"].min()
    visits = log[log["event"] == "site_visit"].assign(paid=lambda t: t["user_id"].map(paid))
    return visits[visits["paid"].isna() | (visits["time"] <= visits["paid"])]


def test_podcasts_bring_subscribers_while_the_last_click_credits_brand_search(log):
    visits = visits_before_payment(log)
    buyers = visits[visits["paid"].notna()]
    assert buyers.groupby("user_id")["channel"].last().value_counts().idxmax() == "brand search"
    assert buyers.groupby("user_id")["channel"].first().value_counts().idxmax() == "podcast"
    met = visits.groupby(["user_id", "channel"]).size().unstack(fill_value=0) > 0
    bought = visits.groupby("user_id")["paid"].first().notna()
    lift = {c: bought[met[c]].mean() - bought[~met[c]].mean() for c in ("podcast", "paid social", "generic search")}
    assert lift["podcast"] > 0.1 and lift["paid social"] < 0.02 and lift["generic search"] < 0.02
    assert visits["channel"].value_counts().idxmax() == "paid social"


def test_brand_search_moves_nobody_who_has_not_decided(log):
    """Removing brand search: people who come by it first hardly ever subscribe."""
    first = visits_before_payment(log).groupby("user_id").agg(channel=("channel", "first"), paid=("paid", "first"))
    share = first["paid"].notna().groupby(first["channel"]).mean()
    assert share["brand search"] < share["podcast"] / 2


def test_people_go_in_circles_between_plans_and_menu(log):
    pages = log[log["event"].isin(["menu_view", "plan_view", "sign_up"])]
    following = pages.groupby("user_id")["event"].shift(-1)
    circles = ((pages["event"] == "plan_view") & (following == "menu_view")).groupby(pages["user_id"]).sum()
    signed = circles.index.isin(log.loc[log["event"] == "sign_up", "user_id"])
    saw = circles.index.isin(log.loc[log["event"] == "plan_view", "user_id"])
    assert circles[saw & ~signed].mean() > 0.8
    twice = (circles[saw] >= 2).mean()
    assert 0.1 < twice < 0.6


def test_a_sixth_of_new_accounts_is_stuck_on_the_waiting_list(log):
    accounts = log[log["event"] == "sign_up"]["user_id"].unique()
    waiting = log[log["event"] == "waiting_list"]
    assert 0.12 < len(waiting) / len(accounts) < 0.22
    last = log.groupby("user_id")["event"].last()
    assert (last[waiting["user_id"]] == "waiting_list").all()


def test_spenders_leave_when_the_offer_ends(log, truth):
    log = log.assign(kind=log["user_id"].map(truth["persona"]))
    start = log[log["event"] == "first_box"].set_index("user_id")["time"]
    left = log[log["event"] == "cancel"].drop_duplicates("user_id").set_index("user_id")
    week = ((left["time"] - start.reindex(left.index)).dt.days / 7).round()
    early = week.between(3, 5).groupby(left["kind"]).sum() / truth["persona"].reindex(start.index).value_counts()
    assert early["spender"] > 0.25 and early["spender"] > 2 * early.drop("spender").max()


def test_real_paths_skip_and_return(log):
    firsts = log.drop_duplicates(["user_id", "event"]).pivot(index="user_id", columns="event", values="time")
    assert (firsts["quiz_done"].isna() & firsts["plan_view"].notna()).sum() > 500, "many skip the quiz"
    assert (firsts["sign_up_start"] < firsts["plan_view"]).sum() > 50, "some open the form before the plans"
    assert log["event"].eq("reactivate").sum() > 20, "some come back"
    guests = set(log.loc[log["related"] != "", "related"])
    assert len(guests) > 50 and guests <= set(log["user_id"]), "a happy customer brings others"


def test_the_best_idea_is_the_one_full_price():
    ideas = pd.read_csv(STUDY / "plan" / "ideas.csv").set_index("id")
    rice = ideas["reach"] * ideas["impact"] * ideas["confidence"] / ideas["effort"]
    assert rice.idxmax() == "A01" and rice["A01"] > 1.5 * rice.drop("A01").max()
    assert ideas.loc["A01", "barrier"] == "hidden price" and ideas.loc["A01", "stage"] == "decision"


def test_only_the_plan_page_has_no_owner():
    touchpoints = pd.read_csv(STUDY / "plan" / "touchpoints.csv", keep_default_na=False)
    assert touchpoints.loc[touchpoints["owner"] == "", "touchpoint"].tolist() == ["Plan page"]
    assert (touchpoints["moment_of_truth"] == "yes").sum() >= 2
