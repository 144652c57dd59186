# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_report
short_description: Make the report of a run
version_added: 1.0.0
description:
  - Makes the report about the packed listings of a run, and returns it in a format, or a summary.
  - This is one filter, because ansible-core would examine everything that one filter passes to the next.
  - It belongs to the role P(multicloud.iam.access_key_report#role), and may change with it at any time.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: reports, settings, now, format, page
options:
  _input:
    description: The texts of P(multicloud.iam.key_listing#filter), by host. An empty one stands for a host that has failed.
    type: dict
    required: true
  reports:
    description: The texts of JSON reports to merge.
    type: list
    elements: str
    required: true
  settings:
    description: The C(limits), C(declared), C(exceptions) and C(fail_on) of the role.
    type: dict
    required: true
  now:
    description: The time of the report, in ISO 8601 and UTC.
    type: str
    required: true
  format:
    description: The format. If omitted, the summary is returned.
    type: str
    choices: [html, csv, json, sarif]
  page:
    description: The text of the page for V(html).
    type: str
    default: ''
seealso:
  - plugin: multicloud.iam.key_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show a summary
  ansible.builtin.debug:
    msg: "{{ {'prod': ''} | multicloud.iam.key_report([], {}, '2026-11-28T09:15:00Z') }}"
"""

RETURN = r"""
_value:
  description: The text of the file. Without a format, the C(figures), the C(failed_accounts), and the C(failures) of the run.
  type: raw
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._report import ReportError
from ansible_collections.multicloud.iam.plugins.module_utils._report_run import make, summary, text_of


def key_report(
    listings: Any,
    reports: Any,
    settings: Any,
    now: Any,
    format: Any = None,  # noqa: A002
    page: str = "",
) -> Any:
    try:
        report = make(listings, reports, settings, str(now))
        return summary(report, settings.get("fail_on")) if format is None else text_of(report, format, page)
    except ReportError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_report": key_report}
