"""What asking a model costs beside the model: 10,000 short answers, a scripted server on this machine, 20 ms an answer.

Overhead is the time above answers × 20 ms / workers, which nobody can go below. Run:
``python benchmarks/machine_running.py [ANSWERS]``; writes ``benchmarks/results/machine_running.md``.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd

import cjmkit as cj

PAUSE = 0.02
WORKERS = 4


class Scripted(BaseHTTPRequestHandler):
    """Answers after 20 ms, always the same."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go in two writes; waiting for the first would cost 40 ms

    def do_POST(self) -> None:
        """Answer one question."""
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(PAUSE)
        content = '{"codes": [{"code": "price", "quote": "dear"}]}'
        said = json.dumps({"choices": [{"message": {"content": content}}], "usage": {"total_tokens": 9}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(port: multiprocessing.Queue) -> None:
    """Serve until the process is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    server.daemon_threads = True
    port.put(server.server_address[1])
    server.serve_forever()


def answers(n: int) -> pd.DataFrame:
    """Turns of n people who say one short thing each, all different."""
    text = [f"It was dear, I would say, for the {k}th time." for k in range(n)]
    return pd.DataFrame(
        {
            "document": [f"d{k}" for k in range(n)], "turn": 0, "speaker": "A", "role": "respondent",
            "participant": [f"p{k}" for k in range(n)], "start": 0, "end": [len(t) for t in text], "text": text,
        }
    )  # fmt: skip


def run(url: str, n: int, folder: str) -> tuple[float, float, float]:
    """Seconds of a first run and of one that finds everything answered, and what memory grew by (MB)."""
    model = cj.coding.LocalModel(url, model="scripted")
    turns, book = answers(n), cj.coding.Codebook(["price"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = []
    for _ in range(2):
        started = time.perf_counter()
        got = cj.coding.code_with(model, turns, book, folder=folder, workers=WORKERS)
        took.append(time.perf_counter() - started)
        assert len(got.codings) == n
    return took[0], took[1], (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    """Start the server, ask, write the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    port: multiprocessing.Queue = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    server.start()
    lines = [
        "# Asking a model: what it costs beside the model",
        "",
        f"From `python benchmarks/machine_running.py`: short answers, a scripted server in a process of its own that "
        f"answers in {PAUSE * 1000:.0f} ms, {WORKERS} questions at once, both on 2 cores.",
        "",
        "| answers | bare minimum | took | overhead | found answered | memory grew by |",
        "|---|---|---|---|---|---|",
    ]
    try:
        url = f"http://127.0.0.1:{port.get(timeout=20)}/v1"
        for n in (most // 10, most):
            with tempfile.TemporaryDirectory() as folder:
                first, again, grew = run(url, n, folder)
            least = n * PAUSE / WORKERS
            lines.append(
                f"| {n:,} | {least:.1f} s | {first:.1f} s | {first / least - 1:.0%} | {again:.1f} s | {grew:.0f} MB |"
            )
            print(lines[-1], flush=True)
    finally:
        server.terminate()
        server.join()
    (Path(__file__).parent / "results" / "machine_running.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
