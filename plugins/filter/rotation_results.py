# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_results
short_description: Report the outcome of rotations
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Combines the last decisions of the planner with the steps that the role P(multicloud.iam.rotate_access_key#role) has executed.
  - It belongs to the role, and may change with it at any time.
positional: enrolments, run
options:
  _input:
    description: The decisions of P(multicloud.iam.rotation_plan#filter).
    type: list
    elements: dict
    required: true
  enrolments:
    description: The enrolments, in the same order.
    type: list
    elements: dict
    required: true
  run:
    description: The facts that the role keeps during a run.
    type: dict
    required: true
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Report the outcome
  ansible.builtin.debug:
    msg: "{{ decisions | multicloud.iam.rotation_results(keys, run) }}"
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
    decisions:
      - name: ci-deploy
        phase: unread
        outcome: step
        blocked: null
        step:
          name: read
          in_check_mode: true
        not_before: null
        due: true
        ids: {}
        attempt: 0
        notes: []
        reason: The record was not read yet.
"""

RETURN = r"""
_value:
  description:
    - The C(results) by name, and the C(failures) and C(lines) as lists of texts.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_run import results_of


class FilterModule:
    """Offer the filter to ansible-core."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_results": results_of}
