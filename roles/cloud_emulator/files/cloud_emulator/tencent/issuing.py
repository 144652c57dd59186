# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate the IDs and secrets that the service chooses."""

from __future__ import annotations

import secrets
import string

_ALPHANUMERIC = string.ascii_letters + string.digits


def access_key_id(international: bool) -> str:
    """Return a new key ID: four letters that identify the site, and 32 characters."""
    return ("IKID" if international else "AKID") + _random(32)


def secret_access_key() -> str:
    """Return a new secret key of 32 characters."""
    return _random(32)


def password() -> str:
    """Return a new password of 32 characters that complies with the default rules."""
    return _random(28) + "aZ1!"


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHANUMERIC) for _unused in range(length))
