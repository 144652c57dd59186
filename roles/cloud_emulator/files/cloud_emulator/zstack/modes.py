# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for what differs between ZStack's products, releases and settings, or is not confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..exchange import ABSENT
from ..modes import Modes
from .times import zone

CLOUD = "cloud"
ZSPHERE = "zsphere"


@dataclass
class ZStackModes(Modes):
    """Modes of ZStack.

    ``content_type``: the real server is said to send no such header.
    ``product``: what is required, and how errors and sessions look.
    ``timezone``: an IANA name or an offset; the server's clock and all times in replies are in it.
    ``check_time_zone``: the server setting ``rest.checkTimeZone``.
    ``date_parser``: what a signed request may have as its Date.
    ``stored_job_results_lack_secret``: as when a result is read from the database, not from memory.
    ``session_expires_in_job``: so many writes from now on find their session expired when their job runs.
    ``create_checks_owner``: an ordinary account may not create keys for others.
    ``case_insensitive_ids``: the database compares text without regard to case.
    ``duplicate_access_key_id``: a second key with the same AccessKeyID is stored.
    ``global_error_code``: how the newest ZStack Cloud tells of an invalid session.
    ``inventory_type``: keys have the field ``type`` of the newest ZStack Cloud.
    ``access_key_module``: whether the build has it.
    """

    content_type: str = ABSENT
    product: str = field(default=CLOUD, metadata={"choices": (CLOUD, ZSPHERE)})
    timezone: str = "Asia/Shanghai"
    check_time_zone: bool = False
    date_parser: str = field(default="old", metadata={"choices": ("old", "new")})
    job_delay_seconds: float = 0.0
    jobs_expire: bool = False
    foreign_host_in_location: bool = False
    location_without_context_path: bool = False
    stored_job_results_lack_secret: bool = False
    mask_secrets: bool = False
    omit_secret_in_query: bool = False
    session_expires_in_job: int = 0
    session_timeout_seconds: float = 7200.0
    max_sessions: int = 500
    unique_session: bool = False
    max_keys: int = 2
    create_checks_owner: bool = False
    case_insensitive_ids: bool = True
    duplicate_access_key_id: bool = True
    requests_per_minute: int = 12000
    global_error_code: str = field(default=ABSENT, metadata={"choices": (ABSENT, "field", "code")})
    inventory_type: bool = False
    access_key_module: bool = True

    def change(self, values: Any) -> None:
        """Set the given switches, all of them or none."""
        name = values.get("timezone") if isinstance(values, Mapping) else None
        if isinstance(name, str):
            zone(name)
        super().change(values)
