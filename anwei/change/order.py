"""An order: what somebody asks the runner to do with a change. It crosses from the live checkout to the signed tree."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """One order. Paths are absolute; `by` is the account that asked."""

    verb: str  # run, rehearse or rollback
    change: str
    by: str
    checkout: str
    commit: str = ""
    limit: str = "all"
    over: bool = False
    rehearsal: bool = False
    json: bool = False

    @property
    def folder(self) -> Path:
        """The change's folder in the live checkout, where approvals come in."""
        return Path(self.checkout) / "changes" / self.change

    def as_text(self) -> str:
        """For a command line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def parse(cls, text: str) -> "Order":
        """Back from a command line."""
        return cls(**json.loads(text))
