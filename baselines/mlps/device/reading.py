"""What the checks of devices read: the configuration once, and the answers of state commands."""

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.evidence.device_terminal import clean
from anwei.evidence.device_text import CONFIGURATION, refusal
from anwei.texts import text
from baselines.mlps.device.configuration import Configuration, parsed
from baselines.mlps.device.family import Family
from baselines.mlps.reading import output


def configuration(host: Host) -> Configuration:
    """The configuration. One that is cut or lost its indentation decides nothing, not even by what it lacks."""
    found = parsed(said(host, CONFIGURATION))
    for sound, why in (
        (found.complete, "verdict.device.cut"),
        (found.indented, "verdict.device.flat"),
        (found.family, "verdict.device.family"),
    ):
        if not sound:
            raise NotReadableError(CONFIGURATION, text(why))
    return found


def family(found: Configuration) -> Family:
    """The family of a configuration that `configuration` gave."""
    if found.family is None:
        raise NotReadableError(CONFIGURATION, text("verdict.device.family"))
    return found.family


def said(host: Host, command: str) -> str:
    """What a command printed; one that the device refused, with or without a status, cannot be judged."""
    printed = clean(output(host, command))
    refused = refusal(printed)
    if refused:
        raise NotReadableError(command, refused)
    return printed
