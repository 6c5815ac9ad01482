"""The Tomcat instances of a host: their processes, and their configuration as it lies on the disk."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from posixpath import basename, join
from xml.etree.ElementTree import Element

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import commands
from baselines.mlps.tomcat.xml import element
from baselines.mlps.web.files import Mode, parsed
from baselines.mlps.web.learnt import ask
from baselines.mlps.web.printed import Files, files
from baselines.mlps.web.processes import Process, processes, readable

COMMANDS = commands("tomcat")
MANAGERS = ("manager", "host-manager")


@dataclass(frozen=True)
class Instance:
    """One folder that a Tomcat runs from."""

    base: str
    home: str
    processes: tuple[Process, ...]
    printed: str
    files: Files

    @property
    def name(self) -> str:
        """The instance as a sentence quotes it."""
        return self.base

    @property
    def version(self) -> str:
        """The version in the program's own library."""
        return self._words("version")[0] if self._words("version") else ""

    @property
    def webapps(self) -> list[str]:
        """The applications by folder, archive or descriptor, each once."""
        named = [each.removesuffix(".war") for each in self._words("webapp")]
        described = [basename(path).removesuffix(".xml") for path in self.files.texts if self._is_descriptor(path)]
        return sorted({*named, *described})

    @property
    def has_default_page(self) -> bool:
        """Whether its first page is the one it came with."""
        return "\n# default page\n" in f"\n{self.printed}"

    @property
    def managers(self) -> list[str]:
        """The applications that manage it."""
        return [each for each in self.webapps if each in MANAGERS]

    @cached_property
    def server(self) -> Element:
        """The root of server.xml, without which nothing can be said."""
        return self.xml("conf/server.xml")

    def xml(self, name: str) -> Element:
        """One of its files."""
        path = join(self.base, name)
        if path not in self.files.texts:
            raise NotReadableError(path, text("verdict.web.no-file"))
        return element(self.files.texts[path])

    def has(self, name: str) -> bool:
        """Whether one of its files is there."""
        return join(self.base, name) in self.files.texts

    def users(self) -> list[Element]:
        """The users of tomcat-users.xml; without the file there are none."""
        return list(self.xml("conf/tomcat-users.xml").iter("user")) if self.has("conf/tomcat-users.xml") else []

    def connectors(self, protocol: str = "HTTP") -> list[Element]:
        """The connectors that speak HTTP, or AJP."""
        found = list(self.server.iter("Connector"))
        return [each for each in found if _is_ajp(each) is (protocol == "AJP")]

    def contexts(self) -> Iterator[tuple[str, Element]]:
        """Every file that can hold resources and valves, with its path."""
        for path, said in self.files.texts.items():
            if path.endswith(("/server.xml", "/context.xml")) or self._is_descriptor(path):
                yield path, element(said)

    def modes(self, what: str) -> list[Mode]:
        """The modes of folders or logs that were printed."""
        return [mode for row in self._rows(what) if (mode := parsed(row))]

    def _is_descriptor(self, path: str) -> bool:
        """Whether a file describes one application, as in conf/Catalina/localhost."""
        return bool(re.fullmatch(r"conf/[^/]+/[^/]+/[^/]+\.xml", path.removeprefix(f"{self.base}/")))

    def _rows(self, what: str) -> list[str]:
        """The lines of one kind before the files."""
        return re.findall(rf"^# {what} (.*\S)\s*$", self.printed, re.MULTILINE)

    def _words(self, what: str) -> list[str]:
        """The first word of each line of one kind."""
        return [row.split()[0] for row in self._rows(what)]


def running(host: Host) -> list[Process]:
    """All Java processes that have the folder of a Tomcat."""
    return processes(host, COMMANDS["processes"])


def instances(host: Host) -> list[Instance]:
    """Every instance; a Tomcat in a container is for a person."""
    known = readable(running(host), COMMANDS["processes"])
    bases = dict.fromkeys(_folder(each, "base") or _folder(each, "home") for each in known)
    return [_instance(host, base, known) for base in bases]


def limits(one: Instance) -> dict[str, int]:
    """How many days the loggers of logging.properties keep their files."""
    rows = (row.split() for row in re.findall(r"^# setting (.*)$", one.printed, re.MULTILINE))
    return {row[0]: int(row[1]) for row in rows if len(row) > 1}


def is_local(connector: Element) -> bool:
    """Whether only the host itself reaches a connector."""
    return connector.get("address", "").startswith(("127.", "localhost", "::1", "[::1]"))


def is_tls(connector: Element) -> bool:
    """Whether a connector speaks TLS."""
    return connector.get("SSLEnabled", "false").lower() == "true"


def shown(one: Instance, each: Element) -> str:
    """An element as a sentence quotes it."""
    words = " ".join(f'{name}="{value}"' for name, value in each.attrib.items())
    return f"{one.name}: <{each.tag} {words}>"


def _instance(host: Host, base: str, known: Sequence[Process]) -> Instance:
    """One instance with its processes."""
    own = tuple(each for each in known if base in (_folder(each, "base"), _folder(each, "home")))
    home = _folder(own[0], "home") or base
    said = ask(host, COMMANDS["instance"], base, home)
    return Instance(base, home, own, said, _files(said))


@lru_cache(maxsize=8)
def _files(printed: str) -> Files:
    """The files in the output; many checks ask for the same."""
    return files(printed)


def _folder(process: Process, name: str) -> str:
    """One of the folders among the words of a process."""
    return next((each.removeprefix(f"{name}=") for each in process.words if each.startswith(f"{name}=")), "").rstrip(
        "/"
    )


def _is_ajp(connector: Element) -> bool:
    """Whether a connector speaks AJP."""
    return "ajp" in connector.get("protocol", "").lower()
