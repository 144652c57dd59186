# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the rules of Security Center for an entry. All violations have one code."""

from __future__ import annotations

import json
from typing import Any

from .account import DISABLED, ENABLED, Entry
from .errors import invalid_value
from .texts import LANGUAGES
from .vendors import DOMAINS, VENDORS, Catalogue, Vendor

_PRIVATE = ("private_key", "private_key_id")


def check_entry(entry: Entry, catalogue: Catalogue) -> None:
    """Reject an entry that its vendor cannot have."""
    vendor = VENDORS.get(entry.vendor)
    if vendor is None:
        raise invalid_value(f"Vendor {entry.vendor} is not known.")
    if entry.ak_type not in vendor.ak_types:
        raise invalid_value(f"AkType {entry.ak_type} is not supported for {entry.vendor}.")
    _check_modules(entry, vendor, catalogue)
    _check_domain(entry, vendor)
    if vendor.needs_tenant and not entry.tenant_id:
        raise invalid_value(f"TenantId is required for {entry.vendor}.")
    if "SIEM" in entry.modules and not entry.ctdr_cloud_user_id:
        raise invalid_value("CtdrCloudUserId is required with SIEM.")
    _check_regions(entry, vendor, catalogue)
    _check_extend_info(entry, vendor)


def requires_domain(entry: Entry) -> bool:
    """Return whether the vendor has several sites, or a fixed one that must be named."""
    return bool(VENDORS[entry.vendor].domains)


def check_status(params: dict[str, Any]) -> None:
    """Reject a Status that is not enabled or disabled."""
    if params.get("Status", ENABLED) not in (ENABLED, DISABLED):
        raise invalid_value("Status must be 0 or 1.")


def check_language(params: dict[str, Any]) -> None:
    """Reject a language without texts."""
    if params.get("Lang") and params["Lang"] not in LANGUAGES:
        raise invalid_value("Lang must be zh or en.")


def auth_id(text: str, name: str) -> int:
    """Parse the number of an entry, which is sent as text."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise invalid_value(f"{name} must be the ID of one AccessKey.")
    return int(text)


def _check_modules(entry: Entry, vendor: Vendor, catalogue: Catalogue) -> None:
    supported = catalogue.modules[entry.vendor]
    for code in entry.modules:
        if code not in supported:
            raise invalid_value(f"The module {code} is not supported for {entry.vendor}.")
        if not supported[code]:
            raise invalid_value(f"The module {code} is not enabled.")
        if entry.ak_type == "primary" and code not in vendor.primary_modules:
            raise invalid_value(f"The module {code} is not supported for primary accounts of {entry.vendor}.")
    if entry.ak_type == "ctdr" and not entry.modules:
        raise invalid_value("AuthModules is required with the AkType ctdr.")


def _check_domain(entry: Entry, vendor: Vendor) -> None:
    if vendor.domains and not entry.domain:
        raise invalid_value(f"Domain is required for {entry.vendor}.")
    if entry.domain and entry.domain not in (vendor.domains or DOMAINS):
        raise invalid_value(f"Domain {entry.domain} is not supported for {entry.vendor}.")


def _check_regions(entry: Entry, vendor: Vendor, catalogue: Catalogue) -> None:
    known = {region.region_id for region in catalogue.regions[entry.vendor]}
    # Without a list of regions, none can be checked. Other vendors ignore regions.
    if vendor.validates_in_regions and known:
        for region in entry.regions:
            if region not in known:
                raise invalid_value(f"Region {region} is not known for {entry.vendor}.")


def _check_extend_info(entry: Entry, vendor: Vendor) -> None:
    if not entry.extend_info and not vendor.extend_info:
        return
    info = parse_extend_info(entry.extend_info)
    for name in vendor.extend_info:
        if not info.get(name):
            raise invalid_value(f"ExtendInfo needs {name} for {entry.vendor}.")
    for name in _PRIVATE:
        if name in info:
            raise invalid_value(f"ExtendInfo must not have {name}.")


def parse_extend_info(text: str | None) -> dict[str, Any]:
    """Parse the JSON object of ExtendInfo. No text is an empty object."""
    try:
        info = json.loads(text or "{}")
    except ValueError:
        info = None
    if not isinstance(info, dict):
        raise invalid_value("ExtendInfo must be a JSON object.")
    return info
