import contextlib

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cjmkit as cj
from cjmkit.exchange._fast_yaml import NotOurs, load_fast
from cjmkit.exchange.yaml_file import dump_yaml

texts = st.text(max_size=300) | st.sampled_from(
    [
        "yes", "NO", "null", "~", "1", "1.5", "1e3", "0x1F", "012", "1:30", "2024-01-01", "- a", "a: b", "a #b", "# c",
        "",
        "'", '"', "it's", "a:", "{}", "[]", "&a", "*a", "!x", "%d", "@x", "`", "|", ">", "---", "...", "? x", "=", "<<",
        "line\nline\n\nline", " lead", "trail ", "\ttab", "a\u2028b", "\x85",
        "слово " * 40, "word " * 60, "true", "on", ".inf",
        "very long single word " + "x" * 200, "multi\n  indented\nlines", "\n\n", "0\n", "0\n\n\n",
        "a\nb\n\n", "é: ü", "x\r\ny",
    ]
)  # fmt: skip
values = st.recursive(
    texts | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), values, min_size=1, max_size=5))
def test_what_it_reads_is_what_the_general_reader_reads(data):
    text = dump_yaml(data)
    read = expected = yaml.safe_load(text)
    with contextlib.suppress(NotOurs):
        read = load_fast(text)
    assert read == expected
    assert repr(read) == repr(expected)


@settings(max_examples=600, deadline=None)
@given(st.text(alphabet="abc:-# \n'\"|>{}[]&*!,1.~?%", max_size=60))
def test_text_that_nobody_wrote_is_read_alike_or_given_back(text):
    read = None
    with contextlib.suppress(NotOurs):
        read = load_fast(text + "\n")
        assert read == yaml.safe_load(text + "\n")


@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_our_journeys_are_read_by_it(samples, name):
    j = getattr(samples, name)()
    assert cj.Journey.model_validate(load_fast(dump_yaml(j))) == j


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2", "# comment\na: 1", "\ta: 1", "a:\n\tb: 1", "--- \na: 1", "a: &x 1\nb: *x",
        "a: [1, 2]", "a: {b: 1}", "ключ: 1", "a: b: c", "a\n", "", "a: 1\n  b: 2",
    ],
)  # fmt: skip
def test_what_is_not_ours_is_given_back(text):
    with pytest.raises(NotOurs):
        load_fast(text + "\n")


def test_a_mistake_is_still_found_by_its_line(samples, tmp_path):
    file = tmp_path / "map.yaml"
    text = dump_yaml(samples.residential()).replace("phase: during", "phase: meanwhile")
    file.write_text(text, "utf-8")
    with pytest.raises(cj.errors.FileFormatError, match="meanwhile") as error:
        cj.exchange.read_journey(file)
    assert "meanwhile" in text.split("\n")[error.value.line - 1]
