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
      - The ID of the access key that signs the calls (B(AccessKeyID)).
      - All credentials are taken from the first of the following sources that sets any of them. Sources are never mixed.
      - First, the options, which must be either O(api_access_key_id) and O(api_access_key_secret), or
        O(api_session_uuid), or O(api_account_name) and O(api_password).
      - >-
        Second, these sets of environment variables, in this order: E(ZSTACK_ACCESS_KEY_ID) and
        E(ZSTACK_ACCESS_KEY_SECRET); E(ZSTACK_ACCESSKEYID) and E(ZSTACK_ACCESSKEYSECRET); E(ZSTACK_SESSION_ID);
        E(ZSTACK_ACCOUNT_NAME) and E(ZSTACK_ACCOUNT_PASSWORD); E(ZSTACK_ACCOUNT) and E(ZSTACK_PASSWORD).
    type: str
  api_access_key_secret:
    description:
      - The secret of the access key that signs the calls (B(AccessKeySecret)).
      - Taken from the same source as O(api_access_key_id). The environment variables are E(ZSTACK_ACCESS_KEY_SECRET) and
        E(ZSTACK_ACCESSKEYSECRET).
    type: str
  api_session_uuid:
    description:
      - The UUID of an existing session. The module does not log in or out.
      - Falls back to E(ZSTACK_SESSION_ID).
      - The owner of a session cannot be looked up. So a task that needs an account, for example to create a key, must
        name it. O(api_expected_account) cannot be combined with a session.
    type: str
  api_account_name:
    description:
      - The name of an account to log in to. The module logs in before its first call, and logs out at the end of the
        task.
      - Falls back to E(ZSTACK_ACCOUNT_NAME) or E(ZSTACK_ACCOUNT).
    type: str
  api_password:
    description:
      - The password of O(api_account_name).
      - Taken from the same source as O(api_account_name). The environment variables are E(ZSTACK_ACCOUNT_PASSWORD) and
        E(ZSTACK_PASSWORD).
    type: str
  api_timezone:
    description:
      - The time zone of the server. This can be an offset such as V(+08:00) or V(GMT+08:00), V(UTC), or a name such as
        V(Asia/Shanghai), which requires a time zone database.
      - ZStack compares the time of a signature with the local time of the server, and reports times as local time
        without a time zone. If this option does not match the server, signed calls are rejected and reported times are
        wrong.
      - Falls back to E(MULTICLOUD_IAM_ZSTACK_TIMEZONE), then to V(+08:00).
    type: str
  api_endpoint:
    description:
      - The URL of the management node, for example V(http://192.0.2.10:8080). Every installation has its own, so there is
        no default, and the task fails if no source gives the URL.
      - Falls back to E(MULTICLOUD_IAM_ZSTACK_ENDPOINT), then to E(ZSTACK_HOST) and E(ZSTACK_PORT), which Terraform and
        Packer also read.
      - With V(http://), the default port is 8080. The URL may have a path, and the default path is C(/zstack).
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
    description: Use C(group/multicloud.iam.zstack) or C(group/multicloud.iam.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - multicloud.iam.zstack
      - multicloud.iam.all
"""
