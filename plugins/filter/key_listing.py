# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_listing
short_description: Keep what a report needs of a listing
version_added: 1.0.0
description:
  - Packs the result of the task that lists an account into a text. ansible-core would evaluate each member of a list again
    in each task.
  - It belongs to the role P(multicloud.iam.access_key_report#role), and may change with it at any time.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: account, host
options:
  _input:
    description: The registered result of the task. It may have failed.
    type: dict
    required: true
  account:
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
- name: Pack a listing
  ansible.builtin.debug:
    msg: "{{ listed | multicloud.iam.key_listing({'cloud': 'huawei'}, 'prod') }}"
  vars:
    listed:
      access_keys: []
"""

RETURN = r"""
_value:
  description: The packed listing, without any part of the connection.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._account import AccountError
from ansible_collections.multicloud.iam.plugins.module_utils._report_run import pack


def key_listing(result: Any, account: Any, host: Any = None) -> str:
    try:
        return pack(result, account, host)
    except AccountError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_listing": key_listing}
