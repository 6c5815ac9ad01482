"""A pytest-testinfra backend that answers from a transcript.

So a check is one plain function that runs live against any testinfra backend, and again from the evidence.
"""

from dataclasses import replace

from testinfra.backend.base import BaseBackend, CommandResult
from testinfra.host import Host

from anwei.evidence.commands import Command, Declarations
from anwei.evidence.masking import masked
from anwei.evidence.transcript import Transcript


class NotYetAnsweredError(Exception):
    """The transcript does not hold this command: the check is set aside and the command is wanted."""

    def __init__(self, command: Command) -> None:
        self.command = command
        super().__init__(command.text)


class IncompleteAnswerError(Exception):
    """The command ran into its time or size limit: no verdict may rest on what it printed."""

    def __init__(self, command: str, *, timed_out: bool) -> None:
        self.command = command
        self.timed_out = timed_out
        super().__init__(command)


class TranscriptBackend(BaseBackend):  # type: ignore[misc]  # testinfra's classes come untyped
    """Answers `host.run(template, *parameters)`, and remembers which commands it was asked."""

    NAME = "transcript"

    def __init__(self, transcript: Transcript, declarations: Declarations) -> None:
        super().__init__(transcript.object)
        self.asked: list[Command] = []
        self._transcript = transcript
        self._declarations = declarations

    def run(self, command: str, *args: str, **_options: object) -> CommandResult:
        """What the command printed when the transcript was taken."""
        wanted = Command(command, args)
        self._declarations.verify(wanted)
        answer = self._transcript.answers.get(wanted.text)
        if answer is None:
            raise NotYetAnsweredError(wanted)
        self.asked.append(wanted)
        if answer.timed_out or answer.cut or answer.status is None:
            raise IncompleteAnswerError(wanted.text, timed_out=answer.timed_out)
        return self.result(answer.status, wanted.text.encode(), answer.stdout, answer.stderr)

    def decode(self, data: bytes) -> str:
        """Bytes that are no UTF-8 (an old comment in GBK, say) stay visible instead of ending the check."""
        return data.decode("utf-8", errors="backslashreplace")

    def encode(self, data: str) -> bytes:
        """The way back; testinfra's own would ask the host for its encoding."""
        return data.encode()


def host_of(transcript: Transcript, declarations: Declarations) -> tuple[Host, TranscriptBackend]:
    """The testinfra host that stands for the object, and its backend."""
    backend = TranscriptBackend(transcript, declarations)
    host = Host(backend)
    backend.set_host(host)
    return host, backend


def mask_live(host: Host) -> Host:
    """A host that is asked live, made to answer as a transcript does: masked."""
    run = host.backend.run

    def run_masked(command: str, *args: str, **options: object) -> CommandResult:
        """What the command prints, without secrets."""
        done = run(command, *args, **options)
        return replace(done, _stdout=masked(done.stdout_bytes), _stderr=masked(done.stderr_bytes))

    if run.__name__ != run_masked.__name__:
        host.backend.run = run_masked
    return host
