# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the secrets in the parameters of a request."""

from __future__ import annotations

import json
from typing import Any

_HIDDEN = "***"
_SECRET = "SecretKey"
_EXTENSION = "ExtendInfo"


def secrets_in(name: str, value: str) -> list[str]:
    """Return the secrets in a parameter: a whole SecretKey, or a private key, which does not belong in ExtendInfo."""
    if name.partition(".")[0] == _SECRET:
        return [value]
    return _private_key(value) if name == _EXTENSION else []


def hidden(name: str, value: Any) -> Any:
    """Return the value of a parameter, or stars if it contains a secret."""
    return _HIDDEN if name == _SECRET or (name == _EXTENSION and _private_key(str(value))) else value


def _private_key(text: str) -> list[str]:
    if "private_key" not in text:
        return []
    try:
        info = json.loads(text)
    except ValueError:
        # The position of the secret in the text is unknown.
        return [text]
    key = info.get("private_key") if isinstance(info, dict) else None
    return [key] if isinstance(key, str) and key else []
