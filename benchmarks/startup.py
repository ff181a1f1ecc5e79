"""What a newcomer waits for: the import, the demo, the download.

Each import is a process of its own; the two are run in turn, and the ratio is taken pair by pair, so that a machine
that slows down slows both.

    python benchmarks/startup.py
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "startup.md"
PAIRS = 15


def seconds(code: str) -> float:
    """Wall time of one fresh interpreter."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def import_ratio() -> list[tuple[str, float, float]]:
    """Median seconds of ``import cjmkit`` and of its peer, and the median ratio of the pairs."""
    rows = []
    for name, code in (
        ("`import cjmkit`", "import cjmkit"),
        ("`import cjmkit as cj; cj.Journey`", "import cjmkit as cj; cj.Journey"),
    ):
        seconds("import pydantic")
        seconds(code)
        pairs = [(seconds("import pydantic"), seconds(code)) for _ in range(PAIRS)]
        rows.append((name, statistics.median(b for _, b in pairs), statistics.median(b / a for a, b in pairs)))
    return rows


def demo(language: str) -> tuple[float, float]:
    """Wall seconds of ``cjmkit demo`` and the peak memory of its largest process in MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "cjmkit", "demo", "--language", language, str(Path(folder) / "demo")]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall = time.perf_counter() - started
        assert (Path(folder) / "demo" / "report" / "map.html").is_file()
    return wall, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def wheel_size() -> float:
    """Size of the wheel in MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, str(ROOT)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return next(Path(folder).glob("cjmkit-*.whl")).stat().st_size / 1e6


def main() -> None:
    """Measure, print and write down."""
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of {PAIRS} pairs.",
        "",
        "| what | seconds | ratio to a bare `import pydantic` |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {wall:.3f} | {ratio:.2f} |" for name, wall, ratio in import_ratio()]
    lines += ["", "| what | wall seconds | peak memory of the largest process, MB |", "|---|---|---|"]
    for language in ("en", "ru"):
        wall, memory = demo(language)
        lines.append(f"| `cjmkit demo --language {language}` | {wall:.1f} | {memory:.0f} |")
    lines += ["", f"Wheel with both shipped studies and sixteen notebooks: {wheel_size():.1f} MB."]
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
