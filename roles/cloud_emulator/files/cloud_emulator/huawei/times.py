# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format times as the API does. All are in UTC. Each family of operations has its own form."""

from __future__ import annotations

from datetime import datetime, timezone


def key_time(epoch: float, fraction: bool) -> str:
    """Return ``YYYY-MM-DDTHH:MM:SS.ffffffZ``, or without the fraction, for times of keys and tokens."""
    return _utc(epoch).strftime("%Y-%m-%dT%H:%M:%S.%fZ" if fraction else "%Y-%m-%dT%H:%M:%SZ")


def creation_time(epoch: float) -> str:
    """Return ``YYYY-MM-DDTHH:MM:SS.ffffff``, for create_time in the reply to CreateUser."""
    return _utc(epoch).strftime("%Y-%m-%dT%H:%M:%S.%f")


def shown_time(epoch: float | None) -> str | None:
    """Return ``YYYY-MM-DD HH:MM:SS.f``, for times in the reply to ShowUser."""
    return None if epoch is None else _utc(epoch).strftime("%Y-%m-%d %H:%M:%S.%f")[:-5]


def expiry_time(epoch: float | None) -> str | None:
    """Return password_expires_at of a user. None means never."""
    return None if epoch is None else key_time(epoch, fraction=True)


def _utc(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, timezone.utc)
