# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define modes for behaviour that differs between Tencent Cloud's sites, or is not documented."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..modes import Modes


@dataclass
class TencentModes(Modes):
    """Hold the modes of CAM.

    ``international``: the API has no Description of a key, and key IDs begin with IKID.
    ``description``: how replies show it: as text (null if it is empty), always "null", or absent.
    ``mask_contacts``: phone numbers and e-mail addresses are partly starred.
    ``null_remark``: an empty Remark reads as null.
    ``phone_pair``: PhoneNum or CountryCode alone is ignored. Otherwise each can be set alone.
    ``bare_country_code``: a CountryCode is stored without a leading + or 00.
    """

    international: bool = False
    description: str = field(default="text", metadata={"choices": ("text", "null", "absent")})
    create_reply_without_description: bool = False
    empty_list: str = field(default="list", metadata={"choices": ("list", "null")})
    mask_contacts: bool = False
    null_remark: bool = False
    phone_pair: bool = False
    bare_country_code: bool = False
