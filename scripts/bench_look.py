"""The part of `make bench` about looking at hosts: against plain pytest-testinfra, against lynis, and many hosts."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import testinfra
from bench_figures import ANWEI, PROJECT, Bench, seconds

from anwei.baseline import catalogue, checking
from anwei.evidence import script
from anwei.evidence.transcript import Transcript

CLONES = 40
BY_TESTINFRA = 4  # of the clones: it looks at one after the other, and all of them would take a quarter of an hour
SIMULATED = 1000
CHECK = (ANWEI, "check", "mlps", "--level", 3)
CHECKS = catalogue.load(3)
NONCE = "0123456789abcdef"


def bench_look(bench: Bench) -> None:
    """The same checks on forty clones: by one `anwei check`, and by plain pytest-testinfra over ssh."""
    bench.run(ANWEI, "lab", "up", "--hosts", 6 + CLONES)
    out = bench.folder / "report"
    cold = seconds(lambda: bench.run(*CHECK, "--limit", "clones", "--out", out))
    ours = min(seconds(lambda: bench.run(*CHECK, "--limit", "clones", "--out", out)) for _ in range(3))
    linux = next(each for each in CHECKS.types if each.code == "linux").entries
    what = f"{len(linux)} Linux checks on {CLONES} hosts"
    bench.note(f"{what}, `anwei check` with reports, nothing known of the hosts", f"{cold:.1f} s")
    bench.note(f"{what}, `anwei check` with reports, warm, best of 3", f"{ours:.1f} s")
    answer = json.loads(bench.run(*CHECK, "--limit", "clones", "--json").stdout)
    trips = sorted({each["round_trips"] for each in answer["objects"]})
    bench.note("round trips per host, warm", "、".join(map(str, trips)), "1")
    shared = f"-o ControlMaster=auto -o ControlPersist=60 -o ControlPath={bench.folder}/%C"
    for name, options, aim in (("as shipped", {}, 30), ("with a shared ControlPath", {"ssh_extra_args": shared}, 5)):
        took = seconds(lambda options=options: run_by_testinfra(bench, linux, options))
        peer = took * CLONES / BY_TESTINFRA
        figure = f"{peer:.0f} s ({took:.1f} s for {BY_TESTINFRA} hosts, times {CLONES // BY_TESTINFRA})"
        ratio = f"{peer / ours:.1f} × the time of `anwei check`"
        bench.note(f"{what}, testinfra {name}", figure, f"at least {aim} ×", ratio)
    against_lynis(bench, len(linux))
    bench.run(ANWEI, "lab", "down")


def run_by_testinfra(bench: Bench, checks: Iterable[catalogue.Entry], options: dict[str, str]) -> None:
    """Run every check function live on some clones, as pytest-testinfra would."""
    config = str(bench.folder / "lab" / "ssh_config")
    for number in range(BY_TESTINFRA):
        host = testinfra.get_host(f"ssh://clone{number + 1:03}", ssh_config=config, sudo=True, **options)
        for check in checks:
            checking.decided(check, host)


def against_lynis(bench: Bench, checks: int) -> None:
    """Processor time on the host for each executed test: our collector's, and that of `lynis audit system`."""
    wanted = checking.Questions(CHECKS).wanted(Transcript("clone001", "linux", datetime.now(UTC)))
    declared = CHECKS.declarations("linux")
    ours = script.write([(each.text, declared.seconds(each)) for each in wanted], NONCE)
    own = cpu_on_host(bench, f"cat > /root/look.sh <<'END_OF_LOOK'\n{ours}\nEND_OF_LOOK\n", "sh /root/look.sh")
    audit = "lynis audit system --quick --quiet --no-colors --nolog --report-file /root/lynis.dat"
    theirs = cpu_on_host(bench, "", audit)
    tests = int(bench_host(bench, "grep -o '^lynis_tests_done=[0-9]*' /root/lynis.dat || echo lynis_tests_done=0")[17:])
    each, peer = own / checks, theirs / max(tests, 1)
    bench.note(f"processor time on a host, {checks} checks", f"{own:.2f} s, {each * 1000:.1f} ms each")
    figure = f"{theirs:.1f} s, {peer * 1000:.0f} ms each"
    bench.note(f"processor time on a host, lynis, {tests} tests", figure, "at least 20 ×", f"{peer / each:.0f} × ours")


def cpu_on_host(bench: Bench, before: str, command: str) -> float:
    """User and system seconds of a command on a clone, its children's too."""
    words = f"{before}\n{command} > /dev/null 2>&1 || true\ntimes\n"
    said = bench_host(bench, words).splitlines()[-1]
    return sum(int(minutes) * 60 + float(rest) for minutes, rest in re.findall(r"(\d+)m([\d.]+)s", said))


def bench_host(bench: Bench, words: str) -> str:
    """What a shell script printed on the first clone, as root."""
    ssh = ["ssh", "-F", str(bench.folder / "lab" / "ssh_config"), "clone001", "sudo bash"]
    return subprocess.run(ssh, input=words, capture_output=True, text=True, check=True).stdout.strip()


def bench_simulated(bench: Bench) -> None:
    """Verdicts and reports of many hosts from stored transcripts, and what one host more costs."""
    [saved] = sorted((bench.folder / "report" / "transcripts").glob("clone001*"))
    one = Transcript.load(saved)
    took = {}
    for hosts in (SIMULATED // 10, SIMULATED):
        folder = bench.folder / f"simulated-{hosts}"
        folder.mkdir()
        for number in range(hosts):
            replace(one, object=f"sim{number:04}").save(folder)
        took[hosts], memory = measured(bench, folder)
    figure = f"{took[SIMULATED]:.1f} s, {memory / 1024:.0f} MB"
    bench.note(f"{SIMULATED} hosts from transcripts, verdicts, HTML and xlsx", figure, "under 60 s and 1024 MB")
    few, many = (1000 * took[hosts] / hosts for hosts in (SIMULATED // 10, SIMULATED))
    bench.note(f"a host, of {SIMULATED // 10} and of {SIMULATED}", f"{few:.0f} ms, {many:.0f} ms", "does not grow")


def measured(bench: Bench, folder: Path) -> tuple[float, float]:
    """Seconds and the most memory in kB of one check over stored transcripts."""
    words = [str(word) for word in (*CHECK, "--transcripts", folder, "--out", bench.folder / "many")]
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    run = [sys.executable, "-c", code, *words, "--format", "html,xlsx"]
    began = os.times().elapsed
    done = subprocess.run(run, cwd=PROJECT, env=bench.environment, capture_output=True, text=True, check=True)
    return os.times().elapsed - began, float(done.stdout)
