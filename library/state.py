#!/usr/bin/python
"""Documentation of the action plugin `state`, which does the work on the control node."""

DOCUMENTATION = r"""
module: state
short_description: Bring a host to what a state document says, in one round trip
description:
  - A state document says what shall be on a host, by kind (files, services, sysctls, accounts, ...) and key. Only what
    differs is changed, in place; order, comments and everything else stay.
  - Before the first write the host keeps how everything was, so that M(take_back) can bring it back. What fails is
    taken back at once by the host itself.
  - The document is checked on the control node first; everything that is wrong with it is said together.
  - Hostkit does the work with the host's own Python (2.6 to 3.13), as root. It lies in C(/var/lib/anwei), which only
    root can open, is sent when it is not there yet, and is run only after its digest was compared. The request is never
    in an argument list. It goes by standard input; where become needs a terminal, through a private file.
options:
  document:
    description:
      - The state document, C(kind) to C(key) to the wanted fields. Each item may have C(why), the reason that is shown,
        and C(secret), with which none of its values is shown.
    type: dict
    required: true
  change:
    description:
      - The change that this belongs to, under which it can be taken back. All tasks of one change have the same.
      - By default the variable C(anwei_change); without it a name from the time of the run and the task.
    type: str
  footprint:
    description: What the document may touch, by kind a list of keys or of folders that end in a slash.
    type: dict
  undo_unless_confirmed:
    description:
      - Seconds, 30 to 86400, after which the host takes the change back by itself unless it was confirmed. 0 is off.
      - The task confirms it over a new connection, which shares nothing with the one that made the change.
    type: int
    default: 0
  administrators:
    description: Who must still get in when it is confirmed. By default the account that logs in now, from its address.
    type: list
    elements: dict
  keep:
    description: How many changes the host keeps the way back of.
    type: int
    default: 10
attributes:
  check_mode:
    support: full
    description: Says what would change, and writes nothing.
  diff_mode:
    support: full
    description: Shows fields and lines that differ, without secrets.
author:
  - Anwei
"""

EXAMPLES = r"""
- name: The notice before login
  state:
    document:
      file:
        /etc/issue.net: {content: "Authorised use only.\n", owner: root, group: root, mode: "0644", why: "8.1.4.1"}

- name: The same for sshd, taken back after five minutes if nobody gets in any more
  state:
    change: harden-2026-11
    undo_unless_confirmed: 300
    document:
      file:
        /etc/ssh/sshd_config: {dialect: sshd, settings: {PermitRootLogin: "no"}, validate: [sshd, -t, -f, "%s"]}
      service:
        ssh: {reload_on: [/etc/ssh/sshd_config]}
"""

RETURN = r"""
changes:
  description: Every item that was changed, or would be, with its reason (C(why)) and C(fields) before and after.
  type: list
  elements: dict
  returned: always
change:
  description: The name under which it can be taken back.
  type: str
  returned: always
undo:
  description: The script on the host that takes it back without Python and without a control node.
  type: str
  returned: when something was changed
limits:
  description: What this host cannot do and a reader should know.
  type: list
  elements: str
  returned: when there are any
conflicts:
  description: Fields that somebody else changed and that were therefore left alone.
  type: list
  elements: dict
  returned: when there are any
returned:
  description: It failed, and the host has taken it back by itself.
  type: bool
  returned: when that is so
unconfirmed:
  description: It was made but could not be confirmed; the host takes it back when its deadline comes.
  type: bool
  returned: when that is so
code:
  description: The code of what is wrong; C(docs/errors) has a page for each.
  type: str
  returned: on failure
status:
  description: As the command's exit status - 2 refused and nothing written, 5 failed.
  type: int
  returned: on failure
round_trips:
  description: How often the host was asked.
  type: int
  returned: always
"""
