# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_record
short_description: Return the record of a rotation after a step
version_added: 1.0.0
description:
  - Returns the record to write to the store after a step of P(multicloud.iam.rotation_plan#filter).
  - The result contains secrets. Only use it as an argument of a task with C(no_log), or of M(multicloud.iam.secret_file).
  - It fails if the record has changed, so that the change no longer fits. The message contains no secret.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: change
options:
  _input:
    description:
      - The record, as the store returned it. An empty dictionary if there is none. Members that do not belong to the rotation
        are left unchanged.
    type: dict
    required: true
  change:
    description: The C(change) of the step.
    type: dict
    required: true
  made:
    description:
      - The result of P(multicloud.iam.rotation_nonce#filter). Required by the step C(intend).
    type: dict
    default: {}
  reply:
    description:
      - The new key, with C(access_key_id) and C(secret_access_key). Required by the step C(create), unless the ID was chosen.
    type: dict
    default: {}
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Enrol a key whose secret is in a file already
  multicloud.iam.secret_file:
    path: ci-deploy.yml
    content: "{{ record | multicloud.iam.rotation_record(change) }}"
  vars:
    record:
      access_key_id: AKIDexample0alice0000000000000000001
      secret_access_key: example
    change:
      kind: enrol
      name: ci-deploy
      account: '100000000000'
      owner: '100000000011'
      access_key_id: AKIDexample0alice0000000000000000001
      at: '2026-11-28T09:15:00Z'
"""

RETURN = r"""
_value:
  description: The record to write, with all secrets.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import RecordError, next_record


def rotation_record(
    content: Any,
    change: Mapping[str, Any],
    made: Mapping[str, Any] | None = None,
    reply: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    try:
        return next_record(content, change, made, reply)
    except RecordError as error:
        raise AnsibleFilterError(f"The record of the rotation cannot be changed: {error}") from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_record": rotation_record}
