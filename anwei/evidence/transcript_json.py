"""A transcript as JSON and back. Its outputs are text where they are text, so that a person can read an opened one."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anwei.errors import BadInput
from anwei.evidence.script import Answer

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

    from anwei.evidence.transcript import Transcript

FORMAT = 1
SCHEMA = Path(__file__).parent / "schemas" / "transcript.yml"


def body(transcript: "Transcript") -> dict[str, Any]:
    """What the digest covers, as JSON holds it."""
    values = {each.name: getattr(transcript, each.name) for each in fields(transcript)}
    answers = [{"command": text, **_plain(answer)} for text, answer in sorted(transcript.answers.items())]
    host_time = transcript.host_time.isoformat() if transcript.host_time else None
    return {
        **values,
        "format": FORMAT,
        "taken_at": transcript.taken_at.isoformat(),
        "host_time": host_time,
        "answers": answers,
    }


def readable(page: Mapping[str, Any]) -> bytes:
    """JSON for a person."""
    return json.dumps(page, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def values(content: bytes, where: str, *, trusted: bool) -> tuple[dict[str, Any], str]:
    """The fields of a transcript and the digest that it states. What anybody may have written has its form tried."""
    page = json.loads(content, parse_constant=_no_number)
    if not isinstance(page, dict):
        raise TypeError("no transcript")
    if page.get("format") != FORMAT:
        raise BadInput("AW-transcript-version", where=where, version=page.get("format", "-"), known=FORMAT)
    if not trusted:
        _prove(page)
    del page["format"]
    digest = page.pop("digest")
    page["taken_at"] = datetime.fromisoformat(page["taken_at"])
    page["host_time"] = datetime.fromisoformat(page["host_time"]) if page["host_time"] else None
    page["answers"] = {each.pop("command"): _answer(each) for each in page["answers"]}
    return page, str(digest)


def _prove(page: object) -> None:
    """Refuse what is no transcript, naming the first difference in short."""
    error = next(iter(_validator().iter_errors(page)), None)
    if error:
        raise ValueError(f"{error.json_path}: {error.message[:100]}")


@cache
def _validator() -> "Draft202012Validator":
    """The schema, read once. Only opened transcripts need it, so nothing else waits for its import."""
    import jsonschema  # noqa: PLC0415
    import yaml  # noqa: PLC0415

    return jsonschema.Draft202012Validator(yaml.safe_load(SCHEMA.read_text(encoding="utf-8")))


def _no_number(constant: str) -> float:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(constant)


def _plain(answer: Answer) -> dict[str, Any]:
    """An answer as JSON."""
    return {**asdict(answer), "stdout": _text(answer.stdout), "stderr": _text(answer.stderr)}


def _text(output: bytes) -> str | dict[str, str]:
    """Text, or base64 when the bytes are no UTF-8."""
    try:
        return output.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(output).decode()}


def _answer(plain: dict[str, Any]) -> Answer:
    """The answer behind its JSON."""
    for stream in ("stdout", "stderr"):
        text = plain[stream]
        plain[stream] = text.encode() if isinstance(text, str) else base64.b64decode(text["base64"], validate=True)
    return Answer(**plain)
