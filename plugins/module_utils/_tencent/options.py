# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Credentials and connection options of Tencent Cloud; doc_fragments/_tencent.py describes them."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.module_utils.basic import env_fallback

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import Field, Profiles
from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._options import (
    ArgumentSpec,
    connection_options,
)

API_OPTIONS: ArgumentSpec = {
    "api_secret_id": {"type": "str", "no_log": False},
    "api_secret_key": {"type": "str", "no_log": True},
    "api_token": {"type": "str", "no_log": True},
    "api_profile": {"type": "str"},
    "api_region": {"type": "str", "fallback": (env_fallback, ["TENCENTCLOUD_REGION"])},
    **connection_options("MULTICLOUD_IAM_TENCENT_ENDPOINT"),
}


# The official CLI reads TENCENTCLOUD_TOKEN, Terraform TENCENTCLOUD_SECURITY_TOKEN.
CREDENTIALS = (
    (
        Field("api_secret_id", ("TENCENTCLOUD_SECRET_ID",)),
        Field("api_secret_key", ("TENCENTCLOUD_SECRET_KEY",)),
        Field("api_token", ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"), required=False),
    ),
)


def _load_profile(name: str) -> dict[str, str | None]:
    """A profile of the official CLI: ~/.tccli/<name>.credential, JSON."""
    directory = os.environ.get("TENCENTCLOUD_SHARED_CREDENTIALS_DIR") or "~/.tccli"
    path = os.path.expanduser(os.path.join(directory, f"{name}.credential"))
    try:
        with open(path, encoding="utf-8") as file:
            content: Any = json.load(file)
    except (OSError, ValueError) as error:
        # A decoding error would quote the file; its kind is enough.
        why = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise CloudError(
            USAGE,
            f"the profile {name!r} cannot be read from {path}: {why}",
            advice="Check api_profile.",
        ) from None
    if not isinstance(content, dict):
        raise CloudError(
            USAGE,
            f"the profile {path} is not a JSON object",
            advice="Write it with the official CLI.",
        )
    if content.get("role-arn"):
        raise CloudError(
            USAGE,
            f"the profile {name!r} asks to assume the role {content['role-arn']}, which is not supported",
            advice="Assume the role first, and give its temporary credentials with api_token.",
        )
    found = {"api_secret_id": "secretId", "api_secret_key": "secretKey", "api_token": "token"}
    return {option: content[name] for option, name in found.items() if isinstance(content.get(name), str)}


PROFILES = Profiles("api_profile", ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"), _load_profile)
