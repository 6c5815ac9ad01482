"""Which of a host's variables are secrets. Ansible's worker of each host asks it too, so this loads next to nothing."""

import re
from collections.abc import Iterator, Mapping

NAMES = re.compile(
    r"(?:pass|password|passwd|passphrase|pwd|secret|token|psk|community|key_?string|private_?key)\d*$", re.I
)
VAULTED = ("AnsibleVaultEncryptedUnicode", "EncryptedString")  # Ansible up to 2.18, and since
NOT_OWN = ("hostvars", "groups", "vars", "ansible_facts")  # what Ansible adds to a host's variables


def secret_values(variables: Mapping[str, object]) -> Iterator[object]:
    """The values, at any depth, whose name says that they are secret or that stand in a vault. Some are templates."""
    for name, value in variables.items():
        if type(value).__name__ in VAULTED:
            yield value
        elif isinstance(value, Mapping):
            if name not in NOT_OWN:
                yield from secret_values(value)
        elif isinstance(value, list | tuple):
            yield from secret_values({f"{name} {number}": each for number, each in enumerate(value)})
        elif isinstance(value, str) and NAMES.search(str(name)):
            yield value
