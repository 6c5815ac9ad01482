"""Modes of Tomcat's configuration, and the passwords of data sources in it."""

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, met
from baselines.mlps.tomcat.instances import instances
from baselines.mlps.web.files import parsed
from baselines.mlps.web.seen import Seen

SECRETS = ("password", "connectionPassword")
HIDDEN = ("*reference", "*encrypted", "*empty")


def file_modes(host: Host, *, conf_mode: str) -> Verdict:
    """Others can neither read nor write the configuration; in a folder that they cannot enter it does not matter."""
    seen = Seen()
    for one in instances(host):
        folders = {each.path: each for each in one.modes("folder")}
        conf = folders.get(f"{one.base}/conf")
        closed = conf is not None and not conf.rights & 0o007
        seen.bad += [str(each) for each in folders.values() if each.rights & 0o002]
        for row in one.files.modes:
            mode = parsed(row)
            if mode is None:
                seen.odd.append(row)
            elif "/conf/" in mode.path and not mode.path.endswith("/web.xml"):
                seen.put(str(mode), good=closed or not mode.rights & ~int(conf_mode, 8) & 0o777)
    return seen.verdict("stat")


def stored_passwords(host: Host) -> Verdict:
    """Passwords of data sources do not lie in the configuration as they are."""
    seen = Seen()
    for one in instances(host):
        for path, found in one.contexts():
            for each in found.iter():
                row = f"{path} <{each.tag} {each.get('name', '')}>"
                for name in SECRETS:
                    if each.get(name):
                        seen.put(f"{row} {name} {each.get(name)}", good=each.get(name) in HIDDEN)
                if each.get("url") == "*password":
                    seen.bad.append(f"{row} url {each.get('url')}")
    return seen.verdict("password") if seen.bad or seen.good else met("none", what="password")
