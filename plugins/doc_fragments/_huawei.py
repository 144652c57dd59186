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
      - The access key (AK) that signs the calls, permanent or temporary.
      - Credentials are taken as one set from one source, the first of these. The options; the environment variables
        E(HW_ACCESS_KEY), E(HW_SECRET_KEY) and E(HW_SECURITY_TOKEN); E(HW_AUTH_TOKEN); E(HUAWEICLOUD_SDK_AK),
        E(HUAWEICLOUD_SDK_SK) and E(HUAWEICLOUD_SDK_SECURITY_TOKEN); for Open Telekom Cloud E(OS_ACCESS_KEY),
        E(OS_SECRET_KEY) and E(OS_SECURITY_TOKEN); E(OS_AUTH_TOKEN) or E(OS_TOKEN). Sources are never mixed.
    type: str
  api_secret_key:
    description:
      - The secret key (SK) of O(api_access_key).
      - Falls back to the variables that O(api_access_key) names, as one set with it.
    type: str
  api_security_token:
    description:
      - The security token of a temporary access key.
      - Falls back to the variables that O(api_access_key) names, as one set with it.
    type: str
  api_auth_token:
    description:
      - A token of an IAM user, scoped to the account, instead of an access key. It is sent as C(X-Auth-Token).
      - A change of a user's access key ends the tokens of that user.
      - Falls back to E(HW_AUTH_TOKEN), or to E(OS_AUTH_TOKEN) or E(OS_TOKEN).
    type: str
  api_domain_id:
    description:
      - The ID of the account of the credentials. It says where, not who, and goes with credentials of any source.
      - Falls back, for credentials of the environment, to E(HW_DOMAIN_ID), E(HUAWEICLOUD_SDK_DOMAIN_ID) or
        E(OS_DOMAIN_ID), whichever begins like them.
      - A call that lists users with an access key needs it; left out, it is asked for then, which costs a call.
      - Not every endpoint answers that. Where it fails, users are listed without the account, which some endpoints allow.
    type: str
  api_region:
    description:
      - The region whose endpoint is used, for example V(ap-southeast-1), or V(eu-de) of Open Telekom Cloud.
      - Without it, the global endpoint is used.
      - Falls back, for credentials of the environment, to E(HW_REGION_NAME), for those of the SDKs to
        E(HUAWEICLOUD_SDK_REGION_ID) first, or for those of Open Telekom Cloud to E(OS_REGION_NAME) or E(OS_REGION).
      - A region of no site that is known is refused; give O(api_endpoint) there.
    type: str
requirements:
  - requests
notes:
  - O(api_endpoint) falls back to E(MULTICLOUD_IAM_HUAWEI_ENDPOINT), then to the endpoint of O(api_region), then to
    V(https://iam.myhuaweicloud.com). Credentials of the environment go to the host of E(HW_AUTH_URL) or
    E(HUAWEICLOUD_SDK_IAM_ENDPOINT), or to the domain E(HW_CLOUD), where those are set. Those of C(OS_) variables go to
    the host of E(OS_AUTH_URL), else to the one of E(OS_REGION_NAME), and nowhere else.
  - Accounts of the international site must not be sent to an endpoint of the Chinese one. Other sites and partners, Open
    Telekom Cloud for example, work with their own endpoint.
  - After more than five failed signatures in a row, Huawei Cloud locks an access key for five minutes. After the first
    one, the remaining items of a loop with the same credentials fail without a call.
  - Environment variables and files are those of the machine and user that run the module. With C(delegate_to=localhost)
    and C(become=false) that is the controller, with the variables that AWX sets. One that is empty counts as unset.
  - Where the environment has several complete sets of credentials that differ, a warning says which one is used. One
    that is incomplete is an error; the next one would be another signer.
"""
