# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Check the description of an account, which the roles that work on whole accounts get from the variables of a host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ._permissions import Permissions
from ._traits import Traits

_MEMBERS = ("name", "cloud", "connection")


class AccountError(Exception):
    """Report that the description of an account cannot be used. Its text contains no value of the connection."""


def known_clouds() -> list[str]:
    """Return the names of the clouds that the collection has modules for."""
    return sorted(path.parent.name[1:] for path in Path(__file__).parent.glob("_[a-z]*/options.py"))


def connection_options(cloud: str) -> list[str]:
    """Return the names of the connection options of the modules of a cloud."""
    return sorted(import_module(f"{__package__}._{cloud}.options").API_OPTIONS)


def traits_of(cloud: str) -> Traits:
    """Return what a report has to know about a cloud."""
    traits: Traits = import_module(f"{__package__}._{cloud}.traits").TRAITS
    return traits


def permissions_of(cloud: str) -> Permissions:
    """Return which permissions the operations of a cloud require."""
    permissions: Permissions = import_module(f"{__package__}._{cloud}.permissions").PERMISSIONS
    return permissions


def all_traits() -> dict[str, Traits]:
    """Return what a report has to know about each cloud."""
    return {cloud: traits_of(cloud) for cloud in known_clouds()}


def account_of(description: Any, host: Any = None) -> dict[str, Any]:
    """Return the name, the cloud and the connection of a described account. host: the name of an account without one."""
    if not isinstance(description, Mapping):
        raise AccountError(f"The account of {_shown(host)} is not described by a dictionary. {_EXAMPLE}")
    name = description.get("name", host)
    label = f"The account {_shown(name)}"
    if not is_name(name):
        raise AccountError(
            f"{label} has no name that can be used. Give it a text without control characters, or white space around it."
        )
    unknown = sorted(str(member) for member in description if member not in _MEMBERS)
    if unknown:
        raise AccountError(f"{label} has unknown members: {', '.join(unknown)}. Known are {', '.join(_MEMBERS)}.")
    cloud = description.get("cloud")
    clouds = known_clouds()
    if cloud not in clouds:
        unknown_cloud = f"has the unknown cloud {_shown(cloud)}" if cloud else "has no cloud"
        raise AccountError(f"{label} {unknown_cloud}. Set cloud to one of {', '.join(clouds)}.")
    connection = description.get("connection", {})
    problem = _problem_of_connection(connection, connection_options(str(cloud)), str(cloud))
    if problem:
        raise AccountError(f"{label} {problem}")
    return {"name": str(name), "cloud": str(cloud), "connection": dict(connection)}


def problem_of_names(names: Iterable[str]) -> str:
    """Return which accounts have more than one host, as a message, or an empty text."""
    twins = sorted(name for name, count in Counter(names).items() if count > 1)
    return f"More than one host has the account {', '.join(twins)}. Give each account one host." if twins else ""


_EXAMPLE = "It has the members name, cloud and connection."


def _problem_of_connection(connection: Any, options: list[str], cloud: str) -> str | None:
    """Return what is wrong with a connection. It may contain secrets, so no value is named."""
    if not isinstance(connection, Mapping):
        return "has a connection that is not a dictionary. Omit it to use the environment variables of the cloud."
    unknown = sorted(str(option) for option in connection if option not in options)
    if unknown:
        return (
            f"has connection options that the modules for {cloud} do not have: {', '.join(unknown)}."
            f" They have {', '.join(options)}."
        )
    empty = sorted(
        str(option)
        for option, value in connection.items()
        if value is None or (isinstance(value, str) and not value.strip())
    )
    if empty:
        return f"has empty connection options: {', '.join(empty)}. Omit what is not set."
    return None


def is_name(value: Any) -> bool:
    """Return whether the value is a text without control characters, and without white space around it."""
    return isinstance(value, str) and value.strip() == value != "" and value.isprintable()


def _shown(value: Any) -> str:
    return f"'{value}'" if is_name(value) else "without a name" if value in (None, "") else repr(value)
