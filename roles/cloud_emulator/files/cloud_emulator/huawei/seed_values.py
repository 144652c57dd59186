# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return default values for a seed, the same on every run."""

from __future__ import annotations

import hashlib
from datetime import date

from ..seed import epoch

CREATED = "2026-01-02T03:04:05Z"
FAR_FUTURE = "2099-01-01T00:00:00Z"


def moment(value: str | date) -> float:
    """Read a time."""
    return epoch(value, "huawei")


def derived(what: str, place: str) -> str:
    """Return 64 invented hexadecimal digits."""
    return hashlib.sha256(f"huawei {what}/{place}".encode()).hexdigest()
