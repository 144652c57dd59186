# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_plan
short_description: Plan the rotation of access keys
version_added: 1.0.0
description:
  - Returns what to do next with each enrolled access key, so that it is replaced by a new one without being lost, and without
    cutting off a consumer that uses it.
  - The role C(multicloud.iam.rotate_access_key) uses this filter. Use the filter yourself to find out what the role would do,
    or to apply the steps with your own tasks.
  - The filter calls nothing, reads no clock, and never sees a secret. It only compares the values in its input.
  - A value that is missing or odd does not fail. The decision about that key is V(blocked), and its reason names the value.
author:
  - multicloud.iam contributors (@multicloud-iam)
options:
  _input:
    description:
      - A list of views. A view is a dictionary with everything that is known about one enrolled key.
      - L(The contract of the planner, https://github.com/multicloud-iam/multicloud.iam/blob/main/docs/dev/rotation.md)
        describes all members.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: multicloud.iam.rotation_state
    plugin_type: filter
  - plugin: multicloud.iam.rotation_record
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Plan the rotation of one key, whose record was not read yet
  ansible.builtin.debug:
    msg: "{{ ([view] | multicloud.iam.rotation_plan)[0].reason }}"
  vars:
    view:
      name: ci-deploy
      account: '100000000000'
      owner: '100000000011'
      access_key_id: AKIDexample0alice0000000000000000001
      policy:
        max_age_days: 90
      capabilities:
        keeps_description: true
        chosen_id: false
        last_use: day
        last_use_delay: 172800
        settle: 300
        verify_window: 600
        attempt_time: 900
        limit: 2
      keys:
        - id: AKIDexample0alice0000000000000000001
          owner: '100000000011'
          status: active
          description: build-server
          create_time: '2026-11-01T00:00:00Z'
          last_used: null
          last_used_state: never
      keys_problem: null
      now: '2026-11-28T09:15:00Z'
      controller_now: '2026-11-28T09:15:01Z'
      signed_with: AKIDexample0admin0000000000000000001
      signer: AKIDexample0admin0000000000000000001
      consumers: []
      probed: false
      verify: null
      done: []
"""

RETURN = r"""
_value:
  description: The decisions, in the order of the views.
  type: list
  elements: dict
  contains:
    name:
      description: The name of the enrolment.
      type: str
      sample: ci-deploy
    phase:
      description:
        - How far the rotation is, according to the record. One of V(idle), V(intended), V(escrowed), V(promoted), V(disabled)
          and V(deleting).
        - V(none) if the enrolment has no record yet, V(unread) if its record was not read.
      type: str
      sample: promoted
    outcome:
      description:
        - V(step) if there is something to do now, V(wait) if something else must come first, V(blocked) if a user must act,
          V(idle) if nothing is due.
      type: str
      sample: wait
    step:
      description: The step to execute now. Null if the outcome is not V(step).
      type: dict
      contains:
        name:
          description: What to do.
          type: str
          sample: disable
        access_key_id:
          description: The ID of the key that the step concerns. Null if it concerns none.
          type: str
          sample: AKIDexample0alice0000000000000000001
        expected_status:
          description: The status without which the key must not be deleted. Null if the step does not depend on it.
          type: str
          sample: inactive
        attempt:
          description: The number of the attempt that the step concerns. Null if it concerns none.
          type: int
        consumer:
          description: The consumer that gets a key. Null for other steps.
          type: str
        consumers:
          description: The consumers to ask which key they use. Null for other steps.
          type: list
          elements: str
        description:
          description: The description of the key to create. Null for other steps.
          type: str
        version:
          description: The version of the record that the plan is based on.
          type: str
        change:
          description: The change of the record, for P(multicloud.iam.rotation_record#filter). Null if nothing is written.
          type: dict
        in_check_mode:
          description: Whether the step changes nothing, so that it is also executed in check mode.
          type: bool
    rule:
      description: The name of the rule that decided.
      type: str
      sample: grace_is_running
    blocked:
      description: The category, if the outcome is V(blocked). Otherwise null.
      type: str
      sample: limit
    reason:
      description: What holds, why, and what to do.
      type: str
      sample: The old key AKIDexample0alice0000000000000000001 stays active until its grace is over.
    not_before:
      description: When waiting ends, in ISO 8601 and UTC. Null if that is not known.
      type: str
      sample: '2026-12-05T09:15:00Z'
    due:
      description: Whether a new key is needed.
      type: bool
    ids:
      description: The IDs of the keys C(current), C(next) and C(old), and the lists C(abandoned), C(unclear) and C(leaked).
      type: dict
    attempt:
      description: The number of the last attempt to create a key. 0 if there was none.
      type: int
    sign_with:
      description:
        - V(record) if the calls for this enrolment must be signed with the current key of its record, because the configured
          credentials are the old key. Otherwise V(configured).
      type: str
      sample: configured
    notes:
      description: Facts that a user should know in addition to the reason.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._rotation import plan_all


def rotation_plan(views: Any) -> list[dict[str, Any]]:
    if not isinstance(views, list):
        raise AnsibleFilterError("multicloud.iam.rotation_plan: the input is not a list of views")
    return plan_all(views)


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_plan": rotation_plan}
