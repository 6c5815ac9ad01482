"""The record of a change: a chain of entries that nobody alters unseen, heads that are signed, and what they tell.

Imports nothing of the life cycle: whoever changes, writes; whoever shows, reads.
"""

from anwei.record.heads import Verdict, seal, verify_all, verify_one
from anwei.record.store import Record, records

__all__ = ["Record", "Verdict", "records", "seal", "verify_all", "verify_one"]
