#!/usr/bin/python
"""Documentation of the action plugin `host_clean`, which does the work on the control node."""

DOCUMENTATION = r"""
module: host_clean
short_description: Remove everything that Anwei keeps on a host
description:
  - Removes C(/var/lib/anwei) with hostkit and the snapshots, so that no change can be taken back any more.
  - Refused while a change waits for its confirmation.
options: {}
attributes:
  check_mode:
    support: none
    description: Skipped in check mode.
author:
  - Anwei
"""

EXAMPLES = r"""
- name: Leave nothing behind
  host_clean:
"""

RETURN = r"""
round_trips:
  description: How often the host was asked.
  type: int
  returned: always
"""
