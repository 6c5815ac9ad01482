"""Protocols and ciphers of TLS as servers write them."""

import re
from collections.abc import Collection, Sequence

from baselines.mlps.web.seen import Seen


def protocols(where: str, offered: Sequence[str], allowed: Collection[str]) -> Seen:
    """Only allowed protocols are offered."""
    seen = Seen()
    seen.put(f"{where} {' '.join(offered)}", good=bool(offered) and set(offered) <= set(allowed))
    return seen


def ciphers(where: str, text: str, weak: Collection[str]) -> Seen:
    """The words of an OpenSSL list (or names of Java) that add ciphers name no weak one.

    A word that adds all there are leaves the rest to what is taken away, which only OpenSSL can tell.
    """
    words = [each for each in re.split(r"[:,\s]+", text) if each and each[0] not in "!-+"]
    bad = [each for each in words if any(part in each.upper().split("@")[0] for part in weak)]
    if bad:
        return Seen(bad=[f"{where} {each}" for each in bad])
    if not words or {"ALL", "COMPLEMENTOFALL", "COMPLEMENTOFDEFAULT"} & set(words) or "@SECLEVEL=0" in text:
        return Seen(odd=[f"{where} {text}"])
    return Seen(good=[f"{where} {text}"])
