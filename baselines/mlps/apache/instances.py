"""The Apache instances of a host: their processes, and their configuration as it lies on the disk."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from posixpath import join

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.apache.syntax import Reader, Section, Setting
from baselines.mlps.reading import commands, output
from baselines.mlps.web.learnt import ask
from baselines.mlps.web.printed import Files, files
from baselines.mlps.web.processes import Process, heads, processes, readable

COMMANDS = commands("apache")
# Where packages have the folder and the main file: Debian, RedHat and its like, SUSE.
PACKAGED = {
    "/usr/sbin/apache2": ("/etc/apache2", "apache2.conf"),
    "/usr/sbin/httpd": ("/etc/httpd", "conf/httpd.conf"),
    "/usr/sbin/httpd-prefork": ("/etc/apache2", "httpd.conf"),
    "/usr/sbin/httpd2-prefork": ("/etc/apache2", "httpd.conf"),
}


@dataclass(frozen=True)
class Instance:
    """One parent process with its configuration."""

    process: Process
    workers: tuple[Process, ...]
    files: Files
    settings: tuple[Setting, ...]
    modules: frozenset[str]
    version: str
    root: str

    def all(self, *names: str) -> list[Setting]:
        """The directives of these names, wherever they stand."""
        return [each for each in self.settings if each.name in names]

    def main(self, *names: str) -> list[Setting]:
        """Those that stand in no section."""
        return [each for each in self.all(*names) if not each.place]

    @property
    def hosts(self) -> list["VirtualHost"]:
        """The virtual hosts, or the main server where there are none."""
        sections = dict.fromkeys(each.place[0] for each in self.settings if _is_host(each))
        return [VirtualHost(self, each) for each in sections] or [VirtualHost(self, None)]

    def absolute(self, path: str) -> str:
        """A path from the root."""
        return join(self.root, path)


@dataclass(frozen=True)
class VirtualHost:
    """One virtual host, or the main server."""

    instance: Instance
    section: Section | None

    def inside(self, *names: str) -> list[Setting]:
        """The directives in it at any depth."""
        return [each for each in self.instance.all(*names) if self.section is None or self.section in each.place]

    def effective(self, *names: str) -> list[Setting]:
        """Its own directives, else those of the main server."""
        own = [each for each in self.inside(*names) if self.section and each.place == (self.section,)]
        return own or self.instance.main(*names)

    def value(self, name: str, default: str) -> str:
        """The last value of a directive."""
        found = self.effective(name)
        return found[-1].text if found else default

    @property
    def is_tls(self) -> bool:
        """Whether it speaks TLS."""
        return self.value("sslengine", "off").lower() not in ("off", "")

    @property
    def addresses(self) -> list[str]:
        """Where it answers."""
        if self.section:
            return self.section.words.split()
        return [each.words[0] for each in self.instance.main("listen") if each.words]

    @property
    def is_plain(self) -> bool:
        """Whether it answers others than the host itself without TLS."""
        local = all(each.startswith(("127.", "localhost", "[::1]")) for each in self.addresses)
        return not self.is_tls and not (self.addresses and local)

    def __str__(self) -> str:
        """The host as a sentence quotes it."""
        names = [each.words[0] for each in self.effective("servername") if each.words]
        return f"{names[-1] if names else '_'}({' '.join(self.addresses)})"


def running(host: Host) -> list[Process]:
    """All processes of Apache."""
    return processes(host, COMMANDS["processes"])


def instances(host: Host) -> list[Instance]:
    """Every instance whose files can be read by their path; Apache in a container is for a person."""
    known = running(host)
    return [_instance(host, each, known) for each in readable(heads(known), COMMANDS["processes"])]


def versions(host: Host) -> dict[str, str]:
    """The version of each program that runs, as it is written in the program itself."""
    rows = re.findall(r"^version (\S+) (\S+) (\S+)$", output(host, COMMANDS["processes"]), re.MULTILINE)
    return {program if place == "host" else f"{place}:{program}": version for place, program, version in rows}


def _instance(host: Host, process: Process, known: Sequence[Process]) -> Instance:
    """One instance with its children."""
    said = output(host, COMMANDS["processes"])
    root, config = _places(process)
    built_in = re.findall(rf"^module \S+ {re.escape(process.program)} (\S+)\.c$", said, re.MULTILINE)
    named = re.findall(rf"^environment {re.escape(process.program)} (\w+)=(\S+)$", said, re.MULTILINE)
    words = frozenset(re.findall(r"-D\s*(\w+)", " ".join(process.words)))
    found, settings, modules, base = _read(
        ask(host, COMMANDS["config"], config, root), root, frozenset(built_in), words, tuple(named)
    )
    workers = tuple(each for each in known if each.parent == process.pid)
    return Instance(process, workers, found, settings, modules, versions(host).get(process.program, ""), base)


@lru_cache(maxsize=4)
def _read(
    printed: str, root: str, built_in: frozenset[str], names: frozenset[str], named: tuple[tuple[str, str], ...]
) -> tuple[Files, tuple[Setting, ...], frozenset[str], str]:
    """Files, directives, modules and base folder; many checks ask for the same."""
    variables: Mapping[str, str] = dict(named)
    reader = Reader(files(printed), root, set(built_in), set(names), dict(variables))
    settings = tuple(reader.settings())
    return reader.files, settings, frozenset(reader.modules), reader.base


def _places(process: Process) -> tuple[str, str]:
    """Folder and main file, by the words of the process, else by where its program lies."""
    words = " ".join(process.words)
    home = process.program.rpartition("/bin/")[0]
    root, config = PACKAGED.get(process.program, (home, "conf/httpd.conf") if home else ("", ""))
    named = {option: found[1] for option in "df" if (found := re.search(rf"(?:^|\s)-{option}\s+(\S+)", words))}
    root, config = named.get("d", root), named.get("f", config)
    if not root or not config:
        raise NotReadableError(process.program, text("verdict.web.no-config"))
    return root, join(root, config)


def _is_host(setting: Setting) -> bool:
    """Whether a directive stands in a virtual host."""
    return bool(setting.place) and setting.place[0].kind == "virtualhost"
