"""What a machine's share is worth, and what the corrected one is: coverage by simulation, into
benchmarks/results/machine_shares.md.

    python benchmarks/machine_shares.py [runs]

Worlds: a share of units that people would code, a machine of a given precision and recall over all units, a random
sample that people code. An interval should hold the true share in 95 of 100 runs. Runs in which a stratum of the
sample was empty give no number (a gap) and do not count. Length is relative to Wilson's interval of the people's
sample alone.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cjmkit.coding.machine.corrected import corrected_share, difference_of, ppi  # noqa: E402
from cjmkit.errors import NotEnough  # noqa: E402
from cjmkit.stats import wilson  # noqa: E402


def world(rng, n, share, precision, recall, sampled):
    """The machine's codes of all units, people's of a sample (NaN elsewhere)."""
    human = rng.random(n) < share
    too_much = min(0.99, recall * share * (1 - precision) / precision / (1 - share))
    machine = np.where(human, rng.random(n) < recall, rng.random(n) < too_much)
    told = np.full(n, np.nan)
    at = rng.choice(n, sampled, replace=False)
    told[at] = human[at]
    return machine, told


def cell(share, precision, recall, n, sampled, runs, seed):
    """Coverage of the raw share, PPI++ and ours, and our length beside people alone."""
    rng = np.random.default_rng(seed)
    held = np.zeros(3)
    lengths, used = [], 0
    for _ in range(runs):
        machine, told = world(rng, n, share, precision, recall, sampled)
        try:
            s = corrected_share(machine, told)
        except NotEnough:
            continue
        used += 1
        raw = wilson(machine.sum(), n)
        _, low, high = ppi(machine, told)
        held += [raw.low <= share <= raw.high, low <= share <= high, s.low <= share <= s.high]
        alone = wilson(np.nansum(told), sampled)
        lengths.append((s.high - s.low) / (alone.high - alone.low))
    return held / used, float(np.median(lengths)), used


def groups(runs, seed):
    """Two groups with the same true share in which the machine errs differently: how often 0 lies in the interval."""
    rng = np.random.default_rng(seed)
    raw = ours = 0
    for _ in range(runs):
        a, b = world(rng, 1000, 0.3, 0.9, 0.9, 200), world(rng, 1000, 0.3, 0.7, 0.6, 200)
        _, low, high = difference_of(corrected_share(*a), corrected_share(*b))
        ours += low <= 0 <= high
        d, se = a[0].mean() - b[0].mean(), np.sqrt(sum(x[0].mean() * (1 - x[0].mean()) / 1000 for x in (a, b)))
        raw += abs(d) <= 1.96 * se
    return raw / runs, ours / runs


def main() -> None:
    """Write the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    rows = [
        "| share | precision/recall | units | coded by people | raw share | PPI++ | corrected | length | runs |",
        "|" + "---|" * 9,
    ]
    worst = 1.0
    cells = product((0.3, 0.1), ((0.95, 0.95), (0.8, 0.7), (0.6, 0.6), (0.5, 0.4)), (500, 2000, 10000), (50, 100, 400))
    for k, (share, (p, r), n, sampled) in enumerate(cells):
        held, length, used = cell(share, p, r, n, sampled, runs, k)
        worst = min(worst, held[2])
        rows.append(
            f"| {share} | {p}/{r} | {n} | {sampled} | {held[0]:.3f} | {held[1]:.3f} | {held[2]:.3f} | {length:.2f} | "
            f"{used} |"
        )
    raw, ours = groups(runs, 1)
    rows += [
        "",
        f"Lowest coverage of the corrected share over all cells: {worst:.3f} ({runs} runs each, standard "
        f"error about "
        f"{np.sqrt(0.95 * 0.05 / runs):.3f}).",
    ]
    rows += [
        f"No difference between two groups in which the machine errs differently: 0 lies in the interval of the "
        f"raw difference in "
        f"{raw:.3f}, of the corrected one in {ours:.3f} of {runs} runs."
    ]
    text = "# Shares from machine codes\n\n" + (__doc__ or "").strip() + "\n\n" + "\n".join(rows) + "\n"
    (ROOT / "benchmarks" / "results" / "machine_shares.md").write_text(text, "utf-8")
    print("\n".join(rows[-3:]))


if __name__ == "__main__":
    main()
