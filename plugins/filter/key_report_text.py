# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_report_text
short_description: Write a report about access keys in a format
version_added: 1.0.0
description:
  - Writes a report as CSV, JSON, SARIF 2.1.0 or HTML.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: format, page
options:
  _input:
    description: The report, as P(multicloud.iam.key_findings#filter) returns it.
    type: dict
    required: true
  format:
    description: The format.
    type: str
    choices: [html, csv, json, sarif]
    required: true
  page:
    description: The text of the page for V(html), C(roles/access_key_report/files/report.html).
    type: str
    default: ''
seealso:
  - plugin: multicloud.iam.key_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show a report as CSV
  ansible.builtin.debug:
    msg: "{{ listings | multicloud.iam.key_findings('2026-11-28T09:15:00Z') | multicloud.iam.key_report_text('csv') }}"
  vars:
    listings:
      - name: prod
        cloud: huawei
        keys: []
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._report import ReportError
from ansible_collections.multicloud.iam.plugins.module_utils._report_run import text_of


def key_report_text(report: Any, format: Any, page: str = "") -> str:  # noqa: A002
    try:
        return text_of(report, format, page)
    except ReportError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_report_text": key_report_text}
