# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Credentials: one set from one source, never mixed from several, and the places that go with it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Callable, NamedTuple

from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._surroundings import where_it_ran

OPTION = "option"
VARIABLE = "environment variable"
PROFILE = "profile"


class Found(NamedTuple):
    """A value and where it comes from. name: what a message calls it. kind: OPTION, VARIABLE or PROFILE."""

    value: str
    name: str
    kind: str = OPTION

    @property
    def words(self) -> str:
        """The source in words."""
        return self.name if self.kind == PROFILE else f"the {self.kind} {self.name}"

    @property
    def shown(self) -> str:
        """The value of a place for a message; an address may hold a password."""
        return "one with user information" if "@" in self.value else repr(self.value)


Set = dict[str, Found]
"""Option name to what was found for it; without those for which there is nothing."""


@dataclass(frozen=True)
class Field:
    """One member of a set of credentials, or a place that goes with it.

    option: the module option, or another name where there is none. variables: the environment variables behind it,
    the first that is set counts. required: the other members are useless without it. is_id: it says who signs, and
    is no secret.
    """

    option: str
    variables: tuple[str, ...]
    required: bool = True
    is_id: bool = False


@dataclass(frozen=True)
class Family:
    """One set of credentials, under the names that one tool gives it in the environment.

    places: what says where and not who: it goes with the set, and is no reason to take it. borrowed: places under the
    names of other families, for want of own ones, and unless those have credentials of their own.
    has_default_place: whether it is of the vendor's own site unless a place says otherwise.
    """

    members: tuple[Field, ...]
    places: tuple[Field, ...] = ()
    has_default_place: bool = True
    borrowed: tuple[Field, ...] = ()


class Profile(NamedTuple):
    """A set in a configuration file: members and places by option name. words: which one, for a message."""

    words: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Profiles:
    """Named sets in the vendor's own configuration files.

    option, variables: where the name comes from. load: reads one profile by its name; raises CloudError for one that
    is not there or cannot be used.
    """

    option: str
    variables: tuple[str, ...]
    load: Callable[[str], Profile]


@dataclass(frozen=True)
class Sources:
    """All that a cloud takes credentials from. anywhere: places under names of our own, which go with any set."""

    families: tuple[Family, ...]
    profiles: Profiles | None = None
    anywhere: tuple[Field, ...] = ()

    @property
    def members(self) -> dict[str, Field]:
        """The members of all families, by option name."""
        return {member.option: member for family in self.families for member in family.members}

    @property
    def places(self) -> tuple[Field, ...]:
        """The places of all families."""
        return tuple(place for family in self.families for place in family.places)


@dataclass(frozen=True)
class Credentials:
    """One set of credentials, with the places that go with it; an option that is not in it is None.

    rivals: by option name, what names a place too and does not count. signer: who signs, in words, without a secret.
    has_default_place: as of the family. warnings: what is doubtful about the choice.
    """

    found: Mapping[str, Found]
    rivals: Mapping[str, tuple[Found, ...]] = field(default_factory=dict)
    signer: str = ""
    has_default_place: bool = True
    warnings: tuple[str, ...] = ()

    def __getitem__(self, option: str) -> str | None:
        return self.found[option].value if option in self.found else None

    @property
    def identity(self) -> frozenset[tuple[str, str]]:
        """Equal for two sets that sign alike and go to the same place."""
        return frozenset((option, found.value) for option, found in self.found.items())

    def spell(self, text: str, kinds: tuple[str, ...] = (VARIABLE,)) -> str:
        """A text about options, with the names of what was read in their place."""
        names = {option: found.name for option, found in self.found.items() if found.kind in kinds}
        return re.sub(r"\bapi_\w+\b(?! of the profile )", lambda match: names.get(match.group(), match.group()), text)

    @contextmanager
    def spelled(self) -> Iterator[None]:
        """Have errors about options say where their values come from."""
        try:
            yield
        except CloudError as error:
            reason = self.spell(error.reason, (VARIABLE, PROFILE))
            raise replace(error, reason=reason, advice=error.advice and self.spell(error.advice)) from None


def resolve(options: Mapping[str, Any], sources: Sources, environment: Mapping[str, str] | None = None) -> Credentials:
    """The credentials of a task.

    The first source that gives any member of a set gives the whole set: the task's options, the profile they name,
    the environment (by default this process's; the first family that has a member there), the profile that it names.
    Places come from the same source, unless an option says them. A variable that is set but empty is unset.
    """
    environment = os.environ if environment is None else environment
    choice = _choose(options, sources, environment)
    found = dict(choice.members)
    _refuse_emptied(options, [place.option for place in sources.places])
    rivals: dict[str, tuple[Found, ...]] = {}
    for option in dict.fromkeys(place.option for place in sources.places):
        if options.get(option):
            found[option] = Found(options[option], option)
            continue
        if option in choice.places:
            found[option] = choice.places[option]
        rivals[option] = tuple(other[option] for other in choice.others if option in other)
    for place in sources.anywhere:
        given = options.get(place.option)
        somewhere = _first(environment, place.variables) if given is None else Found(given, place.option)
        if somewhere:
            found[place.option] = somewhere
    return Credentials(
        found,
        rivals,
        _signer(found, sources.members),
        choice.family is None or choice.family.has_default_place,
        choice.doubts,
    )


class _Choice(NamedTuple):
    """One set. places: what it says of them. others: what else may be meant for it. family: if of the environment."""

    members: Set
    places: Set
    others: list[Set]
    family: Family | None = None
    doubts: tuple[str, ...] = ()


def _choose(options: Mapping[str, Any], sources: Sources, environment: Mapping[str, str]) -> _Choice:
    """The set of the first source that gives any member of one."""
    families, profiles = sources.families, sources.profiles
    around = [_find(environment, family.places) for family in families]
    given = {option: Found(options[option], option) for option in sources.members if options.get(option)}
    if given:
        return _Choice(_complete(given, _family_of(given, families), "the task's options set"), {}, around)
    if profiles and options.get(profiles.option):
        members, places = _load(profiles, options[profiles.option], sources)
        return _Choice(members, places, [_without(places, other) for other in around])
    # Whoever names credentials does not mean those of the environment.
    _refuse_emptied(options, [*sources.members, *([profiles.option] if profiles else [])])
    family = _family_in(environment, families)
    if family:
        members = _complete(_find(environment, family.members), family, "the environment set")
        places, others = _places_of(environment, family, families)
        return _Choice(members, places, others, family, tuple(_doubts(environment, sources, family)))
    named = _first(environment, profiles.variables) if profiles else None
    if profiles and named:
        try:
            members, places = _load(profiles, named.value, sources)
        except CloudError as error:
            reason = f"{error.reason} ({named.name} names it)"
            advice = error.advice and error.advice.replace(profiles.option, named.name)
            raise replace(error, reason=reason, advice=advice) from None
        further = [name for name in profiles.variables if environment.get(name, named.value) not in ("", named.value)]
        doubts = tuple(f"{name} names another profile than {named.name}, which is used." for name in further)
        return _Choice(members, {**_find(environment, sources.places), **places}, around, None, doubts)
    raise CloudError(USAGE, "no credentials were given", advice=f"{_ways(sources)} {where_it_ran()}")


def _places_of(environment: Mapping[str, str], family: Family, families: tuple[Family, ...]) -> tuple[Set, list[Set]]:
    """The places that go with a family of the environment, and what else may be meant for it."""
    places = _find(environment, family.places)
    others = [{place.option: other} for place in family.places for other in _others(environment, place, places)]
    lent = [place for place in family.borrowed if place.option not in places]
    of_others = {
        name
        for other in _differing(environment, family, families)
        for place in other.places
        for name in place.variables
    }
    places.update(_find({name: value for name, value in environment.items() if name not in of_others}, lent))
    for place in lent:
        chosen = places.get(place.option)
        others += [
            {place.option: other}
            for other in _all(environment, place.variables)
            if chosen is None or other.value != chosen.value
        ]
    return places, others


def _refuse_emptied(options: Mapping[str, Any], names: Iterable[str]) -> None:
    emptied = [name for name in dict.fromkeys(names) if options.get(name) is not None and not options[name]]
    if emptied:
        raise CloudError(
            USAGE,
            f"{_listed(emptied)} {'is' if len(emptied) == 1 else 'are'} given, but empty",
            advice="Give a value, or leave the option out to use the environment.",
        )


def _ways(sources: Sources) -> str:
    """All ways to give credentials, in one sentence."""
    required = [[member for member in family.members if member.required] for family in sources.families]
    by_options = dict.fromkeys(_listed(member.option for member in members) for members in required)
    by_variables = [_listed(member.variables[0] for member in members) for members in required]
    options = ", or ".join([*by_options, *([sources.profiles.option] if sources.profiles else [])])
    return f"Give {options}; or have {', or '.join(by_variables)} in the environment of ansible-playbook."


def _family_of(given: Iterable[str], families: tuple[Family, ...]) -> Family:
    """The family whose options these are; an error for a mixture of several kinds."""
    for family in families:
        if set(given) <= {member.option for member in family.members}:
            return family
    raise CloudError(
        USAGE,
        f"{_listed(sorted(given))} are of different kinds of credentials",
        advice="Give those of one kind: who signs must not depend on which one wins.",
    )


def _family_in(environment: Mapping[str, str], families: tuple[Family, ...]) -> Family | None:
    """The first family that has a member in the environment, complete or not: another one would be another signer.

    An optional member does not count where it is one of a complete family as well.
    """
    complete = [family for family in families if _is_complete(environment, family)]
    shared = {name for family in complete for member in family.members for name in member.variables}
    for family in families:
        for member in family.members:
            found = _first(environment, member.variables)
            if found and (family in complete or member.required or found.name not in shared):
                return family
    return None


def _is_complete(environment: Mapping[str, str], family: Family) -> bool:
    return all(_first(environment, member.variables) for member in family.members if member.required)


def _find(environment: Mapping[str, str], fields: Iterable[Field]) -> Set:
    found: Set = {}
    for each in fields:
        value = _first(environment, each.variables)
        if value:
            found.setdefault(each.option, value)
    return found


def _all(environment: Mapping[str, str], variables: tuple[str, ...]) -> list[Found]:
    return [Found(environment[name], name, VARIABLE) for name in variables if environment.get(name)]


def _first(environment: Mapping[str, str], variables: tuple[str, ...]) -> Found | None:
    return next(iter(_all(environment, variables)), None)


def _differing(environment: Mapping[str, str], chosen: Family, families: tuple[Family, ...]) -> list[Family]:
    """The families that are complete too, and have other credentials."""
    values = _values(_find(environment, chosen.members))
    return [
        family
        for family in families
        if _is_complete(environment, family) and _values(_find(environment, family.members)) != values
    ]


def _values(found: Set) -> dict[str, str]:
    return {option: each.value for option, each in found.items()}


def _others(environment: Mapping[str, str], field: Field, chosen: Set) -> list[Found]:
    """What the further names of a field say, where the first that is set is chosen, and they say something else."""
    named = _all(environment, field.variables)
    if not named or chosen.get(field.option) != named[0]:
        return []
    return [other for other in named[1:] if other.value != named[0].value]


def _without(known: Set, others: Set) -> Set:
    return {option: each for option, each in others.items() if option not in known}


def _load(profiles: Profiles, name: str, sources: Sources) -> tuple[Set, Set]:
    """The members and the places of a profile."""
    profile = profiles.load(name)
    found = {
        option: Found(value, f"{option} of the {profile.words}", PROFILE)
        for option, value in profile.values.items()
        if value
    }
    members = {option: each for option, each in found.items() if option in sources.members}
    places = {option: each for option, each in found.items() if option not in members}
    return _complete(members, _family_of(members, sources.families), f"the {profile.words} set"), places


def _complete(found: Set, family: Family, source_set: str) -> Set:
    """The members, if none is missing that is required, and each can be one."""

    def spelling(member: Field) -> str:
        if member.option in found and found[member.option].kind == VARIABLE:
            return found[member.option].name
        in_environment = any(each.kind == VARIABLE for each in found.values())
        return " or ".join(member.variables) if in_environment else member.option

    missing = [member for member in family.members if member.required and member.option not in found]
    if missing:
        given = _listed(spelling(member) for member in family.members if member.option in found)
        raise CloudError(
            USAGE,
            f"{source_set} {given or 'nothing'} without {_listed(map(spelling, missing))}",
            advice="Credentials are taken from one source as a whole: complete the set there, or remove it.",
        )
    for member in family.members:
        value = found[member.option].value if member.option in found else ""
        if not (value.isprintable() and value == value.strip()):
            raise CloudError(
                USAGE, f"{spelling(member)} has control characters, or white space around it", advice="Remove it."
            )
    return dict(found)


def _signer(found: Set, members: Mapping[str, Field]) -> str:
    """Who signs, and where that comes from."""
    ids = [each for option, each in found.items() if option in members and members[option].is_id]
    if ids:
        return f"{ids[0].value}, from {ids[0].words}"
    secret = next(each for option, each in found.items() if option in members)
    return secret.words


def _doubts(environment: Mapping[str, str], sources: Sources, chosen: Family) -> Iterator[str]:
    """What else the environment has, and does not count: the choice may not be the one that was meant."""
    members = _find(environment, chosen.members)
    signer = _signer(members, sources.members)
    for family in _differing(environment, chosen, sources.families):
        others = _find(environment, family.members)
        yield (
            f"The environment has other credentials too: {_signer(others, sources.members)}. Those that are used:"
            f" {signer}."
        )
    named = _first(environment, sources.profiles.variables) if sources.profiles else None
    if sources.profiles and named:
        try:
            others = _load(sources.profiles, named.value, sources)[0]
        except CloudError:
            others = members  # it need not be there
        if _values(others) != _values(members):
            yield f"{named.name} names a profile with other credentials than those that are used: {signer}."
    for member in chosen.members:
        for other in _others(environment, member, members):
            yield f"{other.name} differs from {members[member.option].name}, which is used."


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)
