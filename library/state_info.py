#!/usr/bin/python
"""Documentation of the action plugin `state_info`, which does the work on the control node."""

DOCUMENTATION = r"""
module: state_info
short_description: Read what is on a host, in the words of state documents
description:
  - Changes nothing. Goes the same way to the host as M(state).
  - Values that are secret do not leave the host; what stands for them is a digest under the control node's key.
options:
  what:
    description:
      - C(read) gives the present state of each item of the document, C(fingerprint) one keyed digest over all of them,
        C(changes) the changes that the host can still take back.
    type: str
    choices: [read, fingerprint, changes]
    default: read
  document:
    description: Which items to read. Fields may be left out; C(secret) hides the values of an item.
    type: dict
    default: {}
  footprint:
    description: What may be read, by kind a list of keys or of folders that end in a slash.
    type: dict
attributes:
  check_mode:
    support: full
    description: It changes nothing, so it does the same in check mode.
author:
  - Anwei
"""

EXAMPLES = r"""
- name: Read two files
  state_info:
    document:
      file:
        /etc/hosts: {}
        /etc/issue.net: {}

- name: Which changes can be taken back
  state_info:
    what: changes
"""

RETURN = r"""
document:
  description: The present state of each item.
  type: dict
  returned: what is read
fingerprint:
  description: One keyed digest over the present states.
  type: str
  returned: what is read or fingerprint
changes:
  description:
    - The changes kept on the host, oldest first - C(change), C(begun), C(outcome), C(armed), and C(returned) with when
      and how the dead-man took it back.
  type: list
  elements: dict
  returned: what is changes
round_trips:
  description: How often the host was asked.
  type: int
  returned: always
"""
