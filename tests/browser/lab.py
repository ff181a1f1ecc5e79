"""A real JupyterLab for one test module: started on a loopback port, driven in Chromium, stopped by its process id."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    # Every cell stays in the page, so that a test finds it; times in the margin would differ from run to run.
    "notebook-extension/tracker": {"windowingMode": "none", "recordTiming": False},
    "docmanager-extension/plugin": {"autosave": False},
}
# What a browser without a network says of itself, whatever the notebook does.
HARMLESS = ("favicon", "ERR_INTERNET_DISCONNECTED", "ERR_NAME_NOT_RESOLVED", "Download the React", "net::ERR_ABORTED")


class Server:
    """JupyterLab with a configuration of its own."""

    def __init__(self, root: Path, scratch: Path, theme: str) -> None:
        self.token = secrets.token_hex(16)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.runtime = scratch / "runtime"
        names = {"JUPYTER_RUNTIME_DIR": "runtime", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data"}
        names |= {
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        for folder in names.values():
            (scratch / folder).mkdir(parents=True, exist_ok=True)
        themes = {"apputils-extension/themes": {"theme": f"JupyterLab {theme.title()}"}}
        for name, value in (SETTINGS | themes).items():
            file = scratch / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value))
        environment = os.environ | {k: str(scratch / v) for k, v in names.items()} | {"JUPYTER_PREFER_ENV_PATH": "1"}
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}",
            f"--IdentityProvider.token={self.token}", "--ServerApp.allow_root=True", "--expose-app-in-browser",
            "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]  # fmt: skip
        self.log = scratch / "server.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)

    def ask(self, path: str, method: str = "GET"):
        request = urllib.request.Request(
            self.base + path, method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            body = reply.read()
        return json.loads(body) if body else None

    def wait(self, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.ask("/api/status")
                return
            time.sleep(0.2)
        raise RuntimeError("JupyterLab did not start:\n" + self.log.read_text()[-3000:])

    def stop(self) -> None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            for kernel in self.ask("/api/kernels"):
                self.ask(f"/api/kernels/{kernel['id']}", "DELETE")
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


class Lab:
    """The page with one notebook, and the kernel behind it."""

    def __init__(self, page, server: Server) -> None:
        self.page, self.server, self.errors, self._client = page, server, [], None
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.errors.append(str(e)))

    def open(self, name: str) -> None:
        self.page.goto(
            f"{self.server.base}/lab/tree/{name}?reset&token={self.server.token}", wait_until="domcontentloaded"
        )
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
        self.settle()

    def _kernel(self) -> dict:
        return self.page.evaluate(
            """() => { const w = window.jupyterapp?.shell?.currentWidget;
               const k = w?.sessionContext?.session?.kernel; return {status: k?.status ?? 'none', id: k?.id ?? null}; }"""
        )

    def settle(self, seconds: float = 90) -> None:
        """Wait until the kernel is idle and stays so: then it has handled what the page sent."""
        end, calm = time.monotonic() + seconds, 0
        while calm < 3:
            calm = calm + 1 if self._kernel()["status"] == "idle" else 0
            if time.monotonic() > end:
                raise TimeoutError(f"the kernel is {self._kernel()['status']}")
            self.page.wait_for_timeout(80)

    def run_all(self) -> None:
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells').catch(() => null)")
        self.page.wait_for_timeout(300)
        self.settle()
        failed = self.page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']")
        assert failed.count() == 0, failed.first.inner_text()

    @property
    def client(self):
        if self._client is None:
            from jupyter_client import BlockingKernelClient

            file = self.server.runtime / f"kernel-{self._kernel()['id']}.json"
            self._client = BlockingKernelClient(connection_file=str(file))
            self._client.load_connection_file()
            self._client.start_channels()
            self._client.wait_for_ready(timeout=60)
        return self._client

    def py(self, expression: str):
        """The value of a Python expression in the notebook's kernel."""
        self.settle()
        code = f"__import__('json').dumps(eval({expression!r}, globals()), default=repr)"
        message = self.client.execute("", user_expressions={"v": code}, silent=True, store_history=False)
        while True:
            reply = self.client.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == message:
                break
        got = reply["content"]["user_expressions"]["v"]
        assert got["status"] == "ok", f"{expression}: {got.get('ename')}: {got.get('evalue')}"
        return json.loads(ast.literal_eval(got["data"]["text/plain"]))

    def cells(self) -> int:
        return self.page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.length")

    def complaints(self) -> list[str]:
        return [e for e in self.errors if not any(h in e for h in HARMLESS)]

    def close(self) -> None:
        if self._client is not None:
            self._client.stop_channels()


def write_notebook(path: Path, cells: list[str]) -> None:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nb.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nb, path)
