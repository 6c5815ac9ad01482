"""What the inventory knows of a host's secrets comes along with its answer, however it is kept."""

from pathlib import Path

import pytest
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from anwei.evidence.commands import Command, Declaration, Declarations
from anwei.evidence.fetch import Fetched, fetch

KEY = b"key-of-the-vault"
COMMAND = Command("echo $(id -u)")
DECLARED = Declarations("test", {COMMAND.template: Declaration(COMMAND.template, (), (), 5, "linux")})
INVENTORY = """
all:
  vars: {ansible_connection: local, hidden: Templated-1}
  hosts:
    web1:
      ansible_become_password: Becom3-Secret
      service_password: "{{ hidden }}"
      undefined_password: "{{ nowhere }}"
      accounts: [{name: app, password: "{{ hidden }}-nested"}]
      note: !vault |
VAULTED
    web2: {ansible_password: Of-web2-only}
"""


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(KEY))])
    vaulted = vault.encrypt(b"V4ulted-Secret", VaultSecret(KEY)).decode()
    lines = "\n".join(f"        {line}" for line in vaulted.splitlines())
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yml").write_text(INVENTORY.replace("VAULTED", lines))
    (tmp_path / "vault").write_bytes(KEY)
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", str(tmp_path / "vault"))
    return tmp_path / "inventory"


def test_each_hosts_own_secrets_are_known_and_no_others(inventory: Path) -> None:
    fetched = fetch(inventory, {"web1": [COMMAND], "web2": [COMMAND]}, DECLARED, lambda *_: None)
    one, two = fetched["web1"], fetched["web2"]
    assert isinstance(one, Fetched)
    assert isinstance(two, Fetched)
    assert one.known.values == {"Becom3-Secret", "Templated-1", "Templated-1-nested", "V4ulted-Secret"}
    assert two.known.values == {"Of-web2-only"}
    assert one.skew == two.skew == 0
    assert "Secret" not in repr(one.reading)


def test_secrets_are_not_told_by_the_way_they_are_kept(inventory: Path) -> None:
    fetched = fetch(inventory, {"web1": [COMMAND]}, DECLARED, lambda *_: None)["web1"]
    assert "Secret" not in repr(fetched)
