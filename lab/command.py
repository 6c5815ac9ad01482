"""Programs of this machine that the lab runs; what they say when they fail is for a person."""

import subprocess

from anwei.errors import Failure


def run(*words: str, stdin: str = "") -> str:
    """Run one program that must succeed; returns what it printed."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        error = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Failure("AW-lab-command", command=" ".join(words), error="".join(error) or f"exit {done.returncode}")
    return done.stdout
