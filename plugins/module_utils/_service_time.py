# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read the time of a cloud from its replies."""

from __future__ import annotations

from datetime import timezone
from email.utils import parsedate_to_datetime

from ._key_report import iso_utc


def service_time(date: str | None) -> str | None:
    """Return the Date header of a reply as ISO 8601 in UTC, or None if it is missing or is not a date."""
    try:
        moment = parsedate_to_datetime(date or "")
        # The zone "-0000" means UTC as well.
        return iso_utc(moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc))
    except (IndexError, OverflowError, TypeError, ValueError):
        return None
