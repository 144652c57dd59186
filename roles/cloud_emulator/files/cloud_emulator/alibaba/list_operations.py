# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations that list entries, and the vendors, modules and regions that they can have."""

from __future__ import annotations

from typing import Any

from . import rules, texts
from .account import Entry
from .errors import invalid_value
from .operation import Context, Operation, Operations
from .parameters import Parameter
from .presentation import language, listed, listing
from .vendors import VENDORS

_PAGE_SIZE = 20


def _describe(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    rules.check_language(params)
    rules.check_status(params)
    number, size = page_of(context, params)
    ids = _auth_ids(context, params.get("AuthIds", ""))
    found = [entry for entry in context.entries() if ids is None or entry.auth_id in ids]
    found = [entry for entry in found if _matches(context, entry, params)]
    if context.modes.sort_order == "newest_first":
        found.reverse()
    page = found[(number - 1) * size : number * size]
    lang = language(params)
    return {
        "PageInfo": {"Count": len(page), "CurrentPage": number, "PageSize": size, "TotalCount": len(found)},
        **listing(context.modes, "CloudVendorAccountAKs", [listed(entry, context.modes, lang) for entry in page]),
    }


def page_of(context: Context, params: dict[str, Any]) -> tuple[int, int]:
    """Return the number and the size of the requested page."""
    number, size, most = params.get("CurrentPage", 1), params.get("PageSize", _PAGE_SIZE), context.modes.max_page_size
    if number < 1 or size < 1:
        raise invalid_value("CurrentPage and PageSize must be greater than 0.")
    if size > most and context.modes.oversized_page == "refused":
        raise invalid_value(f"PageSize must not be greater than {most}.")
    return number, min(size, most)


def _auth_ids(context: Context, text: str) -> set[int] | None:
    if not text:
        return None
    parts = text.split(",") if context.modes.comma_separated_auth_ids else [text]
    return {rules.auth_id(part, "AuthIds") for part in parts}


def _matches(context: Context, entry: Entry, params: dict[str, Any]) -> bool:
    alias = params.get("VendorAuthAlias", "")
    fuzzy = context.modes.alias_filter == "fuzzy" and alias in (entry.alias or "")
    return (
        params.get("Vendor", "") in ("", entry.vendor)
        and params.get("SubAccountName", "") in ("", entry.vendor_user_name)
        and params.get("Status", entry.status) == entry.status
        and (fuzzy or alias in ("", entry.alias))
    )


def _regions(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    rules.check_language(params)
    # Vendor is optional in the SDK. The related GetLocalDefaultRegion is known to require it.
    if params.get("Vendor", "") not in VENDORS:
        raise invalid_value("Vendor is required, and must be known.")
    regions = context.catalogue.regions[params["Vendor"]]
    return {
        "Code": "200",
        "Message": "success",
        "Success": True,
        "HttpStatusCode": 200,
        "Count": len(regions),
        "Data": [
            {
                "RegionId": region.region_id,
                "Area": region.area,
                "Selected": int(region.selected),
                "Disable": int(region.disabled),
            }
            for region in regions
        ],
    }


def _modules(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    rules.check_language(params)
    lang = language(params)
    return {
        "SupportedModuleResponse": [
            {
                "Vendor": vendor,
                "SupportedModules": [
                    {"Module": code, "ModuleDisp": texts.module(code, lang)[0], "ModuleAuth": enabled}
                    for code, enabled in modules.items()
                ],
            }
            for vendor, modules in context.catalogue.modules.items()
        ]
    }


OPERATIONS: Operations = {
    "DescribeCloudVendorAccountAKList": Operation(
        _describe,
        {
            **dict.fromkeys(("AuthIds", "Vendor", "VendorAuthAlias", "SubAccountName", "Lang"), Parameter()),
            **dict.fromkeys(("Status", "CurrentPage", "PageSize"), Parameter("integer")),
        },
    ),
    "ListCloudVendorRegions": Operation(_regions, {"Vendor": Parameter(), "Lang": Parameter()}),
    "GetSupportedModules": Operation(_modules, {"Lang": Parameter()}),
}
