# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Report the caller, the users of an account and their access keys."""

from __future__ import annotations

from functools import partial
from typing import Any

from .._caller import caller_result
from .._key_report import select_keys
from .._options import KEY_FILTERS
from .._owners import Owner, keys_of_owners, wants_all
from .._plan import UNKNOWN, State
from .._search import OPTION, Search, found_by, wants_search
from .._task import Task
from .account import LastUses, find_uin, find_user_if_any, list_keys, list_users, listed_uins
from .checks import check_description, check_uin
from .client import WORKERS, CamClient, for_each
from .find import find_keys


def report_access_keys(task: Task) -> list[State] | dict[str, Any]:
    """Return the keys of the owners in the options, with last use and age, filtered; or those with the given IDs."""
    is_search = wants_search(task.options, "all_users", *KEY_FILTERS, "unused_for_days")
    client = CamClient(task, connections=WORKERS)
    check_description(task.options["description"], client.is_international())
    if is_search:
        return _find_access_keys(client, task)
    uses = LastUses(client)

    def list_and_look_up(owner: Owner) -> list[State]:
        keys = list_keys(client, owner)
        uses.look_up(keys)
        return keys

    is_about_all = wants_all(task.options, "target_uins", "user_names")
    ids_now = partial(listed_uins, client) if is_about_all else None
    keys, warnings = keys_of_owners(_owners(client, task), list_and_look_up, for_each, ids_now)
    task.warnings += warnings
    return select_keys(_with_uses(uses, keys, task), task.options)


def _with_uses(uses: LastUses, keys: list[State], task: Task) -> list[State]:
    keys = uses.added_to(keys)
    if uses.denied:
        task.warnings.append(f"The last use of the keys is unknown: {uses.denied}")
    return keys


def _find_access_keys(client: CamClient, task: Task) -> dict[str, Any]:
    """Return the keys with the given IDs. The owners in the options are asked first."""
    search = Search(task.options[OPTION])
    has_owners = search.ids and not (task.options["target_uins"] is None and task.options["user_names"] is None)
    find_keys(client, search, _owners(client, task) if has_owners else ())
    task.warnings += search.warnings()
    uses = LastUses(client)
    uses.look_up(search.keys())
    return found_by(search, _with_uses(uses, search.keys(), task))


def _owners(client: CamClient, task: Task) -> list[Owner]:
    uins, names = task.options["target_uins"], task.options["user_names"]
    if task.options["all_users"]:
        users = list_users(client)
        for user in users:
            if user["uin"] == UNKNOWN:
                task.warnings.append(f"The keys of user {user['name']} are not listed, because its UIN cannot be read.")
        return [Owner(user["uin"], user["name"] or None) for user in users if user["uin"]]
    if uins is None and names is None:
        return [Owner()]

    def by_name(name: str) -> Owner:
        return Owner(find_uin(client, name), name)

    known = [Owner(check_uin("target_uins", uin), kind="owner") for uin in dict.fromkeys(uins or [])]
    return known + for_each(by_name, dict.fromkeys(names or []))


def report_users(task: Task) -> list[State]:
    """Return the existing users in the options, or all users if there are no names."""
    client = CamClient(task, connections=WORKERS)
    names = task.options["names"]
    if names is None:
        return list_users(client)
    found = for_each(lambda name: find_user_if_any(client, name), dict.fromkeys(names))
    return [user for user in found if user is not None]


def report_caller(task: Task) -> dict[str, Any]:
    """Return the user and the account of the credentials. It is not documented whom temporary credentials belong to."""
    client = CamClient(task)
    uin, root = client.caller()
    kind = None if client.is_temporary else "root" if uin == root else "user"
    return caller_result(root, uin, kind, client.own_key_id)
