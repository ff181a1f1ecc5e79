"""A real Postgres through Ibis, started for the test on loopback where its programs are installed."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pandas as pd
import pytest

import cjmkit as cj


def programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@pytest.fixture(scope="module")
def postgres():
    """Host, port and user of a server that lives as long as this module."""
    pytest.importorskip("psycopg", reason="Ibis needs psycopg to speak to Postgres")
    where = programs()
    if where is None:
        pytest.skip("Postgres is not installed")
    # Postgres refuses to run as root: hand the folder to somebody else.
    other = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    user = "nobody" if other else getpass.getuser()
    # Not in pytest's own folder: that one is closed to everybody else, and has to be.
    folder = Path(tempfile.mkdtemp(prefix="cjmkit-postgres-"))
    if other:
        shutil.chown(folder, "nobody")
    data = folder / "data"
    try:
        subprocess.run(
            [*other, where / "initdb", "-D", data, "-A", "trust", "-U", user], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as problem:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"Postgres cannot be set up here: {problem}")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    start = ["-D", data, "-w", "-o", options, "-l", folder / "log", "start"]
    subprocess.run([*other, where / "pg_ctl", *start], check=True, capture_output=True)
    yield {"host": "127.0.0.1", "port": port, "user": user, "database": "postgres"}
    subprocess.run([*other, where / "pg_ctl", "-D", data, "-m", "fast", "stop"], capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


def test_postgres_answers_as_pandas_does(postgres, reference, need):
    ibis = need("ibis")
    frame = reference.make_log(31, people=25, rows=400).assign(id=range(400))
    frame["when"] += (
        pd.to_timedelta(frame["id"], "us") * 1001
    )  # fractions of a second, which databases round differently
    roles = reference.ROLES | {"stage_of": reference.STAGES}
    con = ibis.postgres.connect(**postgres)
    there = cj.EventLog(con.create_table("log", frame), options=cj.events.LogOptions(order="id"), **roles)
    here = cj.EventLog(frame, options=cj.events.LogOptions(order="id"), **roles)
    assert there.engine == "ibis-postgres"
    assert (there.start, there.end) == (here.start, here.end)
    for ask in (lambda g: g.funnel(["a", "b", "d"], by="channel", window="3h").table, lambda g: g.transitions().table,
                lambda g: g.paths(steps=3).table, lambda g: g.attribution("d", resamples=20).table,
                lambda g: g.stuck(["a", "b", "d"]).table, lambda g: g.sessions().table,
                lambda g: g.outcomes("d", lost="c").table, lambda g: g.funnel(["a", "b", "d"], lost="c").table,
                lambda g: g.stuck(["a", "b", "d"], lost="c").steps):  # fmt: skip
        pd.testing.assert_frame_equal(ask(there), ask(here), rtol=1e-9, check_dtype=False)
    con.disconnect()
