# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_due
short_description: Plan a round of rotations
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Combines the enrolments of the role P(multicloud.iam.rotate_access_key#role) with what a run has learned about them, has
    P(multicloud.iam.rotation_plan#filter) decide, and selects the steps that the role executes in one round.
  - This is one filter, because ansible-core would examine everything that one filter passes to the next.
  - It belongs to the role, and may change with it at any time.
positional: run, clouds, policy, now, check_mode, name
options:
  _input:
    description: The enrolments, as in the variable C(rotate_access_key_keys) of the role.
    type: list
    elements: dict
    required: true
  run:
    description: The facts that the role keeps during a run.
    type: dict
    required: true
  clouds:
    description: The properties of the clouds.
    type: dict
    required: true
  policy:
    description: The default policy.
    type: dict
    required: true
  now:
    description: The time of the controller, in ISO 8601 and UTC.
    type: str
    required: true
  check_mode:
    description: Whether to select only steps that change nothing.
    type: bool
    required: true
  name:
    description: Select only the step of the enrolment with this name. By default, all steps are selected.
    type: str
    default: ''
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Select the steps that a check run executes
  ansible.builtin.debug:
    msg: "{{ keys | multicloud.iam.rotation_due(run, clouds, {}, '2026-11-28T09:15:00Z', true) }}"
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
    run:
      listings: []
      events: []
    clouds:
      tencent:
        key_id: id
        capabilities:
          limit: 2
"""

RETURN = r"""
_value:
  description:
    - The C(decisions) in the order of the enrolments, the C(steps) by name, and the C(files) with records to read together.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_run import round_of


class FilterModule:
    """Offer the filter to ansible-core."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_due": round_of}
