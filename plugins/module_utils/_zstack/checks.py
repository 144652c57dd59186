# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Check the options of a key, and refuse before any call what the server would reject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import USAGE, CloudError
from .options import is_uuid, trim

_LONGEST_DESCRIPTION = 2048
_CHOSEN = {"access_key_id": (10, 20), "access_key_secret": (10, 40)}  # characters


def check_description(description: str | None) -> None:
    """Refuse a description that is too long."""
    if description and len(description) > _LONGEST_DESCRIPTION:
        raise CloudError(
            USAGE, f"the description has {len(description)} characters", advice=f"{_LONGEST_DESCRIPTION} are allowed."
        )


def check_key_options(options: Mapping[str, Any]) -> None:
    """Refuse what the server would reject, before any call."""
    for option in ("uuid", "account_uuid", "user_uuid"):
        if options[option]:
            check_uuid(option, options[option])
    for option, limits in _CHOSEN.items():
        if options[option]:
            _check_chosen(option, options[option], *limits)
    creates_half = options["access_key_secret"] and not options["access_key_id"] and not options["uuid"]
    if creates_half and options["state"] == "present":
        raise CloudError(
            USAGE,
            "access_key_secret is given without access_key_id",
            advice="Set both, or omit both. If you omit both, the cloud chooses them.",
        )
    if "validationOnly" in (trim(tag) for tag in options["system_tags"] or []):
        raise CloudError(
            USAGE,
            "with the system tag validationOnly, the cloud changes nothing, and reports a change",
            advice="Use check mode instead.",
        )


def _check_chosen(option: str, value: str, shortest: int, longest: int) -> None:
    """Refuse an ID or a secret that no key can have. The message does not quote the text, which may be a secret."""
    problem = None
    if not shortest <= len(value) <= longest:
        problem = f"has {len(value)} characters; {shortest} to {longest} are allowed"
    elif ":" in value:
        problem = "has a ':', which separates the two in a signature"
    elif value != trim(value):
        problem = "begins or ends with white space, which the server would remove"
    elif option == "access_key_id" and not value.isascii():
        problem = "has characters that no signed request can carry"
    if problem:
        raise CloudError(USAGE, f"{option} {problem}", advice="Choose another one, or leave it to the cloud.")


def check_uuid(option: str, uuid: str) -> str:
    """Refuse a text that the server would not accept as a uuid."""
    if not is_uuid(uuid):
        raise CloudError(
            USAGE,
            f"{option} is {uuid!r}, which is not a uuid",
            advice="A uuid of ZStack has 32 lower-case hexadecimal digits without dashes, and a version from 1 to 5, as from"
            " 'uuidgen | tr -d -'.",
        )
    return uuid
