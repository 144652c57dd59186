#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sas_vendor_ak_info
short_description: List access keys of other vendors in Alibaba Cloud Security Center
version_added: 1.0.0
description:
  - Lists entries in Alibaba Cloud Security Center (SAS), and filters them. An entry is the access key of an account at
    another vendor.
  - The module reads all pages of the list. If a listing fails, the task fails. It never returns an empty list instead.
  - On request, the module also returns the regions of a vendor, and the modules that each vendor supports.
  - An option that selects or filters entries is refused if it is V(null) or empty, for example because a variable is
    undefined. An empty list as O(auth_ids) or O(secret_ids) selects no entries.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.info_module
  - multicloud.iam._alibaba.actiongroup
  - multicloud.iam._alibaba
  - multicloud.iam._connection
options:
  auth_ids:
    description:
      - List only entries with one of these IDs. With an empty list, no entries are read.
    type: list
    elements: str
  secret_ids:
    description:
      - List only entries that hold one of these IDs of keys, or may hold it because only a part of their ID is shown.
        An ID that no entry holds is in RV(not_found), and one that an entry may hold is in RV(unknown).
      - Security Center may list another ID for an entry of the type V(primary) than the one that was given to it. Such
        an entry is not found by the given one.
      - With an empty list, no entries are read.
    type: list
    elements: str
  vendor:
    description:
      - List only entries of this vendor, for example V(AWS). The name is case-sensitive.
    type: str
  vendor_auth_alias:
    description:
      - List only entries with exactly this alias.
      - To find entries without an alias, filter the result. Their alias is V(null).
    type: str
  status:
    description:
      - List only entries with this status.
    type: str
    choices: [active, inactive]
  sub_account_name:
    description:
      - List only entries whose user at the vendor has exactly this name.
    type: str
  regions_of:
    description:
      - The vendor whose regions to return in RV(regions). The API documents V(Tencent), V(HUAWEICLOUD), V(Azure) and
        V(AWS).
    type: str
  supported_modules:
    description:
      - Whether to return the modules that each vendor supports in RV(supported_modules).
    type: bool
    default: false
  lang:
    description:
      - The language of the texts in the result.
    type: str
    choices: [en, zh]
    default: en
seealso:
  - module: multicloud.iam.sas_vendor_ak
  - name: Security Center API, DescribeCloudVendorAccountAKList
    description: Reference of the API operation that lists entries.
    link: https://www.alibabacloud.com/help/en/security-center/developer-reference/api-sas-2018-12-03-describecloudvendoraccountaklist
"""

EXAMPLES = r"""
- name: List all entries that Security Center uses
  multicloud.iam.sas_vendor_ak_info:
    status: active
  register: active

- name: Show entries whose validation did not succeed
  ansible.builtin.debug:
    msg: "{{ active.vendor_aks | rejectattr('service_status', 'eq', 'in_use') | map(attribute='vendor_auth_alias') }}"

- name: Find out in which regions and for which modules a key of AWS can be used
  multicloud.iam.sas_vendor_ak_info:
    auth_ids: []
    regions_of: AWS
    supported_modules: true
  register: vendors

- name: Find the entries that hold a key that has leaked
  multicloud.iam.sas_vendor_ak_info:
    secret_ids:
      - AKIAEXAMPLE000000001
  register: holders

- name: List the entries of AWS
  multicloud.iam.sas_vendor_ak_info:
    vendor: AWS
  register: aws

- name: Disable these entries
  multicloud.iam.sas_vendor_ak:
    auth_id: "{{ item.id }}"
    domain: global
    status: inactive
  loop: "{{ aws.vendor_aks }}"
  loop_control:
    label: "{{ item.id }} {{ item.vendor_auth_alias }}"
"""

RETURN = r"""
vendor_aks:
  description: The entries, in the order of the API.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the entry, as a string.
      type: str
      sample: '2832'
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    owner:
      description: The ID of the account at the vendor. Null until it is known.
      type: str
      sample: '123456789012'
    description:
      description: The same as C(vendor_auth_alias), because an entry has no other description. Null if there is
        none.
      type: str
      sample: aws-prod
    create_time:
      description: Always null, because the API does not report it.
      type: str
    last_used:
      description: Always null, because the API does not report it.
      type: str
    vendor:
      description: The vendor of the account.
      type: str
      sample: AWS
    ak_type:
      description: V(primary), V(sub) or V(ctdr).
      type: str
      sample: sub
    secret_id:
      description: The ID of the key at the vendor. The API may show only a part of it.
      type: str
      sample: AKIAEXAMPLE000000001
    vendor_auth_alias:
      description: The alias of the entry. Null if there is none.
      type: str
      sample: aws-prod
    auth_modules:
      description: The modules of Security Center that use the key, sorted.
      type: list
      elements: str
      sample:
        - CSPM
        - HOST
    modules:
      description: The same modules, with what Security Center reports about each of them.
      type: list
      elements: dict
      contains:
        module:
          description: The code of the module.
          type: str
          sample: CSPM
        status:
          description: V(in_use), V(abnormal), V(validating) or V(timed_out). Null if the API does not report it.
          type: str
          sample: in_use
        message:
          description: A message from the service. Null if there is none.
          type: str
          sample: ak_domain_error
    service_status:
      description: The state of the validation of the key, V(in_use), V(abnormal), V(validating) or V(timed_out).
      type: str
      sample: in_use
    message:
      description: A message from the service about the validation. Null if there is none.
      type: str
      sample: The IAM user is forbidden in the currently selected region
    ctdr_cloud_user_id:
      description: The ID of the account at the vendor that was set for the module V(SIEM). Null if there is none.
      type: str
      sample: azure_demo_1
    extend_info:
      description: Additional information that the vendor requires. Null if there is none. Private keys are left
        out.
      type: dict
      sample:
        fingerprint: 00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff
    vendor_user_name:
      description: The name of the user at the vendor. Null until it is known.
      type: str
      sample: AlibabaCloud_prod
    last_used_state:
      description: Always V(unknown), because the API does not report the use of a key.
      type: str
      sample: unknown
    age_days:
      description: Always null, because the API does not report when an entry was created.
      type: int
    unused_days:
      description: Always null, because the API does not report the use of a key.
      type: int
regions:
  description: The regions of the vendor.
  returned: success, when O(regions_of) is given
  type: list
  elements: dict
  contains:
    region_id:
      description: The ID of the region at the vendor.
      returned: success, when O(regions_of) is given
      type: str
      sample: ap-south-1
    area:
      description: The part of the world that the region is in.
      returned: success, when O(regions_of) is given
      type: str
      sample: asia
    selected:
      description: Whether this site of Security Center synchronises the region. Null if the API does not report
        it.
      returned: success, when O(regions_of) is given
      type: bool
      sample: true
    disabled:
      description: Whether the other site synchronises the region. Null if the API does not report it.
      returned: success, when O(regions_of) is given
      type: bool
      sample: false
supported_modules:
  description: The modules of Security Center that each vendor supports.
  returned: success, when O(supported_modules=true)
  type: list
  elements: dict
  contains:
    vendor:
      description: The vendor.
      returned: success, when O(supported_modules=true)
      type: str
      sample: AWS
    modules:
      description: The modules that the vendor supports.
      returned: success, when O(supported_modules=true)
      type: list
      elements: dict
      contains:
        module:
          description: The code of the module.
          returned: success, when O(supported_modules=true)
          type: str
          sample: HOST
        name:
          description: The name of the module in the language of O(lang).
          returned: success, when O(supported_modules=true)
          type: str
          sample: Host
        enabled:
          description: Whether the account may use the module. Null if the API does not report it.
          returned: success, when O(supported_modules=true)
          type: bool
          sample: true
not_found:
  description: The IDs in O(secret_ids) that no entry holds.
  returned: success, when O(secret_ids) is given
  type: list
  elements: str
  sample: []
unknown:
  description: The IDs in O(secret_ids) that an entry may hold, of whose ID only a part is shown, or nothing that
    can be read.
  returned: success, when O(secret_ids) is given
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      returned: success, when O(secret_ids) is given
      type: str
    reasons:
      description: What could not be asked, and why.
      returned: success, when O(secret_ids) is given
      type: list
      elements: str
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
    - 9F4E6157-9600-5588-86B9-38F09067****
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

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.report import report_vendor_aks
from ansible_collections.multicloud.iam.plugins.module_utils._module import info_module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module

MODULE = info_module(
    "vendor_aks",
    report_vendor_aks,
    {
        **API_OPTIONS,
        "auth_ids": {"type": "list", "elements": "str"},
        "secret_ids": {"type": "list", "elements": "str", "no_log": False},
        "vendor": {"type": "str"},
        "vendor_auth_alias": {"type": "str"},
        "status": {"type": "str", "choices": ["active", "inactive"]},
        "sub_account_name": {"type": "str"},
        "regions_of": {"type": "str"},
        "supported_modules": {"type": "bool", "default": False},
        "lang": {"type": "str", "choices": ["en", "zh"], "default": "en"},
    },
    harmless=("supported_modules", "lang"),
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
