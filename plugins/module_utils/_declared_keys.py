# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Check a declared list of access keys, and what may happen to keys that are not in it, before anything is sent.

An entry of the list identifies its key by `access_key_id`, or by `owner` and `description`. Or it stands for all keys that
the rotation with the name `rotation` has created for `owner`. Pure functions over plain data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._account import is_name
from ._given import number_in, words_in
from ._masked import is_masked

Entry = dict[str, Any]

REPORT, DISABLE, DELETE = "report", "disable", "delete"
ACTIVE, INACTIVE = "active", "inactive"
POLICY: dict[str, Any] = {"purge": REPORT, "protected_ids": [], "max_removals": 0, "soak_days": 30}
_TEXTS = ("access_key_id", "owner", "rotation")
_MEMBERS = (*_TEXTS, "description", "status", "secret_file")
_FILE_MEMBERS = ("path", "vault_id", "mode", "encrypt")
_WAYS = "access_key_id, or owner and description, or owner and rotation"


class DeclarationError(Exception):
    """Report everything that is wrong with a declared list or its policy."""


def check_policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policy with its defaults. Raises DeclarationError."""
    full = {**POLICY, **policy}
    full.update({name: number_in(full[name]) for name in ("max_removals", "soak_days")})
    ids = words_in(full["protected_ids"])
    is_list = isinstance(ids, Sequence) and not isinstance(ids, str)
    wrong = {
        f"unknown members: {', '.join(sorted(map(str, full.keys() - POLICY.keys())))}": full.keys() != POLICY.keys(),
        f"purge must be {REPORT}, {DISABLE} or {DELETE}": full["purge"] not in (REPORT, DISABLE, DELETE),
        "max_removals must be a whole number, 0 or more": not _is_number(full["max_removals"], whole=True),
        "soak_days must be a number, 0 or more": not _is_number(full["soak_days"]),
        "protected_ids must be a list of IDs": not is_list or not all(_is_id(each) for each in ids),
        (
            f"purge={DELETE} needs protected_ids, the IDs that must never be removed. List at least the keys of"
            " emergency accounts"
        ): full["purge"] == DELETE and not ids,
    }
    problems = [problem for problem, is_wrong in wrong.items() if is_wrong]
    if problems:
        raise DeclarationError(f"The policy cannot be used: {'; '.join(problems)}.")
    return {**full, "protected_ids": sorted(set(map(str, ids)))}


def _is_number(value: Any, whole: bool = False) -> bool:
    kinds = (int,) if whole else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and 0 <= value < 1e6


def _is_id(value: Any) -> bool:
    return is_name(value) and not is_masked(value)


def check_declared(declared: Any) -> list[Entry]:
    """Return the entries of the list, sorted. Raises DeclarationError, which names every wrong entry."""
    if not isinstance(declared, Sequence) or isinstance(declared, str):
        raise DeclarationError("The declared keys are not a list. Declare an empty list if no key should exist.")
    entries = [(f"entry {number} ({label(each)})", each) for number, each in enumerate(declared, 1)]
    problems = [f"{name}: {problem}" for name, entry in entries for problem in _wrong_with(entry)]
    if not problems:
        problems = [*_twins(declared, identity, "declared"), *_twins(declared, _path, "used as secret_file")]
    if problems:
        raise DeclarationError(f"The declared keys cannot be used: {'; '.join(problems)}.")
    return sorted((_plain(entry) for entry in declared), key=identity)


def identity(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what identifies the key of an entry."""
    if entry.get("access_key_id"):
        return ("access_key_id", "", entry["access_key_id"])
    return (
        ("rotation", entry["owner"], entry["rotation"])
        if entry.get("rotation")
        else ("description", entry["owner"], entry["description"])
    )


def label(entry: Any) -> str:
    """Return a text that names an entry. It never raises."""
    members = entry if isinstance(entry, Mapping) else {}
    names = ("access_key_id",) if is_name(members.get("access_key_id")) else ("owner", "rotation", "description")
    return ", ".join(f"{name} {members[name]!s}" for name in names if is_name(members.get(name))) or "without a name"


def _plain(entry: Mapping[str, Any]) -> Entry:
    """Return a copy of an entry, in which every member that is not set is missing."""
    plain = {str(name): value for name, value in entry.items() if value is not None}
    if "secret_file" in plain:
        plain["secret_file"] = dict(plain["secret_file"])
    return plain


def _path(entry: Mapping[str, Any]) -> str | None:
    file = entry.get("secret_file")
    return str(file["path"]) if file else None


def _twins(declared: Iterable[Mapping[str, Any]], name_of: Any, what: str) -> list[str]:
    counts = Counter(name for name in map(name_of, declared) if name is not None)
    return [
        f"{' '.join(filter(None, name)) if isinstance(name, tuple) else name} is {what} {count} times"
        for name, count in sorted(counts.items())
        if count > 1
    ]


def _wrong_with(entry: Any) -> list[str]:
    """Return what is wrong with an entry on its own."""
    if not isinstance(entry, Mapping):
        return ["it is not a dictionary"]
    unknown = sorted(str(name) for name in entry if name not in _MEMBERS)
    if unknown:
        return [f"it has unknown members: {', '.join(unknown)}. Known are {', '.join(_MEMBERS)}"]
    problems = [
        f"{name} must be a text that is an ID or a name, and an ID of digits needs quotation marks"
        for name in _TEXTS
        if name in entry and not _is_id(entry[name])
    ]
    if "status" in entry and entry["status"] not in (ACTIVE, INACTIVE):
        problems.append(f"status must be {ACTIVE} or {INACTIVE}. Omit it to leave the status alone")
    return problems or [*_wrong_description(entry), *_wrong_identity(entry), *_wrong_file(entry)]


def _wrong_description(entry: Mapping[str, Any]) -> list[str]:
    description = entry.get("description", "")
    if not isinstance(description, str):
        return ["description must be a text. Omit it to leave the description alone"]
    if description.strip() != description or is_masked(description):
        return ["description must not be masked, or have white space around it"]
    return []


def _wrong_identity(entry: Mapping[str, Any]) -> list[str]:
    ways = [
        "access_key_id" in entry,
        "access_key_id" not in entry and bool(entry.get("description")),
        "rotation" in entry,
    ]
    if sum(ways) != 1 or ("access_key_id" not in entry and "owner" not in entry):
        return [f"it must be identified in one way: {_WAYS}"]
    if "rotation" in entry and entry.keys() & {"status", "description", "secret_file"}:
        return ["the rotation decides about its keys, so only owner and rotation can be set"]
    return []


def _wrong_file(entry: Mapping[str, Any]) -> list[str]:
    if "secret_file" not in entry:
        return []
    file = entry["secret_file"]
    if "access_key_id" in entry:
        return ["a key with an access_key_id exists, so it cannot have a secret_file for the secret of a new key"]
    if not isinstance(file, Mapping) or not is_name(file.get("path")):
        return ["secret_file must be a dictionary with a path"]
    unknown = sorted(str(name) for name in file if name not in _FILE_MEMBERS)
    return [f"secret_file has unknown members: {', '.join(unknown)}"] if unknown else []
