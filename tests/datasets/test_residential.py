"""The residential study is whole, and each of its planted truths comes back by simple means that do not use cjmkit."""

from __future__ import annotations

import gzip
import importlib.util
import itertools
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

STUDY = Path(__file__).parents[2] / "datasets" / "residential"
STAGES = ["sense-making", "evaluation", "deal", "loyalty-loop", "trigger"]
PHONE_FIRST = "сначала телефон"
BOUGHT = "Купил(а) в «Липовом береге»"


def script_of(name: str):
    spec = importlib.util.spec_from_file_location(f"residential_{name}", STUDY / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script():
    return script_of("make_survey_and_events")


@pytest.fixture(scope="module")
def made(script):
    return script.make()


def export(name: str) -> pd.DataFrame:
    return pd.read_csv(STUDY / "surveys" / f"{name}.csv").set_index("Код участника")


def grid(table: pd.DataFrame, question: str) -> pd.DataFrame:
    """The columns of one grid as numbers, named by their rows."""
    found = table[[c for c in table if c.startswith(question + " [")]].apply(pd.to_numeric, errors="coerce")
    return found.rename(columns=lambda c: c.removeprefix(question + " [").removesuffix("]"))


def stages(table: pd.DataFrame) -> pd.DataFrame:
    return grid(table, "Оценка шага (1–5)").set_axis(STAGES, axis=1)


@pytest.fixture(scope="module")
def survey():
    return export("buyers-2026")


@pytest.fixture(scope="module")
def attitudes(survey):
    return grid(survey, "Согласны ли вы? (1–5)")


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(STUDY / "truth" / "personas.csv", index_col="participant", dtype=str)


@pytest.fixture(scope="module")
def values():
    table = pd.read_csv(STUDY / "truth" / "values.csv", keep_default_na=False)
    return {(r.where, r.what, r.of, r.who): float(r.value) for r in table.itertuples()}


@pytest.fixture(scope="module")
def log():
    return pd.read_csv(STUDY / "events" / "site-2026.csv.gz", parse_dates=["time"], keep_default_na=False)


@pytest.fixture(scope="module")
def codings():
    parts = [pd.read_csv(STUDY / "codings" / f"{c}.csv", keep_default_na=False) for c in ("anna", "boris")]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def transcripts():
    from cjmkit import interviews

    return interviews.read(STUDY / "interviews")


@pytest.fixture(scope="module")
def codebook():
    return yaml.safe_load((STUDY / "codebook.yaml").read_text(encoding="utf-8"))["codes"]


# ---- the folder


def test_the_script_makes_surveys_events_and_truths_byte_for_byte(made):
    assert len(made) == 6
    for name, data in made.items():
        kept = (STUDY / name).read_bytes()
        if name.endswith(".gz"):  # two builds of zlib may compress differently; the rows have to be the same
            assert kept[4:8] == data[4:8] == b"\0\0\0\0", "gzip must not hold a time"
            kept, data = gzip.decompress(kept), gzip.decompress(data)
        assert kept == data, f"{name} is not what the script makes"


def test_another_seed_makes_other_data(script, made):
    script.SEED += 1
    try:
        again = script.make()
    finally:
        script.SEED -= 1
    assert all(again[n] != made[n] for n in made)


def test_the_study_is_small_and_says_that_it_is_made_up():
    files = [p for p in STUDY.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert sum(p.stat().st_size for p in files) < 2_000_000
    assert yaml.safe_load((STUDY / "study.yaml").read_text(encoding="utf-8"))["made_up"] is True
    assert "придумано всё" in (STUDY / "CODEBOOK.md").read_text(encoding="utf-8")


def test_the_codebook_page_names_every_file_and_every_column(log, survey):
    text = (STUDY / "CODEBOOK.md").read_text(encoding="utf-8")
    tables = [*STUDY.glob("*/*.csv"), *STUDY.glob("events/*.gz")]
    assert len(tables) >= 15
    for path in tables:
        assert path.name in text or f"{path.parent.name}/" in text, path.name
        if path.parent.name != "surveys" and path.name != "competitors.csv":
            for column in pd.read_csv(path, nrows=2).columns:
                assert re.search(rf"\b{re.escape(column)}\b", text), f"{path.name}: {column}"
    for event in log["event"].unique():
        assert event in text
    for column in [*survey.columns, *export("employees-2026").columns]:
        assert re.sub(r" \[.*", " […", column) in text, column


def test_the_codebook_page_states_the_true_values(values, log):
    text = (STUDY / "CODEBOOK.md").read_text(encoding="utf-8")

    def shown(*key: str) -> str:
        return f"{values[key]:.2f}".replace("-", "−").replace(".", ",")

    score, believed = "stage score (−2..2)", "believed stage mean (1..5)"
    now, before = (shown(f"buyers-{w}", score, "deal", "все") for w in (2026, 2025))
    assert f"{before} → {now}" in text
    weakest, second = (shown("buyers-2026", score, s, "все") for s in ("evaluation", "trigger"))
    assert f"{weakest}; следующий — trigger, {second}" in text
    staff, managers = (shown("employees-2026", believed, "evaluation", w) for w in ("сотрудник", "руководитель"))
    assert f"{staff} и {managers} против {shown('buyers-2026', 'stage mean (1..5)', 'evaluation', 'все')}" in text
    odds = "Сначала просили телефон (цена, ставка, условия — только потом)"
    assert f"в {shown('buyers-2026', 'odds ratio of leaving', odds, 'все')} раза" in text
    rows, people = (f"{n:,}".replace(",", " ") for n in (round(len(log), -3), log["user_id"].nunique()))
    assert f"около {rows} событий, {people} человек" in text
    bought = set(log.loc[log["event"] == "договор", "user_id"])
    guests = set(log["related"]) - {""}
    others = set(log["user_id"]) - guests
    rates = [round(100 * len(g & bought) / len(g)) for g in (guests, others)]
    assert f"покупают {rates[0]} % приглашённых и {rates[1]} % прочих" in text


def test_stages_events_settings_and_plans_fit_together(log, survey, codebook):
    settings = yaml.safe_load((STUDY / "study.yaml").read_text(encoding="utf-8"))
    mapping = settings["events"]["stages"]
    assert set(mapping) == set(log["event"]) and set(mapping.values()) == set(STAGES)
    assert set(settings["events"]["funnel"]) <= set(mapping)
    s = settings["survey"]
    assert s["success_value"] in set(survey[s["success"]]) and s["outcome"] in survey
    plan = {n: pd.read_csv(STUDY / "plan" / f"{n}.csv") for n in ("touchpoints", "ideas", "messages", "channels")}
    for name in ("touchpoints", "ideas", "messages"):
        assert set(plan[name]["stage"]) <= set(STAGES)
    assert set(plan["channels"]["channel"]) <= set(log["source"])
    barriers = {c["name"] for c in codebook if c.get("lane") == "barriers"}
    assert set(plan["ideas"]["barrier"]) == barriers
    rated = {i.get("touchpoint") for i in _items("buyers-2026").values()} - {None}
    assert len(rated) == 9 and rated <= set(plan["touchpoints"]["touchpoint"])


def _items(name: str) -> dict[str, dict]:
    return yaml.safe_load((STUDY / "surveys" / f"{name}.items.yaml").read_text(encoding="utf-8"))["items"]


# ---- interviews and codings


def test_twenty_four_interviews_of_twenty_four_people_in_five_formats(transcripts):
    documents = transcripts.documents
    assert len(documents) == 24 and documents["participant"].nunique() == 24
    endings = documents["document"].str.rsplit(".", n=1).str[1].value_counts()
    assert endings.to_dict() == {"txt": 20, "vtt": 2, "srt": 1, "docx": 1}
    assert documents["text"].str.split().str.len().between(580, 1000).all()
    assert set(documents["language"]) == {"ru"}
    roles = transcripts.turns.groupby("document")["role"].value_counts().unstack()
    assert (roles >= 12).all().all()
    with pytest.raises(UnicodeDecodeError):
        (STUDY / "interviews" / "i18_valeriy.txt").read_text(encoding="utf-8")


def test_no_two_interviews_share_eight_words_in_a_row(transcripts):
    """People do not speak in phrases from a bank; only the interviewer may greet people alike."""
    seen = defaultdict(set)
    later = transcripts.turns[(transcripts.turns["role"] == "respondent") | (transcripts.turns["turn"] > 0)]
    for document, text in zip(later["document"], later["text"], strict=True):
        words = re.findall(r"\w+", text.lower())
        for i in range(len(words) - 7):
            seen[tuple(words[i : i + 8])].add(document)
    assert len(seen) > 9_000
    assert [" ".join(k) for k, v in seen.items() if len(v) > 1] == []


def test_no_sentence_of_five_words_or_more_is_said_twice(transcripts):
    said = transcripts.turns[transcripts.turns["role"] == "respondent"]
    count = defaultdict(int)
    for text in said["text"]:
        for sentence in re.split(r"(?<=[.!?…])\s+", text):
            words = tuple(re.findall(r"\w+", sentence.lower()))
            if len(words) >= 5:
                count[words] += 1
    assert len(count) > 1_000
    assert [" ".join(k) for k, n in count.items() if n > 1] == []


def test_the_word_file_holds_the_words_of_its_script(tmp_path):
    docx = pytest.importorskip("docx")
    module = script_of("make_interview_20")
    (tmp_path / "made.docx").write_bytes(module.make())
    tables = [docx.Document(str(p)).tables[0] for p in (tmp_path / "made.docx", STUDY / "interviews/i20_gennadiy.docx")]
    made, kept = ([": ".join(c.text for c in row.cells) for row in t.rows] for t in tables)
    assert made == kept == module.TALK.strip().splitlines()


def test_every_quote_stands_where_its_offsets_say_inside_one_turn_of_the_respondent(transcripts, codings):
    texts = transcripts.documents.set_index("document")["text"]
    people = transcripts.documents.set_index("document")["participant"]
    turns = transcripts.turns[transcripts.turns["role"] == "respondent"]
    spans = {d: list(zip(t["start"], t["end"], strict=True)) for d, t in turns.groupby("document")}
    for c in codings.itertuples():
        assert texts[c.document][c.start : c.end] == c.quote and c.quote
        assert any(a <= c.start and c.end <= b for a, b in spans[c.document]), c.quote
        assert people[c.document] == c.participant


def test_both_coders_coded_everything_with_codes_stages_and_touchpoints_that_exist(codings, codebook):
    usable = {c["name"]: c for c in codebook if c.get("codable", True)}
    assert 20 <= len(usable) <= 27
    assert all({"definition", "title", "stage", "lane", "colour"} <= set(c) for c in usable.values())
    headings = {c["name"] for c in codebook if not c.get("codable", True)}
    assert {c["parent"] for c in usable.values() if "parent" in c} == headings
    assert set(codings["code"]) == set(usable)
    assert set(codings["stage"]) == set(STAGES)
    assert set(codings["touchpoint"]) - {""} <= set(pd.read_csv(STUDY / "plan" / "touchpoints.csv")["touchpoint"])
    assert set(codings["valence"]) == {-2, -1, 0, 1, 2}
    assert not codings.duplicated(["document", "start", "end", "code", "coder"]).any()
    per_document = codings.groupby(["coder", "document"]).size()
    assert len(per_document) == 48 and per_document.between(12, 24).all()


def test_the_coders_chose_their_passages_independently(codings):
    two = {c: set(map(tuple, t[["document", "start", "end"]].to_numpy())) for c, t in codings.groupby("coder")}
    both = len(two["anna"] & two["boris"])
    assert 0.4 < both / len(two["boris"]) < 0.8
    feelings = codings.groupby(["document", "code", "coder"])["valence"].mean().unstack().dropna()
    assert feelings.corr().loc["anna", "boris"] > 0.8
    assert 0.1 < (feelings["anna"] != feelings["boris"]).mean() < 0.6


def alpha_by_turn(transcripts, codings) -> pd.Series:
    """Krippendorff's nominal alpha of "code used in this turn", for each code, and for all codes together."""
    turns = transcripts.turns[transcripts.turns["role"] == "respondent"].reset_index(drop=True)
    place = {d: [(r.start, r.end, r.Index) for r in t.itertuples()] for d, t in turns.groupby("document")}
    used: dict[str, np.ndarray] = {}
    for c in codings.itertuples():
        unit = next(i for a, b, i in place[c.document] if a <= c.start < b)
        used.setdefault(c.code, np.zeros((2, len(turns))))[int(c.coder == "boris"), unit] = 1

    def alpha(two: np.ndarray) -> float:
        n, p = two.size, two.mean()
        return 1 - np.mean(two[0] != two[1]) / (2 * p * (1 - p) * n / (n - 1))

    out = {code: alpha(two) for code, two in used.items()}
    return pd.Series(out | {"": alpha(np.hstack(list(used.values())))})


def test_the_coders_agree_well_but_not_on_doubts(transcripts, codings):
    alpha = alpha_by_turn(transcripts, codings)
    assert 0.75 < alpha[""] < 0.85
    rest = alpha.drop(["", "сомнения"])
    assert alpha["сомнения"] < 0.5 < rest.min()
    assert alpha["сомнения"] < rest.min() - 0.1


def test_goals_tell_the_kinds_of_people_apart(codings, truth):
    goals = {"дом для семьи": "семья", "вложение и доход": "инвестор", "тишина и покой": "старшие"}
    counts = pd.crosstab(codings["participant"], codings["code"])[list(goals)]
    kinds = counts.idxmax(axis=1).map(goals)
    assert len(kinds) == 24
    assert (kinds == truth.loc[kinds.index, "persona"]).all()


def test_interviews_hold_invented_personal_data(transcripts):
    everything = " ".join(transcripts.documents["text"])
    phones = re.findall(r"(?:\+7|\b8)[ (-]*\d{3}[ )-]*\d{3}[ -]?\d{2}[ -]?\d{2}\b", everything)
    assert len(phones) >= 6 and all("555" in p for p in phones)
    addresses = re.findall(r"[\w.]+@[\w.]+\w", everything)
    assert len(addresses) >= 8
    assert all(a.endswith(".example") for a in addresses if "." in a.split("@")[1])


# ---- people and surveys


def test_one_id_a_person_everywhere(survey, truth, log, transcripts):
    assert survey.index.is_unique and truth.index.is_unique
    asked = set(truth.index[truth["surveyed"] == "да"])
    assert set(survey.index) == asked and len(asked) == 420
    assert set(transcripts.documents["participant"]) == set(truth.index[truth["interviewed"] == "да"]) <= asked
    assert asked <= set(log["user_id"]) == set(truth.index[truth["surveyed"] != "2025"])
    before = export("buyers-2025")
    assert len(before) == 260 and not set(before.index) & set(log["user_id"])
    assert before.columns.tolist() == survey.columns.tolist()


def test_what_people_told_fits_what_the_survey_and_the_log_say_of_them(survey, truth, log):
    listed = pd.read_csv(STUDY / "interviews" / "participants.csv", index_col="participant")
    bought = listed["outcome"].isin(["купил", "купила"])
    assert (bought == (truth.loc[listed.index, "bought"] == "да")).all()
    assert (bought == (survey.loc[listed.index, "Чем всё закончилось?"] == BOUGHT)).all()
    signed = set(log.loc[log["event"] == "договор", "user_id"])
    assert set(bought.index[bought]) <= signed and not set(bought.index[~bought]) & signed
    bands = survey.loc[listed.index, "Сколько вам лет?"].dropna()
    for person, band in bands.items():
        low, high = (int(x) for x in re.findall(r"\d+", band.replace("65 и старше", "65–120")))
        assert low <= listed.loc[person, "age"] <= high, person
    # "Назвали четырнадцатое апреля", "двадцать восьмое", "девятнадцатого февраля", "двадцать шестого".
    keys = log[log["event"] == "ключи"].set_index("user_id")["time"]
    told = {"u01204": "2026-04-14", "u00017": "2026-04-28", "u03875": "2026-02-19", "u05931": "2026-03-26"}
    assert {p: str(keys[p].date()) for p in told} == told and keys["u05449"].month == 5
    held = log[log["user_id"].isin(listed.index) & log["event"].isin(["показ", "договор", "ключи"])]
    assert (held["time"] < held["user_id"].map(pd.to_datetime(listed["date"]))).all()


def test_at_least_eighty_open_answers_each_given_once(survey):
    said = survey["Что нам исправить в первую очередь?"].dropna()
    assert len(said) >= 80 and said.is_unique


def test_clustering_the_attitudes_gives_the_three_kinds_back(attitudes, truth):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    for x in (attitudes, grid(export("buyers-2025"), "Согласны ли вы? (1–5)")):
        assert x.shape[1] == 14 and 0.005 < x.isna().mean().mean() < 0.06
        x = x.fillna(x.mean())
        labels = KMeans(3, n_init=10, random_state=0).fit_predict((x - x.mean()) / x.std())
        assert adjusted_rand_score(truth.loc[x.index, "persona"], labels) > 0.85


def test_attitudes_of_the_kinds_lie_about_two_deviations_apart(attitudes, truth):
    groups = attitudes.groupby(truth.loc[attitudes.index, "persona"])
    gap = (groups.mean().max() - groups.mean().min()) / np.sqrt(groups.var().mean())
    assert gap.drop("Боюсь, что стройка встанет").min() > 1.6 and 1.9 < gap.median() < 2.7
    assert gap["Боюсь, что стройка встанет"] < 1


def test_sample_means_scatter_around_the_true_ones(survey, truth, values):
    misses = []
    for name, table in (("buyers-2026", survey), ("buyers-2025", export("buyers-2025"))):
        x = stages(table)
        kind = truth.loc[x.index, "persona"]
        for stage in STAGES:
            for who in ("семья", "инвестор", "старшие"):
                seen = x.loc[kind == who, stage].dropna()
                true = values[name, "stage mean (1..5)", stage, who]
                misses.append((seen.mean() - true) / (seen.std() / np.sqrt(len(seen))))
    assert max(map(abs, misses)) < 3.5
    assert 0.5 < np.std(misses) < 1.5


def test_evaluation_is_the_weakest_stage_for_every_kind_in_survey_and_codings(survey, truth, codings):
    x = stages(survey)
    assert set(x.groupby(truth.loc[x.index, "persona"]).mean().idxmin(axis=1)) == {"evaluation"}
    felt = codings.groupby(["participant", "stage"])["valence"].mean().groupby("stage").mean()
    assert felt.idxmin() == "evaluation" and felt["evaluation"] < felt.drop("evaluation").min() - 0.5


def test_one_stage_changed_between_the_waves_and_only_one(survey):
    from scipy import stats

    now, before = stages(survey), stages(export("buyers-2025"))
    p = {s: stats.ttest_ind(now[s].dropna(), before[s].dropna(), equal_var=False).pvalue for s in STAGES}
    assert p["deal"] < 1e-6
    assert min(v for s, v in p.items() if s != "deal") > 0.05 / 4
    assert 0.4 < now["deal"].mean() - before["deal"].mean() < 1.0


def test_the_viewing_drives_satisfaction_and_nothing_else_comes_near(survey):
    x = grid(survey, "Оценка встречи с нами (1–5)")
    y = pd.to_numeric(survey["Насколько вы довольны нами в целом? (1–5)"], errors="coerce")
    whole = x.notna().all(axis=1) & y.notna()
    assert whole.sum() > 100
    z = (x[whole] - x[whole].mean()) / x[whole].std()
    design = np.column_stack([np.ones(whole.sum()), z])
    weight = pd.Series(np.linalg.lstsq(design, y[whole].to_numpy(), rcond=None)[0][1:], index=x.columns)
    assert weight.idxmax() == "Показ квартиры" and weight["Показ квартиры"] > 1.8 * weight.nlargest(2).iloc[1]
    assert x.mean().idxmin() == "Фотографии, планы и отзывы на сайте", "the worst rating is another one"


def test_the_hidden_price_is_the_worst_barrier(survey, codings, codebook, truth):
    asked = survey["Что мешало? (можно несколько)"].dropna()
    lost = survey.loc[asked.index, "Чем всё закончилось?"] != BOUGHT
    odds = {}
    for option in script_of("make_survey_and_events").OBSTACLES:
        ticked = asked.str.contains(option, regex=False)
        a, b = (ticked & lost).sum() + 0.5, (ticked & ~lost).sum() + 0.5
        odds[option] = a / ((~ticked & lost).sum() + 0.5) / (b / ((~ticked & ~lost).sum() + 0.5))
    worst = max(odds, key=odds.get)
    assert worst.startswith("Сначала просили телефон") and 2.5 < odds[worst] < 7.5
    assert sorted(odds.values())[-2] < 2.2
    barriers = [c["name"] for c in codebook if c.get("lane") == "barriers"]
    said = codings[codings["code"].isin(barriers)]
    people = said.groupby("code")["participant"].nunique()
    assert people.idxmax() == PHONE_FIRST and people[PHONE_FIRST] == 15
    assert said.groupby("code")["valence"].mean().idxmin() == PHONE_FIRST
    who = set(said.loc[said["code"] == PHONE_FIRST, "participant"])
    gone = set(truth.index[(truth["interviewed"] == "да") & (truth["bought"] == "нет")])
    assert len(gone) == 11 and len(who & gone) == 9 and len(who - gone) / 13 < 0.5


def test_staff_and_managers_believe_in_a_better_evaluation_than_customers_have(survey, values):
    staff = export("employees-2026")
    assert len(staff) >= 25
    believed = stages(staff).groupby(staff["Кто вы у нас?"]).mean()
    gap = believed - stages(survey).mean()
    assert set(gap.idxmax(axis=1)) == {"evaluation"} and (gap["evaluation"] > 0.9).all()
    assert believed.loc["руководитель", "evaluation"] > believed.loc["сотрудник", "evaluation"]


def test_the_best_action_removes_the_worst_barrier_and_has_an_unowned_touchpoint():
    ideas = pd.read_csv(STUDY / "plan" / "ideas.csv", index_col="id")
    rice = ideas["reach"] * ideas["impact"] * ideas["confidence"] / ideas["effort"]
    assert rice.idxmax() == "A01" and rice["A01"] > 3 * rice.drop("A01").max()
    assert ideas.loc["A01", "barrier"] == PHONE_FIRST
    points = pd.read_csv(STUDY / "plan" / "touchpoints.csv").set_index("touchpoint")
    assert set(points.index[points["owner"].isna()]) == {"Форма «Узнать цену»", "Отзыв за бонус"}


# ---- the event log


def first_times(log: pd.DataFrame) -> pd.DataFrame:
    return log.groupby(["user_id", "event"])["time"].min().unstack()


def test_about_sixty_thousand_events_of_six_thousand_people_in_six_months(log):
    assert 55_000 <= len(log) <= 70_000 and 5_700 <= log["user_id"].nunique() <= 6_300
    assert log["time"].is_monotonic_increasing
    assert log["time"].min() >= pd.Timestamp("2026-01-12") and log["time"].max() < pd.Timestamp("2026-07-12")
    assert 0.05 < log.duplicated(["user_id", "time"], keep=False).mean() < 0.6
    assert set(log.loc[log["event"].isin(["звонок", "показ", "договор", "ключи"]), "source"]) == {""}


def test_people_are_lost_between_a_flats_page_and_the_request(log):
    steps = yaml.safe_load((STUDY / "study.yaml").read_text(encoding="utf-8"))["events"]["funnel"]
    count, reached = [], pd.Series(pd.Timestamp.min, index=log["user_id"].unique())
    for step in steps:
        rows = log[log["event"] == step]
        rows = rows[rows["time"] >= rows["user_id"].map(reached)]
        reached = rows.groupby("user_id")["time"].min()
        count.append(len(reached))
    conversion = pd.Series(count, index=steps).pct_change().add(1).iloc[1:]
    assert conversion.idxmin() == "заявка" and conversion["заявка"] < 0.6 * conversion.drop("заявка").min()


def test_paths_are_not_a_line(log):
    times = log[log["event"] == "карточка квартиры"].groupby("user_id")["time"].max()
    request = log[log["event"] == "заявка"].groupby("user_id")["time"].min()
    assert (times.reindex(request.index) > request).mean() > 0.2, "people go back to the flats after a request"
    first = first_times(log)
    by_phone = first["заявка"].notna() & first["карточка квартиры"].isna()
    assert by_phone.sum() >= 5, "some ask without ever opening a flat's page"
    bank = first["заявка на ипотеку"].isna() & first["договор"].notna()
    assert 0.2 < bank.sum() / first["договор"].notna().sum() < 0.8, "many buyers skip the bank"


def channel_paths(log: pd.DataFrame) -> tuple[dict[str, list[str]], pd.Series]:
    """Each person's sources up to the contract, repeats folded, and whether there was a contract."""
    bought = first_times(log)["договор"]
    seen = log[log["source"] != ""]
    seen = seen[~(seen["time"] > seen["user_id"].map(bought))]
    paths = {}
    for person, sources in seen.groupby("user_id")["source"]:
        s = sources.to_numpy()
        paths[person] = [x for i, x in enumerate(s) if i == 0 or x != s[i - 1]]
    return paths, bought.notna()


def test_videos_bring_buyers_while_the_last_click_praises_the_name_search(log):
    paths, bought = channel_paths(log)
    last = pd.Series({p: s[-1] for p, s in paths.items() if bought[p]}).value_counts(normalize=True)
    assert last.idxmax() == "поиск: название ЖК" and last["поиск: название ЖК"] > 2 * last["видеообзоры"]
    channels = sorted({c for s in paths.values() for c in s})
    met = pd.DataFrame({c: [c in s for s in paths.values()] for c in channels}, index=list(paths))
    share = met[bought.loc[met.index]].mean()
    assert share.idxmax() == "видеообзоры" and share["видеообзоры"] > 0.7
    # Removal effect of a first-order chain, in closed form.
    place = {c: i + 1 for i, c in enumerate(channels)}
    k = len(channels)
    count = np.zeros((k + 1, k + 3))
    for person, s in paths.items():
        way = [0, *(place[c] for c in s), k + 1 if bought[person] else k + 2]
        for a, b in itertools.pairwise(way):
            count[a, b] += 1

    def converts(without: int | None) -> float:
        p = count / count.sum(1, keepdims=True)
        if without is not None:
            p[:, without] = 0
        return np.linalg.solve(np.eye(k + 1) - p[:, : k + 1], p[:, k + 1])[0]

    effect = pd.Series({c: 1 - converts(i) / converts(None) for c, i in place.items()})
    assert effect.idxmax() == "видеообзоры"


def test_whoever_saw_a_video_asks_as_often_as_planted(log, truth, values):
    """The name search moves nobody: among those whom no video and no friend moved, requests are as rare as planted."""
    first = first_times(log)
    opened = first["карточка квартиры"].notna()
    paths, _ = channel_paths(log)
    early = truth.loc[first.index, "interviewed"] == "нет"
    video = pd.Series({p: "видеообзоры" in s for p, s in paths.items()}).reindex(first.index, fill_value=False)
    friend = pd.Series({p: "рекомендации" in s for p, s in paths.items()}).reindex(first.index, fill_value=False)
    asked = first["заявка"].notna()
    for group, name in ((video & ~friend, "видеообзоры"), (~video & ~friend, "другие каналы")):
        who = opened & early & group
        true = np.mean(
            [values["site-2026", "request after a flat's page", name, k] for k in truth.loc[who[who].index, "persona"]]
        )
        rate, n = asked[who].mean(), who.sum()
        assert abs(rate - true) < 4 * np.sqrt(true * (1 - true) / n) + 0.02, (name, rate, true)


def test_the_loop_closes_guests_of_buyers_buy_more_often(log):
    bought = set(log.loc[log["event"] == "договор", "user_id"])
    calls = log[log["event"] == "рекомендация"]
    assert set(calls["user_id"]) <= bought and len(calls) > 120
    guests = set(calls["related"]) - {""}
    sources = log[log["source"] != ""].groupby("user_id")["source"].first()
    assert set(sources[sources == "рекомендации"].index) == guests
    others = set(log["user_id"]) - guests
    rate, usual = (len(g & bought) / len(g) for g in (guests, others))
    assert rate > 1.7 * usual
    again = guests & set(calls["user_id"])
    assert again, "some guests become hosts: the loop goes round twice"


def test_a_quarter_of_those_who_asked_the_bank_are_stuck(log, values):
    first = first_times(log)
    waiting = first[first["заявка на ипотеку"] < log["time"].max() - pd.Timedelta(days=30)]
    stuck = waiting["одобрение ипотеки"].isna().mean()
    true = values["site-2026", "no answer after a mortgage request", "", "все"]
    assert abs(stuck - true) < 3 * np.sqrt(true * (1 - true) / len(waiting))
    assert not (waiting["одобрение ипотеки"].isna() & waiting["договор"].notna()).any()
