# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_secret_id:
    description:
      - The ID of the access key that signs the calls (B(SecretId)).
      - All credentials are taken from the first of the following sources that sets any of them. Sources are never mixed.
      - First, the options O(api_secret_id), O(api_secret_key) and O(api_token).
      - Second, the profile named by O(api_profile).
      - Third, the environment variables E(TENCENTCLOUD_SECRET_ID), E(TENCENTCLOUD_SECRET_KEY), and
        E(TENCENTCLOUD_TOKEN) or E(TENCENTCLOUD_SECURITY_TOKEN).
      - Fourth, the profile named by E(TENCENTCLOUD_PROFILE) or E(TCCLI_PROFILE).
    type: str
  api_secret_key:
    description:
      - The secret of the access key that signs the calls (B(SecretKey)).
      - Taken from the same source as O(api_secret_id). The environment variable is E(TENCENTCLOUD_SECRET_KEY).
    type: str
  api_token:
    description:
      - The session token of temporary credentials.
      - Taken from the same source as O(api_secret_id). Of the environment variables, E(TENCENTCLOUD_TOKEN) takes
        precedence over E(TENCENTCLOUD_SECURITY_TOKEN).
    type: str
  api_profile:
    description:
      - The name of a profile of the official command-line tool, that is, of a file C(~/.tccli/NAME.credential).
        E(TENCENTCLOUD_SHARED_CREDENTIALS_DIR) can name another directory.
      - The region and the host of C(cam) in C(NAME.configure) are used together with its credentials.
      - A profile that assumes a role is refused.
      - If the environment contains no credentials, falls back to E(TENCENTCLOUD_PROFILE), then to E(TCCLI_PROFILE).
    type: str
  api_region:
    description:
      - The region that is sent with each call. CAM does not need one.
      - Falls back to the region of the profile, or to E(TENCENTCLOUD_REGION) for credentials from environment variables.
    type: str
  api_endpoint:
    description:
      - The URL of CAM, made up of scheme, host and port. For the international site, set it to
        V(https://cam.intl.tencentcloudapi.com).
      - Falls back to E(MULTICLOUD_IAM_TENCENT_ENDPOINT), then to the host in the profile, or for credentials from
        environment variables to the host C(cam) in the domain E(TENCENTCLOUD_DOMAIN), then to
        V(https://cam.tencentcloudapi.com).
      - A URL that contains a user name or password is refused.
    type: str
requirements:
  - Python >= 3.9
  - requests >= 2.31.0
  - tencentcloud-sdk-python-cam >= 3.0.1300 (or tencentcloud-sdk-python >= 3.0.1300)
"""

    ACTIONGROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/multicloud.iam.tencent) or C(group/multicloud.iam.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - multicloud.iam.tencent
      - multicloud.iam.all
"""
