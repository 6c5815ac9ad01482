"""How one health check of one host went."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The check's title, whether it is good, a sentence, how long it took in all and how often it was tried.

    `reached` is false where the host did not answer over its Ansible connection.
    """

    name: str
    ok: bool
    said: str
    seconds: float
    tries: int
    reached: bool = True
