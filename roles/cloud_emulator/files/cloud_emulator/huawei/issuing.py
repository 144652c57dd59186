# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate the IDs and secrets that the service chooses."""

from __future__ import annotations

import secrets
import string

_TOKEN_LENGTH = 2400


def object_id() -> str:
    """Return a new user ID: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def access() -> str:
    """Return a new key ID of 20 capital letters and digits."""
    return _random(string.ascii_uppercase + string.digits, 20)


def secret() -> str:
    """Return a new secret key of 40 letters and digits."""
    return _random(string.ascii_letters + string.digits, 40)


def token() -> str:
    """Return a new token: a few kilobytes that begin like the DER form of a signed message."""
    return "MII" + _random(string.ascii_letters + string.digits + "+-", _TOKEN_LENGTH)


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _unused in range(length))
