# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_stop
short_description: Plan and report the steps of the role disable_access_key
version_added: 1.0.0
description:
  - The role P(multicloud.iam.disable_access_key#role) uses this filter for everything that is not a task.
author:
  - multicloud.iam contributors (@multicloud-iam)
options:
  _input:
    description: The input of the step.
    type: raw
    required: true
  step:
    description:
      - V(problem) returns what is wrong with the names of accounts, V(task) the task for an account, V(pack) the outcome in
        an account, V(undo) the text of its undo file, V(undo_ids) the IDs in it, and V(report) the results of all accounts.
        Texts are JSON in Base64.
    type: str
    choices: [problem, task, pack, undo, undo_ids, report]
    required: true
positional: step
"""

EXAMPLES = r"""
- name: Show the module that disables keys of an account
  ansible.builtin.debug:
    msg: "{{ {'cloud': 'huawei'} | multicloud.iam.key_stop('task', 'prod', ['HSTEXAMPLEALICE00001'], 'inactive') }}"
"""

RETURN = r"""
_value:
  description: The output of the step.
  type: raw
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._account import AccountError
from ansible_collections.multicloud.iam.plugins.module_utils._key_stop import (
    StopError,
    file_of,
    pack,
    problem_of,
    report_of,
    task_of,
    undo_ids,
    undo_of,
    with_undo_problem,
)

_STEPS: dict[str, Callable[..., Any]] = {
    "problem": problem_of,
    "task": task_of,
    "pack": pack,
    "undo": undo_of,
    "undo_ids": undo_ids,
    "undo_file": file_of,
    "undo_problem": with_undo_problem,
    "report": report_of,
}


def key_stop(value: Any, step: str, *arguments: Any) -> Any:
    try:
        return _STEPS[step](value, *arguments)
    except (AccountError, StopError) as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_stop": key_stop}
