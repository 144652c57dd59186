# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making of the ids and secrets that the service chooses."""

from __future__ import annotations

import secrets
import string

_TOKEN_LENGTH = 2400


def object_id() -> str:
    """A new id of a user: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def access() -> str:
    """A new key id of 20 capital letters and digits."""
    return _random(string.ascii_uppercase + string.digits, 20)


def secret() -> str:
    """A new secret key of 40 letters and digits."""
    return _random(string.ascii_letters + string.digits, 40)


def token() -> str:
    """A new token: some kilobytes, which begin like the DER form of a signed message."""
    return "MII" + _random(string.ascii_letters + string.digits + "+-", _TOKEN_LENGTH)


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _unused in range(length))
