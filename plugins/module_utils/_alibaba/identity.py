# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find the entry that a task identifies: by its ID, otherwise by its alias, otherwise by vendor and SecretId."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import REFUSED, REPLY, CloudError
from .._masked import is_masked, may_equal
from .._plan import State, may_have, unreadable_values
from .._selection import is_near_match
from .account import describe


def filters(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters for the API that find the identified entry, and entries that a new one would duplicate."""
    if options["auth_id"]:
        return {"AuthIds": options["auth_id"]}
    if options["vendor"]:
        return {"Vendor": options["vendor"]}
    return {"VendorAuthAlias": options["vendor_auth_alias"]}


def is_listed(entry: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    """Return whether an entry passes the filters."""
    if options["auth_id"]:
        return bool(entry["id"] == options["auth_id"])
    name = "vendor" if options["vendor"] else "vendor_auth_alias"
    return bool(entry[name] == options[name])


def label(options: Mapping[str, Any]) -> str:
    """Describe the entry, for messages."""
    of_vendor = f" of {options['vendor']}" if options["vendor"] else ""
    if options["auth_id"]:
        return f"entry {options['auth_id']}"
    if options["vendor_auth_alias"]:
        return f"entry {options['vendor_auth_alias']!r}{of_vendor}"
    return f"entry {options['secret_id']}{of_vendor}"


def choose(entries: list[State], options: Mapping[str, Any]) -> State | None:
    """Return the entry that the task identifies, or None if there is none. Raises CloudError if that is not certain."""
    found = [entry for entry in entries if _is_identified(entry, options)]
    if len(found) > 1:
        raise CloudError(REFUSED, f"{len(found)} entries match: {describe(found)}", advice="Identify one with auth_id.")
    if found:
        return found[0]
    doubtful = [entry for entry in entries if may_have(entry, _identifying_fields(options))]
    if doubtful:
        raise CloudError(
            REPLY,
            f"not all of these entries can be read, and one may be the entry of this task: {describe(doubtful)}:"
            f" {unreadable_values(doubtful, _identifying_fields(options))}",
            advice="Identify the entry with auth_id, or look at it in the console of the cloud.",
        )
    if options["auth_id"] and options["state"] == "present":
        raise CloudError(
            REFUSED,
            f"there is no entry {options['auth_id']} at this site",
            advice="Check auth_id and api_region: each site has its own entries."
            " The cloud chooses the ID of a new entry.",
        )
    if not options["auth_id"] and not options["vendor_auth_alias"]:
        _refuse_masked(entries, options)
        _refuse_primary(entries, options)
    return None


def near(entries: list[State], options: Mapping[str, Any]) -> list[State]:
    """Return the near matches: entries that differ from the identified one only in spelling."""
    name = "vendor_auth_alias" if options["vendor_auth_alias"] else "secret_id"
    return [] if options["auth_id"] else [entry for entry in entries if is_near_match(entry[name], options[name])]


def _identifying_fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields, with their values, that identify the entry."""
    if options["auth_id"]:
        return {"id": options["auth_id"]}
    name = "vendor_auth_alias" if options["vendor_auth_alias"] else "secret_id"
    return {name: options[name], **({"vendor": options["vendor"]} if options["vendor"] else {})}


def _is_identified(entry: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    return all(entry[name] == value for name, value in _identifying_fields(options).items())


def may_be_identified(entry: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    """Return whether a task identifies an entry, or may identify it because its SecretId is masked."""
    is_same_key = entry["vendor"] == options["vendor"] and may_equal(entry["secret_id"], options["secret_id"] or "")
    return is_same_key or _is_identified(entry, options)


def _refuse_masked(entries: list[State], options: Mapping[str, Any]) -> None:
    """Refuse to identify an entry by its SecretId if a masked one may be the same: that proves nothing."""
    doubtful = [
        entry
        for entry in entries
        if entry["vendor"] == options["vendor"]
        and is_masked(entry["secret_id"])
        and may_equal(entry["secret_id"], options["secret_id"])
    ]
    if doubtful:
        raise CloudError(
            REFUSED,
            f"the cloud masks secret_id, and these entries may have it: {describe(doubtful)}",
            advice="Identify the entry with auth_id or vendor_auth_alias.",
        )


def _refuse_primary(entries: list[State], options: Mapping[str, Any]) -> None:
    """Refuse to create a primary key: Security Center may list the entry under another SecretId."""
    listed = [entry for entry in entries if entry["vendor"] == options["vendor"] and entry["ak_type"] == "primary"]
    if options["ak_type"] == "primary" or (options["ak_type"] is None and listed):
        these = f", and may be one of these: {describe(listed)}" if listed else ""
        raise CloudError(
            REFUSED,
            f"a primary key may be listed with a secret_id other than its own{these}",
            advice="Set auth_id or vendor_auth_alias.",
        )
