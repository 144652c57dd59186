# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_access_key:
    description:
      - The access key ID (AK) of a permanent or temporary access key, which signs the calls.
      - All credentials are taken from the first of the following sources that sets any of them. Sources are never mixed.
      - First, the options, which are either O(api_access_key), O(api_secret_key) and O(api_security_token), or
        O(api_auth_token).
      - >-
        Second, these sets of environment variables, in this order: E(HW_ACCESS_KEY), E(HW_SECRET_KEY) and
        E(HW_SECURITY_TOKEN); E(HW_AUTH_TOKEN); E(HUAWEICLOUD_SDK_AK), E(HUAWEICLOUD_SDK_SK) and
        E(HUAWEICLOUD_SDK_SECURITY_TOKEN); for Open Telekom Cloud E(OS_ACCESS_KEY), E(OS_SECRET_KEY) and
        E(OS_SECURITY_TOKEN); E(OS_AUTH_TOKEN) or E(OS_TOKEN).
    type: str
  api_secret_key:
    description:
      - The secret access key (SK) that belongs to O(api_access_key).
      - Taken from the same source as O(api_access_key). The environment variables are E(HW_SECRET_KEY),
        E(HUAWEICLOUD_SDK_SK) and E(OS_SECRET_KEY).
    type: str
  api_security_token:
    description:
      - The security token of a temporary access key.
      - Taken from the same source as O(api_access_key). The environment variables are E(HW_SECURITY_TOKEN),
        E(HUAWEICLOUD_SDK_SECURITY_TOKEN) and E(OS_SECURITY_TOKEN).
    type: str
  api_auth_token:
    description:
      - A token of an IAM user, to use instead of an access key. Its scope must be the account. It is sent as
        C(X-Auth-Token).
      - If an access key of a user changes, Huawei Cloud invalidates the tokens of that user.
      - Falls back to E(HW_AUTH_TOKEN), or to E(OS_AUTH_TOKEN) or E(OS_TOKEN).
    type: str
  api_domain_id:
    description:
      - The ID of the account that the credentials belong to. It can be combined with credentials from any source.
      - For credentials from environment variables, falls back to E(HW_DOMAIN_ID), E(HUAWEICLOUD_SDK_DOMAIN_ID) or
        E(OS_DOMAIN_ID), whichever has the same prefix as the credentials.
      - Listing users with an access key requires the account ID. If this option is omitted, the module looks up the ID,
        which costs one call.
      - Some endpoints do not support this lookup. If it fails, users are listed without the account ID, which some
        endpoints allow.
    type: str
  api_region:
    description:
      - The region whose endpoint is called, for example V(ap-southeast-1), or V(eu-de) for Open Telekom Cloud.
      - For credentials from environment variables, falls back to E(HW_REGION_NAME). For credentials of the SDKs,
        E(HUAWEICLOUD_SDK_REGION_ID) takes precedence. For credentials of Open Telekom Cloud, falls back to
        E(OS_REGION_NAME), then to E(OS_REGION).
      - The description of O(api_endpoint) says which endpoint is called if there is no region.
      - A region that belongs to no known site is refused. Set O(api_endpoint) to use such a region.
    type: str
  api_endpoint:
    description:
      - The URL of IAM, made up of scheme, host and port.
      - Falls back to E(MULTICLOUD_IAM_HUAWEI_ENDPOINT), then to the endpoint of O(api_region), then to
        V(https://iam.myhuaweicloud.com).
      - If neither this option nor E(MULTICLOUD_IAM_HUAWEI_ENDPOINT) nor O(api_region) is set, credentials from
        environment variables are sent to the host of E(HW_AUTH_URL) or E(HUAWEICLOUD_SDK_IAM_ENDPOINT), or to the domain
        in E(HW_CLOUD), if those are set. Credentials from C(OS_) variables are then sent only to the host of
        E(OS_AUTH_URL), or to the endpoint of E(OS_REGION_NAME) or E(OS_REGION). The task fails if none of these is set.
      - A URL that contains a user name or password is refused.
    type: str
requirements:
  - Python >= 3.9
  - requests >= 2.31.0
notes:
  - Do not send credentials of the international site to an endpoint of the Chinese site. Other sites and partner
    clouds, such as Open Telekom Cloud, have their own endpoints.
  - Huawei Cloud locks an access key for five minutes after more than five failed signatures in a row. After the first
    failure, the remaining items of a loop with the same credentials fail without a call.
"""

    ACTIONGROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/multicloud.iam.huawei) or C(group/multicloud.iam.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - multicloud.iam.huawei
      - multicloud.iam.all
"""
