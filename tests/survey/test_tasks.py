"""Tasks of a usability test: tables of any shape give the same figures, and what contradicts itself is said."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.survey import read_tasks

DONE = {"P1": [1, 0, 1], "P2": [1, 1, 1], "P3": [1, 0, 0], "P4": [1, 0, 1], "P5": [0, 0, 1]}
TIMES = {"P1": [30, 240, 61.5], "P2": [25, 180, 60], "P3": [41, 300, 75], "P4": [28, 90, 62], "P5": [33, 120, 59]}


def clock(seconds):
    return f"{int(seconds // 60):02d}:{seconds % 60:05.2f}"


def wide(folder, name="done.csv", encoding="utf-8", *, turned=False, total=True):
    table = pd.DataFrame(DONE, index=["T1", "T2", "T3"])
    table = table.T if turned else table
    if total:
        table["Total"] = table.sum(axis=1)
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(table.to_csv(), encoding)
    return folder / name


def laps(folder, spelt="{}", spoil=None):
    for person, seconds in TIMES.items():
        so_far = np.cumsum(seconds)
        if spoil == person:
            so_far[1:] += 60
        rows = [f"{clock(s)},{clock(x)},T{k}" for k, (s, x) in enumerate(zip(so_far, seconds), 1)]
        name = f"LapTimes{spelt.format(person)}.csv"
        (folder / name).write_text("\n".join(["SumTime,SingleTime,Task", *rows]))


@pytest.mark.parametrize("shape", ["people across", "tasks across", "utf-16", "a row a person and task"])
def test_success_is_the_share_of_people_whatever_the_shape_of_the_table(tmp_path, shape):
    if shape == "a row a person and task":
        rows = [f"{p};T{k + 1};{'yes' if v else 'no'}" for p, own in DONE.items() for k, v in enumerate(own)]
        file = tmp_path / "long.csv"
        file.write_text("\n".join(["participant;task;done", *rows]))
    else:
        file = wide(tmp_path, encoding="utf-16" if shape == "utf-16" else "utf-8", turned=shape == "tasks across")
    found = read_tasks(file)
    assert found.table["value"].tolist() == [0.8, 0.2, 0.8]
    assert found.table["n"].tolist() == [5, 5, 5] and not found.warnings
    low, high = found.table.loc[1, ["low", "high"]]
    exact = scipy_stats.binomtest(1, 5).proportion_ci(0.95, method="exact")
    # Blaker's interval lies within Clopper and Pearson's.
    assert exact.low <= low < 0.2 < high <= exact.high
    # 0 and 1 are taken for no and yes; words say so.
    assert found.status == {"done": "known" if "row a person" in shape else "guessed"}


def test_time_is_the_geometric_mean_of_the_laps_of_each_persons_file(tmp_path):
    laps(tmp_path)
    found = read_tasks(tmp_path)
    assert list(found.status) == ["LapTimes"] and found.status["LapTimes"] == "known"
    minutes = np.array([TIMES[p][1] for p in TIMES]) / 60
    one = found.estimate("LapTimes", "T2")
    assert one.value == pytest.approx(scipy_stats.gmean(minutes)) and one.n == 5
    half = scipy_stats.t.ppf(0.975, 4) * np.log(minutes).std(ddof=1) / math.sqrt(5)
    assert (one.low, one.high) == pytest.approx(tuple(one.value * np.exp([-half, half])))
    assert found.table["median"].tolist()[1] == pytest.approx(np.median(minutes))


def test_a_lap_that_the_running_time_contradicts_is_named(tmp_path):
    laps(tmp_path, spoil="P3")
    found = read_tasks(tmp_path)
    assert found.warnings == ()  # two of three laps fit: too few laps to call it a running time with a slip
    folder = tmp_path / "long"
    folder.mkdir()
    seconds, so_far = np.full(9, 20.0), np.cumsum(np.full(9, 20.0))
    so_far[5:] += 60
    rows = [f"{clock(s)},{clock(x)},T{k}" for k, (s, x) in enumerate(zip(so_far, seconds), 1)]
    (folder / "TimesP7.csv").write_text("\n".join(["SumTime,SingleTime,Task", *rows]))
    told = read_tasks(folder)
    assert told.warnings == ("Times: P7 T6: the lap is 20 s, by the running time 80 s; the lap is taken",)
    assert told.status == {"Times": "contradictory"}
    assert told.estimate("Times", "T6").value == pytest.approx(1 / 3)


def test_people_are_one_in_all_files_however_each_spells_them(tmp_path):
    wide(tmp_path)
    laps(tmp_path, spelt="_p0{}".replace("{}", "{0[1]}"))
    found = read_tasks(tmp_path)
    assert found.values["participant"].nunique() == 5


def test_a_total_that_is_not_the_sum_and_parts_that_are_not_the_whole_are_said(tmp_path):
    file = wide(tmp_path)
    file.write_text(file.read_text().replace("T2,0,1,0,0,0,1", "T2,0,1,0,0,0,3"))
    (tmp_path / "help.csv").write_text(",P1,P2,P3\nT1,2,0,1\nT2,0,4,0\n")
    (tmp_path / "helpScreen.csv").write_text(",P1,P2,P3\nT1,1,0,1\nT2,0,2,0\n")
    (tmp_path / "helpWords.csv").write_text(",P1,P2,P3\nT1,1,0,0\nT2,0,3,0\n")
    found = read_tasks(tmp_path)
    assert any("done: T2: Total says 3, the people add up to 1" in w for w in found.warnings)
    assert any(w.startswith("help: in 1 cells") and "P2 T2 (4, 5)" in w for w in found.warnings)
    assert found.status["help"] == "contradictory" and found.status["helpWords"] == "guessed"
    helped = found.table[found.table["measure"].eq("help")]
    assert helped["value"].tolist() == pytest.approx([2 / 3, 1 / 3]) and helped["total"].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n3,4\n", "neither rows nor columns are people"),
        ("participant,task,done\nP1,T1,yes\nP1,T1,no\n", "two different values"),
        ("participant,task,done\nP1,T1,1\np01,T1,1\nP2,T1,0\n", "one person or two"),
        ("participant,task,minutes\nP1,T1,0\nP2,T1,3\n", "a time of 0 is no time"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path, text, said):
    file = tmp_path / "t.csv"
    file.write_text(text)
    with pytest.raises(CjmError, match=said):
        read_tasks(file)


def test_tasks_are_drawn_in_their_order_hollow_where_few_and_put_on_the_map(tmp_path):
    found = read_tasks(wide(tmp_path)).renamed({"T2": "Pay", "done": "Done"})
    ax = cj.plot.tasks(found, lang="en")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["T1", "Pay", "T3"]
    assert ax.get_title(loc="left").startswith("Done: lowest at Pay, 20%")
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert all(m.get_markerfacecolor() == ax.get_facecolor() for m in marks)  # five people
    journey = cj.Journey(id="shop", title="Shop", stages=(cj.Stage(id="pay", title="Pay"),))
    journey = journey.with_notes(found.notes({"Pay": "pay"}))
    note = journey.stage("pay").kpis[0]
    assert (note.text, note.estimate.n) == ("Done", 5) and note.evidence[0].label("en")


def test_no_task_is_called_the_hardest_where_all_are_alike(tmp_path):
    file = tmp_path / "done.csv"
    file.write_text(",P1,P2,P3\nT1,1,0,1\nT2,0,1,1\n")
    assert read_tasks(file).hardest(lang="en").startswith("done: the same at every task, 67%")
    assert "везде поровну" in read_tasks(file).summary("ru")


def test_a_study_takes_task_tables_and_says_what_they_show(tmp_path):
    given = tmp_path / "given"
    wide(given)
    laps(given)
    study = cj.Study.create(tmp_path / "shop", framework="five-stages", language="en")
    added = study.add(given)
    assert set(added.table["kind"]) == {"tasks"}
    step = study.status().table.set_index("step").loc[6]
    assert "done: lowest at T2, 20%" in step["there"] and "tasks" not in step["missing"]
    journey = study.new_journey().with_notes(study.tasks().renamed({"done": "Done"}).notes({"T2": "purchase"}))
    assert "evidence-gone" not in set(cj.lint.check(journey, study=study).table["rule"])
    empty = cj.Study.create(tmp_path / "none", framework="five-stages", language="en")
    assert "tasks" not in empty.status().table.set_index("step").loc[6, "missing"]


@pytest.mark.parametrize(
    "text",
    [
        "user,task,comment\nanna,Search,The filter hides\nboris,Search,All fine\nvera,Pay,Where is the button\n",
        "user,task,time\na,open,2026-01-01 10:00\na,open,2026-01-02 10:00\nb,open,2026-01-01 11:00\n",
        "Question,P1,P2,P3\nQ1,4,5,1\nQ2,3,3,2\nQ3,1,2,7\n",
    ],
    ids=["comments on tasks", "a log", "answers with a column a person"],
)
def test_tables_that_only_speak_of_tasks_are_none(tmp_path, text):
    study = cj.Study.create(tmp_path / "shop", framework="five-stages", language="en")
    file = tmp_path / "t.csv"
    file.write_text(text)
    assert study.add(file).table["kind"].tolist() != ["tasks"]
