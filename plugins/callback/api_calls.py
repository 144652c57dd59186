# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the API calls of a run, and the policies that it needs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: api_calls
type: aggregate
short_description: List the API calls of a run, and print least-privilege policies
version_added: 1.0.0
description:
  - At the end of a run, this callback lists which API operations each task of this collection has called, and how often.
    Then, it prints a policy for each cloud that allows these operations and nothing else.
  - The list contains names of tasks, modules and operations. It contains no value of an argument. Names of tasks are
    shown as they are written in the playbook, so templates are not resolved.
  - The modules record their calls themselves, so results that are hidden are counted as well. Retries of a call are not
    counted.
  - Optionally, the callback keeps an audit trail of all calls that change something.
author:
  - multicloud.iam contributors (@multicloud-iam)
requirements:
  - enable in configuration
options:
  audit_file:
    description:
      - The absolute path of the audit trail. The file gets a line of JSON for each call that changes something. By default,
        there is no audit trail.
      - Each line has C(time), C(host), C(task), C(module), C(cloud), C(operation), C(attempted), C(object), C(key_id),
        C(owner), C(account), C(before), C(after), C(request_id), C(outcome), C(category) and C(code). An unknown value
        is null. C(account) is the O(ignore:api_expected_account) of the task. C(outcome) is V(done), V(failed), or V(unknown) if
        the call may have been carried out.
      - C(before) and C(after) contain the attributes that the task sets. They never contain a secret, only that it changes.
      - The file is created with mode 0600. Its directory must exist. A symbolic link is refused. Several runs can use the same
        file at the same time.
      - If the file cannot be written, the task warns, and the run continues.
    type: path
    ini:
      - section: callback_multicloud_iam_api_calls
        key: audit_file
    env:
      - name: MULTICLOUD_IAM_AUDIT_FILE
notes:
  - A check run does not send writes, so its policies do not contain them. Base a policy on a real run that does everything that the
    playbook can do, for example against the emulator of the role P(multicloud.iam.cloud_emulator#role).
  - The calls of a module that runs with C(async) on another machine or as another user are not recorded. The list says so.
  - Output is added to standard output, also if another callback writes JSON there.
seealso:
  - name: Least privilege
    description: The policies of the roles, and how to derive the policy of a playbook.
    link: https://github.com/multicloud-iam/multicloud.iam/blob/main/docs/guide-least-privilege.md
"""

EXAMPLES = r"""
# In ansible.cfg
ansible_cfg: |
  [defaults]
  callbacks_enabled = multicloud.iam.api_calls

  [callback_multicloud_iam_api_calls]
  audit_file = /var/log/ansible/access-keys.jsonl

# In the environment of a run
environment:
  ANSIBLE_CALLBACKS_ENABLED: multicloud.iam.api_calls
  MULTICLOUD_IAM_AUDIT_FILE: /var/log/ansible/access-keys.jsonl
"""

import os
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase

from ansible_collections.multicloud.iam.plugins.plugin_utils._api_calls import Summary, policies_of, text_of_tasks
from ansible_collections.multicloud.iam.plugins.plugin_utils._recording import switch_on


class CallbackModule(CallbackBase):
    """Let the tasks of a run record their calls, and print the record at the end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "multicloud.iam.api_calls"
    CALLBACK_NEEDS_ENABLED = True

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        # ansible-core removes it at the end of the run.
        self._directory = os.path.join(constants.DEFAULT_LOCAL_TMP, "multicloud.iam.calls")  # type: ignore[attr-defined]
        try:
            switch_on(self._directory, self.get_option("audit_file"))
        except OSError as error:
            self._display.warning(f"{self.CALLBACK_NAME}: API calls cannot be recorded: {error}")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        summary = Summary()
        try:
            for path in sorted(Path(self._directory).glob("*"), key=lambda path: path.stat().st_mtime_ns):
                summary.add(path.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._display.warning(f"{self.CALLBACK_NAME}: the record of the calls cannot be read: {error}")
        if not summary.tasks:
            return
        self._display.banner("API CALLS")
        self._show(text_of_tasks(summary))
        for title, lines in policies_of(summary).items():
            self._display.banner(f"LEAST PRIVILEGE: {title}")
            self._show(lines)

    def _show(self, lines: list[str]) -> None:
        for line in lines:
            self._display.display(line)
