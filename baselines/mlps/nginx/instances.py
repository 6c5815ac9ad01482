"""The Nginx instances of a host: their processes, and their configuration as it lies on the disk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, join

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.nginx.scopes import Scope, https
from baselines.mlps.nginx.syntax import Directive, tree
from baselines.mlps.reading import commands
from baselines.mlps.web.learnt import ask
from baselines.mlps.web.printed import Files, files
from baselines.mlps.web.processes import Process, heads, processes, readable

COMMANDS = commands("nginx")


@dataclass(frozen=True)
class Instance:
    """One master process with its configuration."""

    process: Process
    workers: tuple[Process, ...]
    files: Files
    tree: tuple[Directive, ...]
    prefix: str

    @property
    def scopes(self) -> list[Scope]:
        """Http, its servers and their locations."""
        return https(self.tree)

    @property
    def servers(self) -> list[Scope]:
        """The servers of http."""
        return [each for each in self.scopes if each.directive.name == "server"]

    def absolute(self, path: str) -> str:
        """A path of the configuration; one that is relative starts from a folder that is not always known."""
        return path if path.startswith("/") or not self.prefix else join(self.prefix, path)


def running(host: Host) -> list[Process]:
    """All processes of Nginx."""
    return processes(host, COMMANDS["processes"])


def instances(host: Host) -> list[Instance]:
    """Every instance whose files can be read by their path; Nginx in a container is for a person."""
    known = running(host)
    return [_instance(host, each, known) for each in readable(heads(known), COMMANDS["processes"])]


def scopes(host: Host) -> Iterator[Scope]:
    """Http, servers and locations of all instances; none at all is a form that is not known."""
    found = [scope for each in instances(host) for scope in each.scopes]
    if not found:
        raise ValueError("http {}")
    return iter(found)


def _instance(host: Host, process: Process, known: list[Process]) -> Instance:
    """One instance with its workers."""
    prefix, config = _places(process)
    found, parsed = _read(ask(host, COMMANDS["config"], config, dirname(config)), dirname(config))
    workers = tuple(each for each in known if each.parent == process.pid)
    return Instance(process, workers, found, parsed, prefix)


@lru_cache(maxsize=4)
def _read(printed: str, base: str) -> tuple[Files, tuple[Directive, ...]]:
    """The files and the whole configuration; many checks ask for the same."""
    found = files(printed)
    return found, tree(found, base)


def _places(process: Process) -> tuple[str, str]:
    """Prefix and main file, by the words of the process, else by where its program lies. Packages differ in prefix."""
    words = " ".join(process.words)
    config, prefix = (_word(words, each) for each in ("c", "p"))
    home = process.program.removesuffix("/sbin/nginx")
    if home in ("/usr", "") or home == process.program:
        default = "/etc/nginx/nginx.conf" if home != process.program else ""
        home = ""
    else:
        default = f"{home}/conf/nginx.conf"
    prefix = prefix or home
    if not (config or default):
        raise NotReadableError(process.program, text("verdict.web.no-config"))
    path = join(prefix, config) if config else default
    return prefix.rstrip("/"), path


def _word(words: str, option: str) -> str:
    """The value of an option of the master process."""
    found = re.search(rf"(?:^|\s)-{option}\s*(\S+)", words)
    return found[1] if found else ""
