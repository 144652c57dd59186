# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  state:
    description:
      - Whether the object shall exist. Null, as an undefined variable makes it, is refused.
    type: str
    choices: [present, absent]
    default: present
  allow_self_lockout:
    description:
      - Whether the task may disable or delete the key that signs it, or delete the user that owns that key.
    type: bool
    default: false
notes:
  - Of tasks that ask for the same object at the same time, one makes it, and the others find it, as far as they are of
    one user on one machine, like the hosts of a play with C(delegate_to=localhost). A creation waits for its turn and reads
    once more before it is sent. It fails when its turn has not come after the time that a call may take
    (O(api_timeout) times O(api_retries)) and 30 seconds more.
  - The tasks meet in the directory C(multicloud-iam-<uid>) below the system's temporary directory (C(TMPDIR)), which
    only the user may enter. If that cannot be used, nothing is created.
  - What was made less than a minute ago and is not listed yet is waited for until 30 seconds after its creation. If it
    is not listed by then, the task fails and makes no other one.
  - Another user (C(become) too), machine, container or execution environment is not reached. Where those may ask for
    the same object, let one of them do it, as with C(run_once).
"""
