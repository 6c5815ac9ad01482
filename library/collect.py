#!/usr/bin/python
"""Documentation of the action plugin `collect`, which does the work on the control node."""

DOCUMENTATION = r"""
module: collect
short_description: Run a prepared read-only script on a host and keep its answer on the control node
description:
  - Runs the POSIX sh script that C(anwei collect) prepared for this host, and writes what it printed beside it.
  - The script goes to C(/bin/sh) on standard input, in one round trip, where connection and become method allow it.
    Otherwise (C(su), C(sudo) with C(requiretty), C(ansible_pipelining=false)) it is written as a file that only its
    owner can read, run with a terminal, and removed. It is never in an argument list.
  - Needs no Python on the host. Returns counts only, so that no evidence gets into logs.
options:
  exchange:
    description:
      - Folder on the control node, mode 0700, that holds one script per host (C(NAME.sh)).
      - The answer of the host becomes C(NAME.answer) beside it, and the secrets of the host that the inventory knows
        C(NAME.known), so that they are masked in the evidence. Both are readable for their owner alone.
    type: path
    required: true
attributes:
  check_mode:
    support: full
    description: It changes nothing, so it does the same in check mode.
author:
  - Anwei
"""

EXAMPLES = r"""
- name: Run the read-only commands of the catalogue
  collect:
    exchange: "{{ anwei_exchange }}"
"""

RETURN = r"""
round_trips:
  description: How often the host was asked.
  type: int
  returned: always
bytes:
  description: Length of the answer.
  type: int
  returned: always
"""
