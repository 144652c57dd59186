# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find keys by their AccessKeyID, with one query for many keys."""

from __future__ import annotations

import re
from functools import partial

from .._errors import CloudError
from .._plan import State
from .._search import Search
from .account import keys_with_id, keys_with_ids, sees_all
from .client import ZStackClient

_IDS_PER_CALL = 50  # easily fits into a URL
_PLAIN = re.compile(r"[\w.-]+", re.ASCII)  # what a condition for several values can contain


def find_keys(client: ZStackClient, search: Search) -> None:
    """Ask for the sought keys of all accounts. An ID may belong to several keys, and then to all that are found."""
    plain = [key_id for key_id in search.ids if _PLAIN.fullmatch(key_id)]
    for start in range(0, len(plain), _IDS_PER_CALL):
        some = plain[start : start + _IDS_PER_CALL]
        search.ask(partial(keys_with_ids, client, some), some)
    for key_id in search.ids:
        if not _PLAIN.fullmatch(key_id):
            search.ask(partial(_alike, client, key_id), [key_id])
    if search.missing and not search.is_over:
        _check_sees_all(client, search)


def _alike(client: ZStackClient, key_id: str) -> list[State]:
    return [key for key, _secret in keys_with_id(client, key_id)]


def _check_sees_all(client: ZStackClient, search: Search) -> None:
    """Note that a missing key may be one that the caller does not see, unless it is an administrator."""
    try:
        if not sees_all(client):
            search.note("the caller is not known to be an administrator, and does not see keys of other accounts")
    except CloudError as error:
        search.note(error)
