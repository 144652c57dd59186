# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe the sources that a cloud takes credentials from: options, environment variables and profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Callable, NamedTuple

OPTION = "option"
VARIABLE = "environment variable"
PROFILE = "profile"


class Found(NamedTuple):
    """Hold a value and its source. name: for messages. source: OPTION, VARIABLE or PROFILE."""

    value: str
    name: str
    source: str = OPTION

    @property
    def words(self) -> str:
        """Describe the source."""
        return self.name if self.source == PROFILE else f"the {self.source} {self.name}"

    @property
    def shown(self) -> str:
        """Return the value of a place for a message. An address may contain a password."""
        return "one with user information" if "@" in self.value else repr(self.value)


Set = dict[str, Found]
"""Values by option name."""


@dataclass(frozen=True)
class Field:
    """Describe one member of a set of credentials, or a place that belongs to it.

    option: the module option, or another name if there is none. variables: its environment variables; the first that is
    set counts. required: the other members are useless without it. is_id: it identifies the signer, and is not secret.
    """

    option: str
    variables: tuple[str, ...]
    required: bool = True
    is_id: bool = False


@dataclass(frozen=True)
class Family:
    """Describe one set of credentials, by the names that one tool gives it in the environment.

    places: decide where calls go, not who signs. They belong to the set, but do not select it. borrowed: places with the
    names of other families, for a family without any, unless the other families have other credentials.
    has_default_place: whether the set belongs to the vendor's own site unless a place says otherwise.
    """

    members: tuple[Field, ...]
    places: tuple[Field, ...] = ()
    has_default_place: bool = True
    borrowed: tuple[Field, ...] = ()


class Profile(NamedTuple):
    """Hold a set of a configuration file: members and places by option name. words: its name, for messages."""

    words: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Profiles:
    """Describe named sets in the vendor's configuration files.

    option, variables: they give the name. load: reads a profile by its name; raises CloudError if it cannot be used.
    """

    option: str
    variables: tuple[str, ...]
    load: Callable[[str], Profile]


@dataclass(frozen=True)
class Sources:
    """Describe all sources of a cloud. anywhere: places with names of this collection, for any set."""

    families: tuple[Family, ...]
    profiles: Profiles | None = None
    anywhere: tuple[Field, ...] = ()

    @property
    def members(self) -> dict[str, Field]:
        """Return the members of all families, by option name."""
        return {member.option: member for family in self.families for member in family.members}

    @property
    def places(self) -> tuple[Field, ...]:
        """Return the places of all families."""
        return tuple(place for family in self.families for place in family.places)
