# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Entries of Security Center, each a key of an account at another vendor: how they are read, and all of them
(API 2018-12-03: DescribeCloudVendorAccountAKList)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.client import SasClient
from ansible_collections.multicloud.iam.plugins.module_utils._api import Call, pages
from ansible_collections.multicloud.iam.plugins.module_utils._errors import UNAVAILABLE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._keys import new_key
from ansible_collections.multicloud.iam.plugins.module_utils._masked import may_be
from ansible_collections.multicloud.iam.plugins.module_utils._plan import State, is_empty
from ansible_collections.multicloud.iam.plugins.module_utils._reply import (
    bad_reply,
    member,
    optional_member,
    parse_json,
    quiet_member,
)

STATUSES = {0: "active", 1: "inactive"}
WIRE_STATUSES = {ours: theirs for theirs, ours in STATUSES.items()}
IN_USE, ABNORMAL, VALIDATING, TIMED_OUT = "in_use", "abnormal", "validating", "timed_out"
WIRE_VALIDATING = 2
_SERVICE_STATUSES = {0: IN_USE, 1: ABNORMAL, WIRE_VALIDATING: VALIDATING, 3: TIMED_OUT}

_PRIVATE = ("private_key", "private_key_id")
_PAGE_SIZE = 100  # the maximum is not documented; 100 is what the sibling operations take
_LISTINGS = 3  # so often a list is begun anew that changes while it is read


def new_entry(**fields: Any) -> State:
    """An entry of which nothing is known yet but the given fields."""
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


def entry_state(item: Any) -> State:
    """An entry of a list, or the Data of an addition, in the collection's vocabulary."""
    modules = [_module(each) for each in optional_member(item, "AuthModules", list) or []]
    alias = optional_member(item, "VendorAuthAlias", str) or None
    return new_entry(
        id=_auth_id(item),
        status=_known(item, "Status", STATUSES),
        owner=optional_member(item, "VendorUid", str) or None,
        # An entry has no other text that says what it is for.
        description=alias,
        vendor=optional_member(item, "Vendor", str) or None,
        ak_type=optional_member(item, "AkType", str) or None,
        secret_id=optional_member(item, "SecretId", str) or None,
        vendor_auth_alias=alias,
        auth_modules=sorted({each["module"] for each in modules}),
        modules=sorted(modules, key=lambda each: each["module"]),
        service_status=_known(item, "ServiceStatus", _SERVICE_STATUSES),
        message=quiet_member(item, "Message", str) or None,
        ctdr_cloud_user_id=optional_member(item, "CtdrCloudUserId", str) or None,
        extend_info=_extend_info(item),
        vendor_user_name=quiet_member(item, "VendorUserName", str) or None,
    )


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


def _module(item: Any) -> State:
    code = member(item, "Module", str)
    told = optional_member(item, "ModuleServiceStatus", int) is not None
    return {
        "module": code,
        "status": _known(item, "ModuleServiceStatus", _SERVICE_STATUSES) if told else None,
        "message": quiet_member(item, "Message", str) or None,
    }


def _extend_info(item: Any) -> State | None:
    """The JSON object of ExtendInfo, without what may be secret in it."""
    text = optional_member(item, "ExtendInfo", str)
    if not text:
        return None
    try:
        info = parse_json(text)
    except ValueError:
        info = None
    if not isinstance(info, dict):
        raise bad_reply("ExtendInfo is not a JSON object")
    return {name: value for name, value in info.items() if name not in _PRIVATE} or None


def is_auth_id(text: str) -> bool:
    """Whether a text can be the id of an entry."""
    return bool(re.fullmatch(r"[1-9][0-9]{0,18}", text))


def same_secret_id(have: Any, want: Any) -> bool:
    """Whether there is no reason to send a SecretId."""
    return may_be(have, want) or (is_empty(have) and is_empty(want))


def describe(entries: list[State]) -> str:
    """Entries in one phrase, for messages that list them."""

    def one(entry: State) -> str:
        alias = f", alias {entry['vendor_auth_alias']!r}" if entry["vendor_auth_alias"] else ""
        return f"{entry['id']} ({entry['vendor']} {entry['secret_id']}{alias}, {entry['status']})"

    return "; ".join(one(entry) for entry in entries) or "none"


class _Page(NamedTuple):
    entries: list[State]
    total: int


def _page(body: Any) -> _Page:
    info = member(body, "PageInfo", dict)
    items = optional_member(body, "CloudVendorAccountAKs", list) or []
    if optional_member(info, "Count", int) not in (None, len(items)):
        raise bad_reply("it does not hold as many entries as its Count says")
    return _Page([entry_state(item) for item in items], member(info, "TotalCount", int))


def list_entries(client: SasClient, label: str, **filters: Any) -> list[State]:
    """All entries that pass filters of the API, in its order; filters that are None are left out.

    The pages are no snapshot: when the number of entries changes while they are read, one may have
    slipped from a page that is still to come to one that was read. Then it begins anew.
    """
    call = Call("DescribeCloudVendorAccountAKList", "read", label)
    turns = pages(call)
    for _attempt in range(_LISTINGS):
        found = _all_pages(client, call, filters, turns)
        if found is not None:
            return found
    raise CloudError(
        UNAVAILABLE,
        "the list changes while it is being read, or does not hold as many entries as it says",
        advice="Try again when nobody changes entries.",
        api_operation=call.action,
    ).during(call.doing, call.label)


def _all_pages(client: SasClient, call: Call, filters: dict[str, Any], turns: Iterator[None]) -> list[State] | None:
    """The entries of all pages; None if the pages do not fit together."""
    found: dict[str, State] = {}
    total = None
    for number, _turn in enumerate(turns, 1):
        page = client.call(call, _page, {**filters, "CurrentPage": number, "PageSize": _PAGE_SIZE})
        fresh = [entry for entry in page.entries if entry["id"] not in found]
        total = page.total if total is None else total
        if page.total != total or len(fresh) < len(page.entries):
            return None
        found.update((entry["id"], entry) for entry in fresh)
        # By what came, not by what was asked for: the API may give smaller pages.
        if len(found) >= total:
            return list(found.values())
        if not fresh:
            return None
    return None


def find_entry(client: SasClient, label: str, auth_id: str, language: str) -> State | None:
    """The entry with that id; None if there is none."""
    # What the filter means beyond one id is not documented, so the answer is looked through.
    entries = list_entries(client, label, AuthIds=auth_id, Lang=language)
    return next((entry for entry in entries if entry["id"] == auth_id), None)
