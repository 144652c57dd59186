# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for what differs between Tencent Cloud's sites, or is not documented."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..modes import Modes


@dataclass
class TencentModes(Modes):
    """Modes of CAM.

    ``international``: the API without a key's Description, and key ids that begin with IKID.
    ``description``: how replies show it: as text (null when there is none), "null" or absent.
    ``mask_contacts``: phone numbers and e-mail addresses are partly starred.
    ``null_remark``: an empty Remark reads as null.
    ``phone_pair``: PhoneNum or CountryCode alone means nothing, instead of setting that one.
    ``bare_country_code``: a CountryCode is kept without the + or 00 before it.
    """

    international: bool = False
    description: str = field(default="text", metadata={"choices": ("text", "null", "absent")})
    create_reply_without_description: bool = False
    empty_list: str = field(default="list", metadata={"choices": ("list", "null")})
    mask_contacts: bool = False
    null_remark: bool = False
    phone_pair: bool = False
    bare_country_code: bool = False
