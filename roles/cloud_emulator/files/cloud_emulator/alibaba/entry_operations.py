# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations that change entries: AddCloudVendorAccountAK and related operations."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from . import rules, validation
from .account import ABNORMAL, Entry, Module
from .errors import invalid_value
from .operation import Context, Operation, Operations
from .parameters import Parameter
from .presentation import language, reply_fields
from .texts import outcome

_TEXTS = {
    "VendorAuthAlias": "alias",
    "Domain": "domain",
    "TenantId": "tenant_id",
    "CtdrCloudUserId": "ctdr_cloud_user_id",
    "ExtendInfo": "extend_info",
}
_LISTS = {"Regions": "regions", "SubscriptionIds": "subscription_ids"}
_REQUIRED = Parameter(required=True)
_COMMON = {
    **dict.fromkeys(_TEXTS, Parameter()),
    **dict.fromkeys((*_LISTS, "AuthModules"), Parameter("strings")),
    "Lang": Parameter(),
}


def _add(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    rules.check_language(params)
    entry = Entry(
        auth_id=0,
        vendor=params["Vendor"],
        ak_type=params["AkType"],
        secret_id=params["SecretId"],
        secret_set=1,
        modules={code: _new_module(code) for code in params.get("AuthModules", [])},
        visible_at=context.becomes_visible(),
    )
    _set_plain(context, entry, params)
    rules.check_entry(entry, context.catalogue)
    _check_place(context, entry)
    _validate(context, entry, params)
    entry.auth_id = context.account.next_auth_id()
    context.account.put(entry)
    return {"Data": reply_fields(entry, context.modes, language(params))}


def _modify(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    rules.check_language(params)
    rules.check_status(params)
    before = context.entry(rules.auth_id(params["AuthIds"], "AuthIds"))
    if before is None:
        return {}
    entry = deepcopy(before)
    _check_secret(context, before, params)
    if context.modes.require_domain and rules.requires_domain(entry) and not params.get("Domain"):
        raise invalid_value(f"Domain is required for {entry.vendor}.")
    entry.status = params.get("Status", entry.status)
    entry.secret_id = params.get("SecretId") or entry.secret_id
    entry.secret_set += 1 if params.get("SecretKey") else 0
    _set_plain(context, entry, params)
    _set_modules(context, entry, params.get("AuthModules", []))
    rules.check_entry(entry, context.catalogue)
    if entry.secret_id != before.secret_id:
        _check_duplicate(context, entry)
    if _is_validated_again(context, before, entry):
        _validate(context, entry, params)
    else:
        validation.join(entry)
    context.account.put(entry)
    return {"Data": reply_fields(entry, context.modes, language(params))}


def _delete(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    entry = context.entry(params["AuthId"])
    if entry is None:
        return {}
    modules = set(params.get("AuthModules", []))
    if modules and context.modes.delete_auth_modules == "partial":
        rest = {code: module for code, module in entry.modules.items() if code not in modules}
        if rest:
            changed = deepcopy(entry)
            changed.modules = rest
            context.account.put(changed)
            return {}
    context.account.remove(entry)
    return {}


def _set_plain(context: Context, entry: Entry, params: dict[str, Any]) -> None:
    """Set the given attributes, and keep the others."""
    for name, field in _TEXTS.items():
        if params.get(name) or (name in params and context.modes.empty_strings == "clear"):
            setattr(entry, field, params[name])
    for name, field in _LISTS.items():
        if params.get(name):
            setattr(entry, field, params[name])


def _set_modules(context: Context, entry: Entry, codes: list[str]) -> None:
    semantics = context.modes.modify_semantics
    if not codes or semantics == "ignore":
        return
    kept = entry.modules if semantics == "merge" else {}
    entry.modules = {code: entry.modules.get(code) or _new_module(code) for code in (*kept, *codes)}


def _new_module(code: str) -> Module:
    return Module(trail_status="init" if code == "TRIAL" else None)


def _check_secret(context: Context, before: Entry, params: dict[str, Any]) -> None:
    for name in ("SecretId", "SecretKey"):
        if context.modes.require_secret_on_modify and not params.get(name):
            raise invalid_value(f"{name} is required.")
    renamed = params.get("SecretId") and params["SecretId"] != before.secret_id
    if renamed and not params.get("SecretKey") and context.modes.secret_id_alone == "refused":
        raise invalid_value("SecretKey is required with another SecretId.")


def _check_place(context: Context, entry: Entry) -> None:
    most = context.modes.max_entries
    if most and len(context.account.entries) >= most:
        raise invalid_value("The number of AccessKeys exceeds the limit.")
    _check_duplicate(context, entry)


def _check_duplicate(context: Context, entry: Entry) -> None:
    # The list still contains a changed entry in its old state.
    others = {(other.vendor, other.secret_id) for other in context.account.entries.values()}
    if context.modes.duplicate_add == "rejected" and (entry.vendor, entry.secret_id) in others:
        raise invalid_value("The AccessKey exists.")


def _is_validated_again(context: Context, before: Entry, after: Entry) -> bool:
    rule = context.modes.modify_retriggers_validation
    changed = (before.secret_id, before.secret_set) != (after.secret_id, after.secret_set)
    return rule == "always" or (rule == "secret" and changed)


def _validate(context: Context, entry: Entry, params: dict[str, Any]) -> None:
    validation.start(entry, context.now)
    if context.modes.validation_synchronous:
        validation.finish(entry, context.modes)
        if entry.service_status != 0:
            message = entry.message or outcome(entry.service_status, language(params))
            raise invalid_value(message or outcome(ABNORMAL, language(params)))


OPERATIONS: Operations = {
    "AddCloudVendorAccountAK": Operation(
        _add,
        {**dict.fromkeys(("Vendor", "AkType", "SecretId", "SecretKey"), _REQUIRED), **_COMMON},
        write=True,
    ),
    "ModifyCloudVendorAccountAK": Operation(
        _modify,
        {
            "AuthIds": _REQUIRED,
            "SecretId": Parameter(),
            "SecretKey": Parameter(),
            "Status": Parameter("integer"),
            **_COMMON,
        },
        write=True,
    ),
    "DeleteCloudVendorAccountAK": Operation(
        _delete,
        {"AuthId": Parameter("integer", required=True), "AuthModules": Parameter("strings")},
        write=True,
    ),
}
