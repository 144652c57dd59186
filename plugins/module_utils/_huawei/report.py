# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Report the caller, and the access keys of users with their last use."""

from __future__ import annotations

from functools import partial
from typing import Any

from .._caller import caller_result
from .._errors import DENIED, CloudError
from .._key_report import select_keys, unknown_last_use
from .._options import KEY_FILTERS
from .._owners import Owner, keys_of_owners, wants_all
from .._plan import State
from .._search import OPTION, Search, found_by, wants_search
from .._task import Task
from .account import add_last_use, all_users, find_user, list_keys
from .checks import check_access_key, check_user_id
from .client import WORKERS, IamClient, for_each
from .find import find_keys


def report_credentials(task: Task) -> list[State] | dict[str, Any]:
    """Return the keys of the owners that the options name, with last use and age, filtered; or those with the given IDs."""
    if wants_search(task.options, "user_ids", "user_names", "all_users", *KEY_FILTERS, "unused_for_days"):
        return _find_credentials(task)
    client = IamClient(task, connections=WORKERS)
    is_about_all = wants_all(task.options, "user_ids", "user_names")
    ids_now = (lambda: {str(user.id) for user in all_users(client)}) if is_about_all else None
    keys, warnings = keys_of_owners(_owners(client, task), partial(list_keys, client), for_each, ids_now)
    task.warnings += warnings
    # Filtering by the listed fields first can save calls.
    keys = select_keys(unknown_last_use(keys), {**task.options, "unused_for_days": None})
    try:
        keys = add_last_use(client, keys)
    except CloudError as error:
        if error.category != DENIED:
            raise
        task.warnings.append(f"The last use of the keys is unknown: {error}")
    return select_keys(keys, task.options)


def _find_credentials(task: Task) -> dict[str, Any]:
    search = Search(check_access_key(access_key, OPTION) for access_key in task.options[OPTION])
    find_keys(IamClient(task, connections=WORKERS), search)
    return found_by(search, search.keys())


def _owners(client: IamClient, task: Task) -> list[Owner]:
    ids, names = task.options["user_ids"], task.options["user_names"]
    if task.options["all_users"]:
        return all_users(client, client.oddities)
    if ids is None and names is None:
        return [Owner()]
    named = [find_user(client, name) for name in dict.fromkeys(names or [])]
    known = [Owner(check_user_id("user_ids", user_id)) for user_id in ids or []]
    # A user who is given twice is listed once, with the name.
    return list({**{owner.id: owner for owner in known}, **{owner.id: owner for owner in named}}.values())


def report_caller(task: Task) -> dict[str, Any]:
    """Return the user and the account of the credentials."""
    client = IamClient(task)
    caller = client.caller()
    kind = "user" if caller.user_id else None
    return caller_result(caller.account, caller.user_id, kind, client.own_key_id, caller.name)
