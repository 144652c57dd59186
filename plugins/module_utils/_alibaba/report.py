# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Report entries, and on request regions and modules of the vendors.

Operations of API 2018-12-03: DescribeCloudVendorAccountAKList, ListCloudVendorRegions, GetSupportedModules.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._api import Call
from .._errors import USAGE, CloudError
from .._key_report import unknown_last_use
from .._masked import may_equal
from .._plan import UNKNOWN, State, same_value
from .._reply import Oddities, bad_reply, member, optional_member, quiet_member
from .._task import Task
from .account import WIRE_STATUSES, list_entries
from .checks import check_vendor_name, is_auth_id
from .client import SasClient

_READABLE = {
    "vendor": "vendor",
    "vendor_auth_alias": "vendor_auth_alias",
    "status": "status",
    "sub_account_name": "vendor_user_name",
}
"""The filters, with the fields that they compare."""


def report_vendor_aks(task: Task) -> dict[str, list[Any]]:
    """Return the entries that pass the filters, and the other lists that the options request, by name."""
    options = task.options
    for name in ("vendor", "regions_of"):
        check_vendor_name(options[name])
    for auth_id in options["auth_ids"] or []:
        if not is_auth_id(auth_id):
            raise CloudError(
                USAGE, f"auth_ids has {auth_id!r}", advice="An auth_id is a number above 0, without leading zeros."
            )
    client = SasClient(task)
    entries = _entries(client, options)
    found: dict[str, list[Any]] = {"vendor_aks": entries}
    if options["secret_ids"] is not None:
        found = _holding(entries, list(dict.fromkeys(options["secret_ids"])))
    if options["regions_of"]:
        found["regions"] = _regions(client, options)
    if options["supported_modules"]:
        found["supported_modules"] = _supported_modules(client, options)
    return found


def _entries(client: SasClient, options: Mapping[str, Any]) -> list[State]:
    ids = options["auth_ids"]
    if ids == [] or options["secret_ids"] == []:
        return []
    entries = list_entries(
        client,
        "the entries of the account",
        # It is not documented whether the API accepts several IDs.
        AuthIds=ids[0] if ids and len(set(ids)) == 1 else None,
        Vendor=options["vendor"],
        VendorAuthAlias=options["vendor_auth_alias"],
        SubAccountName=options["sub_account_name"],
        Status=WIRE_STATUSES.get(options["status"]),
        Lang=options["lang"],
    )
    # The API returns neither when an entry was created nor when its key was used.
    return unknown_last_use([entry for entry in entries if entry["id"] != UNKNOWN and _passes(entry, options)])


def _passes(entry: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    """Return whether an entry passes the filters. It is not documented which ones the API compares only in part."""
    wanted = {field: options[name] for name, field in _READABLE.items() if options[name] is not None}
    by_id = options["auth_ids"] is None or entry["id"] in options["auth_ids"]
    return by_id and all(same_value(entry[field], value) for field, value in wanted.items())


def _holding(entries: list[State], secret_ids: list[str]) -> dict[str, list[Any]]:
    """Return the entries that hold, or may hold, one of the IDs; and the IDs that none of them holds for certain."""
    may_hold = {
        secret_id: [
            entry for entry in entries if entry["secret_id"] == UNKNOWN or may_equal(entry["secret_id"], secret_id)
        ]
        for secret_id in secret_ids
    }
    held = {entry["secret_id"] for entry in entries}
    return {
        "vendor_aks": [entry for entry in entries if any(entry in some for some in may_hold.values())],
        "not_found": [secret_id for secret_id in secret_ids if not may_hold[secret_id]],
        "unknown": [
            {"id": secret_id, "reasons": [_why_it_may_hold(entry) for entry in may_hold[secret_id]]}
            for secret_id in secret_ids
            if may_hold[secret_id] and secret_id not in held
        ],
    }


def _why_it_may_hold(entry: State) -> str:
    shown = entry["secret_id"]
    return f"entry {entry['id']}: " + (
        f"its secret_id cannot be read: {shown.why}" if shown == UNKNOWN else f"only {shown} is shown of its secret_id"
    )


def _regions(client: SasClient, options: Mapping[str, Any]) -> list[State]:
    vendor = options["regions_of"]
    call = Call("ListCloudVendorRegions", "list", f"the regions of {vendor}")
    return client.call(call, {"Vendor": vendor, "Lang": options["lang"]}, partial(_read_regions, odd=client.oddities))


def _read_regions(body: Any, odd: Oddities) -> list[State]:
    items = member(body, "Data", list)
    if optional_member(body, "Count", int) not in (None, len(items)):
        raise bad_reply("it does not contain as many regions as its Count says")
    regions = [_region(item, odd) for item in items]
    return [region for region in regions if region["region_id"] != UNKNOWN]


def _region(item: Any, odd: Oddities) -> State:
    region_id = odd.read("a region", "region_id", lambda: member(item, "RegionId", str))
    label = f"region {region_id}"
    return {
        "region_id": region_id,
        "area": quiet_member(item, "Area", str),
        "selected": odd.read(label, "selected", lambda: _flag(item, "Selected")),
        "disabled": odd.read(label, "disabled", lambda: _flag(item, "Disable")),
    }


def _flag(item: Any, name: str) -> bool | None:
    value = optional_member(item, name, int)
    if value not in (None, 0, 1):
        raise bad_reply(f"{name} is {value}, which has no known meaning")
    return None if value is None else value == 1


def _supported_modules(client: SasClient, options: Mapping[str, Any]) -> list[State]:
    call = Call("GetSupportedModules", "list", "the supported modules")
    return client.call(call, {"Lang": options["lang"]}, partial(_read_modules, odd=client.oddities))


def _read_modules(body: Any, odd: Oddities) -> list[State]:
    vendors = [_vendor(item, odd) for item in member(body, "SupportedModuleResponse", list)]
    return [vendor for vendor in vendors if vendor["vendor"] != UNKNOWN]


def _vendor(item: Any, odd: Oddities) -> State:
    vendor = odd.read("a vendor", "name", lambda: member(item, "Vendor", str))
    listed = odd.read(f"vendor {vendor}", "modules", lambda: optional_member(item, "SupportedModules", list) or [])
    modules = [_supported(each, f"vendor {vendor}", odd) for each in listed or []]
    return {"vendor": vendor, "modules": listed and [module for module in modules if module["module"] != UNKNOWN]}


def _supported(item: Any, label: str, odd: Oddities) -> State:
    code = odd.read(f"a module of {label}", "module", lambda: member(item, "Module", str))
    return {
        "module": code,
        "name": quiet_member(item, "ModuleDisp", str),
        "enabled": odd.read(f"module {code} of {label}", "enabled", lambda: optional_member(item, "ModuleAuth", bool)),
    }
