# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find keys by their AccessKeyID, with one query for many keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from .._errors import CloudError
from .._keys import KEY
from .._plan import State
from .._predictions import NO_PREDICTIONS, Predictions
from .._search import Search
from .account import keys_with_id, keys_with_ids, sees_all
from .client import ZStackClient

_IDS_PER_CALL = 50  # easily fits into a URL
_PLAIN = re.compile(r"[\w.-]+", re.ASCII)  # what a condition for several values can contain


def find_keys(
    client: ZStackClient, search: Search, predictions: Predictions = NO_PREDICTIONS, workers: int = 1
) -> None:
    """Ask for the sought keys of all accounts. An ID may belong to several keys, and then all of them are found.

    predictions: what earlier tasks of a check run would change. workers: how many keys may be noted at the same time.
    """
    plain = [key_id for key_id in search.ids if _PLAIN.fullmatch(key_id)]
    groups = [plain[start : start + _IDS_PER_CALL] for start in range(0, len(plain), _IDS_PER_CALL)]
    groups += [[key_id] for key_id in search.ids if key_id not in plain]
    for some in groups:
        read = partial(keys_with_ids, client, some) if some[0] in plain else partial(_alike, client, some[0])
        search.ask(partial(_predicted, predictions, some, read), some, workers)
    if search.missing and not search.is_over:
        _check_sees_all(client, search)


def _predicted(predictions: Predictions, some: list[str], read: Callable[[], list[State]]) -> list[State]:
    sought = {key_id.casefold() for key_id in some}
    return predictions.over(KEY, read(), lambda key: str(key["access_key_id"]).casefold() in sought)


def _alike(client: ZStackClient, key_id: str) -> list[State]:
    return [key for key, _secret in keys_with_id(client, key_id)]


def _check_sees_all(client: ZStackClient, search: Search) -> None:
    """Note that a missing key may be one that the caller does not see, unless it is an administrator."""
    try:
        if not sees_all(client):
            search.note("the caller is not known to be an administrator, and does not see keys of other accounts")
    except CloudError as error:
        search.note(error)
