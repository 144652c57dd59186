#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_caller_info
short_description: Identify the owner of Tencent Cloud credentials
version_added: 1.0.0
description:
  - Looks up the user and the account whose credentials sign the task, by GetUserAppId of CAM.
  - It answers whether credentials are valid, and whether they belong to the expected user and account.
  - A failure of the category V(authentication) means that the cloud rejects the credentials. Any other failure, such as
    V(throttled), V(unavailable) or V(network), does not show whom they belong to.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.info_module
  - multicloud.iam._tencent.actiongroup
  - multicloud.iam._tencent
  - multicloud.iam._connection
seealso:
  - module: multicloud.iam.cam_access_key
  - module: multicloud.iam.cam_access_key_info
"""

EXAMPLES = r"""
- name: Identify the owner of the credentials in the environment
  multicloud.iam.cam_caller_info:

- name: Identify the owner of an access key
  multicloud.iam.cam_caller_info:
    api_secret_id: AKIDexample0alice0000000000000000001
    api_secret_key: "{{ tencent_alice_secret }}"
  register: identity

- name: Check that it is the expected owner
  ansible.builtin.assert:
    that: identity.caller.owner == '100000000011'
"""

RETURN = r"""
caller:
  description: The owner of the credentials that sign the task.
  returned: success
  type: dict
  contains:
    account:
      description: The UIN of the root account.
      type: str
      sample: '100000000000'
    owner:
      description: The UIN of the user, or of the root account itself, as in the member C(owner) of a key.
      type: str
      sample: '100000000011'
    name:
      description: Always null, because the API does not report it.
      type: str
    kind:
      description: V(root) for the root account, or V(user). Null for temporary credentials.
      type: str
      sample: user
    access_key_id:
      description: The ID of the access key that signs the task.
      type: str
      sample: AKIDexample0alice0000000000000000001
service_time:
  description:
    - The cloud's own time at its latest reply, in ISO 8601 and UTC, from the header C(Date). Null if no reply had
      one.
    - Compare ages and intervals with this time if the clock of the controller may be wrong.
  returned: success
  type: str
  sample: '2026-11-28T09:15:00Z'
request_ids:
  description: The request IDs of all calls of the task. Quote them if you contact the support of the cloud.
  returned: always
  type: list
  elements: str
  sample:
    - 7f9a0a5b-5c0e-4d2c-9a5e-0d4f0c7a1c55
error:
  description:
    - What failed, and what to do.
    - The L(guide, https://github.com/multicloud-iam/multicloud.iam/blob/main/docs/guide.md#errors) explains the
      categories.
  returned: failure
  type: dict
  contains:
    category:
      description:
        - The category of the failure, from the same list for all clouds.
        - One of V(usage), V(refused), V(authentication), V(denied), V(not_found), V(quota), V(invalid), V(throttled),
          V(unavailable), V(network), V(proxy), V(certificate), V(reply), V(interrupted), V(defect).
      returned: failure
      type: str
      sample: throttled
    attempted:
      description: The attempted operation, in words, such as V(create) or V(list). Null if the task failed before
        it attempted anything.
      returned: failure
      type: str
      sample: create
    object:
      description: The object of this attempt, in words.
      returned: failure
      type: str
    api_operation:
      description: The API operation that failed. Null if no call failed.
      returned: failure
      type: str
    code:
      description: The error code of the API. Null if there is none.
      returned: failure
      type: str
    message:
      description: The reason, in the words of the API if it gives one.
      returned: failure
      type: str
    request_id:
      description: The request ID of the call that failed, or of the last call before the failure. Null without
        a call.
      returned: failure
      type: str
    http_status:
      description: The HTTP status of the reply. Null without a reply.
      returned: failure
      type: int
    retryable:
      description: Whether the same task may succeed if it is run again.
      returned: failure
      type: bool
      sample: true
    advice:
      description: What to do about the failure.
      returned: failure
      type: str
"""

from ansible_collections.multicloud.iam.plugins.module_utils._module import info_module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.report import report_caller

MODULE = info_module("caller", report_caller, API_OPTIONS)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
