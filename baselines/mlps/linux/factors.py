"""Two kinds of authentication for logins over SSH."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met
from baselines.mlps.linux import pam
from baselines.mlps.linux.sshd import sshd
from baselines.mlps.reading import listed

BY_CRYPTOGRAPHY = {"publickey", "hostbased", "gssapi-with-mic"}


def two_factors(host: Host, *, modules: Sequence[str]) -> Verdict:
    """Every way in over SSH takes two kinds, one of them a key, or a module for a second one that no key goes around.

    Without it the host cannot say no: a bastion may ask for the second kind before.
    """
    settings = sshd(host)
    methods = settings.get("authenticationmethods", "any")
    if all(_are_two(way) for way in methods.split()):
        return met("value", what="authenticationmethods", value=methods)
    service = pam.services(host, "sshd")[0]
    found = [line for line in pam.stack(host, service, "auth") if line.module in modules]
    asked = [line for line in found if line.is_binding and "nullok" not in line.arguments]
    around = [key for key in ("pubkeyauthentication", "gssapiauthentication") if settings.get(key, "yes") != "no"]
    rows = listed([f"authenticationmethods {methods}", *(f"{key} yes" for key in around), *found])
    return (met if asked and not around else manual)("access.factors", rows=rows)


def _are_two(way: str) -> bool:
    """Whether one way in is made of two kinds, one of them by a key."""
    kinds = {method.partition(":")[0] for method in way.split(",")}
    return len(kinds) > 1 and bool(kinds & BY_CRYPTOGRAPHY)
