#!/usr/bin/python
"""Documentation of the action plugin `take_back`, which does the work on the control node."""

DOCUMENTATION = r"""
module: take_back
short_description: Take back what a change did to a host
description:
  - Brings every item that the change touched to how it was before it, whatever the number of tasks that changed it.
  - A field that somebody changed since is a conflict. It is named and left alone, and the task fails, until O(over) is
    given. Revoked accounts and retired passwords never come back; they are named in RV(kept).
  - Doing it twice is the same as doing it once.
options:
  change:
    description: The change, as M(state) named it.
    type: str
    required: true
  over:
    description: Overwrite what others changed since.
    type: bool
    default: false
attributes:
  check_mode:
    support: none
    description: Skipped in check mode.
author:
  - Anwei
"""

EXAMPLES = r"""
- name: Take back last night's hardening
  take_back:
    change: harden-2026-11
"""

RETURN = r"""
changes:
  description: What was brought back, with the fields before and after.
  type: list
  elements: dict
  returned: always
kept:
  description: What is never brought back, such as a retired password - C(item) and C(field).
  type: list
  elements: dict
  returned: when there are any
conflicts:
  description: What others changed since and was left alone - C(item) and C(field).
  type: list
  elements: dict
  returned: when there are any
unknown:
  description: The host knows no such change, so nothing of it can be there.
  type: bool
  returned: on failure
round_trips:
  description: How often the host was asked.
  type: int
  returned: always
"""
