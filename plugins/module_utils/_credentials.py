# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Credentials: one set from one source, never mixed from several."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable, Optional

from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError

Credentials = dict[str, Optional[str]]
"""Option name to value."""


@dataclass(frozen=True)
class Field:
    """One member of a credential set.

    option: the module option. variables: the environment variables it falls back to, the first that
    is set counts. required: the set is useless without it.
    """

    option: str
    variables: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Profiles:
    """Named credential sets in the vendor's own configuration files.

    option, variables: where the name comes from. load: reads one profile by its name and returns
    its set by option name; raises CloudError for one that is not there or cannot be used.
    """

    option: str
    variables: tuple[str, ...]
    load: Callable[[str], Mapping[str, str | None]]


def resolve(
    options: Mapping[str, Any],
    fields: tuple[Field, ...],
    profiles: Profiles | None = None,
    environment: Mapping[str, str] | None = None,
) -> Credentials:
    """The credentials of a task, by option name.

    The first source that gives any member of the set gives the whole set: the task's options, the
    profile they name, the environment (by default this process's), the profile that it names.
    """
    environment = os.environ if environment is None else environment
    from_options = {field.option: options.get(field.option) or None for field in fields}
    if any(from_options.values()):
        return _complete(from_options, fields, "The task's options", lambda field: field.option)
    if profiles and options.get(profiles.option):
        return _load(profiles, options[profiles.option], fields)
    names = [field.option for field in fields] + ([profiles.option] if profiles else [])
    emptied = [name for name in names if options.get(name) is not None]
    if emptied:
        # Whoever names credentials does not mean those of the environment.
        raise CloudError(
            USAGE,
            f"{_listed(emptied)} {'is' if len(emptied) == 1 else 'are'} given, but empty",
            advice="Give a value, or leave the option out to use the environment.",
        )
    from_environment = {field.option: _first(environment, field.variables) for field in fields}
    if any(from_environment.values()):
        return _complete(from_environment, fields, "The environment", lambda field: " or ".join(field.variables))
    named = _first(environment, profiles.variables) if profiles else None
    if profiles and named:
        return _load(profiles, named, fields)
    required = [field for field in fields if field.required]
    raise CloudError(
        USAGE,
        "no credentials were given",
        advice=f"Set {_listed(field.option for field in required)}"
        + (f", or {profiles.option}" if profiles else "")
        + f", or {_listed(field.variables[0] for field in required)} in the environment of the task.",
    )


def _first(environment: Mapping[str, str], variables: tuple[str, ...]) -> str | None:
    return next((environment[name] for name in variables if environment.get(name)), None)


def _load(profiles: Profiles, name: str, fields: tuple[Field, ...]) -> Credentials:
    loaded = profiles.load(name)
    found = {field.option: loaded.get(field.option) or None for field in fields}
    return _complete(found, fields, f"The profile {name!r}", lambda field: field.option)


def _complete(
    found: Credentials, fields: tuple[Field, ...], source: str, spelling: Callable[[Field], str]
) -> Credentials:
    missing = [field for field in fields if field.required and not found[field.option]]
    if missing:
        given = _listed(spelling(field) for field in fields if found[field.option])
        raise CloudError(
            USAGE,
            f"{source[0].lower()}{source[1:]} set {given or 'nothing'} without {_listed(map(spelling, missing))}",
            advice="Credentials are taken from one source as a whole: complete the set there, or remove it.",
        )
    for field in fields:
        value = found[field.option]
        if value and not (value.isprintable() and value == value.strip()):
            raise CloudError(
                USAGE, f"{spelling(field)} has control characters, or white space around it", advice="Remove it."
            )
    return found


def _listed(names: Any) -> str:
    return " and ".join(names)
