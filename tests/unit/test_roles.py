"""Roles without a host: pages follow from specs, bad parameters are refused by name, documents are sound."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import given
from hypothesis import strategies as st

from anwei.baseline import catalogue
from anwei.errors import BadInput
from anwei.state.checking import demand_sound
from scripts import role_docs

PROJECT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.parent.parent for path in PROJECT.glob("roles/*/tasks/main.yml"))
SAYS = {page.stem: page.read_text() for page in PROJECT.glob("tests/unit/sshd_says/*.txt")}
CHECKS = {
    "PermitRootLogin": "LNX-ACb-02",
    "MaxAuthTries": "LNX-IAb-03",
    "LoginGraceTime": "LNX-IAb-03",
    "Ciphers": "LNX-IAc-02",
    "MACs": "LNX-IAc-02",
    "KexAlgorithms": "LNX-IAc-02",
    "Mode": "LNX-ACa-02",
}
ADMINISTRATOR = [{"user": "ops"}]


def page(role: str, name: str) -> Any:
    """A YAML page of a role."""
    return yaml.safe_load((PROJECT / "roles" / role / name).read_text(encoding="utf-8"))


def filters(role: str, name: str) -> ModuleType:
    """A role's filters, as Ansible loads them."""
    path = PROJECT / "roles" / role / "filter_plugins" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sshd = filters("harden_sshd", "sshd_config")
document = filters("settings", "settings_document").settings_document


def sshd_item(printed: str, **variables: object) -> dict[str, Any]:
    """The item that the role makes of its variables, as Ansible fills them in."""
    given = {**page("harden_sshd", "defaults/main.yml"), **page("harden_sshd", "vars/main.yml"), **variables}
    templar = Templar(loader=DataLoader(), variables=given)
    measures, clauses = (templar.template(given[f"harden_sshd__{name}"]) for name in ("measures", "clauses"))
    item: dict[str, Any] = sshd.sshd_config(measures, printed, given["harden_sshd_leave"], clauses)
    return item


def saying(**settings: str) -> str:
    """What 9.2 says, but for these."""
    lines = [line for line in SAYS["9.2"].splitlines() if line.split(" ")[0] not in settings]
    return "\n".join([*lines, *(f"{name} {value}" for name, value in settings.items())])


def check(name: str) -> dict[str, Any]:
    """A check of the catalogue, with the clauses of its unit by level."""
    page = yaml.safe_load((PROJECT / "baselines" / "mlps" / "linux" / "checks.yml").read_text(encoding="utf-8"))
    found = next(each for each in page["checks"] if each["id"] == name)
    required = [(level, each) for level in catalogue.LEVELS for each in catalogue.load(level).requirements]
    return {**found, "clause": {level: each.unit.clause for level, each in required if each.name == found["unit"]}}


# Pages and footprints


def test_defaults_and_tables_follow_from_the_specs() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/role_docs.py", "--check"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_page_that_drifted_is_named_and_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    role = tmp_path / "roles" / "r"
    (role / "meta").mkdir(parents=True)
    (role / "defaults").mkdir()
    option = {"type": "int", "default": 5, "description": ["一", "One"]}
    specs = {"argument_specs": {"main": {"options": {"r_one": option, "r_two": {**option, "default": "yes"}}}}}
    (role / "meta" / "argument_specs.yml").write_text(yaml.safe_dump(specs))
    (role / "README.md").write_text(f"before\n{role_docs.BEGIN}\nold\n{role_docs.END}\nbehind\n")
    monkeypatch.setattr(role_docs, "ROLES", tmp_path / "roles")
    assert role_docs.main(["--check"]) == 1
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "roles/r/defaults/main.yml",
        "roles/r/README.md",
    ]
    assert role_docs.main([]) == 0
    assert role_docs.main(["--check"]) == 0
    assert yaml.safe_load((role / "defaults" / "main.yml").read_text()) == {"r_one": 5, "r_two": "yes"}
    readme = (role / "README.md").read_text()
    assert "| `r_one` | int | `5` | 一<br>One |" in readme
    assert (readme.startswith("before\n"), readme.endswith("behind\n"), "old" in readme) == (True, True, False)
    (role / "README.md").write_text("no markers\n")
    with pytest.raises(SystemExit, match="markers"):
        role_docs.main([])


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_keeps_to_its_name_and_is_short(role: Path) -> None:
    options = page(role.name, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert {name for name in options if not name.startswith(role.name + "_")} == set()
    footprint = page(role.name, "meta/footprint.yml")
    assert footprint.keys() == {"touches", "lock_out", "notice", "cannot_take_back", "checks"}
    assert set(footprint["checks"]) <= {check.id for check in catalogue.load(3).checks}
    assert footprint["touches"].keys() <= {"file", "service", "sysctl"}
    assert footprint["lock_out"] == "" or options[footprint["lock_out"]]["default"] > 0
    assert all(said.keys() == {"zh", "en"} for said in [footprint["notice"], *footprint["cannot_take_back"]])
    for tasks in role.glob("tasks/*.yml"):
        assert len(tasks.read_text().splitlines()) < 60
        assert all(re.match(r"[A-Z][a-z]+ ", task["name"]) for task in yaml.safe_load(tasks.read_text()))


# Bad parameters

BAD = {
    "harden_sshd": {
        "harden_sshd_permit_root_login": "maybe",
        "harden_sshd_max_auth_tries": 0,
        "harden_sshd_login_grace_time": 0,
        "harden_sshd_client_alive_interval": "often",
        "harden_sshd_client_alive_count_max": 0,
        "harden_sshd_x11_forwarding": "perhaps",
        "harden_sshd_log_level": "QUIET",
        "harden_sshd_weak_algorithms": {"a": 1},
        "harden_sshd_mode": "0666",
        "harden_sshd_leave": ["PermitRootLogn"],
        "harden_sshd_undo_unless_confirmed": "soon",
        "harden_sshd_administrators": ADMINISTRATOR,
    },
    "settings": {
        "settings_files": [{"path": "/etc/x", "dialect": "yaml"}],
        "settings_sysctls": [{"name": "vm.swappiness"}],
        "settings_services": [{"name": "nginx", "actve": True}],
        "settings_undo_unless_confirmed": [],
        "settings_administrators": ADMINISTRATOR,
    },
}


def problems(role: str, given: Mapping[str, object]) -> list[str]:
    """What Ansible says of a role's parameters before it does anything."""
    options = page(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    found = ArgumentSpecValidator(options).validate(dict(given), validate_role_argument_spec=True)
    return list(found.error_messages)


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, bad in BAD.items() for name in bad])
def test_a_bad_parameter_is_refused_by_name(role: str, name: str) -> None:
    said = problems(role, {name: BAD[role][name]})
    assert said
    assert all(name in each for each in said)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_defaults_are_good_parameters(role: Path) -> None:
    assert problems(role.name, page(role.name, "defaults/main.yml")) == []
    assert page(role.name, "defaults/main.yml")[f"{role.name}_undo_unless_confirmed"] == 300


def test_a_bad_parameter_is_refused_before_a_host_is_asked() -> None:
    words = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "nowhere,", "playbooks/harden_sshd.yml"]
    for variable in ("harden_sshd_max_auth_tries=50", "ansible_host=127.0.0.1", "ansible_port=1"):
        words += ["-e", variable]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "value of harden_sshd_max_auth_tries must be one of: 2, 3, 4, 5, 6, got: 50" in done.stdout
    assert (done.returncode, "UNREACHABLE" in done.stdout) == (2, False)


# harden_sshd


@pytest.mark.parametrize("release", sorted(SAYS))
def test_every_release_gets_what_it_knows(release: str) -> None:
    settings = sshd_item(SAYS[release])["settings"]
    assert {name for name in settings if name.lower() not in sshd.sshd_says(SAYS[release])} == set()
    algorithms = {"Ciphers", "KexAlgorithms"} if release == "7.4" else set()
    assert settings.keys() & {"Ciphers", "MACs", "KexAlgorithms"} == algorithms
    assert (settings["MaxAuthTries"], settings["LoginGraceTime"], settings["X11Forwarding"]) == ("5", "60", "no")
    assert all(isinstance(value, str) for value in settings.values())


def test_weak_algorithms_go_and_the_rest_stays_in_order() -> None:
    settings = sshd_item(SAYS["7.4"])["settings"]
    assert settings["Ciphers"].split(",") == [
        "chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
    ]  # fmt: skip
    assert settings["KexAlgorithms"].split(",")[-2:] == ["diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"]
    own = saying(ciphers="sm4-ctr,aes128-cbc", macs="hmac-sm3,hmac-md5", kexalgorithms="sm2-sm3")
    assert {name: sshd_item(own)["settings"].get(name) for name in ("Ciphers", "MACs", "KexAlgorithms")} == {
        "Ciphers": "sm4-ctr",
        "MACs": "hmac-sm3",
        "KexAlgorithms": None,
    }


NAMES = st.text("abcm-d5", min_size=1, max_size=6).filter(lambda name: "," not in name)


@given(st.lists(NAMES, min_size=1, max_size=8), st.lists(NAMES, max_size=3))
def test_algorithms_are_only_ever_taken_out(offered: list[str], weak: list[str]) -> None:
    try:
        chosen = sshd.chosen({"Ciphers": weak}, {"ciphers": ",".join(offered)}).get("Ciphers")
    except AnsibleFilterError:
        assert all(any(part in name for part in weak) for name in offered)
        return
    kept = chosen.split(",") if chosen else offered
    assert kept == [name for name in offered if not any(part in name for part in weak)]


@pytest.mark.parametrize(
    ("now", "wanted", "written"),
    [
        ({"maxauthtries": "3"}, {}, None),
        ({"maxauthtries": "5"}, {}, "5"),
        ({"maxauthtries": "6"}, {"harden_sshd_max_auth_tries": "4"}, "4"),
        ({"logingracetime": "0"}, {}, "60"),
        ({"logingracetime": "30"}, {}, None),
        ({"clientaliveinterval": "0"}, {}, "300"),
        ({"clientaliveinterval": "900"}, {}, "300"),
        ({"permitrootlogin": "yes"}, {}, None),
        ({"permitrootlogin": "yes"}, {"harden_sshd_permit_root_login": "no"}, "no"),
        ({"permitrootlogin": "yes"}, {"harden_sshd_permit_root_login": False}, "no"),
        ({"permitrootlogin": "no"}, {"harden_sshd_permit_root_login": "prohibit-password"}, None),
        ({"permitrootlogin": "without-password"}, {"harden_sshd_permit_root_login": "no"}, "no"),
        ({"permitemptypasswords": "yes"}, {}, "no"),
        ({"x11forwarding": "yes"}, {"harden_sshd_leave": ["X11Forwarding"]}, None),
        ({"allowtcpforwarding": "yes"}, {}, None),
        ({"allowtcpforwarding": "yes"}, {"harden_sshd_allow_tcp_forwarding": False}, "no"),
        ({"loglevel": "DEBUG3"}, {}, "VERBOSE"),
        ({"banner": "none"}, {"harden_sshd_banner": "/etc/issue.net"}, "/etc/issue.net"),
    ],
)
def test_what_is_stricter_stays(now: dict[str, str], wanted: dict[str, object], written: str | None) -> None:
    settings = sshd_item(saying(**now), **wanted)["settings"]
    (name,) = now
    assert {each.lower(): value for each, value in settings.items()}.get(name) == written


def test_what_this_sshd_cannot_do_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    without = "\n".join(line for line in saying(ciphers="aes128-cbc").splitlines() if not line.startswith("maxauth"))
    with pytest.raises(AnsibleFilterError) as refused:
        sshd_item(without)
    assert "AW-sshd-unsupported" in str(refused.value)
    assert "sshd does not know MaxAuthTries" in str(refused.value)
    assert "Ciphers: all that is offered now is weak" in str(refused.value)
    assert sshd_item(without, harden_sshd_leave=["MaxAuthTries", "Ciphers"])["settings"]
    with pytest.raises(AnsibleFilterError, match="PermitEmptyPasswords"):
        sshd_item("sh: 1: sshd: not found\n")


def test_a_terminal_and_a_banner_change_nothing() -> None:
    through = "*** only for those who may ***\r\n" + SAYS["9.2"].replace("\n", "\r\n")
    assert sshd_item(through) == sshd_item(SAYS["9.2"])


def test_the_first_line_of_a_setting_counts() -> None:
    assert sshd.sshd_says("port 22\nport 23\n")["port"] == "22"


def test_when_all_is_left_nothing_is_asked_for() -> None:
    every = page("harden_sshd", "meta/argument_specs.yml")["argument_specs"]["main"]["options"]["harden_sshd_leave"]
    assert set(every["choices"]) == set(page("harden_sshd", "vars/main.yml")["harden_sshd__measures"])
    assert sshd_item(SAYS["9.2"], harden_sshd_leave=every["choices"]) == {"why": ""}


@pytest.mark.parametrize("level", [2, 3])
def test_the_clauses_are_those_of_the_catalogue(level: int) -> None:
    given = {**page("harden_sshd", "vars/main.yml"), "mlps_level": level}
    clauses = Templar(loader=DataLoader(), variables=given).template(given["harden_sshd__clauses"])
    expected = {name: check(CHECKS[name]) for name in CHECKS}
    assert clauses == {name: f"{each['clause'][level]} ({each['certainty']})" for name, each in expected.items()}


def test_only_clauses_of_what_is_written_are_claimed() -> None:
    leave = ["MaxAuthTries", "LoginGraceTime"]
    assert sshd_item(SAYS["9.2"], harden_sshd_leave=leave)["why"] == "8.1.4.2 a (M)"
    assert sshd_item(SAYS["7.4"])["why"] == "8.1.4.1 b (S); 8.1.4.1 c (M); 8.1.4.2 a (M)"


def test_the_defaults_are_what_the_catalogue_expects() -> None:
    defaults = page("harden_sshd", "defaults/main.yml")
    attempts = check("LNX-IAb-03")["thresholds"]
    assert defaults["harden_sshd_max_auth_tries"] <= attempts["max_tries"]
    assert defaults["harden_sshd_login_grace_time"] <= attempts["max_seconds"]
    assert set(check("LNX-IAc-02")["thresholds"]["weak"]) <= set(defaults["harden_sshd_weak_algorithms"])
    assert defaults["harden_sshd_mode"] == "0" + check("LNX-ACa-02")["thresholds"]["modes"]["/etc/ssh/sshd_config"]


def apply(wanted: Mapping[str, Any], footprint: Mapping[str, Any]) -> dict[str, Any]:
    """A request to apply a document."""
    return {"verb": "apply", "change": "c", "document": dict(wanted), "footprint": dict(footprint)}


@pytest.mark.parametrize("release", sorted(SAYS))
def test_the_document_is_sound_and_within_the_footprint(release: str) -> None:
    path = "/etc/ssh/sshd_config"
    follows = {"reload_on": [path]}
    wanted = {"file": {path: sshd_item(SAYS[release])}, "service": {"ssh": follows, "sshd": follows}}
    demand_sound(apply(wanted, page("harden_sshd", "meta/footprint.yml")["touches"]), 300, "web1")
    touches = page("harden_sshd", "meta/footprint.yml")["touches"]
    with pytest.raises(BadInput):
        demand_sound(apply({"file": {"/etc/passwd": {}}}, touches), 300, "web1")


# settings

FILES: list[dict[str, Any]] = [
    {"path": "/etc/a", "dialect": "words", "settings": {"N": 90, "L": [1, "b"]}, "reload": ["one"], "why": "x"},
    {"path": "/etc/b", "dialect": "ini", "settings": {"s": {"k": 1.5}}, "reload": ["one"], "restart": ["two"]},
    {"path": "/etc/a", "dialect": "words", "settings": {"M": None}},
]
SYSCTLS = [{"name": "net.ipv4.ip_forward", "value": 0, "why": "y"}]
SERVICES = [{"name": "one", "active": True}]


def test_lists_become_one_document() -> None:
    assert document(FILES, SYSCTLS, SERVICES) == {
        "file": {
            "/etc/a": {"dialect": "words", "settings": {"N": "90", "L": ["1", "b"], "M": None}, "why": "x"},
            "/etc/b": {"dialect": "ini", "settings": {"s": {"k": "1.5"}}},
        },
        "sysctl": {"net.ipv4.ip_forward": {"value": "0", "why": "y"}},
        "service": {"one": {"active": True, "reload_on": ["/etc/a", "/etc/b"]}, "two": {"restart_on": ["/etc/b"]}},
    }
    assert document([], [], []) == {}


def test_the_footprint_is_what_the_parameters_name() -> None:
    given = {"settings_files": FILES, "settings_sysctls": SYSCTLS, "settings_services": SERVICES}
    touches = page("settings", "meta/footprint.yml")["touches"]
    footprint = Templar(loader=DataLoader(), variables=given).template(touches)
    assert {kind: sorted(names) for kind, names in footprint.items()} == {
        "file": ["/etc/a", "/etc/b"],
        "sysctl": ["net.ipv4.ip_forward"],
        "service": ["one", "two"],
    }
    demand_sound(apply(document(FILES, SYSCTLS, SERVICES), footprint), 300, "web1")


def test_what_contradicts_itself_is_refused_by_name() -> None:
    other = [{"path": "/etc/a", "dialect": "words", "settings": {"N": 91}}]
    with pytest.raises(AnsibleFilterError) as refused:
        document([*FILES, *other], [], [])
    assert "AW-host-document" in str(refused.value)
    assert "file:/etc/a" in str(refused.value)
    assert "N" in str(refused.value)


def test_a_bare_yes_is_refused_because_nobody_knows_what_was_meant() -> None:
    bare = [{"path": "/etc/a", "dialect": "words", "settings": {"N": True}}]
    with pytest.raises(BadInput) as refused:
        demand_sound(apply(document(bare, [], []), {"file": ["/etc/a"]}), 300, "web1")
    assert [("/etc/a" in said, "N" in said) for said in refused.value.details] == [(True, True)]
