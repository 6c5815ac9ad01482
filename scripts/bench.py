"""Measures what Anwei promises about speed and writes `docs/bench.md` (ratios first) and `build/bench.json`.

Run it as root through `make bench`, with no lab up. Every figure is of this run; the machine is described beside it.
"""

import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench_change import bench_snapshot, bench_start, bench_state, bench_take_back
from bench_cycle import bench_planning, bench_record, bench_rollback, bench_run
from bench_figures import ANWEI, PROJECT, Bench
from bench_lab import bench_bases, bench_environment, bench_lab
from bench_look import bench_look, bench_simulated

PAGE = PROJECT / "docs" / "bench.md"
DATA = PROJECT / "build" / "bench.json"
PARTS = (
    bench_environment, bench_bases, bench_lab, bench_look, bench_simulated, bench_state, bench_snapshot,
    bench_start, bench_take_back, bench_planning, bench_record, bench_run, bench_rollback,
)  # fmt: skip


def machine() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    software = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{system}, {os.cpu_count()} cores, {memory:.0f} GiB, {software}"


def write(bench: Bench) -> None:
    """Write the page and the data."""
    head = ["what", "ratio", "figure", "aim"]
    lines = [f"| {' | '.join(row[column] for column in head)} |" for row in bench.rows]
    commit = bench.run("git", "describe", "--always").stdout.strip()
    PAGE.write_text(
        "# What `make bench` measured\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, on {machine()}.\n"
        "Ratios travel; seconds are of this machine.\n\n"
        f"| {' | '.join(head)} |\n|---|---|---|---|\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps({"machine": machine(), "rows": bench.rows}, ensure_ascii=False, indent=2))


def main() -> None:
    """Measure everything."""
    with tempfile.TemporaryDirectory(prefix="anwei-bench-") as folder:
        bench = Bench(Path(folder))
        try:
            for part in PARTS:
                part(bench)
        finally:
            bench.run(ANWEI, "lab", "down")
        write(bench)


if __name__ == "__main__":
    main()
