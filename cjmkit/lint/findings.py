"""What the rules found, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from cjmkit.i18n import count, current_language, say
from cjmkit.lint.rules import RULES, Severity, severity_title

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Finding", "Findings"]

_ORDER: tuple[Severity, ...] = ("error", "warning", "note")
_FEW = 8


@dataclass(frozen=True)
class Finding:
    """One objection.

    Parameters
    ----------
    rule : str
        Id of the rule.
    message : str
        What is wrong, and where.
    stage, lane, id : str
        The place on the map; empty where it is the map as a whole.
    line : int or None
        Line in the journey's file, where that is known.
    """

    rule: str
    message: str
    stage: str = ""
    lane: str = ""
    id: str = ""
    line: int | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return RULES[self.rule].severity

    @property
    def place(self) -> str:
        """Stage, lane and id as one name."""
        return "/".join(x for x in (self.stage, self.lane, self.id) if x)


@dataclass(frozen=True)
class Findings:
    """Everything that the rules found on one map.

    Parameters
    ----------
    journey : str
        Id of the journey.
    items : tuple of Finding
        Worst first.
    switched_off : tuple of (str, str)
        Rules that were not applied, each with the reason.
    file : str
        The journey's file, relative to the study.
    lang : {"en", "ru"}
        Language of the messages.
    """

    journey: str
    items: tuple[Finding, ...]
    switched_off: tuple[tuple[str, str], ...] = ()
    file: str = ""
    lang: str = "en"

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, rule: object) -> bool:
        return any(f.rule == rule for f in self.items)

    @property
    def table(self) -> pd.DataFrame:
        """A row a finding: rule, severity, stage, lane, id, message, line."""
        import pandas as pd

        columns = ["rule", "severity", "stage", "lane", "id", "message", "line"]
        rows = [[getattr(f, c) for c in columns] for f in self.items]
        return pd.DataFrame(rows, columns=columns)

    def by_severity(self) -> dict[Severity, int]:
        """How many of each."""
        found = Counter(f.severity for f in self.items)
        return {s: found[s] for s in _ORDER}

    @property
    def exit_code(self) -> int:
        """1 where there is an error, else 0: for continuous checks."""
        return int(self.by_severity()["error"] > 0)

    def summary(self, lang: str | None = None) -> str:
        """One sentence."""
        lang = current_language(lang or self.lang)
        n = self.by_severity()
        if not self.items:
            return say(en="No objection.", ru="Возражений нет.", lang=lang)
        parts = [
            count(n["error"], en=("error", "errors"), ru=("ошибка", "ошибки", "ошибок"), lang=lang),
            count(
                n["warning"],
                en=("warning", "warnings"),
                ru=("предупреждение", "предупреждения", "предупреждений"),
                lang=lang,
            ),
            count(n["note"], en=("note", "notes"), ru=("замечание", "замечания", "замечаний"), lang=lang),
        ]
        first = RULES[self.items[0].rule].title(lang)
        return (
            ", ".join(parts)
            + ". "
            + say(
                en=f"First: {first} ({self.items[0].message}).",
                ru=f"Сначала: {first} ({self.items[0].message}).",
                lang=lang,
            )
        )

    def text(self, lang: str | None = None, *, n: int = _FEW) -> str:
        """The findings by rule, for a terminal.

        Parameters
        ----------
        lang : {"en", "ru"}, optional
            Language of headings.
        n : int
            Findings of one rule shown in full; the rest is counted.
        """
        lang = current_language(lang or self.lang)
        out = [f"{self.journey}: {self.summary(lang)}"]
        for rule in dict.fromkeys(f.rule for f in self.items):
            here = [f for f in self.items if f.rule == rule]
            known = RULES[rule]
            head = f"{severity_title(known.severity, lang)}  {rule} ({len(here)}): {known.title(lang)}"
            out += ["", head, f"  {known.why(lang)}"]
            for f in here[:n]:
                line = f" [{self.file}:{f.line}]" if f.line else ""
                out.append(f"  - {f.message}{line}")
            if len(here) > n:
                out.append(say(en=f"  … and {len(here) - n} more", ru=f"  … и ещё {len(here) - n}", lang=lang))
        for rule, reason in self.switched_off:
            out.append(say(en=f"switched off: {rule} ({reason})", ru=f"отключено: {rule} ({reason})", lang=lang))
        return "\n".join(out)

    def to_json(self) -> str:
        """The findings as JSON."""
        return json.dumps(
            {
                "journey": self.journey,
                "file": self.file,
                "counts": self.by_severity(),
                "switched_off": dict(self.switched_off),
                "findings": [
                    {"rule": f.rule, "severity": f.severity, "stage": f.stage, "lane": f.lane, "id": f.id}
                    | {"message": f.message, "line": f.line}
                    for f in self.items
                ],
            },
            ensure_ascii=False,
            indent=2,
        )

    def to_sarif(self) -> str:
        """The findings as SARIF 2.1.0, which code hosts show beside the changed lines."""
        from cjmkit._version import __version__

        used = list(dict.fromkeys(f.rule for f in self.items))
        rules = [
            {
                "id": r,
                "shortDescription": {"text": RULES[r].title(self.lang)},
                "fullDescription": {"text": RULES[r].why(self.lang)},
                "defaultConfiguration": {"level": RULES[r].severity},
            }
            for r in used
        ]
        results = []
        for f in self.items:
            physical = {"artifactLocation": {"uri": self.file or f"{self.journey}.yaml"}}
            region = {"region": {"startLine": f.line or 1}}
            location = {
                "physicalLocation": physical | region,
                "logicalLocations": [{"fullyQualifiedName": f.place or self.journey}],
            }
            results.append(
                {
                    "ruleId": f.rule,
                    "ruleIndex": used.index(f.rule),
                    "level": f.severity,
                    "message": {"text": f.message},
                    "locations": [location],
                }
            )
        run = {
            "tool": {"driver": {"name": "cjmkit", "version": __version__, "rules": rules}},
            "results": results,
        }
        return json.dumps(
            {
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [run],
            },
            ensure_ascii=False,
            indent=2,
        )

    def to_junit(self) -> str:
        """The findings as JUnit XML: a test case per rule, failed where it found something worse than a note."""
        cases = []
        failures = 0
        for rule in RULES.values():
            here = [f for f in self.items if f.rule == rule.id]
            off = dict(self.switched_off).get(rule.id)
            body = ""
            if off is not None:
                body = f"<skipped message={_attribute(off)}/>"
            elif here and rule.severity != "note":
                failures += 1
                text = _xml("\n".join(f.message for f in here))
                head = f"type={_attribute(rule.severity)} message={_attribute(rule.title(self.lang))}"
                body = f"<failure {head}>{text}</failure>"
            elif here:
                body = f"<system-out>{_xml(chr(10).join(f.message for f in here))}</system-out>"
            cases.append(
                f"    <testcase classname={_attribute(self.journey)} name={_attribute(rule.id)}>{body}</testcase>"
            )
        return "\n".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                "<testsuites>",
                f'  <testsuite name="cjmkit check" tests="{len(RULES)}" failures="{failures}">',
                *cases,
                "  </testsuite>",
                "</testsuites>",
            ]
        )

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        lang = current_language(self.lang)
        head = (
            say(en="Rule", ru="Правило", lang=lang),
            say(en="Where and what", ru="Где и что", lang=lang),
            say(en="Why it matters", ru="Почему важно", lang=lang),
        )
        style = "text-align:left;vertical-align:top;padding:5px 8px;background:#ffffff;color:#1c2331"
        rows = []
        for rule in dict.fromkeys(f.rule for f in self.items):
            here = [f for f in self.items if f.rule == rule]
            said = "".join(f"<li>{escape(f.message)}</li>" for f in here[:_FEW])
            if len(here) > _FEW:
                rest = "".join(f"<li>{escape(f.message)}</li>" for f in here[_FEW:])
                more = say(en=f"{len(here) - _FEW} more", ru=f"ещё {len(here) - _FEW}", lang=lang)
                said += f"</ul><details><summary>{more}</summary><ul>{rest}</ul></details><ul>"
            mark = {"error": "✖", "warning": "▲", "note": "·"}[RULES[rule].severity]
            rows.append(
                f"<tr><th scope='row' style='{style}'>{mark} {escape(RULES[rule].title(lang))} ({len(here)})<br>"
                f"<code>{rule}</code></th><td style='{style}'><ul>{said}</ul></td>"
                f"<td style='{style}'>{escape(RULES[rule].why(lang))}</td></tr>"
            )
        titles = "".join(f"<th scope='col' style='{style}'>{h}</th>" for h in head)
        caption = f"<caption style='text-align:left'><b>{escape(self.summary(lang))}</b></caption>"
        return f"<table>{caption}<thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _clean(text: str) -> str:
    """Without the characters that XML forbids."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)))


def _xml(text: str) -> str:
    return escape(_clean(text), quote=False)


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))
