# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Refuse options that contradict each other, even if the API might accept them (docs/dev/apis/alibaba.md).

Only clearly documented rules are checked here. The API decides about everything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._errors import REFUSED, USAGE, CloudError
from .._selection import check_unmasked

VENDORS = (
    "Tencent",
    "HUAWEICLOUD",
    "Azure",
    "AWS",
    "VOLCENGINE",
    "google",
    "KingsoftCloud",
    "UCloud",
    "BaiduCloud",
    "OracleCloud",
    "StateCloud",
    "CHAITIN",
    "FORTINET",
    "THREATBOOK",
    "WIZ",
)
"""The vendors in the newest documentation. Other names are sent to the API as they are."""

AK_TYPES = ("primary", "sub", "ctdr")
DOMAINS = ("china", "global", "europe")
MODULES = ("HOST", "CSPM", "SIEM", "TRIAL")

_ONLY_AK_TYPE = {
    **dict.fromkeys(("google", "BaiduCloud", "OracleCloud", "StateCloud"), "sub"),
    **dict.fromkeys(("CHAITIN", "FORTINET", "THREATBOOK", "WIZ"), "ctdr"),
}
_ONLY_DOMAIN = {"KingsoftCloud": "china", "BaiduCloud": "china", "OracleCloud": "global"}
_EUROPEAN = "HUAWEICLOUD"  # the only vendor with a European site
_WITH_DOMAIN = ("HUAWEICLOUD", "Azure", "AWS", "VOLCENGINE", "KingsoftCloud", "UCloud", "BaiduCloud", "OracleCloud")
_WITH_TENANT = ("Azure", "OracleCloud")
_LISTS = ("auth_modules", "regions", "subscription_ids")
PRIVATE = ("private_key", "private_key_id")
_LONGEST_WAIT = 86400
_FOR_A_NEW_KEY = ("vendor", "ak_type", "secret_id", "secret_key")


def check_vendor_name(vendor: str | None) -> None:
    """Refuse a known name in another spelling. The API lists the entry under the proper name, so it would not be found."""
    proper = {name.lower(): name for name in VENDORS}.get((vendor or "").lower())
    if proper and proper != vendor:
        raise CloudError(USAGE, f"vendor is {vendor!r}", advice=f"It is spelled {proper}.")


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse, before any call, options that are wrong for every entry."""
    vendor, ak_type, domain = options["vendor"], options["ak_type"], options["domain"]
    check_vendor_name(vendor)
    _check_only("ak_type", ak_type, vendor, _ONLY_AK_TYPE)
    _check_only("domain", domain, vendor, _ONLY_DOMAIN)
    if domain == "europe" and vendor in VENDORS and vendor != _EUROPEAN:
        raise CloudError(
            USAGE,
            f"domain is 'europe', but only {_EUROPEAN} has a European site",
            advice="Set domain to china or global.",
        )
    for name in (*_LISTS, "extend_info"):
        if options[name] is not None and not options[name]:
            raise CloudError(
                USAGE,
                f"{name} is empty, and the API has no way to clear it",
                advice="Omit it, or delete the entry and create a new one.",
            )
    if options["secret_key"] == "":
        raise CloudError(USAGE, "secret_key is empty", advice="Set the secret, or omit secret_key to keep it.")
    if not 0 < options["wait_timeout"] <= _LONGEST_WAIT:  # false for NaN too
        raise CloudError(
            USAGE,
            f"wait_timeout is {options['wait_timeout']}",
            advice=f"Set a number of seconds above 0 and up to {_LONGEST_WAIT}.",
        )
    _check_extend_info(options["extend_info"] or {})


def _check_only(option: str, value: str | None, vendor: str | None, only: Mapping[str, str]) -> None:
    allowed = only.get(vendor or "")
    if value and allowed and value != allowed:
        raise CloudError(
            USAGE, f"{option} is {value!r}, and {vendor} only has {allowed!r}", advice=f"Set {option} to {allowed}."
        )


def _check_extend_info(info: Mapping[str, Any]) -> None:
    private = [name for name in PRIVATE if name in info]
    if private:
        raise CloudError(
            USAGE,
            f"extend_info contains {' and '.join(private)}",
            advice="Set secret_id to private_key_id, and secret_key to private_key.",
        )
    if "" in info:
        raise CloudError(USAGE, "extend_info has a member without a name", advice="Name the member, or remove it.")


def check_new_key(options: Mapping[str, Any]) -> None:
    """Refuse to create an entry if an option for it is missing."""
    missing = [name for name in _FOR_A_NEW_KEY if not options[name]]
    if missing:
        raise CloudError(
            REFUSED,
            f"there is no such entry, and a new one needs {' and '.join(missing)}",
            advice="Set the missing options, or identify an entry that exists.",
        )
    vendor, modules = options["vendor"], options["auth_modules"] or []
    for name, vendors in (("domain", _WITH_DOMAIN), ("tenant_id", _WITH_TENANT)):
        if vendor in vendors and not options[name]:
            raise CloudError(REFUSED, f"a key of {vendor} needs {name}", advice=f"Set {name}.")
    if options["ak_type"] == "ctdr" and not modules:
        raise CloudError(
            REFUSED, "a key of the type ctdr needs auth_modules", advice="Set at least one module, such as SIEM."
        )
    if "SIEM" in modules and not options["ctdr_cloud_user_id"]:
        raise CloudError(
            REFUSED,
            "the module SIEM needs ctdr_cloud_user_id",
            advice="Set ctdr_cloud_user_id to the ID of the account at the vendor.",
        )


def is_auth_id(text: str) -> bool:
    """Return whether a text can be the ID of an entry."""
    return bool(re.fullmatch(r"[1-9][0-9]{0,18}", text))


def check_identity(options: Mapping[str, Any]) -> None:
    """Refuse, before any call, options that do not identify an entry."""
    auth_id = options["auth_id"]
    if auth_id:
        if not is_auth_id(auth_id):
            raise CloudError(
                USAGE, f"auth_id is {auth_id!r}", advice="An auth_id is a number above 0, without leading zeros."
            )
        return
    if options["vendor_auth_alias"] == "":
        raise CloudError(
            USAGE,
            "vendor_auth_alias is empty, and without auth_id it identifies the entry",
            advice="Omit vendor_auth_alias, or set auth_id as well to clear the alias.",
        )
    if options["vendor_auth_alias"]:
        check_unmasked("vendor_auth_alias", options["vendor_auth_alias"])
    elif not (options["vendor"] and options["secret_id"]):
        raise CloudError(
            USAGE,
            "the task does not identify an entry",
            advice="Set auth_id, vendor_auth_alias, or vendor with secret_id.",
        )
