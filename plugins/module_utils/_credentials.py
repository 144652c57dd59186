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
    """One member of a kind of credentials.

    option: the module option. variables: the environment variables it falls back to, the first that
    is set counts. required: the others are useless without it.
    """

    option: str
    variables: tuple[str, ...]
    required: bool = True


Kind = tuple[Field, ...]
"""The members that make one set. A cloud may take several kinds, and one kind by several families of variables."""


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
    kinds: tuple[Kind, ...],
    profiles: Profiles | None = None,
    environment: Mapping[str, str] | None = None,
) -> Credentials:
    """The credentials of a task, by option name; null for every option that is not of the set.

    The first source that gives any member of a set gives the whole set: the task's options, the
    profile they name, the environment (by default this process's; the first kind that has a variable
    there), the profile that it names.
    """
    environment = os.environ if environment is None else environment
    nobody: Credentials = {field.option: None for kind in kinds for field in kind}
    given = {option: options.get(option) or None for option in nobody}
    if any(given.values()):
        kind = _kind_of(given, kinds)
        return nobody | _complete(given, kind, "The task's options", lambda field: field.option)
    if profiles and options.get(profiles.option):
        return nobody | _load(profiles, options[profiles.option], kinds)
    names = [*nobody, *([profiles.option] if profiles else [])]
    emptied = [name for name in names if options.get(name) is not None]
    if emptied:
        # Whoever names credentials does not mean those of the environment.
        raise CloudError(
            USAGE,
            f"{_listed(emptied)} {'is' if len(emptied) == 1 else 'are'} given, but empty",
            advice="Give a value, or leave the option out to use the environment.",
        )
    found_kind = _kind_in(environment, kinds)
    if found_kind:
        found = {field.option: _first(environment, field.variables) for field in found_kind}
        return nobody | _complete(found, found_kind, "The environment", lambda field: " or ".join(field.variables))
    named = _first(environment, profiles.variables) if profiles else None
    if profiles and named:
        return nobody | _load(profiles, named, kinds)
    raise CloudError(USAGE, "no credentials were given", advice=_ways(kinds, profiles))


def _ways(kinds: tuple[Kind, ...], profiles: Profiles | None) -> str:
    """All ways to give credentials, in one sentence."""
    required = [[field for field in kind if field.required] for kind in kinds]
    by_options = dict.fromkeys(_listed(field.option for field in kind) for kind in required)
    by_variables = [_listed(field.variables[0] for field in kind) for kind in required]
    options = ", or ".join([*by_options, *([profiles.option] if profiles else [])])
    return f"Set {options}, or {', or '.join(by_variables)} in the environment of the task."


def _kind_of(given: Credentials, kinds: tuple[Kind, ...]) -> Kind:
    """The kind that the options mean; an error for a mixture of several."""
    named = {option for option, value in given.items() if value}
    for kind in kinds:
        if named <= {field.option for field in kind}:
            return kind
    raise CloudError(
        USAGE,
        f"{_listed(sorted(named))} are of different kinds of credentials",
        advice="Give those of one kind: who signs must not depend on which one wins.",
    )


def _kind_in(environment: Mapping[str, str], kinds: tuple[Kind, ...]) -> Kind | None:
    """The first kind of which the environment has what it needs, else of which it has anything at all."""
    for has_to_count in (lambda field: field.required, lambda _field: True):
        for kind in kinds:
            if any(has_to_count(field) and _first(environment, field.variables) for field in kind):
                return kind
    return None


def _first(environment: Mapping[str, str], variables: tuple[str, ...]) -> str | None:
    return next((environment[name] for name in variables if environment.get(name)), None)


def _load(profiles: Profiles, name: str, kinds: tuple[Kind, ...]) -> Credentials:
    loaded = profiles.load(name)
    found = {field.option: loaded.get(field.option) or None for kind in kinds for field in kind}
    return _complete(found, _kind_of(found, kinds), f"The profile {name!r}", lambda field: field.option)


def _complete(found: Credentials, kind: Kind, source: str, spelling: Callable[[Field], str]) -> Credentials:
    missing = [field for field in kind if field.required and not found[field.option]]
    if missing:
        given = _listed(spelling(field) for field in kind if found[field.option])
        raise CloudError(
            USAGE,
            f"{source[0].lower()}{source[1:]} set {given or 'nothing'} without {_listed(map(spelling, missing))}",
            advice="Credentials are taken from one source as a whole: complete the set there, or remove it.",
        )
    for field in kind:
        value = found[field.option]
        if value and not (value.isprintable() and value == value.strip()):
            raise CloudError(
                USAGE, f"{spelling(field)} has control characters, or white space around it", advice="Remove it."
            )
    return {field.option: found[field.option] for field in kind}


def _listed(names: Any) -> str:
    return " and ".join(names)
