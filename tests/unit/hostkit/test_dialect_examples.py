"""Each dialect by example: what a file becomes, and what is refused. The same under every Python of this machine."""

import base64
import configparser
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hostkit import dialects
from hostkit.refusal import Refusal
from tests.unit.hostkit.pythons import pythons, told

AUTH = """auth required pam_env.so
auth	[success=1 default=ignore]	pam_unix.so nullok \\
	try_first_pass
-auth optional pam_gnome.so  # desktop
@include common
"""
PREAUTH = "auth required pam_faillock.so preauth\n"
AUTHFAIL = "auth [default=die] pam_faillock.so authfail\n"
PAM = {"dialect": "columns", "key_columns": [1, 3]}
FAILLOCK = {"dialect": "columns", "key_columns": [1, 3, 4]}
LIMITS = {"dialect": "columns", "key_columns": [1, 2, 3]}
SSHD_DEBIAN = """# sshd
Include /etc/ssh/sshd_config.d/*.conf

#Port 22
#PermitRootLogin prohibit-password
UsePAM yes
# Example:
#Match User anoncvs
#	X11Forwarding no
"""
SSHD_PLAIN = SSHD_DEBIAN.replace("Include", "# Include")
KEYS = """# ours
ssh-ed25519 AAAAC3Nza1 a@b
command="say \\"ssh-rsa AAAAB3x y\\"",no-pty ssh-rsa AAAAB3Nza2 c
# ssh-rsa AAAAB3Nza3 off
"""
BLOCK = "x\n# BEGIN anwei banner\nold\n# END anwei banner\ny\n"
GBK = "中文".encode("gbk").decode("latin-1")

# name: (item without settings, settings, file before, file after); Latin-1 stands for the bytes
EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "a value changes in the style of its line": (
        {"dialect": "equals"}, {"a": "2"}, "# x\n  a\t= 1 \nb=1", "# x\n  a\t= 2 \nb=1",
    ),
    "the last of several lines counts, the others stay": (
        {"dialect": "equals"}, {"a": "2"}, "a=1\nb=1\na=3\n", "a=1\nb=1\na=2\n",
    ),
    "a new line stands behind the comment that shows it, in its style": (
        {"dialect": "equals"}, {"minlen": "12"},
        "# minlen = 8\n# minclass = 0\n", "# minlen = 8\nminlen = 12\n# minclass = 0\n",
    ),
    "a comment inside a shell's if is no place": (
        {"dialect": "equals"}, {"TMOUT": "300"},
        "if x; then\n  #TMOUT=1\nfi\n", "if x; then\n  #TMOUT=1\nfi\nTMOUT=300\n",
    ),
    "export stays": (
        {"dialect": "equals"}, {"TMOUT": "300"}, "export TMOUT=600\nreadonly X=1\n", "export TMOUT=300\nreadonly X=1\n",
    ),
    "null takes all lines of a name away": (
        {"dialect": "equals"}, {"a": None}, "a=1\n#a=2\nb=1\na = 3", "#a=2\nb=1\n",
    ),
    "a list means exactly its lines": (
        {"dialect": "words"}, {"server": ["one iburst", "two", "three"]},
        "server one iburst\nx\nserver old\ny\n", "server one iburst\nx\nserver two\nserver three\ny\n",
    ),
    "a shorter list drops lines": (
        {"dialect": "words"}, {"server": ["one"]}, "server one\nx\nserver old\n", "server one\nx\n",
    ),
    "a last line without an end keeps none, and gets one only before a new line": (
        {"dialect": "equals"}, {"b": "2"}, "a=1", "a=1\nb=2\n",
    ),
    "new lines end as most lines do": (
        {"dialect": "equals"}, {"b": "2"}, "a=1\r\nx=1\r\ny=1\n", "a=1\r\nx=1\r\ny=1\nb=2\r\n",
    ),
    "a few other line ends do not matter": (
        {"dialect": "equals"}, {"b": "2"}, "a=1\r\nx=1\ny=1\n", "a=1\r\nx=1\ny=1\nb=2\n",
    ),
    "a comment does not go on": ({"dialect": "equals"}, {"a": "2"}, "#x \\\na=1\n", "#x \\\na=2\n"),
    "no new line between a comment and what is indented below it": (
        {"dialect": "equals"}, {"a": "1"}, "#a=0\n  more\nb=1\n", "#a=0\n  more\nb=1\na=1\n",
    ),
    "a byte order mark and GBK stay": (
        {"dialect": "equals"}, {"a": "2"}, "\xef\xbb\xbfa=1\n#" + GBK + "\n", "\xef\xbb\xbfa=2\n#" + GBK + "\n",
    ),
    "a value over several lines is one": (
        {"dialect": "equals"}, {"OPTS": '"x"'}, 'OPTS="a \\\n  b"\nc=1\n', 'OPTS="x"\nc=1\n',
    ),
    "inline comments stay where the item says there are such": (
        {"dialect": "equals", "inline_comment": "#"}, {"a": '"x # y"', "b": "2"},
        'a="1 # 2"  # why\nb=1#2\n', 'a="x # y"  # why\nb=2\n',
    ),
    "tabs or blanks as the neighbours have them": (
        {"dialect": "words"}, {"UMASK": "077", "PASS_MAX_DAYS": "90"},
        "#UMASK\t\t022\n# PASS_MAX_DAYS days\nPASS_MIN_DAYS\t0\n",
        "#UMASK\t\t022\nUMASK\t077\n# PASS_MAX_DAYS days\nPASS_MIN_DAYS\t0\nPASS_MAX_DAYS\t90\n",
    ),
    "a backslash is a sign like others where lines do not go on": (
        {"dialect": "words"}, {"DOMAIN": "GOV\\"}, "x 1\n", "x 1\nDOMAIN GOV\\\n",
    ),
    "a word alone has an empty value": (
        {"dialect": "words"}, {"rtcsync": "", "log": ""}, "rtcsync\n", "rtcsync\nlog\n",
    ),
    "new global sshd settings go before an Include": (
        {"dialect": "sshd"}, {"PermitRootLogin": "no"}, SSHD_DEBIAN,
        SSHD_DEBIAN.replace("Include", "PermitRootLogin no\nInclude"),
    ),
    "sshd settings behind an Include move before it": (
        {"dialect": "sshd"}, {"usepam": "yes"}, SSHD_DEBIAN,
        SSHD_DEBIAN.replace("UsePAM yes\n", "").replace("Include", "usepam yes\nInclude"),
    ),
    "without an Include the comment is the place": (
        {"dialect": "sshd"}, {"PermitRootLogin": "no"}, SSHD_PLAIN,
        SSHD_PLAIN.replace("prohibit-password\n", "prohibit-password\nPermitRootLogin no\n"),
    ),
    "sshd takes the first and knows no case": (
        {"dialect": "sshd"}, {"PermitRootLogin": "no"},
        "permitrootlogin = yes # x\nPermitRootLogin no\n", "permitrootlogin = no # x\nPermitRootLogin no\n",
    ),
    "global sshd lines stay before Match, sections are matched by criteria": (
        {"dialect": "sshd"},
        {"Banner": "none", "Match User sftp": {"X11Forwarding": "no"}, "Match Group g": {"ForceCommand": "a # b"}},
        "Port 22\n\nmatch  user=sftp\n\tX11Forwarding yes\nMatch all\n",
        "Port 22\nBanner none\n\nmatch  user=sftp\n\tX11Forwarding no\nMatch all\n"
        "\nMatch Group g\n    ForceCommand a # b\n",
    ),
    "new lines in a section are indented as it is": (
        {"dialect": "sshd"}, {"Match all": {"Banner": "none"}},
        "Port 22\nMatch all\n\tX11Forwarding no\n", "Port 22\nMatch all\n\tX11Forwarding no\n\tBanner none\n",
    ),
    "a new first line is written as the one below": (
        {"dialect": "sshd"}, {"Banner": "none"}, "Include\t/x\n", "Banner\tnone\nInclude\t/x\n",
    ),
    "one port means no other port": (
        {"dialect": "sshd"}, {"Port": "2222"}, "Port 22\nPort 2222\n", "Port 2222\n",
    ),
    "ports and Includes are lists": (
        {"dialect": "sshd"}, {"Port": ["22", "2222"], "Include": "/etc/a"},
        "#Include /x\nPort 22\n", "#Include /x\nPort 22\nPort 2222\nInclude /etc/a\n",
    ),
    "ini settings go into their section, missing sections to the end": (
        {"dialect": "ini"}, {"Journal": {"Storage": "persistent", "Seal": "yes"}, "New": {"x": "1"}, "top": "0"},
        "[Journal]\n#Storage=auto\n\n[Other]\nStorage=x\nSeal=no",
        "top=0\n[Journal]\nSeal=yes\n#Storage=auto\nStorage=persistent\n\n[Other]\nStorage=x\nSeal=no\n\n[New]\nx=1\n",
    ),
    "a new section is written as the others": (
        {"dialect": "ini"}, {"b": {"y": "2"}}, "[a]\n  x = 1\n", "[a]\n  x = 1\n\n[b]\ny = 2\n",
    ),
    "the last of two sections of one name counts": (
        {"dialect": "ini"}, {"a": {"k k": "2"}},
        "[a]\nk k = 1\n[b]\nk k=1\n[ a ]\nk k = 3\n", "[a]\nk k = 1\n[b]\nk k=1\n[ a ]\nk k = 2\n",
    ),
    "of table entries the first counts": (
        {"dialect": "colon"}, {"ops": "y:0"}, "ops:x:1\nroot:x:0\nops:x:2\n", "ops:y:0\nroot:x:0\nops:x:2\n",
    ),
    "a table line is compared by words": (
        LIMITS, {"* hard core": "* hard core 0", "root - nofile": "root - nofile 65535"},
        "#* hard core 5\n*\thard  core 0 # c\nroot - nofile 1024\n# End of file\n",
        "#* hard core 5\n*\thard  core 0 # c\nroot - nofile 65535\n# End of file\n",
    ),
    "one table line means no other of its name": (
        PAM, {"auth pam_x.so": "auth required pam_x.so"},
        "auth optional pam_x.so\nauth required pam_x.so\n", "auth required pam_x.so\n",
    ),
    "a new PAM line stands where the item says; new ones beside new ones": (
        FAILLOCK,
        {
            "auth pam_faillock.so preauth": {
                "line": "auth required pam_faillock.so preauth", "before": "auth pam_unix.so nullok",
            },
            "auth pam_faillock.so authfail": {
                "line": "auth [default=die] pam_faillock.so authfail", "after": "auth pam_faillock.so preauth",
            },
        },
        AUTH,
        AUTH.replace("auth\t[", PREAUTH + AUTHFAIL + "auth\t["),
    ),
    "a PAM line that goes on is one, as the control in brackets is one word": (
        PAM, {"auth pam_unix.so": "auth [success=2 default=ignore] pam_unix.so", "-auth pam_gnome.so": None},
        AUTH,
        "auth required pam_env.so\nauth [success=2 default=ignore] pam_unix.so\n@include common\n",
    ),
    "a comment on the line that a table line goes on to goes with it": (
        PAM, {"a c": "a x c"}, "a b c \\\n# d\n", "a x c\n",
    ),
    "a line is there or not, by words": (
        {"dialect": "lines"}, {"tty1": True, "a b": True, "tty9": None}, "tty1\ntty9\na   b\n", "tty1\na   b\n",
    ),
    "keys are compared by blob, whatever stands around": (
        {"dialect": "lines", "compare": "blob"},
        {"ssh-ed25519 AAAAC3Nza1 other": True, "ssh-rsa AAAAB3Nza2": None}
        | {"ssh-rsa AAAAB3Nza3 on": True, "ssh-rsa AAAAB3x": None},
        KEYS,
        KEYS.replace(KEYS.splitlines(keepends=True)[2], "") + "ssh-rsa AAAAB3Nza3 on\n",
    ),
    "a block is replaced between its marks": (
        {"dialect": "block"}, {"banner": "one\ntwo"}, BLOCK, BLOCK.replace("old", "one\ntwo"),
    ),
    "a new block goes to the end, another mark stands for comments": (
        {"dialect": "block", "comment": "//"}, {"b": "one\n", "banner": None},
        BLOCK.replace("\n", "\r\n"), BLOCK.replace("\n", "\r\n") + "// BEGIN anwei b\r\none\r\n// END anwei b\r\n",
    ),
}  # fmt: skip

# what is wrong: (reason, item without settings, settings, file)
REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "a dialect nobody knows": ("setting-dialect", {"dialect": "toml"}, {"a": "1"}, ""),
    "an option of another dialect": ("setting-option", {"dialect": "words", "key_columns": [1]}, {"a": "1"}, ""),
    "columns without names": ("setting-option", {"dialect": "columns"}, {"a": "a 1"}, ""),
    "columns from zero": ("setting-option", {"dialect": "columns", "key_columns": [0]}, {"a": "a 1"}, ""),
    "columns that are none": ("setting-option", {"dialect": "columns", "key_columns": [True]}, {"a": "a 1"}, ""),
    "a comparison nobody knows": ("setting-option", {"dialect": "lines", "compare": "regex"}, {"a": True}, ""),
    "a comment sign with blanks": ("setting-option", {"dialect": "block", "comment": "# #"}, {"a": "x"}, ""),
    "no comment sign": ("setting-option", {"dialect": "block", "comment": ""}, {"a": "x"}, ""),
    "an unquoted no": ("setting-not-text", {"dialect": "sshd"}, {"PermitRootLogin": False}, ""),
    "a number": ("setting-not-text", {"dialect": "equals"}, {"a": 18}, ""),
    "a number in a list": ("setting-not-text", {"dialect": "equals"}, {"a": ["1", 2]}, ""),
    "half a character": ("setting-not-text", {"dialect": "equals"}, {"a": "\ud800"}, ""),
    "true for a line's text": ("setting-not-true", {"dialect": "lines"}, {"a": "yes"}, ""),
    "an empty list": ("setting-list-empty", {"dialect": "equals"}, {"a": []}, ""),
    "one keyword twice": ("setting-twice", {"dialect": "sshd"}, {"Port": "1", "port": "2"}, ""),
    "an empty name": ("setting-name", {"dialect": "equals"}, {"": "1"}, ""),
    "a blank name": ("setting-name", {"dialect": "lines"}, {" ": True}, ""),
    "a name with a blank": ("setting-name", {"dialect": "words"}, {"a b": None}, ""),
    "a name with the separator": ("setting-name", {"dialect": "equals"}, {"a=b": None}, ""),
    "a name that is a comment": ("setting-name", {"dialect": "equals"}, {"#a": "1"}, ""),
    "a name of two lines": ("setting-name", {"dialect": "lines"}, {"a\nb": True}, ""),
    "a name that opens a section": ("setting-name", {"dialect": "ini"}, {"[a]": "1"}, ""),
    "Match as a keyword": ("setting-name", {"dialect": "sshd"}, {"Match": "User x"}, ""),
    "a line without a key": ("setting-name", {"dialect": "lines", "compare": "blob"}, {"#ssh-rsa AAAAx": True}, ""),
    "a name of too few columns": ("setting-name", PAM, {"auth": None}, ""),
    "a block's name with blanks": ("setting-name", {"dialect": "block"}, {"a b": "x"}, ""),
    "a value of two lines": ("setting-value", {"dialect": "equals"}, {"a": "1\nb=2"}, ""),
    "a value of two lines for Windows": ("setting-value", {"dialect": "equals"}, {"a": "1\r"}, ""),
    "a value with a zero byte": ("setting-value", {"dialect": "block"}, {"a": "1\0"}, ""),
    "a value between blanks": ("setting-value", {"dialect": "equals"}, {"a": " 1"}, ""),
    "a value that swallows the next line": ("setting-value", {"dialect": "equals"}, {"a": "1\\"}, ""),
    "a value with a comment, where that is none of it": ("setting-value", {"dialect": "sshd"}, {"Port": "22 # x"}, ""),
    "an sshd keyword without arguments": ("setting-value", {"dialect": "sshd"}, {"Port": ""}, ""),
    "a line that is not of its name": ("setting-value", PAM, {"auth a.so": "auth required b.so"}, ""),
    "a block that ends itself": ("setting-value", {"dialect": "block"}, {"a": "# END anwei a\nx"}, ""),
    "a section where there are none": ("setting-no-section", {"dialect": "words"}, {"a": {"b": "1"}}, ""),
    "a section in a section": ("setting-no-section", {"dialect": "ini"}, {"a": {"b": {"c": "1"}}}, ""),
    "an sshd section that is no Match": ("setting-section", {"dialect": "sshd"}, {"User x": {"Port": "1"}}, ""),
    "a section that holds nothing": ("setting-section", {"dialect": "ini"}, {"a": {}}, ""),
    "a section of two lines": ("setting-section", {"dialect": "sshd"}, {"Match all\nPort": {"Port": "1"}}, ""),
    "two places": ("setting-place", PAM, {"a b": {"line": "a x b", "before": "c d", "after": "e f"}}, ""),
    "a place that is not there": ("setting-place-missing", PAM, {"a b": {"line": "a x b", "before": "c d"}}, "c x\n"),
    "places in a circle": (
        "setting-place-circle", PAM,
        {"a b": {"line": "a x b", "before": "c d"}, "c d": {"line": "c x d", "after": "a b"}}, "",
    ),
    "a file that is no text": ("setting-file-binary", {"dialect": "equals"}, {"a": "1"}, "\xff\xfea\0=\x001\0"),
    "a value whose end is not clear": (
        "setting-continued", {"dialect": "ini"}, {"r": {"url": "x"}}, "[r]\nurl=a\n    b\n",
    ),
    "a last line that swallows the new one": ("setting-not-held", {"dialect": "equals"}, {"a": "1"}, "b=1 \\\n"),
    "a block without an end": ("setting-block-open", {"dialect": "block"}, {"a": None}, "# BEGIN anwei x\ny\n"),
}  # fmt: skip

ASK = """
import base64
from hostkit import dialects
from hostkit.refusal import Refusal

def one(item, content):
    try:
        after = dialects.edit(content, item)
        assert dialects.values(after, item) == item["settings"] and dialects.edit(after, item) == after
        return base64.b64encode(after).decode("ascii")
    except Refusal as refusal:
        return refusal.reason

def ask(cases):
    return [one(item, base64.b64decode(content.encode("ascii"))) for item, content in cases]
"""


def _item(item: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {**item, "settings": wanted}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_file_becomes_what_was_asked_for(name: str) -> None:
    item, wanted, before, after = EXAMPLES[name]
    edited = dialects.edit(before.encode("latin-1"), _item(item, wanted))
    assert edited.decode("latin-1") == after
    assert dialects.values(edited, _item(item, wanted)) == wanted
    assert dialects.edit(edited, _item(item, wanted)) == edited


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_by_name(name: str) -> None:
    reason, item, wanted, content = REFUSED[name]
    with pytest.raises(Refusal) as caught:
        dialects.edit(content.encode("latin-1"), _item(item, wanted))
    assert caught.value.reason == reason
    assert set(caught.value.values) <= {"name", "names", "dialect", "option"}


@pytest.mark.parametrize("version", sorted(pythons()))
def test_every_python_gives_the_same(version: str) -> None:
    good = [(_item(item, wanted), before, after) for item, wanted, before, after in EXAMPLES.values()]
    bad = [(_item(item, wanted), content, reason) for reason, item, wanted, content in REFUSED.values()]
    # Python 2 has no half characters: it writes what JSON gives it.
    cases = [case for case in good + bad if "\ud800" not in str(case[0]["settings"].get("a"))]
    asked = [[item, base64.b64encode(content.encode("latin-1")).decode()] for item, content, _ in cases]
    expected = [base64.b64encode(after.encode("latin-1")).decode() for *_, after in good]
    assert told(pythons()[version], ASK, asked) == expected + [reason for *_, reason in cases[len(good) :]]


def test_what_stands_behind_an_include_is_shown_as_a_list_for_it_may_not_count() -> None:
    item = {"dialect": "sshd", "settings": {"UsePAM": "yes"}}
    assert dialects.values(SSHD_DEBIAN.encode(), item) == {"UsePAM": ["yes"]}


def test_present_values_come_in_the_shape_of_the_wanted_ones() -> None:
    def present(item: dict[str, Any], wanted: dict[str, Any], content: str) -> dict[str, Any]:
        return dialects.values(content.encode(), _item(item, wanted))

    assert present({"dialect": "equals"}, {"a": "9", "b": "1"}, "a=1\na=2\n") == {"a": "2", "b": None}
    assert present({"dialect": "equals"}, {"a": ["9"]}, "a=1\na=2\n") == {"a": ["1", "2"]}
    assert present({"dialect": "equals"}, {"a": None, "b": None}, "a=1\na=2\nb=3\n") == {"a": ["1", "2"], "b": "3"}
    assert present({"dialect": "sshd"}, {"Port": "22"}, "Port 22\nPort 23\n") == {"Port": ["22", "23"]}
    assert present({"dialect": "ini"}, {"s": {"k": "1"}}, "[s]\nk = 2 \n") == {"s": {"k": "2"}}
    line = {"line": "auth x pam_env.so", "after": "auth y.so"}
    assert present(PAM, {"auth pam_env.so": line}, AUTH) == {
        "auth pam_env.so": line | {"line": "auth required pam_env.so"}
    }
    assert present({"dialect": "lines"}, {"a": None, "b": True}, "a\n") == {"a": True, "b": None}
    assert present({"dialect": "block"}, {"banner": "old"}, BLOCK) == {"banner": "old"}
    assert present({"dialect": "block"}, {"banner": "new"}, BLOCK) == {"banner": "old\n"}


def test_a_last_line_that_would_go_on_is_read_to_its_end() -> None:
    item = {"dialect": "equals", "settings": {"b": "1"}}
    assert dialects.values(b"b=1 \\\n", item) == {"b": "1"}
    assert dialects.edit(b"b=1 \\\n", item) == b"b=1 \\\n"


def test_odd_bytes_come_back_as_they_were() -> None:
    content = b"a=" + "中".encode("gbk") + b"\n"
    item = {"dialect": "equals", "settings": {"a": "x"}}
    present = dialects.values(content, item)
    assert dialects.edit(b"", {**item, "settings": present}) == content


@pytest.mark.parametrize(
    "before", ["", "#A=1\n", "export A=1\nA=2\n", "A=1 \\\n2\n", "if true; then\n  A=3\nfi\n#A=4", "A=1\nB=2\n"]
)
def test_a_shell_reads_the_value(before: str, tmp_path: Path) -> None:
    page = tmp_path / "vars"
    page.write_bytes(dialects.edit(before.encode(), {"dialect": "equals", "settings": {"A": "'x y'", "C": '"z"'}}))
    done = subprocess.run(
        ["sh", "-c", '. "$0"; printf "%s|%s" "$A" "$C"', page], capture_output=True, text=True, check=True
    )
    assert done.stdout == "x y|z"


@pytest.mark.parametrize("before", ["", "[s]\n#a=1\n[t]\na=3\n", "[s]\na = 1\na=2\n[t]\n[s]\nb=1\n", "[t]\n\n; x\n"])
def test_an_ini_reader_reads_the_value(before: str) -> None:
    after = dialects.edit(before.encode(), {"dialect": "ini", "settings": {"s": {"a": "x=y", "c": "z"}}})
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(after.decode())
    assert (parser["s"]["a"], parser["s"]["c"]) == ("x=y", "z")
