# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe how the validation of a vendor's key by Security Center has failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import INVALID, REPLY, UNAVAILABLE, CloudError
from .._plan import UNKNOWN, State
from .account import ABNORMAL, IN_USE, VALIDATING


def bad_modules(entry: Mapping[str, Any]) -> list[str]:
    """Return the modules that do not work with the key, each with the text of the service."""
    return [_text(each) for each in entry["modules"] or [] if each["status"] not in (IN_USE, None, UNKNOWN)]


def _text(module: Mapping[str, Any]) -> str:
    return f"{module['module']} {module['status']}" + (f" ({module['message']})" if module["message"] else "")


def unseen(entry: Mapping[str, Any]) -> str:
    """Return the warning that no validation was seen after a secret was sent."""
    return (
        f"No validation of the new secret of entry {entry['id']} was seen, so its service_status"
        f" ({entry['service_status']}) may be about the previous secret. Make sure that the new secret works before you"
        " disable the previous one at the vendor."
    )


def failure(entry: State, timeout: float) -> CloudError:
    """Return the failure of a validation, with the text of the service."""
    texts = [entry["message"] or "", "; ".join(bad_modules(entry))]
    said = "".join(f": {text}" for text in texts if text)
    details = {"vendor_ak": entry}
    if entry["service_status"] == VALIDATING:
        return CloudError(
            UNAVAILABLE,
            f"the validation of entry {entry['id']} has not ended within {timeout:g} s{said}",
            advice="Run this again, or raise wait_timeout.",
            details=details,
        )
    if entry["service_status"] == UNKNOWN:
        return CloudError(
            REPLY,
            f"the result of the validation of entry {entry['id']} cannot be read{said}",
            advice="Look at the entry in the console of the cloud.",
            details=details,
        )
    how = "failed" if entry["service_status"] == ABNORMAL else "timed out at the service"
    return CloudError(
        INVALID,
        f"the validation of entry {entry['id']} {how}{said}",
        advice="The entry was kept. Check the key at the vendor, its permissions, domain and regions. To validate it"
        " again, send the secret with update_secret=always.",
        details=details,
    )
