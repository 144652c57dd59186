# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Report the caller, and the access keys of accounts with their age."""

from __future__ import annotations

from typing import Any

from .._caller import caller_result
from .._errors import USAGE, CloudError
from .._key_report import select_keys, unknown_last_use
from .._options import KEY_FILTERS
from .._owners import wants_all
from .._plan import State
from .._search import OPTION, Search, found_by, wants_search
from .._task import Task
from .account import all_keys, caller_as_owner, check_sees_keys, find_account, keys_of_accounts, name_and_kind
from .checks import check_description, check_uuid
from .client import ZStackClient
from .find import find_keys


def report_access_keys(task: Task) -> list[State] | dict[str, Any]:
    """Return the keys of the accounts that the options name, with their age, filtered; or those with the given IDs.

    Their last use is unknown.
    """
    options = task.options
    if wants_search(options, "account_uuids", "account_names", "all_users", *KEY_FILTERS):
        search = Search(options[OPTION], field="access_key_id")
        find_keys(ZStackClient(task), search)
        task.warnings += search.warnings()
        return found_by(search, unknown_last_use(search.keys()))
    check_description(options["description"])
    uuids, names = options["account_uuids"], options["account_names"]
    is_about_all = wants_all(options, "account_uuids", "account_names")
    uuids = [check_uuid("account_uuids", uuid) for uuid in dict.fromkeys(uuids or [])]
    client = ZStackClient(task)
    if is_about_all:
        keys = all_keys(client)
    elif options["account_uuids"] is None and names is None:
        keys = keys_of_accounts(client, [str(caller_as_owner(client).id)])
    else:
        named = [find_account(client, name) for name in dict.fromkeys(names or [])]
        keys = keys_of_accounts(client, dict.fromkeys([*uuids, *named]))
        owners = {key["owner"] for key in keys}
        check_sees_keys(client, [uuid for uuid in dict.fromkeys([*uuids, *named]) if uuid not in owners])
    keys = [key for key in keys if key["id"] or key["access_key_id"]]
    return select_keys(unknown_last_use(keys), options)


def report_caller(task: Task) -> dict[str, Any]:
    """Return the account of the credentials. Raises CloudError for a session that the task gives."""
    client = ZStackClient(task)
    uuid = client.account()
    if uuid is None:
        raise CloudError(
            USAGE,
            "a session does not identify its account",
            advice="Sign with an access key or a password instead of api_session_uuid.",
        ).during("identify", "the caller")
    name, kind = name_and_kind(client, uuid)
    return caller_result(uuid, uuid, kind, client.own_key_id, name)
