"""The parts of `make bench` about the environment and the lab."""

import shutil
import statistics
import sys
import time
from pathlib import Path

from bench_figures import ANWEI, Bench, seconds

MANY = 40


def bench_environment(bench: Bench) -> None:
    """A fresh environment by pip and by uv, from a warm cache of this machine."""
    clean = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PYTHON": sys.executable}
    setup = ["scripts/setup.sh", "requirements.lock"]
    by_pip = seconds(lambda: bench.run(*setup, VENV=str(bench.folder / "pip"), **clean))
    bench.note("environment from nothing, pip", f"{by_pip:.1f} s")
    uv = shutil.which("uv")
    if uv:
        clean["PATH"] = f"{Path(uv).parent}:{clean['PATH']}"
        by_uv = seconds(lambda: bench.run(*setup, VENV=str(bench.folder / "uv"), **clean))
        bench.note("environment from nothing, uv", f"{by_uv:.1f} s", ratio=f"{by_pip / by_uv:.1f} × faster than pip")


def bench_bases(bench: Bench) -> None:
    """All five bases from nothing, two at a time."""
    took = seconds(lambda: bench.run(ANWEI, "lab", "up", ANWEI_LAB_CACHE=str(bench.folder / "cache")))
    bench.run(ANWEI, "lab", "down", ANWEI_LAB_CACHE=str(bench.folder / "cache"))
    bench.note("five bases from nothing, and six hosts up", f"{took:.0f} s", "part of 300 s for the first `make run`")


def bench_lab(bench: Bench) -> None:
    """Up and down of six and of forty hosts, and the memory of an idle host."""
    bench.run(ANWEI, "lab", "up")
    bench.run(ANWEI, "lab", "down")
    ups, downs = [], []
    for _ in range(3):
        ups.append(seconds(lambda: bench.run(ANWEI, "lab", "up")))
        downs.append(seconds(lambda: bench.run(ANWEI, "lab", "down")))
    bench.note("6 hosts, `lab up` until all answer ssh", f"{statistics.median(ups):.1f} s (median of 3)", "under 5 s")
    bench.note("6 hosts, `lab down`", f"{statistics.median(downs):.1f} s (median of 3)")
    before = available_memory()
    many = seconds(lambda: bench.run(ANWEI, "lab", "up", "--hosts", MANY))
    time.sleep(5)
    each = (before - available_memory()) / MANY
    bench.note(f"{MANY} hosts, `lab up` until all answer ssh", f"{many:.1f} s", "under 20 s")
    bench.note("memory of an idle host, of this machine's available memory", f"{each:.0f} MB")
    down = seconds(lambda: bench.run(ANWEI, "lab", "down"))
    bench.note(f"{MANY} hosts, `lab down`", f"{down:.1f} s")


def available_memory() -> float:
    """MemAvailable in MB."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) / 1024
