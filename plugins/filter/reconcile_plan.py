# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reconcile_plan
short_description: Plan a run that reconciles access keys
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Has P(multicloud.iam.key_differences#filter) compare a declared list with what a run has read, and checks a saved plan.
  - This is one filter, because ansible-core would examine everything that one filter passes to the next.
  - It belongs to the role P(multicloud.iam.reconcile_access_keys#role), and may change with it at any time.
positional: run, policy, cloud
options:
  _input:
    description: The declared keys, as in P(multicloud.iam.key_differences#filter).
    type: list
    elements: dict
    required: true
  run:
    description: The facts that the role has read.
    type: dict
    required: true
  policy:
    description: What happens to other keys, as in P(multicloud.iam.key_differences#filter).
    type: dict
    required: true
  cloud:
    description: The properties of the cloud.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Count the steps
  ansible.builtin.debug:
    msg: "{{ ([] | multicloud.iam.reconcile_plan(run, {'purge': 'report'}, cloud)).counts }}"
  vars:
    cloud:
      key_id: id
      changes_description: false
    run:
      name: prod
      cloud: tencent
      caller:
        account: '100000000000'
        access_key_id: AKIDexample0admin0000000000000000001
      keys: []
      warnings: []
      service_time: '2026-11-28T09:15:00Z'
      controller_time: '2026-11-28T09:15:01Z'
      rotations: {}
      missing_files: []
      soak: ''
      saved: ''
      digest: ''
"""

RETURN = r"""
_value:
  description: The plan, with the C(document) to save.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._declared_keys import DeclarationError
from ansible_collections.multicloud.iam.plugins.module_utils._key_facts import plain
from ansible_collections.multicloud.iam.plugins.module_utils._key_run import PlanError, plan_of


def reconcile_plan(declared: Any, run: Any, policy: Any, cloud: Any) -> dict[str, Any]:
    try:
        return plan_of(plain(declared), plain(run), plain(policy), plain(cloud))
    except (DeclarationError, PlanError) as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"reconcile_plan": reconcile_plan}
