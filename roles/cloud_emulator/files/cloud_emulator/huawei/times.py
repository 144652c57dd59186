# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as the API writes them. All are UTC; each family of operations has its own form."""

from __future__ import annotations

from datetime import datetime, timezone


def key_time(epoch: float, fraction: bool) -> str:
    """Give ``YYYY-MM-DDTHH:MM:SS.ffffffZ``, or without the fraction: times of keys and tokens."""
    return _utc(epoch).strftime("%Y-%m-%dT%H:%M:%S.%fZ" if fraction else "%Y-%m-%dT%H:%M:%SZ")


def creation_time(epoch: float) -> str:
    """Give ``YYYY-MM-DDTHH:MM:SS.ffffff``: create_time in the reply to CreateUser."""
    return _utc(epoch).strftime("%Y-%m-%dT%H:%M:%S.%f")


def shown_time(epoch: float | None) -> str | None:
    """Give ``YYYY-MM-DD HH:MM:SS.f``: times in the reply to ShowUser."""
    return None if epoch is None else _utc(epoch).strftime("%Y-%m-%d %H:%M:%S.%f")[:-5]


def expiry_time(epoch: float | None) -> str | None:
    """Give password_expires_at of a user; null means never."""
    return None if epoch is None else key_time(epoch, fraction=True)


def _utc(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, timezone.utc)
