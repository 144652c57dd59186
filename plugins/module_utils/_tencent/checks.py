# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Check options that the API would reject or misunderstand."""

from __future__ import annotations

import re

from .._errors import USAGE, CloudError

_DESCRIPTION = re.compile(r"[\w+=,.@:/-]{1,1024}")


def check_uin(option: str, uin: str) -> str:
    """Refuse a malformed UIN: 0, which may stand for the caller, and leading zeros, which a number does not keep."""
    if not re.fullmatch(r"[1-9][0-9]{0,19}", uin):
        raise CloudError(
            USAGE,
            f"{option} is {uin!r}",
            advice="A UIN is a number above 0 without leading zeros, 12 digits for a sub-user.",
        )
    return uin


def check_description(description: str | None, is_international: bool, advice: str = "") -> None:
    """Refuse a description that the API would reject, or that the international site would not keep.

    advice: what to do instead on the international site, besides giving the ID.
    """
    if not description:
        return
    if not _DESCRIPTION.fullmatch(description):
        raise CloudError(
            USAGE,
            f"the description {description!r} is not one that CAM accepts",
            advice="1 to 1024 letters, digits and _ + = , . @ : / - are allowed, and no blanks.",
        )
    if is_international:
        raise CloudError(
            USAGE,
            "the international site keeps no description of access keys",
            advice=f"Identify the key by access_key_id instead. {advice}".strip(),
        )


def bare_country_code(text: str | None) -> str | None:
    """Return a country code as CAM has it: 86, also for +86 and 0086. Omitted stays omitted, and empty stays empty."""
    if not text:
        return text
    digits = re.fullmatch(r"(?:\+|00)?([1-9][0-9]{0,3})", text)
    if digits is None:
        raise CloudError(
            USAGE, f"country_code is {text!r}", advice="Set the digits of a country code, as in 86, +86 or 0086."
        )
    return digits[1]
