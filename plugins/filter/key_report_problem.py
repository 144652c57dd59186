# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_report_problem
short_description: Check the input of a report
version_added: 1.0.0
description:
  - Returns what is wrong with the variables of a report, before anything is sent.
  - It belongs to the role P(multicloud.iam.access_key_report#role), and may change with it at any time.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: settings, formats, later
options:
  _input:
    description: The names of the accounts.
    type: list
    elements: str
    required: true
  settings:
    description: The C(limits), C(declared), C(exceptions) and C(fail_on) of the role.
    type: dict
    required: true
  formats:
    description: The formats.
    type: list
    elements: str
    required: true
  later:
    description: The hosts of later batches of the play. There must be none.
    type: list
    elements: str
    required: true
seealso:
  - plugin: multicloud.iam.key_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check the input
  ansible.builtin.debug:
    msg: "{{ ['prod', 'test'] | multicloud.iam.key_report_problem({'fail_on': ['listing']}, ['pdf'], []) }}"
"""

RETURN = r"""
_value:
  description: The problem. Empty if there is none.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._report_run import problem_of


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_report_problem": problem_of}
