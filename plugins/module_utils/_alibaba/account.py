# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""List and find entries of Security Center, and translate them into states.

Operation of API 2018-12-03: DescribeCloudVendorAccountAKList.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from .._api import Call
from .._keys import new_key
from .._listing import Listing
from .._masked import may_equal
from .._plan import UNKNOWN, State, is_empty
from .._predictions import Kind
from .._reply import STRICT, Oddities, bad_reply, member, optional_member, parse_json, quiet_member
from .checks import PRIVATE
from .client import SasClient

ENTRY = Kind("vendor key")
STATUSES = {0: "active", 1: "inactive"}
WIRE_STATUSES = {ours: theirs for theirs, ours in STATUSES.items()}
IN_USE, ABNORMAL, VALIDATING, TIMED_OUT = "in_use", "abnormal", "validating", "timed_out"
WIRE_VALIDATING = 2
_SERVICE_STATUSES = {0: IN_USE, 1: ABNORMAL, WIRE_VALIDATING: VALIDATING, 3: TIMED_OUT}

_TEXTS = {
    "owner": "VendorUid",
    "vendor": "Vendor",
    "ak_type": "AkType",
    "secret_id": "SecretId",
    "vendor_auth_alias": "VendorAuthAlias",
    "ctdr_cloud_user_id": "CtdrCloudUserId",
}
_PAGE_SIZE = 100  # the maximum is not documented; 100 is what the sibling operations take


def new_entry(**fields: Any) -> State:
    """Return an entry with the given fields. The others are unknown."""
    blank = {
        "vendor": None,
        "ak_type": None,
        "secret_id": None,
        "vendor_auth_alias": None,
        "auth_modules": None,
        "modules": None,
        "service_status": None,
        "message": None,
        "ctdr_cloud_user_id": None,
        "extend_info": None,
        "vendor_user_name": None,
    }
    return {**new_key(None, **blank), **fields}


def entry_state(item: Any, odd: Oddities = STRICT) -> State:
    """Translate an entry of a list, or the Data of a creation, into a state."""
    auth_id = odd.read("an entry", "auth_id", lambda: _auth_id(item))
    label = f"entry {auth_id}"
    texts = {name: odd.read(label, name, partial(_text, item, theirs)) for name, theirs in _TEXTS.items()}
    modules = odd.read(label, "modules", lambda: _modules(item, label, odd))
    return new_entry(
        id=auth_id,
        status=odd.read(label, "status", lambda: _known(item, "Status", STATUSES)),
        # An entry has no other text that says what it is for.
        description=texts["vendor_auth_alias"],
        **texts,
        auth_modules=modules and sorted({each["module"] for each in modules}),
        modules=modules,
        service_status=odd.read(label, "service_status", lambda: _known(item, "ServiceStatus", _SERVICE_STATUSES)),
        message=quiet_member(item, "Message", str) or None,
        extend_info=odd.read(label, "extend_info", lambda: _extend_info(item)),
        vendor_user_name=quiet_member(item, "VendorUserName", str) or None,
    )


def _text(item: Any, name: str) -> str | None:
    return optional_member(item, name, str) or None


def _auth_id(item: Any) -> str:
    auth_id = member(item, "AuthId", int)
    if auth_id <= 0:
        raise bad_reply("AuthId is not above 0")
    return str(auth_id)


def _known(item: Any, name: str, meanings: dict[int, str]) -> str:
    value = member(item, name, int)
    if value not in meanings:
        raise bad_reply(f"{name} is {value}, which has no known meaning")
    return meanings[value]


def _modules(item: Any, label: str, odd: Oddities) -> list[State]:
    listed = [_module(each, label, odd) for each in optional_member(item, "AuthModules", list) or []]
    return sorted(listed, key=lambda each: str(each["module"]))


def _module(item: Any, label: str, odd: Oddities) -> State:
    code = member(item, "Module", str)
    return {
        "module": code,
        "status": odd.read(f"module {code} of {label}", "status", lambda: _module_status(item)),
        "message": quiet_member(item, "Message", str) or None,
    }


def _module_status(item: Any) -> str | None:
    has_status = optional_member(item, "ModuleServiceStatus", int) is not None
    return _known(item, "ModuleServiceStatus", _SERVICE_STATUSES) if has_status else None


def _extend_info(item: Any) -> State | None:
    """Return the JSON object of ExtendInfo, without members that may be secret."""
    text = optional_member(item, "ExtendInfo", str)
    if not text:
        return None
    try:
        info = parse_json(text)
    except ValueError:
        info = None
    if not isinstance(info, dict):
        raise bad_reply("ExtendInfo is not a JSON object")
    return {name: value for name, value in info.items() if name not in PRIVATE} or None


def same_secret_id(have: Any, want: Any) -> bool:
    """Return whether the listed SecretId is, or may be, the desired one."""
    return may_equal(have, want) or (is_empty(have) and is_empty(want))


def describe(entries: list[State]) -> str:
    """Describe entries in one phrase, for messages."""

    def one(entry: State) -> str:
        alias = f", alias {entry['vendor_auth_alias']!r}" if entry["vendor_auth_alias"] else ""
        return f"{entry['id']} ({entry['vendor']} {entry['secret_id']}{alias}, {entry['status']})"

    return "; ".join(one(entry) for entry in entries) or "none"


def list_entries(client: SasClient, label: str, **filters: Any) -> list[State]:
    """Return the entries that pass the filters, in the order of the API. A filter that is None is omitted."""
    call = Call("DescribeCloudVendorAccountAKList", "read", label)
    listing: Listing[State] = Listing(call)
    read = partial(_read_page, odd=client.oddities, by_id=bool(filters.get("AuthIds")))
    while listing.is_incomplete():
        parameters = {**filters, "CurrentPage": listing.pages + 1, "PageSize": _PAGE_SIZE}
        entries, total = client.call(call, parameters, read)
        listing.add(entries, [entry["id"] for entry in entries if entry["id"] != UNKNOWN], total)
    return listing.objects


def _read_page(body: Any, odd: Oddities, *, by_id: bool) -> tuple[list[State], int]:
    """Return the entries of a page, and how many entries there are in all."""
    info = member(body, "PageInfo", dict)
    items = optional_member(body, "CloudVendorAccountAKs", list) or []
    if optional_member(info, "Count", int) not in (None, len(items)):
        raise bad_reply("it does not contain as many entries as its Count says")
    if by_id:  # the reply is about one entry, and useless without its ID
        for item in items:
            _auth_id(item)
    return [entry_state(item, odd) for item in items], member(info, "TotalCount", int)


def find_entry(client: SasClient, label: str, auth_id: str, language: str) -> State | None:
    """Return the entry with that ID, or None if there is none."""
    # It is not documented whether the filter is exact, so the reply is searched.
    entries = list_entries(client, label, AuthIds=auth_id, Lang=language)
    return next((entry for entry in entries if entry["id"] == auth_id), None)
