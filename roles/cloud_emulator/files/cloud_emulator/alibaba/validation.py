# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The validation of a vendor's key, which goes on after the call that asked for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from . import texts
from .account import ABNORMAL, NORMAL, TIMED_OUT, VALIDATING, Entry, Module
from .modes import AlibabaModes

_MODULE_MESSAGES: Mapping[int, str] = {ABNORMAL: texts.MODULE_ABNORMAL, TIMED_OUT: texts.MODULE_TIMED_OUT}
_SUB_USERS: Mapping[str, str] = {"primary": "AlibabaSasSubAccount_", "sub": "AlibabaCloud_"}


def start(entry: Entry, now: float) -> None:
    """Begin it."""
    entry.validating_since = now
    entry.service_status = VALIDATING
    entry.message = ""
    for module in entry.modules.values():
        module.status, module.message = VALIDATING, ""


def join(entry: Entry) -> None:
    """Let new modules have what the validation said of the others, if it is over."""
    for module in entry.modules.values():
        if entry.validating_since is None and module.status == VALIDATING:
            set_status(module, entry.service_status)


def settle(entry: Entry, modes: AlibabaModes, now: float) -> None:
    """End it if it is time."""
    since = entry.validating_since
    if since is not None and not modes.validation_never_ends and now >= since + modes.validation_seconds:
        finish(entry, modes)


def finish(entry: Entry, modes: AlibabaModes) -> None:
    """End it with the outcome that the modes say."""
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
    """Set what the validation says of a module."""
    module.status, module.message = status, _MODULE_MESSAGES.get(status, "")
