"""Print name, version and licence of all that cjmkit brings at run time, and what of it is under the GPL or AGPL.

`python tools/licences.py` asks the metadata of what is installed; with `--extras lab,spss` only of these extras. What
an extra asks for and is not installed is named, so that a short list is not taken for a complete one. Exit code 1:
something is under the GPL or AGPL.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
# Extras for those who work on cjmkit itself: nobody gets them with the library.
FOR_DEVELOPERS = {"docs", "test"}
# GPL and AGPL, written as an SPDX name, in words or in short; the LGPL, which lets a library be used, is neither.
COPYLEFT = re.compile(r"\bA?GPL|(?<!lesser )(?<!library )general public licen[sc]e", re.IGNORECASE)


class Package(NamedTuple):
    """One installed distribution; `licence` is "" where its metadata names none."""

    name: str
    version: str
    licence: str


def licence_of(about: metadata.PackageMetadata) -> str:
    """The SPDX expression where there is one, else the classifiers, else the first line of the free text."""
    if expression := about.get("License-Expression"):
        return str(expression)
    lines = [line.split(" :: ") for line in about.get_all("Classifier") or []]
    named = [line[-1] for line in lines if line[0] == "License" and line[1:] != ["OSI Approved"]]
    text = (about.get("License") or "").strip()
    return " OR ".join(named) or (text.splitlines()[0].strip() if text else "")


def is_gpl(licence: str) -> bool:
    """Whether there is no choice but the GPL or AGPL; an exception (`WITH`) frees those who link to a library."""
    freed = re.sub(r"\S*GPL\S*\s+WITH\s+\S+", "", licence)
    return any(
        all(COPYLEFT.search(choice) for choice in re.split(r"\s+OR\s+", part)) for part in re.split(r"\s+AND\s+", freed)
    )


def requirements_of(name: str, extras: frozenset[str]) -> list[Requirement]:
    """What a distribution asks for here; for cjmkit what this checkout says, which an old installation may not."""
    if name == "cjmkit":
        lines = PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]
        return [Requirement(line) for line in lines]
    asked = [Requirement(line) for line in metadata.requires(name) or []]
    return [one for one in asked if one.marker is None or any(one.marker.evaluate({"extra": x}) for x in ("", *extras))]


def walk(extras: Iterable[str] = ()) -> tuple[list[Package], set[str]]:
    """What cjmkit asks for, and what that asks for, down to the end; and the names that are not installed."""
    found: dict[str, Package] = {}
    missing: set[str] = set()
    todo = [("cjmkit", frozenset(extras))]
    seen = set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            todo += [(canonicalize_name(asked.name), frozenset(asked.extras)) for asked in requirements_of(*one)]
            if one[0] != "cjmkit":
                about = metadata.metadata(one[0])
                found[one[0]] = Package(about["Name"], about["Version"], licence_of(about))
        except metadata.PackageNotFoundError:
            missing.add(one[0])
    return sorted(found.values(), key=lambda package: package.name.casefold()), missing


def main() -> int:
    """Print the base, then what each extra adds to it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--extras", help="names, separated by commas (default: all but those for developers)")
    given = asked.parse_args().extras
    extras = sorted(set(EXTRAS) - FOR_DEVELOPERS) if given is None else given.split(",")
    if unknown := set(extras) - set(EXTRAS):
        asked.error(f"no extra named {', '.join(sorted(unknown))}; there are {', '.join(sorted(EXTRAS))}")
    base, _ = walk()
    forbidden = []
    for extra in ("", *extras):
        packages, missing = walk(extras=[extra] if extra else [])
        added = packages if not extra else [package for package in packages if package not in base]
        print(f"\ncjmkit[{extra}] adds {len(added)}" if extra else f"cjmkit brings {len(added)}")
        for package in added:
            print(f"  {package.name:<34} {package.version:<16} {package.licence or 'not named in its metadata'}")
        if missing:
            print(f"  not installed, not looked at: {', '.join(sorted(missing))}")
        forbidden += [package.name for package in added if is_gpl(package.licence)]
    print(f"\nGPL or AGPL: {', '.join(sorted(set(forbidden))) or 'none'}")
    return int(bool(forbidden))


if __name__ == "__main__":
    raise SystemExit(main())
