#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sas_vendor_ak
short_description: Manage keys of other clouds' accounts in Alibaba Cloud Security Center
version_added: 0.1.0
description:
  - Adds, changes, enables, disables and deletes the entries under which Alibaba Cloud Security Center (SAS) keeps the
    access keys of accounts at other vendors, to look after what is in these accounts.
  - The entries are listed first, and only what differs is sent. A task that finds nothing to do costs one
    C(DescribeCloudVendorAccountAKList) call for each 100 entries of the vendor, a change one
    C(ModifyCloudVendorAccountAK) call more, and a look at the result where the reply does not tell it. An addition
    lists the entries twice.
  - The entry that is meant is the one with O(auth_id). Without that, it is the one whose alias is exactly
    O(vendor_auth_alias). Without both, it is the one of O(vendor) with O(secret_id). Several are an error that lists
    them.
  - An entry is added when O(vendor_auth_alias), or O(vendor) with O(secret_id), fits none, and O(vendor), O(ak_type),
    O(secret_id) and O(secret_key) are given.
  - A V(primary) key may be listed under another O(secret_id). So without O(auth_id) and O(vendor_auth_alias), a key
    that fits none is an error, for O(state=absent) too, with O(ak_type=primary), and without O(ak_type) if the vendor
    has any V(primary) entry.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.actiongroup_alibaba
  - multicloud.iam._alibaba
  - multicloud.iam._connection
attributes:
  async:
    support: full
    details: []
  idempotent:
    support: partial
    details:
      - Not with O(update_secret=always), which sends what cannot be read on every run.
options:
  state:
    description:
      - Whether the entry shall exist. Null, as an undefined variable makes it, is refused.
    type: str
    choices: [present, absent]
    default: present
  auth_id:
    description:
      - The ID of the entry, which the cloud chooses.
      - For O(state=present), an ID that does not exist is an error.
    type: str
  vendor:
    description:
      - The vendor of the account. An entry can never change it.
      - Known are V(Tencent), V(HUAWEICLOUD), V(Azure), V(AWS), V(VOLCENGINE), V(google), V(KingsoftCloud), V(UCloud),
        V(BaiduCloud), V(OracleCloud), V(StateCloud), V(CHAITIN), V(FORTINET), V(THREATBOOK) and V(WIZ). Upper and lower
        case count. The API decides about others.
      - With O(vendor_auth_alias), only an entry of this vendor is meant.
    type: str
  ak_type:
    description:
      - What kind of key it is, V(primary) of the root account, V(sub) of a sub-account, V(ctdr) for threat detection and
        response. An entry can never change it.
      - With a V(primary) key of V(AWS) or V(Tencent), Security Center makes a sub-account with a key of its own at the
        vendor, and works with that one.
      - V(google), V(BaiduCloud), V(OracleCloud) and V(StateCloud) only have V(sub). V(CHAITIN), V(FORTINET),
        V(THREATBOOK) and V(WIZ) only have V(ctdr).
    type: str
    choices: [primary, sub, ctdr]
  secret_id:
    description:
      - The ID of the key at the vendor.
      - Of V(Azure) the application ID; of V(google) the C(private_key_id) of the service account's file; of
        V(OracleCloud) the OCID of the user; of all others the access key ID.
      - To give another one to an entry, name the entry by O(auth_id) or O(vendor_auth_alias), and give O(secret_key)
        with it.
      - For a V(primary) key the listed ID may be the one that Security Center has made itself. So there it is not
        compared, and is sent to an entry that exists only together with O(secret_key), as O(update_secret) says.
        With O(update_secret=always), it is an error without O(secret_key).
      - Where the API shows it only in part, as V(AKIA***), it is compared as far as it is shown, with a warning, and
        cannot say which entry is meant. A key that fits what is shown of another entry is not added. Such a part is
        refused here.
    type: str
  secret_key:
    description:
      - The secret of the key at the vendor. Of V(Azure) the client secret; of V(google) the C(private_key) and of
        V(OracleCloud) the private key, both in PEM form; of all others the access key secret.
      - It cannot be read. O(update_secret) says when it is sent.
    type: str
  update_secret:
    description:
      - When O(secret_key), O(regions), O(tenant_id), O(subscription_ids) and O(domain), which cannot be read, and the
        O(secret_id) of a V(primary) key are sent to an entry that exists.
      - V(on_create) does so only together with the change of something else, and V(always) on every run, which is a
        change every time.
    type: str
    choices: [on_create, always]
    default: on_create
  status:
    description:
      - Whether Security Center uses the key. Omitted, it stays as it is.
      - A key is added active, and disabled right after that for V(inactive). If that fails, it is deleted again.
    type: str
    choices: [active, inactive]
  auth_modules:
    description:
      - The modules that work with the key, and no others. V(HOST) for host assets, V(CSPM) for the assessment of
        configurations, V(SIEM) for threat analysis and response, V(TRIAL) for log audits.
      - Which of them a vendor supports, M(multicloud.iam.sas_vendor_ak_info) tells.
      - Required to add a key of O(ak_type=ctdr).
      - An empty list is an error, because the API has no way to clear it.
    type: list
    elements: str
    choices: [HOST, CSPM, SIEM, TRIAL]
  regions:
    description:
      - The regions of the vendor in which the key is validated, for V(AWS) and V(OracleCloud).
      - It cannot be read or cleared. O(update_secret) says when it is sent.
    type: list
    elements: str
  tenant_id:
    description:
      - The tenant of the key. Required to add a key of V(Azure) or V(OracleCloud).
      - It cannot be read. O(update_secret) says when it is sent.
    type: str
  subscription_ids:
    description:
      - The subscriptions of the key, for V(Azure). The API still takes it, and documents that it has no effect any more.
      - It cannot be read or cleared. O(update_secret) says when it is sent.
    type: list
    elements: str
  domain:
    description:
      - Which of the sites of the vendor the account is at.
      - The API documents it as required for V(HUAWEICLOUD), V(Azure), V(AWS), V(VOLCENGINE), V(KingsoftCloud), V(UCloud),
        V(BaiduCloud) and V(OracleCloud), with changes as well. V(KingsoftCloud) and V(BaiduCloud) only have V(china),
        V(OracleCloud) only has V(global), and of the known vendors only V(HUAWEICLOUD) has V(europe).
      - Required to add a key of these vendors.
      - It cannot be read. O(update_secret) says when it is sent.
    type: str
    choices: [china, global, europe]
  vendor_auth_alias:
    description:
      - The name of the entry. Without O(auth_id), it says which entry is meant.
      - With O(auth_id), it is set, and an empty string clears it. Without, an empty string is an error.
      - Give each entry another one. Only where the list that was read shows another entry with it, it is refused; with
        O(auth_id) that list is of one entry.
    type: str
  ctdr_cloud_user_id:
    description:
      - The ID of the account at the vendor. Required with the module V(SIEM) to add a key.
      - An empty string clears it.
    type: str
  extend_info:
    description:
      - What else the vendor needs, as a dictionary or as JSON. Of V(google) the service account's file without
        C(private_key) and C(private_key_id), which are refused here; of V(OracleCloud) the C(fingerprint) of the key; of
        security vendors for example C(product) and C(remark).
      - Only the given members are compared. The others of an entry stay, and are sent again with them.
      - An empty dictionary is an error, because the API has no way to clear it.
    type: dict
  lang:
    description:
      - The language of the texts in the result. They are no part of the state.
    type: str
    choices: [en, zh]
    default: en
  wait:
    description:
      - Whether to wait, for an active entry, until Security Center has validated the key. The task fails with the
        service's message when the validation ends badly or not in time; the entry stays.
      - Without a change, a validation that ended badly before is a failure as well.
      - Whether a change has the key validated again is not documented. When a secret was sent to an entry that exists
        and no validation was seen after that, there is a warning.
      - A new entry that is not listed yet is waited for, some seconds at most.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait at most, above 0 and up to 86400.
    type: float
    default: 60.0
notes:
  - The API takes all parameters in the query of the URL, O(secret_key) included. No message, warning or log of this
    module shows them, but a proxy that opens TLS sees them, and may log them.
  - A change is looked at again. When the cloud accepts it and does not show it after some seconds, the task fails.
seealso:
  - module: multicloud.iam.sas_vendor_ak_info
  - name: Security Center API, ModifyCloudVendorAccountAK
    description: Reference of the API operation behind a change.
    link: https://www.alibabacloud.com/help/en/security-center/developer-reference/api-sas-2018-12-03-modifycloudvendoraccountak
"""

EXAMPLES = r"""
- name: Stop Security Center from using a key of AWS
  multicloud.iam.sas_vendor_ak:
    vendor_auth_alias: aws-prod
    vendor: AWS
    status: inactive

- name: Add a key of a Tencent Cloud sub-account, and wait until it is validated
  multicloud.iam.sas_vendor_ak:
    vendor_auth_alias: tencent-audit
    vendor: Tencent
    ak_type: sub
    secret_id: AKIDexample0audit0000000000000000001
    secret_key: "{{ tencent_audit_secret }}"
    auth_modules:
      - HOST
      - CSPM
    wait: true

- name: Give an entry a new key after a rotation
  multicloud.iam.sas_vendor_ak:
    vendor_auth_alias: azure-prod
    secret_id: 00000000-0000-4000-8000-000000000021
    secret_key: "{{ azure_client_secret }}"
    tenant_id: 00000000-0000-4000-8000-000000000012
    domain: global

- name: Rename an entry
  multicloud.iam.sas_vendor_ak:
    auth_id: "2834"
    vendor_auth_alias: huawei-prod
    domain: china

- name: Delete an entry by vendor and key
  multicloud.iam.sas_vendor_ak:
    vendor: Tencent
    secret_id: AKIDexample0audit0000000000000000001
    state: absent
"""

RETURN = r"""
vendor_ak:
  description:
    - The entry after the task. In check mode it is the entry after a real run, with null for what only the cloud can
      choose.
    - After a deletion, the entry as it was last seen. Null when there was nothing to delete.
  returned: success, and failure of the validation
  type: dict
  contains:
    id:
      description: The ID of the entry, as a string.
      type: str
      sample: "2832"
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    owner:
      description: The ID of the account at the vendor, null as long as it is not known.
      type: str
      sample: "123456789012"
    description:
      description: The alias again, because it is what describes the entry. Null without one.
      type: str
      sample: aws-prod
    create_time:
      description: Always null, because the API does not tell it.
      type: str
    last_used:
      description: Always null, because the API does not tell it.
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
      description:
        - The ID of the key at the vendor, perhaps only in part.
        - Null in check mode where a secret would be sent to a V(primary) entry, because the service may list another ID.
      type: str
      sample: AKIAEXAMPLE000000001
    vendor_auth_alias:
      description: The name of the entry, null without one.
      type: str
      sample: aws-prod
    auth_modules:
      description: The modules that work with the key, sorted.
      type: list
      elements: str
      sample: [CSPM, HOST]
    modules:
      description: The same with what Security Center says of each of them.
      type: list
      elements: dict
      contains:
        module:
          description: The code of the module.
          type: str
          sample: CSPM
        status:
          description: V(in_use), V(abnormal), V(validating) or V(timed_out). Null where the API does not tell.
          type: str
          sample: in_use
        message:
          description: A text of the service, null without one.
          type: str
          sample: ak_domain_error
    service_status:
      description: How the validation of the key stands, V(in_use), V(abnormal), V(validating) or V(timed_out).
      type: str
      sample: in_use
    message:
      description: A text of the service about the validation, null without one.
      type: str
      sample: The IAM user is forbidden in the currently selected region
    ctdr_cloud_user_id:
      description: The ID of the account at the vendor that was given for the module SIEM, null without one.
      type: str
      sample: azure_demo_1
    extend_info:
      description: What else the vendor needs, null without it. Private keys are never in it.
      type: dict
      sample: {fingerprint: "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"}
    vendor_user_name:
      description: The name of the user at the vendor, null as long as it is not known.
      type: str
      sample: AlibabaCloud_prod
request_ids:
  description: The request IDs of all calls of the task, for the support of the cloud.
  returned: always
  type: list
  elements: str
  sample: ["9F4E6157-9600-5588-86B9-38F09067****"]
error:
  description: What failed.
  returned: failure
  type: dict
  contains:
    category:
      description: The kind of failure, the same word for all clouds, for example V(throttled) or V(invalid).
      type: str
    attempted:
      description: What was attempted.
      type: str
    object:
      description: On which object.
      type: str
    api_operation:
      description: The API operation behind it.
      type: str
    code:
      description: The error code of the API.
      type: str
    message:
      description: The text of the API.
      type: str
    request_id:
      description: The request ID of the failed call.
      type: str
    http_status:
      description: The HTTP status of the reply.
      type: int
    retryable:
      description: Whether the same task may succeed when it is run again.
      type: bool
    advice:
      description: What to do.
      type: str
appeared:
  description:
    - The entries that appeared after an addition whose reply was lost. Nothing says that this task made them.
    - Null where looking for them failed as well.
  returned: failure, when the reply to an addition was lost
  type: list
  elements: dict
left_over:
  description: The entry that this task added and could not delete again after a later step had failed.
  returned: failure, when an added entry could not be cleaned up
  type: dict
"""

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.checks import (
    AK_TYPES,
    DOMAINS,
    MODULES,
)
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.vendor_ak import VendorAk
from ansible_collections.multicloud.iam.plugins.module_utils._options import STATE_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import (
    run_as_module,
    state_module,
)

MODULE = state_module(
    "vendor_ak",
    VendorAk,
    {
        **API_OPTIONS,
        "state": STATE_OPTIONS["state"],
        "auth_id": {"type": "str", "no_log": False},
        "vendor": {"type": "str"},
        "ak_type": {"type": "str", "choices": list(AK_TYPES)},
        "secret_id": {"type": "str", "no_log": False},
        "secret_key": {"type": "str", "no_log": True},
        "update_secret": {
            "type": "str",
            "choices": ["on_create", "always"],
            "default": "on_create",
            "no_log": False,
        },
        "status": {"type": "str", "choices": ["active", "inactive"]},
        "auth_modules": {"type": "list", "elements": "str", "choices": list(MODULES)},
        "regions": {"type": "list", "elements": "str"},
        "tenant_id": {"type": "str"},
        "subscription_ids": {"type": "list", "elements": "str"},
        "domain": {"type": "str", "choices": list(DOMAINS)},
        "vendor_auth_alias": {"type": "str"},
        "ctdr_cloud_user_id": {"type": "str"},
        "extend_info": {"type": "dict"},
        "lang": {"type": "str", "choices": ["en", "zh"], "default": "en"},
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": 60.0},
    },
    identity=("auth_id", "vendor", "secret_id"),
    marker="vendor_auth_alias",
    forbidden_members={"extend_info": ("private_key",)},
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
