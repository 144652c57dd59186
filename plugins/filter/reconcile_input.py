# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reconcile_input
short_description: Check the input of a run that reconciles access keys
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Checks a declared list of access keys and its policy, before anything is sent. Fails with one message.
  - It belongs to the role P(multicloud.iam.reconcile_access_keys#role), and may change with it at any time.
positional: policy, cloud, clouds, soak_file
options:
  _input:
    description: The declared keys, as in P(multicloud.iam.key_differences#filter).
    type: list
    elements: dict
    required: true
  policy:
    description: What happens to other keys, as in P(multicloud.iam.key_differences#filter).
    type: dict
    required: true
  cloud:
    description: The cloud of the account.
    type: str
    required: true
  clouds:
    description: The properties of the clouds, by name.
    type: dict
    required: true
  soak_file:
    description: The path of the soak file. Null or empty if there is none.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show the digest of the input
  ansible.builtin.debug:
    msg: "{{ ([] | multicloud.iam.reconcile_input({'purge': 'report'}, 'huawei', clouds, '')).digest }}"
  vars:
    clouds:
      huawei:
        key_id: id
"""

RETURN = r"""
_value:
  description: The C(owners) that the list names, and a C(digest) of the list and the policy.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._declared_keys import DeclarationError
from ansible_collections.multicloud.iam.plugins.module_utils._key_facts import plain
from ansible_collections.multicloud.iam.plugins.module_utils._key_run import PlanError, input_of


def reconcile_input(declared: Any, policy: Any, cloud: Any, clouds: Any, soak_file: Any) -> dict[str, Any]:
    try:
        return input_of(plain(declared), plain(policy), str(cloud), plain(clouds), soak_file)
    except (DeclarationError, PlanError) as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"reconcile_input": reconcile_input}
