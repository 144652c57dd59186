# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Check options that the API would reject or misunderstand."""

from __future__ import annotations

import re

from .._errors import USAGE, CloudError


def check_access_key(access_key: str, option: str = "access_key") -> str:
    """Refuse a malformed access key, because it becomes a part of the path of a call."""
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", access_key):
        raise CloudError(USAGE, f"{option} is {access_key!r}", advice="An access key consists of letters and digits.")
    return access_key


def check_user_id(option: str, user_id: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", user_id):
        raise CloudError(USAGE, f"{option} is {user_id!r}", advice="The ID of a user has 32 hexadecimal digits.")
    return user_id
