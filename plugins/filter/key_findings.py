# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_findings
short_description: Find what is wrong with access keys
version_added: 1.0.0
description:
  - Makes a report from listings of accounts. It contains the keys with the result of each finding, which is V(pass),
    V(fail), or V(open) if the cloud does not say enough to decide.
  - The role P(multicloud.iam.access_key_report#role) describes the findings. Nothing is called, and no clock is read.
  - The order of the input does not matter.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: now, limits, declared, exceptions
options:
  _input:
    description: The listings of the accounts.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: The unique name of the account.
        type: str
        required: true
      cloud:
        description: The cloud of the account. It has the name of an action group of this collection.
        type: str
        required: true
      keys:
        description: The list that the info module has returned. Required unless there is a C(problem).
        type: list
        elements: dict
      problem:
        description: Why the account could not be listed. Then it is reported as failed, and never as empty.
        type: str
      time:
        description: The C(service_time) of the info module. By default, it is O(now).
        type: str
      warnings:
        description: Warnings of the task.
        type: list
        elements: str
  now:
    description: The time of the report, in ISO 8601 and UTC.
    type: str
    required: true
  limits:
    description: The limits C(max_age_days), C(max_unused_days) and C(max_never_used_days). Each is 90 by default.
    type: dict
  declared:
    description: The IDs of the keys that should exist. If omitted, the finding C(unmanaged) is not checked.
    type: list
    elements: raw
  exceptions:
    description: The exceptions, as in the variable C(access_key_report_exceptions) of the role.
    type: list
    elements: dict
seealso:
  - plugin: multicloud.iam.key_report_text
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what fails
  ansible.builtin.debug:
    msg: "{{ (listings | multicloud.iam.key_findings('2026-11-28T09:15:00Z')).findings | selectattr('result', 'eq', 'fail') }}"
  vars:
    listings:
      - name: prod
        cloud: huawei
        keys:
          - id: HSTEXAMPLEALICE00001
            owner: 0aaaaaaaaaaaaaaaaaaaaaaaaaaaaa01
            user_name: alice
            status: active
            create_time: '2026-01-02T03:04:05Z'
            last_used: null
            last_used_state: never
"""

RETURN = r"""
_value:
  description:
    - The report. C(roles/access_key_report/files/report.schema.json) describes it.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._account import AccountError, account_of, all_traits
from ansible_collections.multicloud.iam.plugins.module_utils._report import ReportError, key_of, report_of_listings


def key_findings(
    listings: Any, now: Any, limits: Any = None, declared: Any = None, exceptions: Any = None
) -> dict[str, Any]:
    traits = all_traits()
    settings = {"limits": limits, "declared": declared, "exceptions": exceptions}
    try:
        parsed = []
        for listing in listings:
            account = account_of({"name": listing.get("name"), "cloud": listing.get("cloud")})
            keys = [] if listing.get("problem") else listing["keys"]
            parsed.append(
                {
                    **{name: listing.get(name) for name in ("problem", "warnings", "time")},
                    "account": account["name"],
                    "cloud": account["cloud"],
                    "keys": [key_of(key, account, traits[account["cloud"]]) for key in keys],
                }
            )
        return report_of_listings(parsed, settings, str(now), traits)
    except (AccountError, ReportError) as error:
        raise AnsibleFilterError(str(error)) from None
    except (KeyError, TypeError, AttributeError):
        raise AnsibleFilterError(
            "The listings are not a list of dictionaries, each with a name, a cloud, and keys or a problem."
        ) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_findings": key_findings}
