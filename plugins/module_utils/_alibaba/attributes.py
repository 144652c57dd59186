# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define how each attribute of an entry is managed, and how the API names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._plan import Attribute, Schema
from .account import WIRE_STATUSES, same_secret_id

WIRE_NAMES = {
    "vendor": "Vendor",
    "ak_type": "AkType",
    "secret_id": "SecretId",
    "secret_key": "SecretKey",
    "status": "Status",
    "auth_modules": "AuthModules",
    "regions": "Regions",
    "tenant_id": "TenantId",
    "subscription_ids": "SubscriptionIds",
    "domain": "Domain",
    "vendor_auth_alias": "VendorAuthAlias",
    "ctdr_cloud_user_id": "CtdrCloudUserId",
    "extend_info": "ExtendInfo",
}
_IMMUTABLE = ("vendor", "ak_type")
UNREADABLE = ("secret_key", "regions", "tenant_id", "subscription_ids", "domain")

# Members that the service itself adds to ExtendInfo.
OWN_INFO = {"OracleCloud": ("tenancy", "domain")}


def same_ak_type(have: Any, want: Any) -> bool:
    """Return whether two types are the same. It is not documented which type replies contain for ctdr."""
    return have == want or (want == "ctdr" and have in (None, "sub"))


def entry_schema(options: Mapping[str, Any], ak_type: str | None) -> Schema:
    """Return how each attribute of an entry of that type is managed.

    Attributes that cannot be read are sent with every change, because the API may not keep them. The SecretId is sent with
    its secret as well. Security Center may replace a primary key by one that it creates itself, so the listed SecretId of such
    an entry proves nothing.
    """
    changeable = frozenset(name for name in WIRE_NAMES if name not in _IMMUTABLE)
    policy = options["update_secret"]
    unreadable = Attribute(write_only=policy, sent_with=changeable)
    wanted_info = options["extend_info"] or {}
    return {
        **dict.fromkeys(WIRE_NAMES, Attribute()),
        **dict.fromkeys(UNREADABLE, unreadable),
        "vendor": Attribute(mutable=False),
        "ak_type": Attribute(mutable=False, same=same_ak_type),
        "secret_id": Attribute(
            write_only=policy if ak_type == "primary" else None,
            sent_with=changeable if options["secret_key"] else frozenset(),
            same=same_secret_id,
        ),
        "secret_key": Attribute(write_only=policy, secret=True, sent_with=changeable),
        "extend_info": Attribute(
            same=lambda have, _want: all((have or {}).get(name) == value for name, value in wanted_info.items())
        ),
    }


def to_wire(attributes: Mapping[str, Any], given_info: Mapping[str, Any] | None, vendor: str | None) -> dict[str, Any]:
    """Return attributes as the API names and spells them.

    given_info: the members of extend_info that the task sets. Members that only the service adds are not sent back.
    """
    wire = {WIRE_NAMES[name]: value for name, value in attributes.items()}
    if "Status" in wire:
        wire["Status"] = WIRE_STATUSES[wire["Status"]]
    if "ExtendInfo" in wire:
        own = OWN_INFO.get(vendor or "", ())
        wire["ExtendInfo"] = {
            name: value for name, value in wire["ExtendInfo"].items() if name in (given_info or {}) or name not in own
        }
    return wire
