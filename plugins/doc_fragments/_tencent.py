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
    type: str
  api_token:
    description:
      - The session token of temporary credentials.
    type: str
  api_profile:
    description:
      - The name of a profile of the official command line tool, a file C(~/.tccli/NAME.credential).
        E(TENCENTCLOUD_SHARED_CREDENTIALS_DIR) names another directory.
      - A profile that assumes a role is refused.
    type: str
  api_region:
    description:
      - The region that is sent along. CAM needs none.
      - Falls back to E(TENCENTCLOUD_REGION).
    type: str
requirements:
  - requests
  - tencentcloud-sdk-python-cam (or tencentcloud-sdk-python)
notes:
  - O(api_endpoint) falls back to E(MULTICLOUD_IAM_TENCENT_ENDPOINT), then to V(https://cam.tencentcloudapi.com).
    For the international site give V(https://cam.intl.tencentcloudapi.com).
  - The environment variables are those of the machine that runs the module. Run it on the controller, with
    C(connection=local) or C(delegate_to=localhost), to use those that AWX sets.
"""
