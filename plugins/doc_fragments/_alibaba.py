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
      - The ID of the access key that signs the calls (B(AccessKey ID)).
      - All credentials are taken from the first of the following sources that sets any of them. Sources are never mixed.
      - First, the options O(api_access_key_id), O(api_access_key_secret) and O(api_security_token).
      - Second, the profile named by O(api_profile).
      - >-
        Third, these sets of environment variables, in this order: E(ALIBABA_CLOUD_ACCESS_KEY_ID),
        E(ALIBABA_CLOUD_ACCESS_KEY_SECRET) and E(ALIBABA_CLOUD_SECURITY_TOKEN); E(ALIBABACLOUD_ACCESS_KEY_ID),
        E(ALIBABACLOUD_ACCESS_KEY_SECRET) and E(ALIBABACLOUD_SECURITY_TOKEN); E(ALICLOUD_ACCESS_KEY),
        E(ALICLOUD_SECRET_KEY) and E(ALICLOUD_SECURITY_TOKEN); E(ALICLOUD_ACCESS_KEY_ID), E(ALICLOUD_ACCESS_KEY_SECRET)
        and E(ALICLOUD_SECURITY_TOKEN).
      - Fourth, the profile named by E(ALIBABA_CLOUD_PROFILE), E(ALIBABACLOUD_PROFILE) or E(ALICLOUD_PROFILE).
    type: str
  api_access_key_secret:
    description:
      - The secret of the access key that signs the calls (B(AccessKey Secret)).
      - Taken from the same source as O(api_access_key_id). The environment variables are
        E(ALIBABA_CLOUD_ACCESS_KEY_SECRET), E(ALIBABACLOUD_ACCESS_KEY_SECRET), E(ALICLOUD_SECRET_KEY) and
        E(ALICLOUD_ACCESS_KEY_SECRET).
    type: str
  api_security_token:
    description:
      - The session token of temporary credentials (B(STS token)).
      - Taken from the same source as O(api_access_key_id). The environment variables are
        E(ALIBABA_CLOUD_SECURITY_TOKEN), E(ALIBABACLOUD_SECURITY_TOKEN) and E(ALICLOUD_SECURITY_TOKEN).
    type: str
  api_profile:
    description:
      - The name of a profile of the official command-line tool in C(~/.aliyun/config.json). The mode of the profile
        must be C(AK) or C(StsToken).
      - E(ALIBABA_CLOUD_CONFIG_FILE), E(ALIBABA_CLOUD_CREDENTIALS_FILE) or E(ALICLOUD_SHARED_CREDENTIALS_FILE) can name
        another file. That file can also be a credentials file of the SDKs in INI format, with the type C(access_key) or
        C(sts).
      - The region of the profile is used together with its credentials.
      - If the environment contains no credentials, falls back to E(ALIBABA_CLOUD_PROFILE), E(ALIBABACLOUD_PROFILE), and
        then E(ALICLOUD_PROFILE).
      - A profile is refused if E(ALIBABA_CLOUD_CLI_PROFILE_DISABLED), E(ALIBABA_CLOUD_IGNORE_PROFILE) or
        E(ALIBABACLOUD_IGNORE_PROFILE) is V(true).
    type: str
  api_region:
    description:
      - The region, which selects one of the two sites of Security Center. V(cn-shanghai) serves the regions in China,
        and V(ap-southeast-1) serves all others. Each site has its own entries.
      - Falls back to the region of the profile. For credentials from environment variables, falls back to
        E(ALIBABA_CLOUD_REGION_ID), E(ALIBABA_CLOUD_REGION), E(ALIBABACLOUD_REGION_ID), E(ALICLOUD_REGION) and
        E(ALICLOUD_REGION_ID). Variables with the same prefix as the credentials take precedence.
      - The default is V(cn-shanghai).
      - Ignored if O(api_endpoint) is set.
      - The task fails and asks for this option if the site is not certain. This is the case if the environment contains
        a region of another site, and the credentials come from the options, from a profile without a region, or from a
        profile that the environment names.
    type: str
  api_sts_endpoint:
    description:
      - The URL of STS. The module calls STS to look up the account if O(api_expected_account) is set.
      - Defaults to the STS of the site, or to O(api_endpoint) if that is not a host of Alibaba Cloud.
    type: str
  api_endpoint:
    description:
      - The URL of Security Center, made up of scheme, host and port. Inside a VPC, set it to
        V(https://tds.vpc-proxy.aliyuncs.com), or to V(https://tds-intl.vpc-proxy.aliyuncs.com) outside China.
      - Falls back to E(MULTICLOUD_IAM_ALIBABA_ENDPOINT), then to V(https://tds.cn-shanghai.aliyuncs.com) or
        V(https://tds.ap-southeast-1.aliyuncs.com), depending on O(api_region).
      - A URL that contains a user name or password is refused.
    type: str
requirements:
  - Python >= 3.9
  - requests >= 2.31.0
"""

    ACTIONGROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/multicloud.iam.alibaba) or C(group/multicloud.iam.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - multicloud.iam.alibaba
      - multicloud.iam.all
"""
