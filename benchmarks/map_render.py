"""How long a large map takes: 40 stages × 12 lanes, 2,000 notes, 20,000 pieces of evidence."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cjmkit as cj

HERE = Path(__file__).resolve().parent


def samples() -> Any:
    spec = importlib.util.spec_from_file_location("map_samples", HERE.parent / "tests" / "report" / "samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def timed(work: Callable[[], Any], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def apart(work: Callable[[], Any]) -> str:
    """CPU seconds and peak memory of a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        start = time.process_time()
        work()
        os.write(write, f"{time.process_time() - start:.2f}".encode())
        os._exit(0)
    os.close(write)
    seconds = os.read(read, 20).decode()
    _, status, used = os.wait4(child, 0)
    assert status == 0
    return f"{seconds} s, {used.ru_maxrss / 1024:.0f} MB"


def browser(page: Path) -> list[tuple[str, str]]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        return [("page in Chromium", "not measured: no Chromium")]
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--headless"])
        tab = chromium.new_page(viewport={"width": 1440, "height": 900})
        start = time.perf_counter()
        tab.goto(page.as_uri())
        tab.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        loaded = time.perf_counter() - start
        frames = tab.evaluate(
            """() => new Promise(done => {
              const box = document.querySelector('.scroller.live'), gaps = []; let last = performance.now(), k = 0;
              const step = now => { gaps.push(now - last); last = now; box.scrollTop += 40; box.scrollLeft += 40;
                if (++k < 90) requestAnimationFrame(step); else done(gaps.slice(2).sort((a, b) => a - b)); };
              requestAnimationFrame(step);
            })"""
        )
        # In the page: from the click to the frame after it; a driver's own waiting is not the reader's.
        opened = tab.evaluate(
            """async () => { const took = [];
              for (let k = 0; k < 9; k++) {
                const start = performance.now();
                document.querySelectorAll('.live .e')[k * 7].click();
                await new Promise(r => requestAnimationFrame(() => setTimeout(r)));
                took.push(performance.now() - start);
                document.getElementById('close').click();
                await new Promise(r => setTimeout(r, 100));
              }
              return took.sort((a, b) => a - b); }"""
        )
        chromium.close()
    return [
        ("page loaded and painted in Chromium", f"{loaded:.2f} s"),
        (
            "scrolling: median frame, 95th percentile",
            f"{frames[len(frames) // 2]:.0f} ms, {frames[int(len(frames) * 0.95)]:.0f} ms",
        ),
        ("a click opens the evidence: median, slowest of nine", f"{opened[4]:.0f} ms, {opened[-1]:.0f} ms"),
    ]


def main() -> None:
    made = samples()
    j = made.large()
    notes = sum(1 for _ in j.cells())
    evidence = sum(len(i.evidence) for *_, i in j.cells())
    rows = [("stages, notes, pieces of evidence", f"{len(j.stages)}, {notes}, {evidence}")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page = folder / "map.html"
        rows.append(("HTML rendered", f"{timed(lambda: cj.report.html(j)):.2f} s"))
        documents = {f"P{k:02}.txt": "и вот тут я не поняла, что делать дальше " * 5000 for k in range(60)}
        rows.append(
            (
                "HTML with 60 documents of 200,000 characters",
                f"{timed(lambda: cj.report.html(j, page, documents=documents)):.2f} s",
            )
        )
        rows.append(("HTML size", f"{page.stat().st_size / 1e6:.1f} MB"))
        yaml = folder / "map.yaml"
        rows.append(("YAML written", f"{timed(lambda: cj.exchange.write_journey(j, yaml), 2):.2f} s"))
        rows.append(("YAML size", f"{yaml.stat().st_size / 1e6:.1f} MB"))
        rows.append(("YAML loaded", f"{timed(lambda: cj.exchange.read_journey(yaml), 2):.2f} s"))
        rows.append(("linted", f"{timed(lambda: cj.lint.check(j), 2):.2f} s"))
        rows.append(("XLSX written, peak memory", apart(lambda: cj.exchange.to_xlsx(j, folder / "map.xlsx"))))
        rows.append(("PPTX written, peak memory", apart(lambda: cj.exchange.to_pptx(j, folder / "map.pptx"))))
        rows.append(
            ("PNG of everything written, peak memory", apart(lambda: cj.report.save_picture(j, folder / "map.png")))
        )
        rows += browser(page)
    lines = ["# A large map", "", "| what | measured |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows), ""]
    note = "CPU seconds, best of the runs (the browser's rows: wall clock)"
    lines.append(f"Python {sys.version.split()[0]}; {note}. Made by `python benchmarks/map_render.py`.")
    out = HERE / "results" / "map_render.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
