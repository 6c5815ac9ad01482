"""Http, servers and locations of Nginx, each with what it sets itself and what it inherits."""

from collections.abc import Iterator
from dataclasses import dataclass

from baselines.mlps.nginx.syntax import Directive

INNER = ("server", "location", "if", "limit_except")
LOOPBACK = ("127.", "localhost", "[::1]", "unix:")


@dataclass(frozen=True)
class Scope:
    """A block within http (or http itself) and the blocks around it, the nearest first."""

    directive: Directive
    around: tuple["Scope", ...] = ()

    def own(self, name: str) -> list[Directive]:
        """What the block itself says of a setting."""
        return [each for each in self.directive.block if each.name == name]

    def effective(self, name: str) -> list[Directive]:
        """What holds: all lines of the nearest block that has any. So directives of Nginx inherit, lists too."""
        return next((own for scope in (self, *self.around) if (own := scope.own(name))), [])

    def value(self, name: str, default: str) -> str:
        """The words of a setting, or what Nginx takes if it is not set."""
        found = self.effective(name)
        return found[-1].text if found else default

    @property
    def server(self) -> "Scope":
        """The server that it belongs to, or itself."""
        return next((each for each in (self, *self.around) if each.directive.name == "server"), self)

    @property
    def inner(self) -> list["Scope"]:
        """The blocks in it, at any depth."""
        return [each for each in within(self.directive, self.around) if each.directive is not self.directive]

    @property
    def listens(self) -> list[Directive]:
        """Where a server listens; Nginx takes port 80 if it does not say."""
        return self.server.own("listen") or [Directive("listen", ("80",))]

    @property
    def is_tls(self) -> bool:
        """Whether any of its ports has TLS."""
        return self.server.value("ssl", "off") == "on" or any(_secure(each) for each in self.listens)

    @property
    def plain(self) -> list[str]:
        """Its addresses without TLS that others than the host itself can reach."""
        if self.server.value("ssl", "off") == "on":
            return []
        return [
            each.words[0] for each in self.listens if each.words and not _secure(each) and not is_local(each.words[0])
        ]

    def __str__(self) -> str:
        """The block as a sentence quotes it."""
        blocks = [each.directive for each in (*reversed(self.around), self)]
        names = [f"{each.name} {each.text}".strip() for each in blocks if each.name not in ("main", "http")]
        if not names:
            return "http"
        return " ".join(["server", self.server_name, *names[1:]])

    @property
    def server_name(self) -> str:
        """The first name of its server, and where it listens."""
        names = [word for each in self.server.own("server_name") for word in each.words]
        addresses = ",".join(each.words[0] for each in self.listens if each.words)
        return f"{names[0] if names and names[0] else '_'}({addresses})"


def is_local(address: str) -> bool:
    """Whether nobody but the host itself can reach the address."""
    return address.startswith(LOOPBACK)


def https(tree: tuple[Directive, ...]) -> list[Scope]:
    """Every http block with all that is in it: http, its servers, their locations."""
    main = Scope(Directive("main", (), tree))
    return [scope for each in tree if each.name == "http" for scope in within(each, (main,))]


def within(directive: Directive, around: tuple[Scope, ...]) -> Iterator[Scope]:
    """A block and the blocks in it."""
    scope = Scope(directive, around)
    yield scope
    for each in directive.block:
        if each.name in INNER:
            yield from within(each, (scope, *around))


def _secure(listen: Directive) -> bool:
    """Whether TLS or QUIC is spoken on a port."""
    return "ssl" in listen.words or "quic" in listen.words
