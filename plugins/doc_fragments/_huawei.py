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
        E(HW_ACCESS_KEY), E(HW_SECRET_KEY), E(HW_SECURITY_TOKEN) and E(HW_DOMAIN_ID); E(HW_AUTH_TOKEN) and
        E(HW_DOMAIN_ID); E(HUAWEICLOUD_SDK_AK), E(HUAWEICLOUD_SDK_SK), E(HUAWEICLOUD_SDK_SECURITY_TOKEN) and
        E(HUAWEICLOUD_SDK_DOMAIN_ID); E(OS_ACCESS_KEY), E(OS_SECRET_KEY), E(OS_SECURITY_TOKEN) and E(OS_DOMAIN_ID).
        Sources are never mixed.
    type: str
  api_secret_key:
    description:
      - The secret key (SK) of O(api_access_key).
    type: str
  api_security_token:
    description:
      - The security token of a temporary access key.
    type: str
  api_auth_token:
    description:
      - A token of an IAM user, scoped to the account, instead of an access key. It is sent as C(X-Auth-Token).
      - A change of a user's access key ends the tokens of that user.
    type: str
  api_domain_id:
    description:
      - The ID of the account of the credentials.
      - A call that lists users with an access key needs it; left out, it is asked for then, which costs a call.
    type: str
  api_region:
    description:
      - The region whose endpoint is used, for example V(ap-southeast-1), or V(eu-de) of Open Telekom Cloud.
      - Without it, the global endpoint is used.
      - Falls back to E(HW_REGION_NAME).
    type: str
requirements:
  - requests
notes:
  - O(api_endpoint) falls back to E(MULTICLOUD_IAM_HUAWEI_ENDPOINT), then to the endpoint of O(api_region), then to
    V(https://iam.myhuaweicloud.com). Accounts of the international site must not be sent to an endpoint of the Chinese
    one. Other sites and partners, Open Telekom Cloud for example, work with their own endpoint.
  - After more than five failed signatures in a row, Huawei Cloud locks an access key for five minutes. After the first
    one, the remaining items of a loop with the same credentials fail without a call.
  - The environment variables are those of the machine that runs the module. Run it on the controller, with
    C(connection=local) or C(delegate_to=localhost), to use those that AWX sets.
"""
