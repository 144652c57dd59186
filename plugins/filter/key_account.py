# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_account
short_description: Check the description of an account
version_added: 1.0.0
description:
  - Checks the description of an account at a cloud, and completes it.
  - The roles that work on all access keys of an account use it, before anything is sent. There, each host of a play is an
    account.
  - Fails with one message if the cloud is unknown, if a member is unknown, or if the modules for the cloud do not have an
    option of the connection. No message contains a value of the connection.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: host
options:
  _input:
    description: The account.
    type: dict
    required: true
    suboptions:
      name:
        description: The name of the account in reports and messages. If omitted, it is O(host).
        type: str
      cloud:
        description: The cloud of the account. It has the name of an action group of this collection.
        type: str
        required: true
      connection:
        description:
          - The options of the modules that begin with C(api_). If omitted, the environment variables of the cloud are
            used.
        type: dict
  host:
    description: The name of an account whose description has none, usually C(inventory_hostname).
    type: str
"""

EXAMPLES = r"""
- name: Show the complete account
  ansible.builtin.debug:
    msg: "{{ account | multicloud.iam.key_account('prod') }}"
  vars:
    account:
      cloud: huawei
      connection:
        api_region: ap-southeast-1
"""

RETURN = r"""
_value:
  description: The account. It may contain secrets.
  type: dict
  contains:
    name:
      description: The name of the account.
      type: str
    cloud:
      description: The cloud of the account.
      type: str
    connection:
      description: The options of the modules that begin with C(api_). Empty if the environment is used.
      type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._account import AccountError, account_of


def key_account(account: Any, host: Any = None) -> dict[str, Any]:
    try:
        return account_of(account, host)
    except AccountError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_account": key_account}
