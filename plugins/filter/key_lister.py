# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_lister
short_description: Return the task that lists an account
version_added: 1.0.0
description:
  - Checks the description of an account, and returns the module that lists its keys, with the options that select all.
  - It belongs to the role P(multicloud.iam.access_key_report#role), and may change with it at any time.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: host
options:
  _input:
    description: The account, as for P(multicloud.iam.key_account#filter).
    type: dict
    required: true
  host:
    description: The name of an account that has none.
    type: str
seealso:
  - plugin: multicloud.iam.key_account
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the module
  ansible.builtin.debug:
    msg: "{{ (account | multicloud.iam.key_lister('prod')).module }}"
  vars:
    account:
      cloud: huawei
"""

RETURN = r"""
_value:
  description: The C(module), and its C(options).
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._account import AccountError
from ansible_collections.multicloud.iam.plugins.module_utils._report_run import lister_of


def key_lister(account: Any, host: Any = None) -> dict[str, Any]:
    try:
        return lister_of(account, host)
    except AccountError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_lister": key_lister}
