"""The door of every room: whatever a researcher hands in by mistake is taken as it was meant, or told in words.

The walk needs a call that works to spoil one argument of it. The examples of the documentation are such calls: they are
run, what they hand to each public function and method is kept, and each of these calls is made again and again with one
argument replaced. Only a result or a :class:`CjmError` may come out.
"""

import contextlib
import doctest
import inspect
import io
import pickle
import sys
import traceback
import warnings
from types import ModuleType

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.door import guarded
from cjmkit.errors import CjmError

# cj.errors speaks to those who write rooms; an example that takes seconds would be run a hundred times here.
ROOMS = [n for n in cj.__all__ if isinstance(getattr(cj, n), ModuleType) and n != "errors"]
TOO_SLOW = {
    *("personas.Personas.beside", "personas.Personas.hypotheses", "personas.Personas.carriers", "personas.power"),
    *("personas.Personas.power", "coding.Draft.accept", "widgets.persona_explorer", "interviews.redact"),
}
PEOPLE = ("participant", "respondent", "person", "user", "user_id", "respondent_id")
ANOTHER = cj.Estimate(value=1.0, n=3, unit="people")


def callables(room):
    """Public functions of a room, and public methods of its classes, by name; of ``cjmkit`` itself where room is ""."""
    here = getattr(cj, room) if room else cj
    for name in here.__all__:
        thing = getattr(here, name)
        if inspect.isclass(thing):
            for inner in dir(thing):
                found = inspect.getattr_static(thing, inner)
                found = getattr(found, "__func__", found)
                if inner[0] != "_" and inspect.isfunction(found) and found.__module__.startswith("cjmkit"):
                    yield f"{room}.{name}.{inner}".lstrip("."), found
        elif inspect.isfunction(thing):
            yield f"{room}.{name}".lstrip("."), thing


def examples_of(room):
    """What the examples of a room hand to its functions: name → (function, arguments by name)."""
    public = {inspect.unwrap(f).__code__: (name, f) for name, f in callables(room) if name not in TOO_SLOW}
    handed = {}

    def note(frame, event, _):
        if event != "call" or frame.f_code not in public or public[frame.f_code][0] in handed:
            return
        caller = frame.f_back
        while caller is not None and caller.f_code.co_name == "through":
            caller = caller.f_back
        if caller is not None and caller.f_code.co_filename.startswith("<doctest"):
            code = frame.f_code
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            name, function = public[code]
            handed[name] = function, {n: frame.f_locals[n] for n in names}

    for name, function in list(public.values()):
        module = sys.modules[function.__module__]
        for test in doctest.DocTestFinder(recurse=False).find(function, name, module, globs=dict(vars(module))):
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
            sys.setprofile(note)
            try:
                runner.run(test, out=lambda _: None)
            finally:
                sys.setprofile(None)
    return handed


def wrong(value, turn):
    """What may come instead of a value: one of what never fits (by turns), and what is nearly right."""
    never = [("None", None), ("an empty list", []), ("an empty text", ""), ("another result", ANOTHER), ("a number", 3)]
    yield never[turn % len(never)]
    if isinstance(value, pd.DataFrame):
        yield "an empty table", pd.DataFrame()
        yield "a table without rows", value.iloc[:0]
        yield "a list of rows", value.to_dict("records")
        if value.shape[1]:
            column = value.columns[turn % value.shape[1]]
            yield "a Series for a table", value.iloc[:, -1]
            yield f"{column!r} renamed", value.rename(columns={column: f"{column}x"})
        for who in (c for c in value.columns if c in PEOPLE):
            said = value[who].astype("object").tolist()
            yield "people as numbers and texts", value.assign(**{who: pd.Series(mixed(said), value.index, "object")})
            yield "people missing", value.assign(**{who: pd.Series(holed(said), value.index, "object")})
    elif isinstance(value, pd.Series):
        yield "a table for a Series", value.to_frame()
        yield "a list for a Series", value.tolist()
        yield "a mapping for a Series", value.to_dict()
        yield "people as numbers and texts", value.set_axis(pd.Index(mixed(value.index), dtype="object"))
        yield "people missing", value.set_axis(pd.Index(holed(value.index), dtype="object"))
    elif isinstance(value, dict):
        yield "a Series for a mapping", pd.Series(value, dtype="object")
        yield "a list for a mapping", list(value)
    elif isinstance(value, list | tuple):
        yield "a Series for a list", pd.Series(list(value), dtype="object")
        yield "an array for a list", np.array([*value, None], dtype="object")[:-1]
        yield "a generator for a list", (v for v in value)
        if value:
            yield "one for a list of one", value[0]
    elif isinstance(value, str):
        yield "a text that is not known", f"{value}x"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield "a negative number", -1
        yield "a number in words", "many"


def mixed(people):
    return [1000 + k if k % 2 else p for k, p in enumerate(people)]


def holed(people):
    return [None if k % 3 == 2 else p for k, p in enumerate(people)]


def copied(value):
    return value.copy() if isinstance(value, pd.DataFrame | pd.Series) else value


def outcome(function, given, name, spoilt):
    """What a call comes to: "", or the error that nobody should see."""
    kinds = inspect.signature(function).parameters
    named = {n: copied(v) for n, v in given.items() if n in kinds} | {name: spoilt}
    first = next(iter(kinds), "")
    args = [named.pop(n) for n in list(named) if kinds[n].kind is inspect.Parameter.POSITIONAL_ONLY or n == first]
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            function(*args, **named)
    except CjmError as error:
        return "" if str(error).strip() else "CjmError without a word"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error!s:.80} ({place.filename.rpartition('/')[2]}:{place.lineno})"
    finally:
        plt.close("all")
    return ""


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_no_wrong_argument_brings_a_bare_error(room, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    raw, turn = [], 0
    for called, (function, given) in examples_of(room).items():
        for name, value in given.items():
            if name in ("self", "cls") or name not in inspect.signature(function).parameters:
                continue
            if inspect.signature(function).parameters[name].kind is inspect.Parameter.POSITIONAL_ONLY:
                continue
            turn += 1
            for came, spoilt in wrong(value, turn):
                said = outcome(function, given, name, spoilt)
                if said:
                    raw.append(f"{called}({name}={came}): {said}")
    assert turn or room == "frameworks", "no example of this room could be taken"
    assert not raw, "\n".join(raw)


def test_every_public_function_and_method_stands_behind_the_door():
    open_ = {n for room in ["", *ROOMS] for n, f in callables(room) if not hasattr(f, "_at_the_door")}
    # scikit-learn's contract says what its estimators take and raise.
    assert {n.rpartition(".")[0] for n in open_} <= {"personas.PersonaClusterer", "text.TextVectors"}, open_


def test_known_mistakes_say_what_came_what_is_taken_and_what_to_try():
    with pytest.raises(CjmError, match=r"scores= takes a table .*; came None.*cj\.survey\.stage_scores\(survey\)"):
        cj.compare.expectation_gap(None)
    with pytest.raises(CjmError, match="table= takes a table"):
        cj.plot.problems_by(None)
    with pytest.raises(CjmError, match="came an empty list"):
        cj.widgets.prioritiser([])
    with pytest.raises(CjmError, match=r"curve= takes Curve; came int 3\. Try .*cj\.emotion\.curve"):
        cj.plot.emotion_curve(3)
    with pytest.raises(CjmError, match="unknown parameter 'tabel'; did you mean 'table'"):
        cj.plot.problems_by(tabel=None)
    with pytest.raises(CjmError, match="level= takes a number between 0 and 1; came int 95"):
        cj.coding.code_by(pd.DataFrame(), by="stage", level=95)


def test_the_door_speaks_the_language_in_use():
    cj.use_language("ru")
    with pytest.raises(CjmError) as caught:
        cj.compare.expectation_gap(None)
    assert "принимает таблицу" in str(caught.value)
    assert "Попробуйте" in str(caught.value)


def test_what_is_plainly_meant_is_taken():
    codings = pd.DataFrame(
        {"document": "d", "start": [0, 5, 9], "end": [4, 8, 12], "quote": "q", "code": ["price", "wait", "price"]}
    ).assign(coder="a", participant=["p1", "p1", "p2"], stage="buy", valence=-1)
    table = cj.barriers.rank(codings).table
    assert cj.barriers.rank(codings.to_dict("records")).table.equals(table)
    people = ["p1", "p2"]
    expected = cj.coding.code_by(codings, by="stage", people=people).table
    assert cj.coding.code_by(codings, by="stage", people=pd.Series(people)).table.equals(expected)
    journey = cj.Journey.from_framework("aida", title="Tea")
    one = cj.Persona(id="P1", name="Anna")
    assert journey.with_personas(one) == journey.with_personas([one])


def test_a_mistake_of_ours_is_not_blamed_on_an_argument():
    def count(answers: pd.DataFrame, n: int = 3) -> int:
        return {"known": 1}["unheard"] + len(answers) + n

    with pytest.raises(KeyError, match="unheard"):
        guarded(count)(pd.DataFrame({"value": [1]}))


def test_a_guarded_function_is_pickled_by_its_name():
    assert pickle.loads(pickle.dumps(cj.survey.sample_size)) is cj.survey.sample_size
    assert cj.survey.sample_size.__name__ == "sample_size"
