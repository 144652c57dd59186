# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill an account with the keys of other vendors in a seed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from ..input_error import InputError
from ..secret_log import SecretLog
from ..seed import checked
from . import rules
from .account import NORMAL, Account, Entry, Module
from .errors import ApiError
from .validation import set_status
from .vendors import MODULES, VENDORS, Vendor

_ENTRY = {
    "auth_id": int,
    "vendor": str,
    "ak_type": str,
    "secret_id": str,
    "secret_key": str,
    "status": int,
    "service_status": int,
    "message": str,
    "alias": str,
    "domain": str,
    "regions": list,
    "tenant_id": str,
    "subscription_ids": list,
    "ctdr_cloud_user_id": str,
    "extend_info": str,
    "vendor_uid": str,
    "vendor_user_name": str,
    "modules": list,
}
_MODULE = {"module": str, "status": int, "message": str, "trail_status": str, "trail_message": str}
_GENERATE = {"count": int, "vendor": str, "prefix": str}
_TENANT = "00000000-0000-4000-8000-000000000001"
_TRAIL_STATUSES = (None, "init", "verify", "enable", "disable", "error", "timeout")


def merge(account: Account, data: Any, secret_log: SecretLog) -> None:
    """Add an entry, or change the one with the same auth_id."""
    given = checked(data, _ENTRY, "alibaba.entries[]")
    known = account.entries.get(given.get("auth_id", 0))
    secret_key = given.pop("secret_key", None if known else "EmulatorVendorSecret0001")
    modules = given.pop("modules", None)
    if known is None:
        entry = _new(account, given)
    else:
        entry = deepcopy(known)
        for name, value in given.items():
            setattr(entry, name, value)
    if modules is not None:
        entry.modules = dict(_module(each, entry.service_status) for each in modules)
    if secret_key is not None:
        secret_log.add(secret_key)
        entry.secret_set += 1
    _check(entry)
    account.put(entry)


def generate(account: Account, data: Any, secret_log: SecretLog) -> None:
    """Add many entries that differ only in their numbers."""
    given = checked(data, _GENERATE, "alibaba.generate_entries")
    vendor, prefix = given.get("vendor", "Tencent"), given.get("prefix", "load-")
    if vendor not in VENDORS:
        raise InputError(f"alibaba.generate_entries: unknown vendor {vendor!r}")
    for number in range(1, given.get("count", 0) + 1):
        entry = {
            "vendor": vendor,
            "secret_id": f"{prefix}{number:04}",
            "alias": f"{prefix}{number:04}",
            "modules": [{"module": VENDORS[vendor].modules[0]}],
            "ctdr_cloud_user_id": f"{prefix}{number:04}",
        }
        merge(account, entry, secret_log)


def _new(account: Account, given: dict[str, Any]) -> Entry:
    for name in ("vendor", "secret_id"):
        if name not in given:
            raise InputError(f"alibaba.entries[]: {name} is missing")
    vendor = VENDORS.get(given["vendor"], Vendor((), ()))
    # The real service requires these values.
    given.setdefault("ak_type", "ctdr" if vendor.ak_types == ("ctdr",) else "sub")
    given.setdefault("service_status", NORMAL)
    given.setdefault("domain", next(iter(vendor.domains), None))
    given.setdefault("tenant_id", _TENANT if vendor.needs_tenant else None)
    if vendor.extend_info:
        given.setdefault("extend_info", json.dumps(dict.fromkeys(vendor.extend_info, "invented")))
    return Entry(**{"auth_id": given.pop("auth_id", None) or account.next_auth_id(), **given})


def _module(data: Any, service_status: int) -> tuple[str, Module]:
    given = checked(data, _MODULE, "alibaba.entries[].modules[]")
    code = given.pop("module", None)
    if code not in MODULES:
        raise InputError(f"alibaba.entries[].modules[]: module must be one of {', '.join(MODULES)}")
    module = Module(trail_status="init" if code == "TRIAL" else None)
    set_status(module, given.get("status", service_status))
    for name, value in given.items():
        setattr(module, name, value)
    return code, module


def _check(entry: Entry) -> None:
    """Reject an entry that cannot exist. Other rules of the vendor are not checked."""
    where = f"alibaba.entries[] {entry.auth_id}"
    if entry.vendor not in VENDORS or entry.ak_type not in ("primary", "sub", "ctdr"):
        raise InputError(f"{where}: unknown vendor or ak_type")
    if entry.status not in (0, 1):
        raise InputError(f"{where}: status must be 0 or 1")
    if not {entry.service_status, *(each.status for each in entry.modules.values())} <= {0, 1, 2, 3}:
        raise InputError(f"{where}: service_status and module status must be 0 to 3")
    if not {each.trail_status for each in entry.modules.values()} <= set(_TRAIL_STATUSES):
        raise InputError(f"{where}: trail_status must be one of {', '.join(map(str, _TRAIL_STATUSES[1:]))}")
    try:
        rules.parse_extend_info(entry.extend_info)
    except ApiError as error:
        raise InputError(f"{where}: {error.message}") from error
