"""Nothing that comes with cjmkit is under the GPL or AGPL, and the script that says so would see it."""

import importlib.util
from email.message import Message
from pathlib import Path

import pytest

import cjmkit

TOOL = Path(cjmkit.__file__).parents[1] / "tools" / "licences.py"


@pytest.fixture(scope="module")
def licences():
    spec = importlib.util.spec_from_file_location("licences", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def described(**fields):
    about = Message()
    for name, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            about[name.replace("_", "-")] = value
    return about


def test_nothing_that_the_base_brings_is_gpl_and_each_names_its_licence(licences):
    packages, missing = licences.walk()
    assert missing == set()
    # What is asked for directly and what only comes with it (pandas asks for python-dateutil).
    assert {"pandas", "scipy", "pyyaml", "python-dateutil"} <= {package.name.casefold() for package in packages}
    assert [package for package in packages if licences.is_gpl(package.licence)] == []
    assert [package for package in packages if not package.licence] == []


def test_nothing_that_an_extra_brings_is_gpl_as_far_as_it_is_installed(licences):
    extras = set(licences.EXTRAS) - licences.FOR_DEVELOPERS
    packages, _ = licences.walk(extras)
    assert {"jupyterlab", "faker"} <= {
        package.name.casefold() for package in packages
    }  # through lab, and through what lab asks for
    assert [package for package in packages if licences.is_gpl(package.licence)] == []


@pytest.mark.parametrize(
    ("licence", "gpl"),
    [
        ("MIT", False),
        ("LGPL-3.0-only", False),
        ("GNU Library or Lesser General Public License (LGPL)", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("GPLv3", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("MIT AND GPL-2.0-only", True),
        ("MIT OR GPL-2.0-only", False),
        ("(MIT OR GPL-2.0-only) AND BSD-3-Clause", False),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", False),
    ],
)
def test_only_a_licence_that_leaves_no_choice_but_the_gpl_counts(licences, licence, gpl):
    assert licences.is_gpl(licence) is gpl


def test_a_licence_is_read_from_wherever_its_metadata_names_it(licences):
    of = licences.licence_of
    classifiers = ["License :: OSI Approved", "License :: OSI Approved :: MIT License", "Topic :: Text Processing"]
    assert of(described(License_Expression="BSD-3-Clause", License="BSD", Classifier=classifiers)) == "BSD-3-Clause"
    assert of(described(License="text\nmore", Classifier=classifiers)) == "MIT License"
    assert of(described(License="Apache 2.0\n\nPermission is …")) == "Apache 2.0"
    assert of(described(Name="x")) == ""
