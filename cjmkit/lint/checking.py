"""Going through the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjmkit.core.journey import Journey
from cjmkit.errors import CjmError, one_of
from cjmkit.i18n import current_language
from cjmkit.lint import evidence_rules, map_rules  # noqa: F401  (they enter themselves into CHECKS)
from cjmkit.lint._context import CHECKS, Context
from cjmkit.lint.findings import Finding, Findings
from cjmkit.lint.rules import RULES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check"]


def check(
    journey: Journey,
    *,
    study: Any = None,
    documents: pd.DataFrame | Mapping[str, str] | None = None,
    off: Iterable[str] | Mapping[str, str] = (),
    lang: str | None = None,
    today: dt.date | None = None,
    stale_after: float = 2.0,
) -> Findings:
    """Ask what a good researcher would object to.

    Parameters
    ----------
    journey : Journey
        The map.
    study : Study, optional
        Its material: evidence is then looked up again, and the study's own switched-off rules hold.
    documents : pandas.DataFrame or mapping, optional
        The documents table (columns document, text) where there is no study; those of the study by default.
    off : iterable of str, or mapping of str to str
        Rules that are not applied; a mapping gives the reason.
    lang : {"en", "ru"}, optional
        Language of the messages; that of the journey by default.
    today : datetime.date, optional
        What age is counted from; the present day by default.
    stale_after : float
        Years after which a desk source counts as old. The figure is arbitrary.

    Returns
    -------
    Findings
        Worst first; shows itself as a table, writes JSON, SARIF and JUnit.

    Raises
    ------
    CjmError
        If a switched-off rule does not exist, or is switched off in ``study.yaml`` without a reason.

    Examples
    --------
    >>> import cjmkit as cj
    >>> j = cj.Journey.from_framework("aida", title="A bicycle").with_touchpoint("action", "Checkout", channel="site")
    >>> found = cj.lint.check(j)
    >>> "touchpoint-without-owner" in found, found.exit_code
    (True, 1)
    """
    lang = current_language(lang or journey.language)
    switched = _switched_off(study, off)
    context = Context(
        journey,
        study=study,
        documents=documents,
        lang=lang,
        today=today or dt.date.today(),
        stale_after=stale_after,
    )
    titles = {s.id: s.title for s in journey.stages}
    found: list[Finding] = []
    for rule in RULES:
        for r in CHECKS[rule](context) if rule not in switched else ():
            message = f"{titles.get(r.stage, r.stage)}: {r.text}" if r.stage else r.text
            found.append(Finding(rule, message, r.stage, r.lane, r.id))
    order = {"error": 0, "warning": 1, "note": 2}
    found.sort(key=lambda f: order[f.severity])
    file, lines = _lines(journey, study)
    placed = tuple(Finding(f.rule, f.message, f.stage, f.lane, f.id, _line(lines, f)) for f in found)
    return Findings(journey.id, placed, tuple(switched.items()), file, lang)


def _switched_off(study: Any, off: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    own: Mapping[str, str] = getattr(getattr(study, "settings", None), "switched_off", None) or {}
    for rule, reason in own.items():
        if not str(reason or "").strip():
            raise CjmError(
                en=f"study.yaml switches off {rule!r} without a reason; write why, so that the next reader understands",
                ru=f"study.yaml выключает {rule!r} без причины; напишите почему, чтобы следующий читатель понял",
            )
    given = off if isinstance(off, Mapping) else dict.fromkeys([off] if isinstance(off, str) else off, "off=")
    out = {**own, **given}
    for rule in out:
        one_of(rule, RULES, what="rule")
    return {k: str(v) for k, v in out.items()}


def _lines(journey: Journey, study: Any) -> tuple[str, dict[str, int]]:
    """The journey's file in the study, and the line of each id in it."""
    folder = getattr(study, "path", None)
    file = Path(folder) / "journeys" / f"{journey.id}.yaml" if folder is not None else None
    if file is None or not file.is_file():
        return "", {}
    out: dict[str, int] = {}
    for k, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        name, _, value = line.strip().lstrip("- ").partition(": ")
        if name == "id":
            out.setdefault(value.strip("'\""), k)
    return f"journeys/{journey.id}.yaml", out


def _line(lines: dict[str, int], f: Finding) -> int | None:
    return lines.get(f.id) or lines.get(f.stage)
