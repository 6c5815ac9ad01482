"""Commands with parameters that a host taught: a file or folder that its processes or its configuration name."""

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.errors import BadInput
from anwei.texts import text
from baselines.mlps.reading import output


def ask(host: Host, command: str, *arguments: str) -> str:
    """What the command printed. A path of a form that no command may be given is for a person to look at."""
    try:
        return output(host, command, *arguments)
    except BadInput as refused:
        raise NotReadableError(" ".join(arguments), text("verdict.web.refused")) from refused
