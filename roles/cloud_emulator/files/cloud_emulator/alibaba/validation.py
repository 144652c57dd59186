# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate a vendor's key, which continues after the call that started it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from . import texts
from .account import ABNORMAL, NORMAL, TIMED_OUT, VALIDATING, Entry, Module
from .modes import AlibabaModes

_MODULE_MESSAGES: Mapping[int, str] = {ABNORMAL: texts.MODULE_ABNORMAL, TIMED_OUT: texts.MODULE_TIMED_OUT}
_SUB_USERS: Mapping[str, str] = {"primary": "AlibabaSasSubAccount_", "sub": "AlibabaCloud_"}


def start(entry: Entry, now: float) -> None:
    """Start the validation."""
    entry.validating_since = now
    entry.service_status = VALIDATING
    entry.message = ""
    for module in entry.modules.values():
        module.status, module.message = VALIDATING, ""


def join(entry: Entry) -> None:
    """Give new modules the outcome of the validation for the others, if it has finished."""
    for module in entry.modules.values():
        if entry.validating_since is None and module.status == VALIDATING:
            set_status(module, entry.service_status)


def settle(entry: Entry, modes: AlibabaModes, now: float) -> None:
    """Finish the validation if it is due."""
    since = entry.validating_since
    if since is not None and not modes.validation_never_ends and now >= since + modes.validation_seconds:
        finish(entry, modes)


def finish(entry: Entry, modes: AlibabaModes) -> None:
    """Finish the validation with the outcome from the modes."""
    entry.validating_since = None
    entry.service_status = modes.validation_outcome
    entry.message = modes.validation_message if entry.service_status != NORMAL else ""
    special = modes.module_outcomes()
    for code, module in entry.modules.items():
        set_status(module, special.get(code, entry.service_status))
    if entry.service_status == NORMAL and entry.vendor_uid is None:
        digest = hashlib.sha256(f"{entry.vendor}/{entry.secret_id}".encode()).hexdigest()
        entry.vendor_uid = str(int(digest[:12], 16) % 10**12).zfill(12)
        entry.vendor_user_name = _SUB_USERS.get(entry.ak_type, "") + digest[12:18]


def set_status(module: Module, status: int) -> None:
    """Set the outcome of the validation for a module."""
    module.status, module.message = status, _MODULE_MESSAGES.get(status, "")
