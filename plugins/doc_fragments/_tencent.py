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
      - The ID of the key that signs the calls (B(SecretId)).
      - Credentials are taken as one set from one source, the first of O(api_secret_id) with O(api_secret_key) and
        O(api_token); O(api_profile); the environment variables E(TENCENTCLOUD_SECRET_ID), E(TENCENTCLOUD_SECRET_KEY)
        and E(TENCENTCLOUD_TOKEN) or E(TENCENTCLOUD_SECURITY_TOKEN); the profile that E(TENCENTCLOUD_PROFILE) or
        E(TCCLI_PROFILE) names. Sources are never mixed.
    type: str
  api_secret_key:
    description:
      - The secret of the key that signs the calls (B(SecretKey)).
      - Falls back to E(TENCENTCLOUD_SECRET_KEY), as one set with O(api_secret_id).
    type: str
  api_token:
    description:
      - The session token of temporary credentials.
      - Falls back to E(TENCENTCLOUD_TOKEN), then to E(TENCENTCLOUD_SECURITY_TOKEN), as one set with O(api_secret_id).
    type: str
  api_profile:
    description:
      - The name of a profile of the official command line tool, a file C(~/.tccli/NAME.credential).
        E(TENCENTCLOUD_SHARED_CREDENTIALS_DIR) names another directory.
      - The region and the host of C(cam) in C(NAME.configure) go with it.
      - A profile that assumes a role is refused.
      - Falls back to E(TENCENTCLOUD_PROFILE), then to E(TCCLI_PROFILE), where the environment has no credentials.
    type: str
  api_region:
    description:
      - The region that is sent along. CAM needs none.
      - Falls back to the region of the profile, or for credentials of the environment to E(TENCENTCLOUD_REGION).
    type: str
requirements:
  - requests
  - tencentcloud-sdk-python-cam (or tencentcloud-sdk-python)
notes:
  - O(api_endpoint) falls back to E(MULTICLOUD_IAM_TENCENT_ENDPOINT), then to the host of the profile, or for
    credentials of the environment to C(cam) in the domain E(TENCENTCLOUD_DOMAIN), then to
    V(https://cam.tencentcloudapi.com). For the international site give V(https://cam.intl.tencentcloudapi.com).
  - Environment variables and files are those of the machine and user that run the module. With C(delegate_to=localhost)
    and C(become=false) that is the controller, with the variables that AWX sets. One that is empty counts as unset.
  - Where the environment has several complete sets of credentials that differ, a warning says which one is used. One
    that is incomplete is an error; the next one would be another signer.
"""
