"""The commands that read what is secret, run by a real shell on files like those of hosts: none lets a secret out."""

import re
import subprocess
from pathlib import Path

import pytest

from baselines.mlps.reading import commands

LINUX = commands("linux")
HASH = "abcdefghijklmnopqrstuv" * 4
SHADOW = f"""root:$6$salt${HASH}:19000:0:90:7:::
locked:!$6$salt${HASH}:19000:0:99999:7:::
daemon:*:19000::::::
never:!!:19000::::::
empty::19000:0:99999:7:::
des:ab1CdEfGhIjKl:19000:0:99999:7:::
gost:$gy$j9T$salt${HASH}:19000:0:90:7:::
sm3:$sm3$salt${HASH}:19000:0:90:7:::
cut:$6$short:19000:0:90:7:::
word:SECRETWORD:19000:0:90:7:::
$6$salt${HASH}:root:19000:0:90
$6$salt${HASH}

odd:$6$salt${HASH}:SECRETWORD:0:90:7:::\r
+::::::::
"""
SHADOW_SAYS = """root:$6$:19000:0:90:7::
locked:!$6$:19000:0:99999:7::
daemon:!none:19000:::::
never:!none:19000:::::
empty:none:19000:0:99999:7::
des:des:19000:0:99999:7::
gost:$gy$:19000:0:90:7::
sm3:$sm3$:19000:0:90:7::
cut:$6$short:19000:0:90:7::
word:odd:19000:0:90:7::
?:odd::::::
?:odd::::::
odd:$6$:??????????:0:90:7::
+:none::::::
"""


@pytest.fixture(params=["sh", "bash"])
def shell(request: pytest.FixtureRequest) -> str:
    """The shells that there are here."""
    return str(request.param)


def said(shell: str, name: str, place: Path) -> str:
    """What a command prints where `place` stands for the root of the file system."""
    command = re.sub(r"(?<!\w)/etc\b", f"{place}/etc", LINUX[name])
    done = subprocess.run(
        [shell, "-c", command], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    return done.stdout.replace(str(place), "")


def write(place: Path, files: dict[str, str]) -> None:
    """Files of a host."""
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")


def test_of_the_shadow_file_only_kinds_and_days_come_out(shell: str, tmp_path: Path) -> None:
    write(tmp_path, {"etc/shadow": SHADOW})
    assert said(shell, "shadow", tmp_path) == SHADOW_SAYS


def test_a_hash_in_the_passwd_file_stays_there(shell: str, tmp_path: Path) -> None:
    write(
        tmp_path, {"etc/passwd": f"root:x:0:0::/root:/bin/sh\nold:{HASH}:1:1::/:/bin/sh\nnone::2:2::/:\nno:*:3:3::/:\n"}
    )
    assert said(shell, "accounts", tmp_path) == (
        "root:x:0:0::/root:/bin/sh\nold:hash:1:1::/:/bin/sh\nnone::2:2::/:\nno:!:3:3::/:\n"
    )


def test_of_a_pam_module_that_may_hold_a_secret_only_the_name_comes_out(shell: str, tmp_path: Path) -> None:
    lines = [
        "#%PAM-1.0",
        "auth required pam_mysql.so user=x passwd=SECRETWORD",
        "auth required pam_faillock.so preauth \\",
        "    deny=3 # SECRETWORD",
        "auth [success=1 default=ignore] pam_unix.so nullok\r",
        "@include common-auth",
        "auth substack password-auth",
        "auth required /opt/site/module password=SECRETWORD",
    ]
    write(tmp_path, {"etc/pam.d/sshd": "\n".join(lines), "etc/pam.d/empty": "", "etc/pam.d/folder/x": "auth x y.so"})
    assert [line.split() for line in said(shell, "pam", tmp_path).splitlines()] == [
        ["/etc/pam.d/sshd:auth", "required", "pam_mysql.so"],
        ["/etc/pam.d/sshd:auth", "required", "pam_faillock.so", "preauth", "deny=3"],
        ["/etc/pam.d/sshd:auth", "[success=1", "default=ignore]", "pam_unix.so", "nullok"],
        ["/etc/pam.d/sshd:@include", "common-auth"],
        ["/etc/pam.d/sshd:auth", "substack", "password-auth"],
        ["/etc/pam.d/sshd:?"],
    ]


def test_of_sudo_the_rules_come_out_whole_and_without_comments(shell: str, tmp_path: Path) -> None:
    lines = [
        "# comment",
        "#",
        "Defaults env_reset",
        "Defaults !authenticate",
        "a ALL=(ALL) \\",
        "  NOPASSWD: ALL",
        "#1000 ALL=ALL",
    ]
    write(
        tmp_path,
        {"etc/sudoers": "\n".join([*lines, "#includedir /etc/sudoers.d", ""]), "etc/sudoers.d/b": "b ALL=/bin/ls\n"},
    )
    assert [line.split() for line in said(shell, "sudoers", tmp_path).splitlines()] == [
        ["/etc/sudoers:Defaults", "!authenticate"],
        ["/etc/sudoers:a", "ALL=(ALL)", "NOPASSWD:", "ALL"],
        ["/etc/sudoers:#1000", "ALL=ALL"],
        ["/etc/sudoers:#includedir", "/etc/sudoers.d"],
        ["/etc/sudoers.d/b:b", "ALL=/bin/ls"],
    ]


def test_drop_ins_of_pwquality_come_before_the_file_that_counts_more(shell: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {f"etc/security/pwquality.{name}": f"minlen = {name[-6]}\n" for name in ("conf.d/1.conf", "conf.d/2.conf")},
    )
    write(tmp_path, {"etc/security/pwquality.conf": "# minlen = 8\n# Some words\nminlen=9\nenforce_for_root\n"})
    assert said(shell, "password_rules", tmp_path).splitlines() == [
        "/etc/security/pwquality.conf.d/1.conf:minlen = 1",
        "/etc/security/pwquality.conf.d/2.conf:minlen = 2",
        "/etc/security/pwquality.conf:# minlen = 8",
        "/etc/security/pwquality.conf:minlen=9",
        "/etc/security/pwquality.conf:enforce_for_root",
    ]


def test_what_anybody_may_change_is_found(shell: str, tmp_path: Path) -> None:
    write(tmp_path, {"etc/cron.d/open": "", "etc/cron.d/good": "", "etc/profile.d/a.sh": "", "etc/sudoers": ""})
    (tmp_path / "etc/cron.d/open").chmod(0o666)
    (tmp_path / "etc/cron.d/good").chmod(0o644)
    assert said(shell, "world_writable", tmp_path).splitlines()[1:] == ["/etc/cron.d/open"]
    assert "666 " in said(shell, "script_modes", tmp_path)
    found = said(shell, "policy_writers", tmp_path).splitlines()
    assert ["/etc/cron.d/open" in line for line in found if "cron.d/" in line]
    assert found[-1].startswith("seen ")
