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
        E(ALIBABA_CLOUD_ACCESS_KEY_ID), E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) and E(ALIBABA_CLOUD_SECURITY_TOKEN);
        E(ALIBABACLOUD_ACCESS_KEY_ID), E(ALIBABACLOUD_ACCESS_KEY_SECRET) and E(ALIBABACLOUD_SECURITY_TOKEN);
        E(ALICLOUD_ACCESS_KEY), E(ALICLOUD_SECRET_KEY) and E(ALICLOUD_SECURITY_TOKEN); E(ALICLOUD_ACCESS_KEY_ID),
        E(ALICLOUD_ACCESS_KEY_SECRET) and E(ALICLOUD_SECURITY_TOKEN); the profile that E(ALIBABA_CLOUD_PROFILE),
        E(ALIBABACLOUD_PROFILE) or E(ALICLOUD_PROFILE) names. Sources are never mixed.
    type: str
  api_access_key_secret:
    description:
      - The secret of the key that signs the calls (B(AccessKey secret)).
      - Falls back to the variables that O(api_access_key_id) names, as one set with it.
    type: str
  api_security_token:
    description:
      - The session token of temporary credentials (B(STS token)).
      - Falls back to the variables that O(api_access_key_id) names, as one set with it.
    type: str
  api_profile:
    description:
      - The name of a profile of the official command line tool, in C(~/.aliyun/config.json). Its mode must be C(AK) or
        C(StsToken). E(ALIBABA_CLOUD_CONFIG_FILE), E(ALIBABA_CLOUD_CREDENTIALS_FILE) or
        E(ALICLOUD_SHARED_CREDENTIALS_FILE) names another file, which may also be a credentials file of the SDKs (INI,
        with the type C(access_key) or C(sts)).
      - The region of the profile goes with its credentials.
      - Falls back to E(ALIBABA_CLOUD_PROFILE), E(ALIBABACLOUD_PROFILE), then to E(ALICLOUD_PROFILE), where the
        environment has no credentials.
      - Refused when E(ALIBABA_CLOUD_CLI_PROFILE_DISABLED), E(ALIBABA_CLOUD_IGNORE_PROFILE) or
        E(ALIBABACLOUD_IGNORE_PROFILE) is V(true).
    type: str
  api_region:
    description:
      - Any region, for the site that serves it. Security Center has two sites, V(cn-shanghai) for the regions in China
        and V(ap-southeast-1) for all others, and each has entries of its own.
      - Falls back to the region of the profile; for credentials of the environment to E(ALIBABA_CLOUD_REGION_ID),
        E(ALIBABA_CLOUD_REGION), E(ALIBABACLOUD_REGION_ID), E(ALICLOUD_REGION), E(ALICLOUD_REGION_ID), those that begin
        like the credentials first; then to V(cn-shanghai). Without effect when there is an O(api_endpoint).
      - Where the credentials are of the task or a profile that does not say its region, or of a profile that the
        environment names, and the environment has a region of another site, the task fails and asks for it.
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
  - Environment variables and files are those of the machine and user that run the module. With C(delegate_to=localhost)
    and C(become=false) that is the controller, with the variables that AWX sets. One that is empty counts as unset.
  - Where the environment has several complete sets of credentials that differ, a warning says which one is used. One
    that is incomplete is an error; the next one would be another signer.
"""
