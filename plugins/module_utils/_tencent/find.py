# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find keys by their IDs. No operation of CAM looks them up, so all owners are asked until all keys are found."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from .._errors import NOT_FOUND, CloudError
from .._owners import Owner, deleted_meanwhile
from .._parallel import Pace
from .._plan import UNKNOWN, State
from .._search import Search
from .account import list_keys, list_users, listed_uins
from .client import READS_PER_SECOND, WORKERS, CamClient


def find_keys(client: CamClient, search: Search, owners: Iterable[Owner] = (), pace: Pace | None = None) -> None:
    """Ask the caller, the root account and the given owners, and then all users of the account, for the sought keys.

    pace: of the listings; None: a new one. Raises CloudError of the category NOT_FOUND if a given owner does not exist.
    """
    if not search.ids:
        return
    pace = pace or Pace(READS_PER_SECOND)
    caller, root = _identify(client, search)
    named = {owner.id: owner for owner in owners}
    first = [Owner(), *([Owner(root, kind="root account")] if root != caller else []), *named.values()]

    unknown_owners: list[CloudError] = []

    def ask(owner: Owner) -> None:
        def keys() -> list[State]:
            try:
                # Without the UIN of the caller, which the API does not need.
                return [{**key, "owner": owner.id or caller} for key in list_keys(client, owner)]
            except CloudError as error:
                if error.category == NOT_FOUND and owner.id in named:
                    unknown_owners.append(error)
                raise

        search.ask(keys)

    search.for_each(ask, first, pace, WORKERS)
    if unknown_owners:
        raise unknown_owners[0]
    if not search.is_over:
        _ask_users(client, search, pace, {caller, root, *named})


def _identify(client: CamClient, search: Search) -> tuple[str | None, str | None]:
    """Return the UINs of the caller and of the root account, as far as they are known. The first call of a search."""
    found: list[tuple[str, str]] = []

    def identify() -> list[State]:
        found.append(client.caller())
        return []

    search.ask(identify)
    return found[0] if found else (None, None)


def _ask_users(client: CamClient, search: Search, pace: Pace, asked: set[str | None]) -> None:
    """Ask all users of the account except those who have been asked."""
    missing: dict[str, tuple[str, CloudError]] = {}

    def ask(owner: Owner) -> None:
        def keys() -> list[State]:
            try:
                return list_keys(client, owner)
            except CloudError as error:
                if error.category != NOT_FOUND:
                    raise
                missing[str(owner.id)] = owner.label, error
                return []

        search.ask(keys)

    search.for_each(ask, [user for user in _users(client, search) if user.id not in asked], pace, WORKERS)
    try:
        deleted_meanwhile(missing, partial(listed_uins, client))
    except CloudError as error:
        search.note(error)


def _users(client: CamClient, search: Search) -> list[Owner]:
    """Return all users of the account, as far as they can be listed."""
    try:
        users = list_users(client)
    except CloudError as error:
        search.note(error)
        return []
    for user in users:
        if user["uin"] == UNKNOWN:
            search.note(f"the UIN of user {user['name']} cannot be read: {user['uin'].why}")
    return [Owner(user["uin"], user["name"] or None) for user in users if user["uin"]]
