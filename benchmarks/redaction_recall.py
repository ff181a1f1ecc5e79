"""Recall and precision of redaction, and its speed, into benchmarks/results/redaction.md.

    python benchmarks/redaction_recall.py

Names: the marked sentences under tests/text/said. Those of XX.txt served while the recognisers were written; those of
XX_unseen.txt were written afterwards; one rule (titles such as Mr stay readable) changed after they had been
measured, with the same figures before and after. Speed: the same sentences, forty to a document.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cjmkit.text.recognise import either  # noqa: E402
from cjmkit.text.redact import Finder  # noqa: E402
from tests.text.test_recognise import marked, score  # noqa: E402


def speed(texts: list[str], finder: Finder) -> float:
    """Megabytes (UTF-8) a second, best of three."""
    size, best = sum(len(t.encode()) for t in texts), 0.0
    for _ in range(3):
        start = time.perf_counter()
        finder._learnt.clear()
        finder.learn(texts)
        for t in texts:
            finder.find(t)
        best = max(best, size / 1e6 / (time.perf_counter() - start))
    return best


def main() -> None:
    """Write the table."""
    rows = ["| sentences | kind | n names | recall | precision |", "|---|---|---|---|---|"]
    for name in ("en", "en_unseen", "ru", "ru_unseen"):
        for kind in ("person", "organisation"):
            recall, precision, _ = score(name, kind)
            n = sum(k == kind for _, spans in marked(name) for _, _, k in spans)
            rows.append(f"| {name} | {kind} | {n} | {recall:.2f} | {precision:.2f} |")
    texts = {language: [t for t, _ in marked(language)] * 40 for language in ("en", "ru")}
    rows += ["", "| language | megabytes a second, given names and numbers only | with recognition |", "|---|---|---|"]
    for language, said in texts.items():
        joined = ["\n".join(said[k : k + 40]) for k in range(0, len(said), 40)]
        plain = speed(joined, Finder(["Анна Петрова", "John Smith"]))
        full = speed(joined, Finder(["Анна Петрова", "John Smith"], recogniser=either))
        rows.append(f"| {language} | {plain:.1f} | {full:.2f} |")
    text = "# Redaction\n\n" + (__doc__ or "").strip() + "\n\n" + "\n".join(rows) + "\n"
    (ROOT / "benchmarks" / "results" / "redaction.md").write_text(text, "utf-8")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
