# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reconcile_outcome
short_description: Report the outcome of a run that reconciles access keys
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Combines a plan of P(multicloud.iam.reconcile_plan#filter) with what has happened to its steps.
  - It belongs to the role P(multicloud.iam.reconcile_access_keys#role), and may change with it at any time.
positional: events
options:
  _input:
    description: The plan.
    type: dict
    required: true
  events:
    description: The events, one for each executed step, as a list, or as a text of JSON texts in Base64.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show why a run fails
  ansible.builtin.debug:
    msg: "{{ (plan | multicloud.iam.reconcile_outcome([])).failures }}"
  vars:
    plan:
      account: {}
      steps: []
      unmanaged: []
      protected: []
      unclear: []
      notes: []
      problems: [There is no key with access_key_id AKIDexample0alice0000000000000000001.]
      brake: null
      counts: {}
      soak: {}
      now: '2026-11-28T09:15:00Z'
"""

RETURN = r"""
_value:
  description: The C(result), C(lines) for people, the C(failures), C(is_drift), and the C(soak_document) for the next run.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._key_facts import entries_in, plain
from ansible_collections.multicloud.iam.plugins.module_utils._key_run import outcome_of


def reconcile_outcome(plan: Any, events: Any) -> dict[str, Any]:
    if not isinstance(plan, dict):
        raise AnsibleFilterError("The plan is not a dictionary.")
    return outcome_of(plain(plan), entries_in(events))


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"reconcile_outcome": reconcile_outcome}
