import importlib.util
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def samples():
    """The made-up journeys of samples.py."""
    path = Path(__file__).parents[1] / "report" / "samples.py"
    spec = importlib.util.spec_from_file_location("map_samples", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _load(name):
    path = Path(__file__).parent / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"browser_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _chromium():
    for path in (
        os.environ.get("CHROMIUM"),
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ):
        if path and Path(path).exists():
            return path
    return None


@pytest.fixture(scope="module")
def open_lab(tmp_path_factory):
    """Open a notebook with these cells in a real JupyterLab; everything is stopped at the end of the module."""
    if _chromium() is None:
        reason = "needs Chromium (set CHROMIUM to its path)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    lab = _load("lab")
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    servers, labs = {}, []
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=_chromium(), args=flags)

        def open_one(name, cells, *, theme="light", width=1280, height=1000):
            if theme not in servers:
                scratch = tmp_path_factory.mktemp(f"lab-{theme}")
                (scratch / "work").mkdir()
                servers[theme] = (lab.Server(scratch / "work", scratch, theme), scratch / "work")
                servers[theme][0].wait()
            server, work = servers[theme]
            lab.write_notebook(work / f"{name}.ipynb", cells)
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            one = lab.Lab(page, server)
            labs.append(one)
            one.open(f"{name}.ipynb")
            one.run_all()
            return one

        yield open_one
        for one in labs:
            one.close()
        browser.close()
    for server, _ in servers.values():
        server.stop()
