# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_report_merge
short_description: Merge reports about access keys
version_added: 1.0.0
description:
  - Merges the reports of parts of the accounts, for example of the slices of a job, into the report that one run for all
    accounts would have made.
  - Fails if an account is in two of them, or if their limits differ.
author:
  - multicloud.iam contributors (@multicloud-iam)
options:
  _input:
    description: The reports, as P(multicloud.iam.key_findings#filter) returns them.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: multicloud.iam.key_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the figures of all accounts
  ansible.builtin.debug:
    msg: >-
      {{ ([first | multicloud.iam.key_findings(now), second | multicloud.iam.key_findings(now)]
      | multicloud.iam.key_report_merge).figures }}
  vars:
    now: '2026-11-28T09:15:00Z'
    first:
      - name: prod
        cloud: huawei
        keys: []
    second:
      - name: test
        cloud: huawei
        problem: The credentials were rejected.
"""

RETURN = r"""
_value:
  description: The merged report.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._report import ReportError
from ansible_collections.multicloud.iam.plugins.module_utils._report_run import merge


def key_report_merge(reports: Any) -> dict[str, Any]:
    try:
        return merge(reports)
    except ReportError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_report_merge": key_report_merge}
