# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define modes for behaviour that differs between ZStack's products, releases and settings, or is not confirmed."""

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
    """Hold the modes of ZStack.

    ``content_type``: the real server reportedly sends no such header.
    ``product``: required parameters, and the form of errors and sessions.
    ``timezone``: an IANA name or an offset, for the server's clock and all times in replies.
    ``check_time_zone``: the server setting ``rest.checkTimeZone``.
    ``date_parser``: the accepted forms of Date in a signed request.
    ``stored_job_results_lack_secret``: as if results were read from the database, not from memory.
    ``session_expires_in_job``: the number of coming writes whose session expires before their job runs.
    ``create_checks_owner``: an ordinary account may not create keys for others.
    ``case_insensitive_ids``: the database ignores case when it compares text.
    ``duplicate_access_key_id``: a second key with the same AccessKeyID is stored.
    ``global_error_code``: how the newest ZStack Cloud reports an invalid session.
    ``inventory_type``: keys have the field ``type`` of the newest ZStack Cloud.
    ``access_key_module``: whether the build contains it.
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
        """Set the given modes, all or none."""
        name = values.get("timezone") if isinstance(values, Mapping) else None
        if isinstance(name, str):
            zone(name)
        super().change(values)
