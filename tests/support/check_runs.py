# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate the tasks of plays, and compare what a check run predicts with what the real run returns."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

from hypothesis import strategies as st

from .clouds import CLOUD_OF, parts
from .emulator import Emulator
from .modules import Result, diff_of

TASKS: dict[str, list[list[Mapping[str, Any]]]] = {
    module: choices for part in parts("modules").values() for module, choices in part.PLAYS.items()
}
# Null is right for these fields if the real value did not exist before the run.
_OF_NEW_OBJECTS = {"id", "uin", "uid", "owner", "user_id", "access_key_id", "create_time", "ctdr_cloud_user_id"}
_AT_THE_LIMIT = "keys at the limit"
# Security Center validates the key of an entry, and derives these from the vendor's reply.
_VALIDATED = {"service_status", "message", "modules", "auth_modules", "owner", "vendor_user_name", "secret_id"}


def tasks_of(module: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Return tasks of a module, as its name and options."""
    drawn = st.tuples(*map(st.sampled_from, TASKS[module]))
    return drawn.map(lambda parts: (module, {name: value for part in parts for name, value in part.items()}))


def modules_of(cloud: str) -> list[str]:
    """Return the state modules of a cloud."""
    return [module for module in TASKS if CLOUD_OF[module] == cloud]


def values_in(emulator: Emulator) -> set[str]:
    """Return the text of every value in the state of the emulator."""
    found: set[str] = set()

    def collect(value: Any) -> None:
        for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            collect(each)
        if not isinstance(value, (Mapping, list)):
            found.add(str(value))

    collect(emulator.state())
    return found


def facts(result: Mapping[str, Any]) -> Result:
    """Return the part of a result that check mode promises to predict."""
    error = result.get("error") or {}
    shown: dict[str, Any] = {
        name: result[name] for name in ("changed", "access_key", "user", "vendor_ak") if name in result
    }
    return {
        "failed": bool(result.get("failed")),
        "category": error.get("category"),
        _AT_THE_LIMIT: result.get("access_keys", []),
        "diff": diff_of(dict(result)) if result.get("diff") else None,
        **shown,
    }


def differences(predicted: Any, real: Any, existed: set[str], path: str = "") -> list[str]:
    """Return where a prediction differs from what the real run returned.

    existed: the values that existed before the run. The cloud has not chosen them for new objects.
    """
    if isinstance(real, Mapping) and isinstance(predicted, Mapping):
        if predicted.keys() != real.keys():
            return [f"{path}: {sorted(predicted)} was predicted, and is {sorted(real)}"]
        below = [(f"{path}.{name}", predicted[name], real[name]) for name in real]
    elif path == f".{_AT_THE_LIMIT}":
        return _differing_keys(predicted, real, existed)
    elif isinstance(real, list) and isinstance(predicted, list) and len(real) == len(predicted):
        below = [(f"{path}.{number}", one, other) for number, (one, other) in enumerate(zip(predicted, real))]
    elif predicted == real or (predicted is None and _is_chosen(path, real, existed)):
        return []
    else:
        return [f"{path}: {predicted!r} was predicted, and is {real!r}"]
    return [each for where, one, other in below for each in differences(one, other, existed, where)]


def _differing_keys(predicted: list[Any], real: list[Any], existed: set[str]) -> list[str]:
    """Return where two listings of keys differ. Their order may depend on IDs that the cloud chooses."""
    orders = (dict(enumerate(order)) for order in permutations(real))
    return min((differences(dict(enumerate(predicted)), order, existed, "key") for order in orders), key=len)


def _is_chosen(path: str, real: Any, existed: set[str]) -> bool:
    """Return whether a check run cannot know a value."""
    *_parents, kind, field = path.split(".")
    if (kind == "vendor_ak" and field in _VALIDATED) or (kind, field) == ("before", "auth_modules"):
        return True
    if kind == "vendor_ak" and field == "extend_info":
        return "tenancy" in real  # the service reads it from the key of OracleCloud
    return field in _OF_NEW_OBJECTS and str(real) not in existed
