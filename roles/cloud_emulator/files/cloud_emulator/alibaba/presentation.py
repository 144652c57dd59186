# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write an entry as replies show it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from . import rules, texts
from .account import Entry, Module
from .modes import AlibabaModes
from .texts import DEFAULT

_SHOWN = 7
"""Number of visible characters of a masked SecretId."""


def language(params: dict[str, Any]) -> str:
    """Return the language of the texts."""
    return params.get("Lang") or DEFAULT


def reply_fields(entry: Entry, modes: AlibabaModes, lang: str) -> dict[str, Any]:
    """Return the fields of an entry in the reply to an addition or change."""
    return {**_fields(entry, modes, lang, entry.secret_id), **_modules(entry, modes, lang, listed=False)}


def listed(entry: Entry, modes: AlibabaModes, lang: str) -> dict[str, Any]:
    """Return the fields of an entry in a list, which has more of them."""
    secret_id = entry.secret_id
    if modes.primary_secret_id_replaced and entry.ak_type == "primary":
        secret_id = "AKIA" + hashlib.sha256(secret_id.encode()).hexdigest()[:16].upper()
    return {
        **_fields(entry, modes, lang, secret_id),
        **optional(
            modes,
            ExtendInfo=_extend_info(entry, modes),
            VendorUid=entry.vendor_uid,
            VendorUserName=entry.vendor_user_name,
        ),
        **_modules(entry, modes, lang, listed=True),
        **({"EmulatorExtra": {"Invented": [1]}} if modes.extra_fields else {}),
    }


def listing(modes: AlibabaModes, name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a field that is a list."""
    return optional(modes, **{name: None if modes.missing_lists and not items else items})


def _fields(entry: Entry, modes: AlibabaModes, lang: str, secret_id: str) -> dict[str, Any]:
    return {
        "AuthId": entry.auth_id,
        "AkType": entry.ak_type,
        "Vendor": entry.vendor,
        "SecretId": _masked(secret_id) if modes.mask_secret_id else secret_id,
        "Status": entry.status,
        "ServiceStatus": entry.service_status,
        **optional(
            modes,
            VendorAuthAlias=entry.alias,
            CtdrCloudUserId=entry.ctdr_cloud_user_id,
            Message=entry.message or texts.outcome(entry.service_status, lang) or None,
        ),
    }


def _modules(entry: Entry, modes: AlibabaModes, lang: str, *, listed: bool) -> dict[str, Any]:
    shown = [_module(code, module, modes, lang, listed=listed) for code, module in entry.modules.items()]
    return listing(modes, "AuthModules", shown)


def _module(code: str, module: Module, modes: AlibabaModes, lang: str, *, listed: bool) -> dict[str, Any]:
    name, statement, asset_type = texts.module(code, lang)
    trail = {"TrailStatus": module.trail_status, "TrailMessage": module.trail_message} if listed else {}
    return {
        "Module": code,
        "ModuleDisp": name,
        "ModuleStatement": statement,
        "ModuleAssetType": asset_type,
        "ModuleServiceStatus": module.status,
        **optional(modes, Message=module.message or None, **trail),
    }


def _extend_info(entry: Entry, modes: AlibabaModes) -> str | None:
    if entry.vendor != "OracleCloud" or not modes.extend_info_server_keys:
        return entry.extend_info
    info = rules.parse_extend_info(entry.extend_info)
    return json.dumps({**info, "tenancy": entry.tenant_id, "domain": entry.domain})


def optional(modes: AlibabaModes, **fields: Any) -> dict[str, Any]:
    """Remove fields that are None, unless they are shown as null."""
    return {name: value for name, value in fields.items() if value is not None or modes.null_fields == "null"}


def _masked(secret_id: str) -> str:
    return secret_id[: min(_SHOWN, len(secret_id) // 2)] + "***"
