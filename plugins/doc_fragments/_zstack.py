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
      - Credentials are taken as one set from one source. The options come first, in one of three kinds, which are
        O(api_access_key_id) with O(api_access_key_secret); O(api_session_uuid); O(api_account_name) with
        O(api_password).
      - Then the environment, in this order, with E(ZSTACK_ACCESS_KEY_ID) and E(ZSTACK_ACCESS_KEY_SECRET);
        E(ZSTACK_ACCESSKEYID) and E(ZSTACK_ACCESSKEYSECRET); E(ZSTACK_SESSION_ID); E(ZSTACK_ACCOUNT_NAME) and
        E(ZSTACK_ACCOUNT_PASSWORD); E(ZSTACK_ACCOUNT) and E(ZSTACK_PASSWORD). Sources are never mixed.
    type: str
  api_access_key_secret:
    description:
      - The secret of the access key that signs the calls (B(AccessKeySecret)).
      - Falls back to the variables that O(api_access_key_id) names, as one set with it.
    type: str
  api_session_uuid:
    description:
      - A session that somebody else has logged in for, and logs out of.
      - Falls back to E(ZSTACK_SESSION_ID).
      - A session does not tell whose it is, so the task has to name the account where one is needed.
    type: str
  api_account_name:
    description:
      - The name of an account to log in to. The task logs in with its first call, and out at its end.
      - Falls back to E(ZSTACK_ACCOUNT_NAME), or to E(ZSTACK_ACCOUNT), as one set with O(api_password).
    type: str
  api_password:
    description:
      - The password of O(api_account_name).
      - Falls back to E(ZSTACK_ACCOUNT_PASSWORD), or to E(ZSTACK_PASSWORD), as one set with O(api_account_name).
    type: str
  api_timezone:
    description:
      - The time zone of the server, as an offset like V(+08:00) or V(GMT+08:00), as V(UTC), or by name like
        V(Asia/Shanghai), which needs a time zone database.
      - Servers compare the time of a signature with their own wall clock, and tell times of that clock without its
        zone. With another zone than the server's, signed calls are rejected and times are wrong.
      - Falls back to E(MULTICLOUD_IAM_ZSTACK_TIMEZONE), then to V(+08:00).
    type: str
requirements:
  - requests
notes:
  - O(api_endpoint) is required here, or E(MULTICLOUD_IAM_ZSTACK_ENDPOINT) in the environment, or E(ZSTACK_HOST) with
    E(ZSTACK_PORT) as Terraform and Packer have it. It is the management node, for example V(http://192.0.2.10:8080).
    Without a port, V(http://) means port 8080. It may have a path; without one, C(/zstack) is added.
  - Environment variables and files are those of the machine and user that run the module. With C(delegate_to=localhost)
    and C(become=false) that is the controller, with the variables that AWX sets. One that is empty counts as unset.
  - Where the environment has several complete sets of credentials that differ, a warning says which one is used. One
    that is incomplete is an error; the next one would be another signer.
"""
