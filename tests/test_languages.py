"""Errors and warnings speak both languages."""

from __future__ import annotations

import ast
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import cjmkit
import cjmkit as cj
from cjmkit.errors import NOUNS_RU, CjmError, FileFormatError, need_columns, one_of, suggest
from cjmkit.i18n import use_language

ROOT = Path(cjmkit.__file__).parent


@pytest.fixture
def russian() -> Iterator[None]:
    use_language("ru")
    yield
    use_language("en")


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_every_error_is_said_in_both_languages():
    lacking = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            call = node.exc
            if ast.unparse(call.func) not in ("CjmError", "FileFormatError", "StudyError") or not call.args:
                continue
            first = call.args[0]
            if isinstance(first, ast.Constant) or (isinstance(first, ast.JoinedStr) and has_words(first)):
                lacking.append(f"{name}:{node.lineno}")
    assert not lacking, "\n".join(lacking)


def has_words(text: ast.JoinedStr) -> bool:
    return any(isinstance(v, ast.Constant) and any(c.isalpha() for c in str(v.value)) for v in text.values)


def test_russian_says_the_same_values_as_english():
    differing = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            said = {k.arg: k.value for k in node.keywords if k.arg in ("en", "ru")}
            if set(said) != {"en", "ru"} or not all(isinstance(v, ast.JoinedStr) for v in said.values()):
                continue
            values = {
                lang: {ast.unparse(v.value) for v in text.values if isinstance(v, ast.FormattedValue)}
                for lang, text in said.items()
                if isinstance(text, ast.JoinedStr)
            }
            plain = {lang: {v for v in each if v.isidentifier()} for lang, each in values.items()}
            if (
                name not in ("errors.py", "files.py")  # these call things by their nouns
                and ast.unparse(node.func) in ("CjmError", "FileFormatError")
                and plain["en"] != plain["ru"]
            ):
                differing.append(f"{name}:{node.lineno} {plain['en'] ^ plain['ru']}")
    assert not differing, "\n".join(differing)


def test_every_noun_of_a_suggestion_has_its_russian_word():
    nouns = {
        str(k.value.value)
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("suggest", "one_of", "need_columns")
        for k in node.keywords
        if k.arg == "what" and isinstance(k.value, ast.Constant)
    }
    parameters = {"how", "per", "rank_by", "taken_from", "waiting="}  # these are called as they are written
    assert nouns - set(NOUNS_RU) - parameters == set()


@pytest.mark.usefixtures("russian")
def test_an_error_speaks_the_language_in_use_and_keeps_its_place():
    error = FileFormatError(en="no turns", ru="реплик нет", path="a.txt", line=3, column="text", rows=range(1, 9))
    assert str(error) == "a.txt:3, столбец 'text', строки 1, 2, 3, 4, 5, …: реплик нет"
    again = pickle.loads(pickle.dumps(error))
    use_language("en")
    assert str(again) == "a.txt:3, column 'text', rows 1, 2, 3, 4, 5, …: no turns"


@pytest.mark.usefixtures("russian")
def test_a_suggestion_and_a_missing_column_are_russian_sentences():
    assert suggest("buyng", ["buying"], what="stage") == (
        "этап: неизвестное значение 'buyng'; может быть, 'buying'? Есть: buying"
    )
    with pytest.raises(CjmError, match="единица: неизвестное значение 'page'. Есть: turn, sentence"):
        one_of("page", ("turn", "sentence"), what="unit")
    import pandas as pd

    with pytest.raises(CjmError, match="оценки: не хватает столбцов 'a', 'b'. Есть: c"):
        need_columns(pd.DataFrame({"c": [1]}), ("a", "b"), what="scores")


def test_no_figure_and_no_stored_word_depends_on_the_language(tmp_path):
    """The same tables, cell by cell, whatever language is in use: what is stored is a code."""
    tables = {}
    for lang in ("en", "ru"):
        study = cj.Study.example("mealkit", tmp_path / lang)
        cj.use_language(lang)
        try:
            tables[lang] = _tables(study)
        finally:
            cj.use_language("en")
    for name, table in tables["en"].items():
        pd.testing.assert_frame_equal(table, tables["ru"][name], obj=name)


def _tables(study):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asked, log, codings = study.survey(), study.events(), study.codings()
        items = asked.items.set_index("item")
        segment = items.index[items["type"] == "single"][0]
        out = {
            f"score {kind}": cj.survey.score(asked, items.index[items["type"] == kind][0], by=segment).table
            for kind in ("single", "likert", "multi", "nps")
        }
        out["distribution"] = cj.survey.score(asked, segment).distribution
        out["compare"] = cj.survey.compare(asked, item=items.index[items["type"] == "likert"][0], by=segment).table
        out["features"] = cj.personas.features(
            survey=asked, items=study.attitudes(), also=[segment], codings=codings
        ).table
        events = study.settings.events
        out["funnel"] = log.funnel(events.funnel, by="channel").table
        out["outcomes"] = log.outcomes([events.success], by="first_source").table
        out["sessions"] = log.sessions().table
        out["steps"] = log.step_matrix().table
        out["barriers"] = cj.barriers.rank(codings, codebook=study.codebook(), turns=study.turns()).table
    return out


def test_an_answer_that_reads_no_answer_stays_a_segment_in_both_languages():
    table = pd.DataFrame(
        {"id": range(40), "q": [1, 2, 3, 4, 5] * 8, "who": (["no answer", "нет ответа", "web", "shop"] * 10)}
    )
    for lang in ("en", "ru"):
        cj.use_language(lang)
        try:
            asked = cj.survey.read(table, person="id", quiet=True)
            groups = pd.Series(table["who"].to_numpy(), index=asked.respondents.to_numpy(), name="who")
            found = cj.survey.compare(asked, item="q", answer="1", by=groups).table
        finally:
            cj.use_language("en")
        assert len(found) == 6
