# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format times as CAM does: in UTC+8, without a zone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_ZONE = timezone(timedelta(hours=8))


def time_text(epoch: float) -> str:
    """Return ``YYYY-MM-DD HH:MM:SS``, the form of CreateTime."""
    return datetime.fromtimestamp(epoch, _ZONE).strftime("%Y-%m-%d %H:%M:%S")


def date_text(epoch: float) -> str:
    """Return ``YYYY-MM-DD``, the form of LastUsedDate."""
    return datetime.fromtimestamp(epoch, _ZONE).strftime("%Y-%m-%d")
