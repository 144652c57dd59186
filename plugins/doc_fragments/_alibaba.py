# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_access_key_id:
    description:
      - The ID of the key that signs the calls (B(AccessKey ID)).
      - Credentials are taken as one set from one source, the first of O(api_access_key_id) with
        O(api_access_key_secret) and O(api_security_token); O(api_profile); the environment variables
        E(ALIBABA_CLOUD_ACCESS_KEY_ID), E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) and E(ALIBABA_CLOUD_SECURITY_TOKEN); those
        of Terraform, E(ALICLOUD_ACCESS_KEY), E(ALICLOUD_SECRET_KEY) and E(ALICLOUD_SECURITY_TOKEN); the profile that
        E(ALIBABA_CLOUD_PROFILE) names. Sources are never mixed.
    type: str
  api_access_key_secret:
    description:
      - The secret of the key that signs the calls (B(AccessKey secret)).
    type: str
  api_security_token:
    description:
      - The session token of temporary credentials (B(STS token)).
    type: str
  api_profile:
    description:
      - The name of a profile of the official command line tool, in C(~/.aliyun/config.json). Its mode must be C(AK) or
        C(StsToken).
      - Only the credentials of the profile are used, not its region.
      - Refused when E(ALIBABA_CLOUD_CLI_PROFILE_DISABLED) is V(true).
    type: str
  api_region:
    description:
      - Any region, for the site that serves it. Security Center has two sites, V(cn-shanghai) for the regions in China
        and V(ap-southeast-1) for all others, and each has entries of its own.
      - Falls back to E(ALIBABA_CLOUD_REGION_ID), E(ALICLOUD_REGION), then to V(cn-shanghai). Without effect when there
        is an O(api_endpoint).
    type: str
  api_sts_endpoint:
    description:
      - The address of STS, which is asked for the account when O(api_expected_account) is given.
      - By default the one of the site, or O(api_endpoint) when that is not a host of the vendor.
    type: str
requirements:
  - requests
notes:
  - O(api_endpoint) falls back to E(MULTICLOUD_IAM_ALIBABA_ENDPOINT), then to V(https://tds.cn-shanghai.aliyuncs.com) or
    V(https://tds.ap-southeast-1.aliyuncs.com). From inside a VPC give V(https://tds.vpc-proxy.aliyuncs.com), or
    V(https://tds-intl.vpc-proxy.aliyuncs.com) outside China.
  - The environment variables are those of the machine that runs the module. Run it on the controller, with
    C(connection=local) or C(delegate_to=localhost), to use those that AWX sets.
"""
