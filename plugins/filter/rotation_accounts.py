# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_accounts
short_description: List the accounts of enrolled access keys
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Groups the enrolments of the role P(multicloud.iam.rotate_access_key#role) by account, so that each account is listed
    once.
  - It belongs to the role, and may change with it at any time.
options:
  _input:
    description: The enrolments, as in the variable C(rotate_access_key_keys) of the role.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: List the accounts
  ansible.builtin.debug:
    msg: "{{ keys | multicloud.iam.rotation_accounts }}"
  vars:
    keys:
      - name: ci-deploy
        cloud: tencent
        owner: '100000000011'
        access_key_id: AKIDexample0alice0000000000000000001
        store:
          type: secret_file
          options:
            path: ci-deploy.yml
"""

RETURN = r"""
_value:
  description:
    - The accounts, without their connections.
    - Each has the C(name) and the C(index) of its first enrolment, the C(names) of all, the C(owners) that they name, and
      C(of_caller), whether one of them names no owner.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_run import accounts_of


class FilterModule:
    """Offer the filter to ansible-core."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_accounts": accounts_of}
