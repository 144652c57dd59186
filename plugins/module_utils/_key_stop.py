# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Plan and report the steps of the role disable_access_key: which IDs to ask for where, and what has happened to each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._account import account_of, all_traits, problem_of_names, traits_of
from ._key_facts import decoded, encoded

_ID = re.compile(r"[!-~]{8,128}")
# IDs that are pasted into a field have these around them. The members of a list have only blanks around them.
_AROUND = re.compile(r"[\s,;'\"`()\[\]\u200b\ufeff]+")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_FIELDS = (
    *("id", "owner", "user_name", "description", "create_time", "last_used", "last_used_state"),
    *("access_key_id", "status", "status_before", "outcome", "reasons"),
)
_NO_RESULT = "The host of the account failed or was unreachable, so it was not asked."
_NO_ACCOUNT = "No account that may have it is among the hosts"
_NO_KEYS = "The undo files of these accounts contain no key."
# The outcome of an ID is the first of these that it has in any account. Not found means that everything was asked.
_ORDER = ("failed", "unconfirmed", "refused", "changed", "unchanged", "unknown", "not_found")
_OPEN = ("failed", "unconfirmed", "refused", "unknown", "not_found")


class StopError(Exception):
    """Report input that cannot be used."""


def ids_of(ids: Any, text: str = "") -> list[str]:
    """Return the IDs of keys in a list or in a field, and those in a text that have the form of IDs of a known vendor.

    Forms for users can only fill in a field. So it may contain several IDs, with blanks, commas or lines between them.
    """
    given = list(filter(None, _AROUND.split(ids))) if isinstance(ids, str) else [] if ids is None else ids
    if not isinstance(given, Sequence):
        raise StopError("The IDs are not a list.")
    wanted = [part for each in given for part in _parts(each)]
    for key_id in wanted:
        if not isinstance(key_id, str) or not _ID.fullmatch(key_id) or "*" in key_id:
            raise StopError(
                f"{key_id!r} is not the ID of a key: IDs have 8 to 128 characters, and no blanks, masks or accents."
                " An ID of digits needs quotation marks."
            )
    forms = [traits.key_form for _cloud, traits in sorted(all_traits().items()) if traits.key_form]
    places = {
        found.start(): found.group()
        for form in forms
        for found in re.finditer(rf"(?<![0-9A-Za-z])(?:{form})(?![0-9A-Za-z])", text or "")
    }
    found = list(dict.fromkeys([*wanted, *(places[place] for place in sorted(places))]))
    if not found:
        raise StopError("There is no ID of a key in the input. A text is searched for the forms of known vendors only.")
    return found


def _parts(given: Any) -> list[Any]:
    """Return the IDs in a member of a list. A member without one is returned as it is."""
    return (list(filter(None, _BLANKS.split(given))) if isinstance(given, str) else []) or [given]


def problem_of(names: Sequence[str], later: Sequence[str]) -> str:
    """Return what is wrong with the hosts of a run, or an empty text. names: of the accounts. later: hosts of later batches."""
    needed = "All hosts are needed at once. Remove the keyword serial from the play."
    return problem_of_names(names) or (needed if later else "")


def sought_in(cloud: str, ids: Iterable[str]) -> list[str]:
    """Return the IDs that an account of a cloud may have. One with the distinct form of a cloud belongs there."""
    every, own = all_traits(), traits_of(cloud)
    distinct = {name: traits.key_form for name, traits in every.items() if traits.key_form and traits.has_distinct_ids}
    return [
        key_id
        for key_id in ids
        if re.fullmatch(own.possible_id, key_id)
        and (
            own.status_module is None  # it may hold the key of any vendor
            or not [name for name, form in distinct.items() if name != cloud and re.fullmatch(form, key_id)]
        )
    ]


def task_of(account: Any, host: Any, ids: Iterable[str], status: str) -> dict[str, Any]:
    """Return the task that changes the keys of an account, or finds who holds them: the module and its options."""
    cloud = account_of(account, host)["cloud"]
    traits = traits_of(cloud)
    sought = sought_in(cloud, ids)
    if traits.status_module is None:
        return {"module": traits.module, "options": {"secret_ids": sought}}
    return {"module": traits.status_module, "options": {"access_key_ids": sought, "status": status}}


def pack(result: Mapping[str, Any], account: Any, host: Any, ids: Iterable[str]) -> str:
    """Return what has happened in an account, as JSON in Base64, without any part of the connection.

    result: what the task has registered. A failure stays a failure. Without Base64, older versions of ansible-core turn a JSON
    text into a dictionary.
    """
    known = account_of(account, host)
    rows, entries = result.get("access_keys"), result.get("vendor_aks")
    problem = str(result.get("msg") or "The task has failed without a message.")
    is_known = isinstance(rows, Sequence) or (isinstance(entries, Sequence) and not result.get("failed"))
    is_of_account = bool(result.get("failed")) and all(row.get("outcome") == "unknown" for row in rows or [])
    return encoded(
        {
            "account": known["name"],
            "cloud": known["cloud"],
            "asked": sought_in(known["cloud"], ids),
            "is_silent": not rows and not is_known and traits_of(known["cloud"]).status_module is not None,
            "problem": problem if not is_known or (is_of_account and rows) else None,
            "rows": [{name: row.get(name) for name in _FIELDS} for row in rows or []],
            "holders": [
                {name: entry.get(name) for name in ("id", "vendor", "secret_id", "vendor_auth_alias", "status")}
                for entry in entries or []
            ],
            "may_hold": [each["id"] for each in result.get("unknown") or []] if entries is not None else [],
        }
    )


def file_of(name: str) -> str:
    """Return the name of the undo file of an account. Two accounts never have the same one."""
    if _PLAIN_NAME.fullmatch(name):
        return f"{name}.undo.json"
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:100]
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:12]}.undo.json"


def with_undo_problem(packed: str, problem: Any) -> str:
    """Return what has happened in an account whose undo file could not be written."""
    return encoded({**json.loads(decoded(packed)), "undo_problem": str(problem)})


def undo_of(packed: str, previous: str, is_undo: bool) -> str:
    """Return the text of the undo file of an account: the keys that were active and that this role has disabled.

    previous: its present text. All texts are in Base64. is_undo: this run has enabled keys again.
    """
    outcome = json.loads(decoded(packed))
    keys = {key["access_key_id"]: key for key in _parsed(previous)}
    stopped = _stopped_in(outcome)
    for row in outcome["rows"]:
        key_id = row["access_key_id"]
        if is_undo and row["outcome"] in ("changed", "unchanged"):
            keys.pop(key_id, None)
        elif not is_undo and key_id in stopped:
            keys[key_id] = {name: row[name] for name in ("access_key_id", "id", "owner")}
    content = {"account": outcome["account"], "cloud": outcome["cloud"], "keys": [keys[each] for each in sorted(keys)]}
    return encoded(content, indent=2) if keys or previous else ""


def undo_ids(text: str, name: str) -> list[str]:
    """Return the IDs in an undo file. text: in Base64. name: of the account that it should be about."""
    keys = _parsed(text)
    if text and json.loads(decoded(text)).get("account") != name:
        raise StopError(f"The undo file is about another account than {name}.")
    return [key["access_key_id"] for key in keys]


def _parsed(text: str) -> list[dict[str, Any]]:
    if not text:
        return []
    try:
        keys: list[dict[str, Any]] = json.loads(decoded(text))["keys"]
        [key["access_key_id"] for key in keys]
    except (ValueError, KeyError, TypeError):
        raise StopError("The undo file cannot be read. Move it away, or restore it.") from None
    return keys


def report_of(packed: Mapping[str, str], status: str, ids: Iterable[str] = ()) -> dict[str, Any]:
    """Return the results by ID, lines for the user, and what is not certain.

    packed: the texts of pack by host. ids: all that were given. No account may have some of them.
    """
    accounts = [
        json.loads(decoded(text))
        if text
        else {
            "account": host,
            "cloud": None,
            "asked": None,
            "is_silent": False,
            "problem": _NO_RESULT,
            "rows": [],
            "holders": [],
            "may_hold": [],
        }
        for host, text in packed.items()
    ]
    ids = list(dict.fromkeys([*ids, *(key_id for account in accounts for key_id in account["asked"] or [])]))
    results = {key_id: _result_of(key_id, accounts) for key_id in ids}
    lines = [_line(key_id, result, status) for key_id, result in results.items()]
    failures = [_line(key_id, result, status) for key_id, result in results.items() if result["outcome"] in _OPEN]
    failures += [f"Account {account['account']}: {account['problem']}" for account in accounts if account["problem"]]
    failures += [
        f"Account {account['account']}: the undo file could not be written, so note which keys were active before:"
        f" {', '.join(_stopped_in(account)) or 'none'}. {account['undo_problem']}"
        for account in accounts
        if account.get("undo_problem")
    ]
    return {"results": results, "lines": lines or [_NO_KEYS], "failures": failures}


def _stopped_in(account: Mapping[str, Any]) -> list[str]:
    """Return the IDs of the keys of an account that were active, and that this run has disabled."""
    return [
        row["access_key_id"]
        for row in account["rows"]
        if row["outcome"] in ("changed", "unconfirmed") and row["status_before"] == "active"
    ]


def _result_of(key_id: str, accounts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rows = [
        {"account": account["account"], "cloud": account["cloud"], **row}
        for account in accounts
        for row in account["rows"]
        if row["access_key_id"] == key_id
    ]
    holders = [
        {"account": account["account"], **entry}
        for account in accounts
        for entry in account["holders"]
        if entry["secret_id"] == key_id or key_id in account["may_hold"]
    ]
    not_asked = [account["account"] for account in accounts if account["asked"] is None]
    not_asked += [account["account"] for account in accounts if account["is_silent"] and key_id in account["asked"]]
    not_asked += [row["account"] for row in rows if row["outcome"] == "unknown"]
    may_have = [account for account in accounts if account["asked"] is None or _may_have(account, key_id)]
    outcomes = [row["outcome"] for row in rows] + ["unknown"] * bool(not_asked or not may_have)
    return {
        "outcome": min(outcomes, key=_ORDER.index) if outcomes else "not_found",
        "keys": [row for row in rows if row["outcome"] not in ("unknown", "not_found")],
        "asked": [row["account"] for row in rows if row["outcome"] != "unknown"],
        "not_asked": not_asked,
        "reasons": [f"{row['account']}: {reason}" for row in rows for reason in row["reasons"] or []]
        + [_NO_ACCOUNT] * (not may_have),
        "holders": holders,
    }


def _may_have(account: Mapping[str, Any], key_id: str) -> bool:
    """Return whether the key may be one of an account. An account that only holds keys of other vendors has none."""
    return key_id in account["asked"] and traits_of(account["cloud"]).status_module is not None


def _line(key_id: str, result: Mapping[str, Any], status: str) -> str:
    """Return one sentence about an ID."""
    where = "; ".join(
        f"{key['account']}, owner {key['user_name'] or key['owner'] or 'not known'}"
        f", last used {key['last_used'] or key['last_used_state'] or 'unknown'}"
        for key in result["keys"]
    )
    words = {"changed": f"now {status}", "unchanged": f"{status} already", "not_found": "found in no account"}
    text = f"{key_id}: {words.get(result['outcome'], result['outcome'])}" + (f" ({where})" if where else "")
    if result["not_asked"]:
        text += f", not certain in {', '.join(dict.fromkeys(result['not_asked']))}"
    if result["holders"]:
        entries = ", ".join(
            f"{each['vendor_auth_alias'] or each['id']} in {each['account']}" for each in result["holders"]
        )
        text += f", used by the entries {entries}"
    return text + "".join(f". {reason}" for reason in result["reasons"][:3])
