"""The JSON of an earlier run, read back as far as a comparison needs it."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from anwei.baseline.result import Outcome
from anwei.errors import BadInput
from anwei.report.check_json import FORM, VERSION
from anwei.report.earlier import Earlier


def load_earlier(path: Path, level: int) -> Earlier:
    """Read the file of an earlier run; a foreign file, or one of another level, is refused."""
    try:
        said = json.loads(path.read_bytes())
        if said["form"] != FORM or said["version"] != VERSION:
            raise ValueError(f"{said['form']} {said['version']}")
        earlier = _earlier(said)
    except OSError as error:
        raise BadInput("AW-check-before", where=str(path), reason=error.strerror) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput("AW-check-before", where=str(path), reason=f"{type(error).__name__}: {error}"[:200]) from error
    if earlier.level != level:
        raise BadInput("AW-check-before", where=str(path), reason=f"level {earlier.level} ≠ {level}")
    return earlier


def _earlier(said: Mapping[str, Any]) -> Earlier:
    """What a comparison needs of a file."""
    outcomes = {
        (str(about["name"]), str(check)): Outcome(result["outcome"])
        for about in said["objects"]
        for check, result in about["results"].items()
    }
    titles = {str(name): str(check["title"]) for name, check in said["checks"].items()}
    taken_at = datetime.fromisoformat(said["taken_at"])
    return Earlier(str(said["estate"]), int(said["level"]), taken_at, outcomes, titles)
