#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sas_vendor_ak
short_description: Manage access keys of other vendors in Alibaba Cloud Security Center
version_added: 1.0.0
description:
  - Creates, updates, enables, disables and deletes entries in Alibaba Cloud Security Center (SAS). An entry is the access
    key of an account at another vendor, which Security Center uses to monitor the assets in that account.
  - The module lists the entries first, and sends only what differs. If nothing has to change, a task costs one
    C(DescribeCloudVendorAccountAKList) call. With O(vendor) and without O(auth_id), it costs one such call for every
    100 entries of the vendor. An update costs one additional C(ModifyCloudVendorAccountAK) call, and one additional
    listing if the reply does not show the result. A creation lists the entries twice.
  - An entry is identified by O(auth_id). Without it, the entry is identified by O(vendor_auth_alias). Without either, it
    is identified by O(vendor) and O(secret_id). If several entries match, the task fails and lists them.
  - If no entry matches O(vendor_auth_alias), or O(vendor) and O(secret_id), the module creates one. This requires
    O(vendor), O(ak_type), O(secret_id) and O(secret_key).
  - Security Center might list a V(primary) key with a different O(secret_id). So if O(auth_id) and O(vendor_auth_alias)
    are omitted and no entry matches, the task fails if the key might be a V(primary) key, even with O(state=absent).
    This is the case with O(ak_type=primary), and without O(ak_type) if the vendor has any V(primary) entry.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._alibaba.actiongroup
  - multicloud.iam._alibaba
  - multicloud.iam._connection
attributes:
  async:
    support: full
    details: []
  idempotent:
    support: partial
    details:
      - With O(update_secret=always), every run sends the options that cannot be read, and reports a change.
options:
  state:
    description:
      - Whether the entry should exist. V(null), for example from an undefined variable, is refused.
    type: str
    choices: [present, absent]
    default: present
  auth_id:
    description:
      - The ID of the entry, which the cloud chooses.
      - With O(state=present), the task fails if no entry has this ID.
    type: str
  vendor:
    description:
      - The vendor of the account. It cannot be changed.
      - The known vendors are V(Tencent), V(HUAWEICLOUD), V(Azure), V(AWS), V(VOLCENGINE), V(google), V(KingsoftCloud),
        V(UCloud), V(BaiduCloud), V(OracleCloud), V(StateCloud), V(CHAITIN), V(FORTINET), V(THREATBOOK) and V(WIZ). Names
        are case-sensitive. Other names are passed to the API.
      - With O(vendor_auth_alias), only an entry of this vendor matches.
    type: str
  ak_type:
    description:
      - The type of the key. V(primary) is a key of the root account, V(sub) is a key of a sub-account, and V(ctdr) is a
        key for threat detection and response. It cannot be changed.
      - With a V(primary) key of V(AWS) or V(Tencent), Security Center creates a sub-account with its own key at the
        vendor, and uses that key.
      - V(google), V(BaiduCloud), V(OracleCloud) and V(StateCloud) support V(sub) only. V(CHAITIN), V(FORTINET),
        V(THREATBOOK) and V(WIZ) support V(ctdr) only.
    type: str
    choices: [primary, sub, ctdr]
  secret_id:
    description:
      - The ID of the key at the vendor.
      - For V(Azure), this is the application ID. For V(google), it is the C(private_key_id) in the file of the service
        account. For V(OracleCloud), it is the OCID of the user. For all other vendors, it is the access key ID.
      - To replace the key of an entry, identify the entry by O(auth_id) or O(vendor_auth_alias), and set O(secret_key)
        as well.
      - For a V(primary) key, the listed ID might be that of the key that Security Center has created. Therefore, the ID
        is not compared, and is sent to an existing entry only together with O(secret_key), as O(update_secret)
        determines. With O(update_secret=always), O(secret_key) is required.
      - If the API shows only a part of the ID, such as V(AKIA***), only the visible part is compared, and the task
        warns about it. Such an ID cannot identify an entry. An entry is not created if its key matches the visible part
        of the ID of another entry. A masked ID is refused as the value of this option.
    type: str
  secret_key:
    description:
      - The secret of the key at the vendor.
      - For V(Azure), this is the client secret. For V(google), it is the C(private_key), and for V(OracleCloud) the
        private key, both in PEM format. For all other vendors, it is the access key secret.
      - It cannot be read. O(update_secret) determines when it is sent.
    type: str
  update_secret:
    description:
      - When to send the options that cannot be read to an existing entry. These are O(secret_key), O(regions),
        O(tenant_id), O(subscription_ids) and O(domain), and the O(secret_id) of a V(primary) key.
      - V(on_create) sends them only together with a change of another option.
      - V(always) sends them on every run, and every run reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
  status:
    description:
      - Whether Security Center uses the key. If omitted, the status does not change.
      - An entry is always created active. With V(inactive), the module disables it right after its creation. If that
        fails, the module deletes the new entry.
    type: str
    choices: [active, inactive]
  auth_modules:
    description:
      - The modules of Security Center that use the key. Other modules do not use it.
      - V(HOST) is for host assets, V(CSPM) for the assessment of configurations, V(SIEM) for threat analysis and
        response, and V(TRIAL) for log audits. M(multicloud.iam.sas_vendor_ak_info) returns the modules that each vendor
        supports.
      - Required to create an entry with O(ak_type=ctdr).
      - An empty list is refused, because the API cannot clear this attribute.
    type: list
    elements: str
    choices: [HOST, CSPM, SIEM, TRIAL]
  regions:
    description:
      - The regions of the vendor in which the key is validated, for V(AWS) and V(OracleCloud).
      - They cannot be read or cleared. O(update_secret) determines when they are sent.
    type: list
    elements: str
  tenant_id:
    description:
      - The tenant of the key. Required to create an entry for V(Azure) or V(OracleCloud).
      - It cannot be read. O(update_secret) determines when it is sent.
    type: str
  subscription_ids:
    description:
      - The subscriptions of the key, for V(Azure). The API still accepts them, but documents that they no longer have an
        effect.
      - They cannot be read or cleared. O(update_secret) determines when they are sent.
    type: list
    elements: str
  domain:
    description:
      - The site of the vendor that the account belongs to.
      - The API documents it as required for V(HUAWEICLOUD), V(Azure), V(AWS), V(VOLCENGINE), V(KingsoftCloud),
        V(UCloud), V(BaiduCloud) and V(OracleCloud), even in an update. The module requires it to create an entry for
        one of these vendors.
      - V(KingsoftCloud) and V(BaiduCloud) support V(china) only, and V(OracleCloud) supports V(global) only. Of the known
        vendors, only V(HUAWEICLOUD) supports V(europe).
      - It cannot be read. O(update_secret) determines when it is sent.
    type: str
    choices: [china, global, europe]
  vendor_auth_alias:
    description:
      - The alias, which is the name of the entry. Without O(auth_id), the alias identifies the entry, and an empty string
        is refused.
      - With O(auth_id), the alias is set to this value. An empty string clears it.
      - Use a different alias for each entry. The module refuses an alias that another entry already has, but only if it
        has read that entry. With O(auth_id), it reads one entry only.
    type: str
  ctdr_cloud_user_id:
    description:
      - The ID of the account at the vendor. Required to create an entry with the module V(SIEM).
      - An empty string clears it.
    type: str
  extend_info:
    description:
      - Additional information that the vendor requires, as a dictionary or as JSON.
      - For V(google), this is the file of the service account without C(private_key) and C(private_key_id), which are
        refused here. For V(OracleCloud), it is the C(fingerprint) of the key. For security vendors, it can be C(product)
        and C(remark), for example.
      - Only the given members are compared. Other members of an existing entry are kept, and are sent again together
        with the given ones.
      - An empty dictionary is refused, because the API cannot clear this attribute.
    type: dict
  lang:
    description:
      - The language of the texts in the result. It does not affect the state of the entry.
    type: str
    choices: [en, zh]
    default: en
  wait:
    description:
      - Whether to wait until Security Center has validated the key of an active entry. If the validation fails or does
        not end in time, the task fails with the message of the service. The entry is kept.
      - If nothing changes and an earlier validation has failed, the task fails as well.
      - It is not documented whether an update starts another validation. If a secret was sent to an existing entry and no
        validation was seen after that, the task warns.
      - If a new entry is not listed yet, the task waits a few seconds for it.
    type: bool
    default: false
  wait_timeout:
    description:
      - The maximum number of seconds to wait with O(wait). Must be greater than V(0) and at most V(86400).
    type: float
    default: 60.0
notes:
  - The API takes all parameters in the query string of the URL, including O(secret_key). The module does not show them
    in messages, warnings or logs. However, a proxy that decrypts TLS can read them, and might log them.
  - The module verifies every change of an attribute that can be read. The task fails if the cloud accepts a change but
    does not show it within a few seconds.
seealso:
  - module: multicloud.iam.sas_vendor_ak_info
  - name: Security Center API, ModifyCloudVendorAccountAK
    description: Reference of the API operation that updates an entry.
    link: https://www.alibabacloud.com/help/en/security-center/developer-reference/api-sas-2018-12-03-modifycloudvendoraccountak
"""

EXAMPLES = r"""
- name: Stop Security Center from using an access key of AWS
  multicloud.iam.sas_vendor_ak:
    vendor_auth_alias: aws-prod
    vendor: AWS
    domain: global
    status: inactive

- name: Create an entry for a Tencent Cloud sub-account, and wait until its key has been validated
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

- name: Update the key of an entry after a rotation
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

- name: Delete an entry by its vendor and key
  multicloud.iam.sas_vendor_ak:
    vendor: Tencent
    secret_id: AKIDexample0audit0000000000000000001
    state: absent
"""

RETURN = r"""
vendor_ak:
  description:
    - The entry after the task. In check mode, the entry as it would be after a real run, with null for values that
      only the cloud can choose.
    - After a deletion, the entry as it was last read. Null if there was nothing to delete.
  returned: success, and failure of the validation
  type: dict
  contains:
    id:
      description: The ID of the entry, as a string.
      returned: success, and failure of the validation
      type: str
      sample: '2832'
    status:
      description: V(active) or V(inactive).
      returned: success, and failure of the validation
      type: str
      sample: active
    owner:
      description: The ID of the account at the vendor. Null until it is known.
      returned: success, and failure of the validation
      type: str
      sample: '123456789012'
    description:
      description: The same as C(vendor_auth_alias), because an entry has no other description. Null if there is
        none.
      returned: success, and failure of the validation
      type: str
      sample: aws-prod
    create_time:
      description: Always null, because the API does not report it.
      returned: success, and failure of the validation
      type: str
    last_used:
      description: Always null, because the API does not report it.
      returned: success, and failure of the validation
      type: str
    vendor:
      description: The vendor of the account.
      returned: success, and failure of the validation
      type: str
      sample: AWS
    ak_type:
      description: V(primary), V(sub) or V(ctdr).
      returned: success, and failure of the validation
      type: str
      sample: sub
    secret_id:
      description:
        - The ID of the key at the vendor. The API may show only a part of it.
        - In check mode, null if a secret would be sent to a V(primary) entry, because the service may then list
          another ID.
      returned: success, and failure of the validation
      type: str
      sample: AKIAEXAMPLE000000001
    vendor_auth_alias:
      description: The alias of the entry. Null if there is none.
      returned: success, and failure of the validation
      type: str
      sample: aws-prod
    auth_modules:
      description: The modules of Security Center that use the key, sorted.
      returned: success, and failure of the validation
      type: list
      elements: str
      sample:
        - CSPM
        - HOST
    modules:
      description: The same modules, with what Security Center reports about each of them.
      returned: success, and failure of the validation
      type: list
      elements: dict
      contains:
        module:
          description: The code of the module.
          returned: success, and failure of the validation
          type: str
          sample: CSPM
        status:
          description: V(in_use), V(abnormal), V(validating) or V(timed_out). Null if the API does not report it.
          returned: success, and failure of the validation
          type: str
          sample: in_use
        message:
          description: A message from the service. Null if there is none.
          returned: success, and failure of the validation
          type: str
          sample: ak_domain_error
    service_status:
      description: The state of the validation of the key, V(in_use), V(abnormal), V(validating) or V(timed_out).
      returned: success, and failure of the validation
      type: str
      sample: in_use
    message:
      description: A message from the service about the validation. Null if there is none.
      returned: success, and failure of the validation
      type: str
      sample: The IAM user is forbidden in the currently selected region
    ctdr_cloud_user_id:
      description: The ID of the account at the vendor that was set for the module V(SIEM). Null if there is none.
      returned: success, and failure of the validation
      type: str
      sample: azure_demo_1
    extend_info:
      description: Additional information that the vendor requires. Null if there is none. Private keys are left
        out.
      returned: success, and failure of the validation
      type: dict
      sample:
        fingerprint: 00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff
    vendor_user_name:
      description: The name of the user at the vendor. Null until it is known.
      returned: success, and failure of the validation
      type: str
      sample: AlibabaCloud_prod
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
appeared:
  description:
    - The entries that appeared after a creation whose reply was lost, with the members of RV(vendor_ak). Nothing
      proves that this task created them.
    - Null if listing them failed as well.
  returned: failure, when the reply to a creation was lost
  type: list
  elements: dict
left_over:
  description:
    - The entry that this task created, and could not delete after a later step had failed. It has the members of
      RV(vendor_ak).
  returned: failure, when an entry was created and could not be deleted
  type: dict
"""

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.checks import (
    AK_TYPES,
    DOMAINS,
    MODULES,
)
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.vendor_ak import VendorAk
from ansible_collections.multicloud.iam.plugins.module_utils._module import state_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import STATE_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module

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
