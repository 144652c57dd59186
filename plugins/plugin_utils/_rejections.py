# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""End a loop early: after credentials or the password of a proxy were rejected, later items do not send them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..module_utils._errors import AUTHENTICATION, PROXY, CloudError
from ..module_utils._options import CONNECTION_OPTIONS

# Options that do not decide who signs. Another endpoint, though, may know the key.
_NOT_CREDENTIALS = frozenset(CONNECTION_OPTIONS) - {"api_endpoint"}

# Options that decide where a call goes, and through which proxy.
_ROUTE = frozenset({"api_endpoint", "api_proxy", "api_region"})

# The category of the error and a hash of what was rejected, with the error. A worker process serves one task of one
# host, so this lives exactly as long as the loop of that task.
_rejected: dict[tuple[str, int], Mapping[str, Any]] = {}


def rejected_before(task: Any) -> CloudError | None:
    """Return the failure of an item, or of another attempt of it, whose credentials or proxy were rejected before."""
    error = next((_rejected[key] for key in _keys(task).items() if key in _rejected), None)
    return _not_sent(error) if error else None


def remember_rejection(task: Any, error: Any) -> None:
    """Remember the error of a result if it rejects the credentials or the user of the proxy."""
    keys = _keys(task)
    category = error.get("category") if isinstance(error, Mapping) else None
    if category in keys:
        _rejected.setdefault((category, keys[category]), error)


def _keys(task: Any) -> dict[str, int]:
    """Return a hash of what a failure of each category rejects; it is equal for items that would fail alike."""
    # Names that are no text in YAML are refused by the argument spec.
    names = [name for name in task.args if str(name).startswith("api_") and name not in _NOT_CREDENTIALS]
    return {AUTHENTICATION: _hash_of(task, names), PROXY: _hash_of(task, _ROUTE.intersection(task.args))}


def _hash_of(task: Any, names: Iterable[str]) -> int:
    options = sorted((name, str(task.args[name])) for name in names)
    return hash((tuple(options), str(task.environment), task.delegate_to))


def _not_sent(error: Mapping[str, Any]) -> CloudError:
    is_of_proxy = error["category"] == PROXY
    by_whom = "by the same proxy" if is_of_proxy else "with the same credentials"
    correct_first = "" if is_of_proxy else " Correct the credentials first; repeated failures can lock a key."
    return CloudError(
        error["category"],
        f"not sent, because an earlier item or attempt of this task was rejected {by_whom}: {error.get('message')}",
        code=error.get("code"),
        request_id=error.get("request_id"),
        http_status=error.get("http_status") if is_of_proxy else None,
        advice=f"{error.get('advice')}{correct_first}",
    )
