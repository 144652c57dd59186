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
      - Whether the object should exist. V(null), for example from an undefined variable, is refused.
    type: str
    choices: [present, absent]
    default: present
  allow_self_lockout:
    description:
      - Whether the task may disable or delete the access key that signs its own calls, or delete the user who owns that
        key.
    type: bool
    default: false
notes:
  - If several tasks request the same object at the same time, one of them creates it and the others find it. This works
    for tasks of one user on one machine, such as all hosts of a play with C(delegate_to=localhost). Before a task
    creates an object, it takes a lock and reads again. The task fails if it has waited for the lock for 30
    seconds longer than all attempts of a call may take (see O(api_retries)).
  - The locks are files in the directory C(multicloud-iam-<uid>) inside the temporary directory of the system
    (E(TMPDIR)). Only the user can access this directory. If it cannot be used, nothing is created.
  - If a matching object was created less than a minute ago and is not listed yet, the task waits until 30 seconds after
    that creation. If the object is still not listed, the task fails. It does not create another one.
  - The lock does not reach other users (including those of C(become)), machines, containers or execution environments.
    If these might request the same object, let only one of them do so, for example with C(run_once).
"""
