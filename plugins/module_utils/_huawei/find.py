# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find keys by their IDs, each with one call."""

from __future__ import annotations

from datetime import datetime, timezone

from .._errors import NOT_FOUND, CloudError
from .._owners import Owner
from .._parallel import Pace
from .._plan import State
from .._search import Search
from .account import show_key, with_last_use
from .client import READS_PER_SECOND, WORKERS, IamClient


def find_keys(client: IamClient, search: Search) -> None:
    """Ask for each sought key, of whatever owner. The keys have their last use and age."""
    pace = Pace(READS_PER_SECOND)

    def ask(access_key: str) -> None:
        search.ask(lambda: _keys_with(client, access_key), [access_key])

    # The first one alone: many calls with rejected credentials would lock the key that signs.
    search.for_each(ask, search.ids[:1], pace, 1)
    search.for_each(ask, search.ids[1:], pace, WORKERS)


def _keys_with(client: IamClient, access_key: str) -> list[State]:
    try:
        key, moment = show_key(client, access_key, Owner())
    except CloudError as error:
        if error.category != NOT_FOUND:
            raise
        return []
    return [with_last_use({**key, "owner": key["user_id"]}, moment, datetime.now(timezone.utc))]
