# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_differences
short_description: Compare a declared list of access keys with those of an account
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Compares a declared list of access keys with the keys of an account, and returns the steps that make them equal. It
    changes nothing.
  - If a declared key cannot be found for certain, or if more keys would be removed than is allowed, there are no steps. A
    key is never removed because something is unknown.
  - The order of the keys does not matter.
positional: seen, policy, cloud
options:
  _input:
    description: The declared keys. An empty list declares that no key should exist.
    type: list
    elements: dict
    required: true
    suboptions:
      access_key_id:
        description: The ID that signs. It identifies the key. Otherwise, C(owner) and C(description) do.
        type: str
      owner:
        description: The owner of the key, as the info modules return it.
        type: str
      description:
        description: The description of the key. Without C(access_key_id), it identifies the key.
        type: str
      rotation:
        description:
          - The name of an enrolment of the role P(multicloud.iam.rotate_access_key#role). The entry stands for all keys that
            the role has created for this enrolment of C(owner). They are left alone.
        type: str
      status:
        description: Whether the key can be used. If omitted, the status does not change.
        type: str
        choices: [active, inactive]
      secret_file:
        description:
          - The C(path), and optionally C(vault_id), C(mode) and C(encrypt), of the file that keeps the secret if the key has to
            be created. Without it, a key that does not exist is a problem.
        type: dict
  seen:
    description:
      - The facts about the account. C(keys) are those of an info module, C(now) is the time of the cloud, C(controller_now)
        that of the controller, and C(signer) the ID that signs the calls.
      - C(soak) contains since when keys are known to be inactive and not declared, by ID, as the last plan returned it.
      - C(rotations) contains the C(ids) and the C(owners) of keys that belong to a rotation, and a C(problem) if these are not
        known. C(unread) contains warnings about fields that could not be read, and C(missing_files) the paths of declared secret
        files that do not exist.
    type: dict
    required: true
  policy:
    description:
      - What happens to a key that is not declared. C(purge) is V(report), V(disable), or V(delete), which deletes a key after
        it is known to be inactive for C(soak_days). C(protected_ids) are never removed. C(max_removals) is the highest number
        of keys that one plan disables or deletes.
    type: dict
    required: true
  cloud:
    description:
      - What differs between clouds. C(key_id) is the member of a key with the ID that signs, and C(changes_description)
        whether the description of a key can be changed.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what differs
  ansible.builtin.debug:
    msg: "{{ (declared | multicloud.iam.key_differences(seen, {'purge': 'report'}, cloud)).steps }}"
  vars:
    declared:
      - owner: '100000000011'
        description: build-server
        status: active
    seen:
      keys:
        - id: AKIDexample0alice0000000000000000001
          owner: '100000000011'
          status: inactive
          description: build-server
          create_time: '2026-11-01T00:00:00Z'
      now: '2026-11-28T09:15:00Z'
      controller_now: '2026-11-28T09:15:01Z'
    cloud:
      key_id: id
      changes_description: false
"""

RETURN = r"""
_value:
  description: The plan.
  type: dict
  contains:
    steps:
      description:
        - What to do, in this order. Deletions come first, because they make room for new keys. Nothing is disabled before new
          keys exist.
        - Empty if there are problems, or if the brake holds.
      type: list
      elements: dict
      contains:
        action:
          description: V(delete), V(create), V(change) or V(disable).
          type: str
          sample: change
        access_key_id:
          description: The ID that signs. Null for a creation.
          type: str
          sample: AKIDexample0alice0000000000000000001
        id:
          description: The member C(id) of the key. Null for a creation.
          type: str
          sample: AKIDexample0alice0000000000000000001
        owner:
          description: The owner of the key.
          type: str
          sample: '100000000011'
        description:
          description: The description of the key before the change, or of the key to create.
          type: str
          sample: build-server
        changes:
          description: The attributes to set.
          type: dict
          sample: {status: active}
        before:
          description: The C(status), the C(description) and the C(create_time) that the step relies on.
          type: dict
        secret_file:
          description: The file for the secret of a new key. Null for other steps.
          type: dict
        reason:
          description: Why.
          type: str
          sample: The status is 'inactive', and should be 'active'.
    problems:
      description: Why the list cannot be compared with the account.
      type: list
      elements: str
    brake:
      description: Which removals would be too many. Null if they are within the policy.
      type: str
    unmanaged:
      description:
        - The keys that are not declared. C(action) is V(disable), V(delete) or null. C(reason) says why, and C(not_before) when
          the key can be deleted.
      type: list
      elements: dict
    protected:
      description: The keys that are not declared, and are protected, with the C(reason).
      type: list
      elements: dict
    unclear:
      description: The keys about which too little is known, with the C(reason). They are left alone.
      type: list
      elements: dict
    notes:
      description: Facts that a user should know in addition, for example that the secret of a declared key may be lost.
      type: list
      elements: str
    soak:
      description: Since when keys are known to be inactive and not declared, by ID, for the next plan.
      type: dict
    counts:
      description: How many keys there are of each sort, and how many steps.
      type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._declared_keys import DeclarationError
from ansible_collections.multicloud.iam.plugins.module_utils._key_differences import differences_of
from ansible_collections.multicloud.iam.plugins.module_utils._key_facts import plain


def key_differences(declared: Any, seen: Any, policy: Any, cloud: Any) -> dict[str, Any]:
    try:
        return differences_of(plain(declared), plain(seen), plain(policy), plain(cloud))
    except DeclarationError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_differences": key_differences}
