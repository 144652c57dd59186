# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Credentials and connection options of ZStack; doc_fragments/_zstack.py describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import (
    Credentials,
    Field,
    resolve,
)
from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._options import (
    ArgumentSpec,
    connection_options,
    connection_settings,
)
from ansible_collections.multicloud.iam.plugins.module_utils._transport import Settings

API_OPTIONS: ArgumentSpec = {
    "api_access_key_id": {"type": "str", "no_log": False},
    "api_access_key_secret": {"type": "str", "no_log": True},
    "api_session_uuid": {"type": "str", "no_log": True},
    "api_account_name": {"type": "str"},
    "api_password": {"type": "str", "no_log": True},
    "api_timezone": {
        "type": "str",
        "default": "+08:00",
        "fallback": (env_fallback, ["MULTICLOUD_IAM_ZSTACK_TIMEZONE"]),
    },
    **connection_options("MULTICLOUD_IAM_ZSTACK_ENDPOINT"),
}

# Each line is one set of variables; they are never mixed.
CREDENTIALS = (
    # Terraform
    (
        Field("api_access_key_id", ("ZSTACK_ACCESS_KEY_ID",)),
        Field("api_access_key_secret", ("ZSTACK_ACCESS_KEY_SECRET",)),
    ),
    # Packer
    (
        Field("api_access_key_id", ("ZSTACK_ACCESSKEYID",)),
        Field("api_access_key_secret", ("ZSTACK_ACCESSKEYSECRET",)),
    ),
    (Field("api_session_uuid", ("ZSTACK_SESSION_ID",)),),
    # Terraform
    (
        Field("api_account_name", ("ZSTACK_ACCOUNT_NAME",)),
        Field("api_password", ("ZSTACK_ACCOUNT_PASSWORD",)),
    ),
    # Packer
    (
        Field("api_account_name", ("ZSTACK_ACCOUNT",)),
        Field("api_password", ("ZSTACK_PASSWORD",)),
    ),
)

CONTEXT_PATH = "/zstack"
_UUID = re.compile(r"[0-9a-f]{8}[0-9a-f]{4}[1-5][0-9a-f]{3}[89ab][0-9a-f]{3}[0-9a-f]{12}")
_TRIMMED = "".join(map(chr, range(33)))


def trim(text: str) -> str:
    """A text as the server keeps it: without white space and control characters around it."""
    return text.strip(_TRIMMED)


def is_uuid(text: str) -> bool:
    """Whether the server takes it for a uuid: 32 lower case hexadecimal digits of version 1 to 5."""
    return bool(_UUID.fullmatch(text))


def check_uuid(option: str, uuid: str) -> str:
    """Refuse what the server would not take for a uuid."""
    if not is_uuid(uuid):
        raise CloudError(
            USAGE, f"{option} is {uuid!r}", advice="A uuid of ZStack is 32 lower case hexadecimal digits, no dashes."
        )
    return uuid


def credentials_of(options: Mapping[str, Any]) -> Credentials:
    """The one set of credentials of a task; raises CloudError for those that cannot be any."""
    credentials = resolve(options, CREDENTIALS)
    session, key_id = credentials["api_session_uuid"], credentials["api_access_key_id"]
    if session and not is_uuid(session):
        # The text is a secret, whatever is wrong with it.
        raise CloudError(
            USAGE,
            "api_session_uuid is not a uuid",
            advice="It is the uuid of a login's answer: 32 lower case hexadecimal digits, no dashes.",
        )
    if key_id and (":" in key_id or not key_id.isascii()):
        raise CloudError(
            USAGE,
            f"api_access_key_id is {key_id!r}, with which no call can be signed",
            advice="It must be ASCII text without ':'.",
        )
    return credentials


def settings_of(options: Mapping[str, Any]) -> Settings:
    """How to reach the API: with the path that it has by default, where api_endpoint has none."""
    settings = connection_settings(options, None, may_have_path=True)
    if urlsplit(settings.endpoint).path:
        return settings
    return replace(settings, endpoint=settings.endpoint + CONTEXT_PATH)
