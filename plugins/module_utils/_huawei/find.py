# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find keys by their IDs, each with one call."""

from __future__ import annotations

from datetime import datetime, timezone

from .._errors import NOT_FOUND, CloudError
from .._keys import KEY
from .._owners import Owner
from .._parallel import Pace
from .._plan import State
from .._predictions import NO_PREDICTIONS, Predictions
from .._search import Search
from .account import show_key, with_last_use
from .client import READS_PER_SECOND, WORKERS, IamClient


def find_keys(
    client: IamClient, search: Search, predictions: Predictions = NO_PREDICTIONS, pace: Pace | None = None
) -> None:
    """Ask for each sought key, of whatever owner. The keys have their last use and age.

    predictions: what earlier tasks of a check run would change. pace: of the calls; None: a new one.
    """
    pace = pace or Pace(READS_PER_SECOND)

    def ask(access_key: str) -> None:
        search.ask(lambda: _keys_with(client, access_key, predictions), [access_key])

    # The first one alone: many calls with rejected credentials would lock the key that signs.
    search.for_each(ask, search.ids[:1], pace, 1)
    search.for_each(ask, search.ids[1:], pace, WORKERS)


def _keys_with(client: IamClient, access_key: str, predictions: Predictions) -> list[State]:
    def read() -> State:
        key, moment = show_key(client, access_key, Owner())
        return with_last_use({**key, "owner": key["user_id"]}, moment, datetime.now(timezone.utc))

    try:
        return [predictions.found(KEY, read, lambda key: bool(key["id"] == access_key), f"access key {access_key}")]
    except CloudError as error:
        if error.category != NOT_FOUND:
            raise
        return []
