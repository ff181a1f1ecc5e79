"""Reading exports: seconds, processor seconds and peak memory of `cj.events.read`, each file in a fresh process.

Amplitude's JSON lines under a memory limit (the limit is DuckDB's; Python and its libraries come on top), and XES with
four attributes an event, twenty events a case, as in BPIC 2012.

    python benchmarks/events_reading.py [--json 500000 1000000 2000000] [--xes 260000] [--limit 600MB]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

READ = """
import resource, sys, time
import cjmkit as cj
begun = time.perf_counter()
log = cj.events.read(sys.argv[1], options=cj.events.ReadOptions(memory_limit=sys.argv[2] or None))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{log.n_events:,} | {time.perf_counter() - begun:.1f} | {time.process_time():.1f} | {peak:.0f}")
"""


def json_lines(path: Path, n: int) -> None:
    """Events of 50,000 devices, half of them known."""
    r = Random(1)
    with path.open("w") as f:
        for i in range(n):
            user = f'"u{i % 50000}"' if r.random() < 0.5 else "null"
            time = f"2024-03-{1 + r.randrange(28):02d} {r.randrange(24):02d}:{r.randrange(60):02d}:00.000000"
            f.write(
                f'{{"device_id":"d{i % 50000}","user_id":{user},"amplitude_id":{i % 50000},"event_type":'
                f'"e{r.randrange(30)}",'
                f'"event_time":"{time}","$insert_id":"i{i}","platform":"Web","event_properties":{{"plan":"pro",'
                f'"page":"/a/{r.randrange(1000)}"}},"user_properties":{{"utm_source":"s{r.randrange(9)}"}},'
                f'"library":"amplitude-js/8.1","country":"Germany","os_name":"Chrome"}}\n'
            )


def xes(path: Path, n: int) -> None:
    """Cases of twenty events."""
    r = Random(1)
    with path.open("w") as f:
        f.write('<?xml version="1.0"?>\n<log xes.version="1.0">\n')
        for case in range(n // 20):
            f.write(
                f'<trace><string key="concept:name" value="{case}"/><int key="AMOUNT" value="{r.randrange(50000)}"/>\n'
            )
            for _ in range(20):
                time = f"2024-03-{1 + r.randrange(28):02d}T{r.randrange(24):02d}:{r.randrange(60):02d}:00.546+01:00"
                f.write(
                    f'<event><string key="org:resource" value="{r.randrange(112)}"/><string key="lifecycle:transition" '
                    f'value="COMPLETE"/><string key="concept:name" value="A_{r.randrange(24)}"/>'
                    f'<date key="time:timestamp" value="{time}"/></event>\n'
                )
            f.write("</trace>\n")
        f.write("</log>")


def main() -> None:
    """Write each file, read it, and print a row."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--json", type=int, nargs="*", default=[500_000, 1_000_000, 2_000_000])
    ask.add_argument("--xes", type=int, nargs="*", default=[260_000])
    ask.add_argument("--limit", default="600MB")
    given = ask.parse_args()
    print("| file | MB | events | seconds | processor seconds | peak MB |\n|---|---:|---:|---:|---:|---:|")
    jobs = [("xes", n, "") for n in given.xes] + [("json", n, given.limit) for n in given.json]
    with tempfile.TemporaryDirectory() as folder:
        for kind, n, limit in jobs:
            path = Path(folder, f"log.{kind}")
            (xes if kind == "xes" else json_lines)(path, n)
            read = subprocess.run(
                [sys.executable, "-c", READ, str(path), limit], capture_output=True, text=True, check=True
            )
            name = "XES" if kind == "xes" else f"JSON lines, limit {limit}"
            print(f"| {name} | {path.stat().st_size / 2**20:.0f} | {read.stdout.strip()} |", flush=True)


if __name__ == "__main__":
    main()
