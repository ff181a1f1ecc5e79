"""Who is who: anonymous and known ids joined in time, and what that joining met."""

from __future__ import annotations

import pandas as pd

from cjmkit.events._engine import DuckEngine

__all__ = ["join_ids"]


class _Sets:
    """Ids that are one person; a known id is the name of its set, and two known ids never become one."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.size: dict[str, int] = {}

    def root(self, one: str) -> str:
        path = []
        while self.parent.get(one, one) != one:
            path.append(one)
            one = self.parent[one]
        for p in path:
            self.parent[p] = one
        return one

    def join(self, kept: str, other: str) -> bool:
        """False where they were one already (a cycle)."""
        a, b = self.root(kept), self.root(other)
        if a == b:
            return False
        self.parent[b] = a
        self.size[a] = self.size.get(a, 1) + self.size.get(b, 1)
        return True


def join_ids(duck: DuckEngine, rows: str, how: str) -> tuple[str, dict[str, int]]:
    """Rows with ``u``, the person.

    Parameters
    ----------
    duck : DuckEngine
    rows : str
        Table with known, anon, t, place, and a_kept, a_other of rows that join two ids.
    how : {"backfill", "later", "off"}
        What an anonymous id did before it was known belongs to that person, does not, or ids are never joined.

    Returns
    -------
    (str, dict)
        A SELECT of the rows with ``u``, and counts.

    Notes
    -----
    An anonymous id belongs to the first known id that it meets; a later other one is a shared device, whose rows keep
    their own known id and whose anonymous rows stay with the first. Aliases join in the order of time, unless both ids
    are known already; an alias within one set changes nothing.
    """
    counts = {"identity joins": 0, "rows moved to a known person": 0, "shared devices": 0}
    if how == "off":
        return f"SELECT *, coalesce(known, anon) AS u FROM {rows}", counts
    links = duck.table(
        f"SELECT anon, arg_min(known, k) AS person, min(t) AS since, count(DISTINCT known) AS people FROM "
        f"(SELECT anon, known, t, t::HUGEINT * 1000000000000 + place AS k FROM {rows} WHERE anon IS NOT NULL "
        f"AND known IS NOT NULL AND t IS NOT NULL) GROUP BY anon"
    )
    joined, shared = duck.sql(f"SELECT count(*), count(*) FILTER (people > 1) FROM {links}").fetchall()[0]
    counts |= {"identity joins": int(joined), "shared devices": int(shared)}
    aliases = duck.sql(
        f"SELECT a_kept, a_other FROM {rows} WHERE a_kept IS NOT NULL AND a_other IS NOT NULL ORDER BY t, place"
    ).fetchall()
    mapped = ""
    if aliases:
        known = {r[0] for r in duck.sql(f"SELECT DISTINCT known FROM {rows} WHERE known IS NOT NULL").fetchall()}
        owners = dict(duck.sql(f"SELECT anon, person FROM {links}").fetchall())
        sets, cycles, refused = _Sets(), 0, 0
        for kept, other in aliases:
            kept, other = owners.get(kept, kept), owners.get(other, other)
            if sets.root(kept) == sets.root(other):
                cycles += kept != other
            elif sets.root(other) in known and sets.root(kept) in known:
                refused += 1
            else:
                a, b = (other, kept) if sets.root(other) in known else (kept, other)
                sets.join(a, b)
        counts |= {"aliases": len(aliases) - cycles - refused, "aliases in a circle": cycles,
                   "aliases between two known ids (refused)": refused,
                   "largest set of ids": max(sets.size.values(), default=1)}  # fmt: skip
        table = pd.DataFrame([(x, sets.root(x)) for x in sets.parent], columns=["x", "root"], dtype="str")
        duck.register("cjm_aliases", table)
        mapped = "cjm_aliases"
    when = "" if how == "backfill" else " AND r.t >= l.since"
    person = f"coalesce(r.known, CASE WHEN l.person IS NOT NULL{when} THEN l.person END, r.anon)"
    query = (
        f"SELECT r.*, {person} AS u, (r.known IS NULL AND l.person IS NOT NULL{when}) AS moved FROM {rows} r "
        f"LEFT JOIN {links} l ON r.anon = l.anon"
    )
    if mapped:
        query = f"SELECT q.* REPLACE (coalesce(m.root, q.u) AS u) FROM ({query}) q LEFT JOIN {mapped} m ON q.u = m.x"
    counts["rows moved to a known person"] = int(
        duck.sql(f"SELECT count(*) FILTER (moved) FROM ({query})").fetchall()[0][0]
    )
    return query, counts
