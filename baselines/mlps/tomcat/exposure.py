"""What Tomcat shows or takes that it need not: sample applications, the shutdown port, AJP, listings, its version."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, not_applicable
from baselines.mlps.tomcat.instances import Instance, instances, is_local, shown
from baselines.mlps.tomcat.xml import kind, text_of
from baselines.mlps.web.seen import Seen
from baselines.mlps.web.versions import is_packaged, number

LIMITS = ("RemoteAddrValve", "RemoteCIDRValve", "RemoteHostValve")
EVERYBODY = (".*", ".+", "*", "0.0.0.0/0", "::/0")
# From these versions on, AJP listens on the host itself alone and wants a secret.
SAFE_AJP: dict[tuple[int, ...], tuple[int, ...]] = {(7, 0): (7, 0, 100), (8, 5): (8, 5, 51), (9, 0): (9, 0, 31)}
SAFE_BRANCH: tuple[int, ...] = (10, 0)


def samples(host: Host, *, unneeded: Sequence[str]) -> Verdict:
    """No application that Tomcat came with is deployed."""
    seen = Seen()
    for one in instances(host):
        found = [each for each in one.webapps if each in unneeded] + (
            ["ROOT (default)"] if one.has_default_page else []
        )
        seen.bad += [f"{one.name}: {each}" for each in found]
        seen.good.append(f"{one.name}: {', '.join(one.webapps) or '-'}")
        folders = [each.get("appBase", "webapps") for each in one.server.iter("Host")]
        seen.odd += [f"{one.name}: appBase {each}" for each in folders if each != "webapps"]
    return seen.verdict("webapps")


def shutdown_port(host: Host) -> Verdict:
    """Nobody on the host can stop Tomcat with the word that everybody knows."""
    seen = Seen()
    for one in instances(host):
        port, word = one.server.get("port", "8005"), one.server.get("shutdown", "SHUTDOWN")
        seen.put(f"{one.name}: port {port} shutdown {word}", good=port == "-1" or word != "SHUTDOWN")
    return seen.verdict("Server")


def ajp(host: Host) -> Verdict:
    """AJP is off, or on the host itself alone, or wants a secret."""
    seen = Seen()
    for one in instances(host):
        connectors = one.connectors("AJP")
        seen.good += [] if connectors else [f"{one.name}: AJP -"]
        for each in connectors:
            secret = any(each.get(name, "*empty") not in ("*empty", "*sample") for name in ("secret", "requiredSecret"))
            closed = is_local(each) or (not each.get("address") and _is_safe(one))
            seen.put(shown(one, each), good=closed or secret)
    return seen.verdict("AJP")


def default_servlet(host: Host) -> Verdict:
    """No folder lists its files, no file can be put, and TRACE is not answered."""
    seen = Seen()
    for one in instances(host):
        for servlet in one.xml("conf/web.xml").iter("servlet"):
            for each in servlet.iter("init-param"):
                name, value = text_of(each, "param-name"), text_of(each, "param-value").lower()
                if (name, value) in (("listings", "true"), ("readonly", "false")):
                    seen.bad.append(f"{one.name}: {name} {value}")
                elif name in ("listings", "readonly"):
                    seen.good.append(f"{one.name}: {name} {value}")
        seen.bad += [shown(one, each) for each in one.connectors() if each.get("allowTrace", "").lower() == "true"]
        seen.good.append(f"{one.name}: allowTrace -")
    return seen.verdict("DefaultServlet, allowTrace")


def error_pages(host: Host) -> Verdict:
    """Error pages do not tell the version."""
    seen = Seen()
    for one in instances(host):
        for each in one.server.iter("Host"):
            valves = [valve for valve in each.findall("Valve") if kind(valve) == "ErrorReportValve"]
            value = valves[-1].get("showServerInfo", "true") if valves else "true (default)"
            seen.put(f"{one.name}: <Host {each.get('name', '-')}> showServerInfo {value}", good=value == "false")
    return seen.verdict("ErrorReportValve")


def deployment(host: Host) -> Verdict:
    """What is put into the folder of applications does not run by itself."""
    seen = Seen()
    for one in instances(host):
        for each in one.server.iter("Host"):
            value = each.get("autoDeploy", "true")
            seen.put(f"{one.name}: <Host {each.get('name', '-')}> autoDeploy {value}", good=value.lower() == "false")
    return seen.verdict("autoDeploy")


def manager_sources(host: Host) -> Verdict:
    """Only some addresses reach the managing applications."""
    seen = Seen()
    for one in instances(host):
        for name in one.managers:
            allowed = [each.get("allow", "") for each in _valves(one, name) if kind(each) in LIMITS]
            good = any(each and not set(each.replace(" ", "").split(",")) & set(EVERYBODY) for each in allowed)
            seen.put(f"{one.name}: {name} allow {'; '.join(allowed) or '-'}", good=good)
    return seen.verdict("RemoteCIDRValve") if seen.bad or seen.good else not_applicable("tomcat.no-manager")


def version(host: Host, *, lowest: Mapping[str, str]) -> Verdict:
    """Each version is of a branch that is maintained, and mended; that of a distribution a person compares."""
    seen = Seen()
    for one in instances(host):
        branch = ".".join(one.version.split(".")[:2])
        row = f"{one.name}: {one.version or '-'}"
        if branch in lowest and number(one.version) >= number(lowest[branch]):
            seen.good.append(row)
        else:
            (seen.odd if not one.version or is_packaged(one.home) else seen.bad).append(row)
    return seen.verdict("version")


def _valves(one: Instance, name: str) -> list[Element]:
    """The valves that requests to an application pass: of the server, of all contexts, and of its own descriptor.

    A descriptor in the configuration takes the place of the one in the application.
    """
    descriptors = [found for path, found in one.contexts() if path.endswith(f"/{name}.xml")]
    own = [found for path, found in one.contexts() if path == f"{one.base}/webapps/{name}/META-INF/context.xml"]
    shared = [found for path, found in one.contexts() if path == f"{one.base}/conf/context.xml"]
    around = [
        each for kind_ in ("Engine", "Host") for outer in one.server.iter(kind_) for each in outer.findall("Valve")
    ]
    return [*around, *(each for found in [*(descriptors or own), *shared] for each in found.iter("Valve"))]


def _is_safe(one: Instance) -> bool:
    """Whether AJP without an address listens on the host itself alone."""
    found = number(one.version)
    return bool(found) and (found >= SAFE_BRANCH or found >= SAFE_AJP.get(found[:2], SAFE_BRANCH))
