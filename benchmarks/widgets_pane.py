"""How fluid the coding pane stays: an hour of talk, 600 codings; a key against drawing the bare text once."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

CELL = """
import pandas as pd, cjmkit as cj
from pathlib import Path
sentence = 'Мы долго выбирали и всё время спорили о цене, о сроках и о том, где ребёнку гулять. '
text = '\\n'.join(('Интервьюер: ' if k % 2 == 0 else 'Ольга: ') + sentence * 4 for k in range({turns}))
Path('long{turns}').mkdir(exist_ok=True)
Path('long{turns}/a.txt').write_text(text, encoding='utf-8')
read = cj.interviews.read('long{turns}')
step = len(text) // {codings}
rows = [dict(document='a.txt', start=s, end=s + 40, quote=text[s:s + 40], code=f'c{{s % 40}}', coder='anna')
        for s in range(60, step * {codings} - 100, step)]
codings = pd.DataFrame(rows)
out = 'out{turns}-{codings}'
pane = cj.widgets.coding_pane(read.documents, read.turns, codings, coder='anna', folder=out, lang='ru')
import time
def seconds(work):
    start = time.perf_counter(); work(); return time.perf_counter() - start
pane
"""
KEYS = """() => { const t = document.querySelector('.cjm-text'); const all = [];
  for (let k = 0; k < 60; k++) { const a = performance.now();
    const press = {key: k % 8 ? 'ArrowRight' : 'ArrowDown', shiftKey: k % 8 > 0, bubbles: true};
    t.dispatchEvent(new KeyboardEvent('keydown', press));
    t.getBoundingClientRect(); all.push(performance.now() - a); }
  all.sort((x, y) => x - y); return [all[30], all[57]]; }"""
BARE = """() => { const words = [...document.querySelectorAll('.cjm-words')].map(p => p.textContent); const all = [];
  const box = document.createElement('div');
  box.style.cssText = 'height:560px;overflow:auto;width:1000px'; document.body.append(box);
  for (let k = 0; k < 9; k++) { const a = performance.now();
    box.replaceChildren(...words.map(w => { const p = document.createElement('p'); p.textContent = w; return p; }));
    box.firstChild.getBoundingClientRect(); all.push(performance.now() - a); }
  box.remove(); all.sort((x, y) => x - y); return all[4]; }"""
CODE = "[seconds(lambda: pane.add(70 + 11 * k, 90 + 11 * k, 'c1')) for k in range(21)]"
EDIT = "[seconds(lambda: pane.edit(pane.desk.steps, memo=str(k))) for k in range(21)]"


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, HERE.parent / "tests" / "browser" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Measure in a real JupyterLab and write the table."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("needs Chromium (set CHROMIUM to its path)")
    from playwright.sync_api import sync_playwright

    lab = load("lab")
    lines = [
        "| turns | codings | key, median ms | key, 95 % ms | bare text, ms | key / bare text | added, ms | memo, ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        scratch = Path(folder)
        (scratch / "work").mkdir()
        server = lab.Server(scratch / "work", scratch, "light")
        try:
            server.wait()
            browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for turns, codings in ((75, 150), (300, 600), (1500, 3000), (1500, 10000)):
                lab.write_notebook(
                    scratch / "work" / f"n{turns}-{codings}.ipynb", [CELL.format(turns=turns, codings=codings)]
                )
                one = lab.Lab(browser.new_context(viewport={"width": 1280, "height": 900}).new_page(), server)
                one.open(f"n{turns}-{codings}.ipynb")
                one.run_all()
                one.page.locator(".cjm-text").focus()
                median, high = one.page.evaluate(KEYS)
                bare = one.page.evaluate(BARE)
                saved, edited = (sorted(one.py(what))[10] * 1000 for what in (CODE, EDIT))
                figures = f"{median:.1f} | {high:.1f} | {bare:.1f} | {median / bare:.2f} | {saved:.1f} | {edited:.1f}"
                lines.append(f"| {turns} | {codings} | {figures} |")
                one.close()
            browser.close()
        finally:
            server.stop()
    text = "\n".join(lines)
    print(text)
    out = HERE / "results" / "widgets_pane.md"
    out.write_text(
        "# The coding pane: how long one key keeps the page busy\n\n"
        "300 turns are an hour of talk. A key moves or extends the selection, with layout; the bare text is the\n"
        "same words in plain paragraphs, drawn once. The last two columns are Python's part of one step: checked,\n"
        "on the disk, sent to the page. A new coding is a line at the end of the file and costs the same however\n"
        "many there are; a changed one writes the file anew.\n\n" + text + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
