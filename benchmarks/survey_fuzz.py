"""Damaged survey files: whatever is broken in an export, reading it answers or raises a CjmError, and nothing else.

Run: python benchmarks/survey_fuzz.py [files a format]
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.survey import codebook, read

WORDS = ("Very poor", "Poor", "Fair", "Good", "Very good")


def made_up(n: int = 40) -> pd.DataFrame:
    """A small survey: ratings as codes and as words, a recommendation, a multi-select, an open answer, a date."""
    return pd.DataFrame(
        {
            "id": [f"p{k}" for k in range(n)],
            "Rate the food (1-5)": [k % 5 + 1 for k in range(n)],
            "Rate the staff (1-5)": [(3 * k) % 5 + 1 for k in range(n)],
            "The room": [WORDS[(2 * k) % 5] for k in range(n)],
            "How likely are you to recommend us?": [k % 11 for k in range(n)],
            "Which channels?": [("Shop, Web", "Web", "Phone, Shop", "Shop")[k % 4] for k in range(n)],
            "Почему?": [f"причина номер {k}" for k in range(n)],
            "date": [f"2026-03-{k % 28 + 1:02}" for k in range(n)],
        }
    )


def originals(folder: Path) -> list[Path]:
    """One sound file a format."""
    frame = made_up()
    short = frame.set_axis([f"v{k}" for k in range(frame.shape[1])], axis=1)
    out = [folder / f"wave.{s}" for s in ("csv", "tsv", "xlsx", "json", "jsonl", "parquet")]
    frame.to_csv(out[0], index=False)
    frame.to_csv(out[1], index=False, sep="\t", encoding="utf-16")
    frame.to_excel(out[2], index=False)
    out[3].write_text(json.dumps({"results": frame.to_dict("records")}), encoding="utf-8")
    frame.to_json(out[4], orient="records", lines=True)
    frame.to_parquet(out[5])
    long = folder / "long.csv"
    frame.melt(id_vars="id", var_name="question", value_name="answer").to_csv(long, index=False)
    turned = folder / "turned.csv"
    frame.set_index("id").T.rename_axis("Question").to_csv(turned)
    form = folder / "typeform.json"
    items = [
        {"response_id": r, "submitted_at": "2026-03-01T10:00:00Z", "answers": [
            {"field": {"id": "a", "ref": "rate"}, "type": "number", "number": int(v)},
            {"field": {"id": "b", "ref": "ways"}, "type": "choices", "choices": {"labels": w.split(", ")}},
        ]}
        for r, v, w in zip(frame["id"], frame.iloc[:, 1], frame["Which channels?"], strict=True)
    ]  # fmt: skip
    form.write_text(json.dumps({"items": items}), encoding="utf-8")
    syntax = folder / "labels.sps"
    syntax.write_text(
        "VARIABLE LABELS v1 'Food' /v2 'Staff'.\nVALUE LABELS v1 v2 1 'Bad' 5 'Good'.\nMISSING VALUES v1 (9).\n",
        encoding="utf-8",
    )
    out += [long, turned, form, syntax]
    try:
        import pyreadstat
    except ImportError:
        return out
    for suffix, write in (
        ("sav", pyreadstat.write_sav), ("dta", pyreadstat.write_dta), ("xpt", pyreadstat.write_xport),
    ):  # fmt: skip
        write(short, str(folder / f"wave.{suffix}"))
        out.append(folder / f"wave.{suffix}")
    return out


def damage(data: bytes, dice: random.Random) -> bytes:
    """One to three faults: bytes turned, cut, doubled, foreign, moved."""
    for _ in range(dice.randint(1, 3)):
        a = dice.randrange(max(len(data), 1))
        b = min(len(data), a + dice.choice([1, 1, 4, 30, 400]))
        match dice.randrange(7):
            case 0:
                data = data[:a] + bytes([dice.randrange(256)]) + data[a + 1 :]
            case 1:
                data = data[:a]
            case 2:
                data = data[:a] + data[b:]
            case 3:
                data = data[:a] + data[a:b] * dice.choice([2, 9]) + data[b:]
            case 4:
                data = (
                    data[:a]
                    + dice.choice([b"\x00", b'"', b";", b"\n", b"\xff\xfe", b",,,,", "№".encode(), b"1e999", b"{"])
                    + data[a:]
                )
            case 5:
                data = data[b:] + data[:a]
            case _:
                data = data.replace(data[a:b], b"", 3) if b > a else data
    return data  # fmt: skip


def tried(path: Path) -> str:
    """What reading does: "read", "refused", "caught" by the outer net, or an exception that should not come out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if path.suffix == ".sps":
                codebook(path)
            else:
                survey = read(path, quiet=True)
                survey.questions()
                survey.doubts()
    except CjmError as error:
        # The outer net names the exception that it caught: a fault that no reader had thought of.
        return "caught" if "of another kind (" in str(error) else "refused"
    except Exception as error:  # what must not happen
        return f"{type(error).__name__}: {error}"[:120]
    return "read"


def main() -> None:
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rows, wrong = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for sound in originals(folder):
            data, counted = sound.read_bytes(), Counter[str]()
            broken = folder / "broken" / sound.name
            broken.parent.mkdir(exist_ok=True)
            for k in range(each):
                broken.write_bytes(damage(data, random.Random(f"{sound.name} {k}")))
                told = tried(broken)
                counted[told if told in ("read", "refused", "caught") else "other"] += 1
                if told not in ("read", "refused", "caught"):
                    wrong.append(f"{sound.name} {k}: {told}")
            broken.unlink()
            rows.append((sound.name, each, counted["read"], counted["refused"], counted["caught"], counted["other"]))
    total = sum(r[1] for r in rows)
    lines = [
        f"{total:,} damaged files; an exception other than CjmError: {len(wrong)}", "",
        "| file | damaged | read all the same | refused with a reason | caught by the outer net | other exception |",
        "|---|---|---|---|---|---|", *(f"| {' | '.join(map(str, r))} |" for r in rows), "", *wrong[:20],
    ]  # fmt: skip
    text = "\n".join(lines).rstrip() + "\n"
    print(text)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "survey_fuzz.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
