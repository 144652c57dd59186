# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Resolve credentials, as one set from one source, and the places that belong to them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ._errors import USAGE, CloudError, NoValueError
from ._sources import PROFILE, VARIABLE, Family, Field, Found, Profiles, Set, Sources
from ._surroundings import where_it_ran


@dataclass(frozen=True)
class Credentials:
    """Hold one set of credentials, with the places that belong to it. Options that are not in it are None.

    rivals: by option name, other places that were found and are not used. signer: describes who signs, without a secret.
    has_default_place: as in Family. warnings: warnings about the choice.
    """

    found: Mapping[str, Found]
    rivals: Mapping[str, tuple[Found, ...]] = field(default_factory=dict)
    signer: str = ""
    has_default_place: bool = True
    warnings: tuple[str, ...] = ()

    def __getitem__(self, option: str) -> str | None:
        return self.found[option].value if option in self.found else None

    @property
    def cache_key(self) -> frozenset[tuple[str, str]]:
        """Return a value that is equal for two sets with the same signer and the same place."""
        return frozenset((option, found.value) for option, found in self.found.items())

    def name_sources(self, text: str, sources: tuple[str, ...] = (VARIABLE,)) -> str:
        """Return a text in which the options have the names of their sources."""
        names = {option: found.name for option, found in self.found.items() if found.source in sources}
        return re.sub(r"\bapi_\w+\b(?! of the profile )", lambda match: names.get(match.group(), match.group()), text)

    @contextmanager
    def naming_sources(self) -> Iterator[None]:
        """Make errors about options name the sources of their values."""
        try:
            yield
        except CloudError as error:
            reason = self.name_sources(error.reason, (VARIABLE, PROFILE))
            raise replace(error, reason=reason, advice=error.advice and self.name_sources(error.advice)) from None


def resolve(options: Mapping[str, Any], sources: Sources, environment: Mapping[str, str] | None = None) -> Credentials:
    """Return the credentials of a task.

    The first source that has any member of a set provides the whole set: the task's options, the profile that they
    name, the environment (by default of this process; the first family with a member there), the profile that it names.
    Places come from the same source, unless an option gives them. A variable that is set but empty counts as unset.
    """
    around = _Environment(os.environ if environment is None else environment)
    choice = _choose(options, sources, around)
    _refuse_emptied(options, (place.option for place in sources.places))
    found = dict(choice.members)
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
        anywhere = around.first(place.variables) if given is None else Found(given, place.option)
        if anywhere:
            found[place.option] = anywhere
    return Credentials(found, rivals, _signer(found, sources), choice.has_default_place, choice.warnings)


class _Environment:
    """Look up fields in environment variables."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def all(self, names: Iterable[str], without: Iterable[str] = ()) -> list[Found]:
        return [
            Found(self._variables[name], name, VARIABLE)
            for name in names
            if self._variables.get(name) and name not in without
        ]

    def first(self, names: Iterable[str]) -> Found | None:
        return next(iter(self.all(names)), None)

    def find(self, fields: Iterable[Field], without: Iterable[str] = ()) -> Set:
        """Return the value of the first set variable of each field. without: variables to ignore."""
        found: Set = {}
        for each in fields:
            for value in self.all(each.variables, without)[:1]:
                found.setdefault(each.option, value)
        return found

    def has(self, family: Family) -> bool:
        """Return whether all required members of a family are there."""
        return all(self.first(member.variables) for member in family.members if member.required)

    def differing(self, chosen: Family, families: Iterable[Family]) -> list[Family]:
        """Return the other complete families, if they have other credentials."""
        values = _values(self.find(chosen.members))
        return [each for each in families if self.has(each) and _values(self.find(each.members)) != values]

    def contradictions(self, fields: Iterable[Field], chosen: Set) -> Iterator[tuple[str, Found]]:
        """Yield further variables of the chosen fields, with their options, that have another value."""
        for each in fields:
            named = self.all(each.variables)
            if named and chosen.get(each.option) == named[0]:
                yield from ((each.option, other) for other in named[1:] if other.value != named[0].value)


class _Choice(NamedTuple):
    """Hold one set. places: those of its source. others: other places that the user may want."""

    members: Set
    places: Set
    others: list[Set]
    has_default_place: bool = True
    warnings: tuple[str, ...] = ()


def _choose(options: Mapping[str, Any], sources: Sources, environment: _Environment) -> _Choice:
    """Return the set of the first source that has any member of one."""
    profiles = sources.profiles
    around = [environment.find(family.places) for family in sources.families]
    given = {option: Found(options[option], option) for option in sources.members if options.get(option)}
    if given:
        refusal = NoValueError if any(options.get(option) == "" for option in sources.members) else CloudError
        members = _complete(given, _family_of(given, sources), "the task's options set", refusal)
        return _Choice(members, {}, around)
    if profiles and options.get(profiles.option):
        members, places = _load(profiles, options[profiles.option], sources)
        further = [{option: each for option, each in other.items() if option not in places} for other in around]
        return _Choice(members, places, further)
    # A task that names credentials does not mean those of the environment.
    _refuse_emptied(options, [*sources.members, *([profiles.option] if profiles else [])])
    family = _family_in(environment, sources)
    if family:
        return _choose_family(family, sources, environment)
    named = environment.first(profiles.variables) if profiles else None
    if profiles and named:
        return _choose_named(profiles, named, sources, environment, around)
    raise CloudError(USAGE, "no credentials were given", advice=f"{_ways(sources)} {where_it_ran()}")


def _choose_family(family: Family, sources: Sources, environment: _Environment) -> _Choice:
    """Return the set of a family in the environment, with the places that belong to it."""
    members = _complete(environment.find(family.members), family, "the environment set")
    places = environment.find(family.places)
    others = [{option: other} for option, other in environment.contradictions(family.places, places)]
    lent = [place for place in family.borrowed if place.option not in places]
    lenders = environment.differing(family, sources.families)
    not_lent = {name for other in lenders for place in other.places for name in place.variables}
    places.update(environment.find(lent, not_lent))
    for place in lent:
        chosen = places.get(place.option)
        found = environment.all(place.variables)
        others += [{place.option: each} for each in found if chosen is None or each.value != chosen.value]
    warnings = tuple(_warnings(environment, sources, family))
    return _Choice(members, places, others, family.has_default_place, warnings)


def _choose_named(
    profiles: Profiles, named: Found, sources: Sources, environment: _Environment, around: list[Set]
) -> _Choice:
    """Return the set of the profile that the environment names."""
    try:
        members, places = _load(profiles, named.value, sources)
    except CloudError as error:
        reason = f"{error.reason} ({named.name} names it)"
        advice = error.advice and error.advice.replace(profiles.option, named.name)
        raise replace(error, reason=reason, advice=advice) from None
    warnings = tuple(
        f"{other.name} names a profile other than that of {named.name}, which is used."
        for other in environment.all(profiles.variables)
        if other.value != named.value
    )
    return _Choice(members, {**environment.find(sources.places), **places}, around, warnings=warnings)


def _refuse_emptied(options: Mapping[str, Any], names: Iterable[str]) -> None:
    emptied = [name for name in dict.fromkeys(names) if options.get(name) is not None and not options[name]]
    if emptied:
        raise NoValueError(
            USAGE,
            f"{_listed(emptied)} {'is' if len(emptied) == 1 else 'are'} given, but empty",
            advice="Set a value, or omit the option to use the environment.",
        )


def _ways(sources: Sources) -> str:
    """Return all ways to give credentials, in one sentence."""
    required = [[member for member in family.members if member.required] for family in sources.families]
    by_options = dict.fromkeys(_listed(member.option for member in members) for members in required)
    by_variables = [_listed(member.variables[0] for member in members) for members in required]
    options = ", or ".join([*by_options, *([sources.profiles.option] if sources.profiles else [])])
    return f"Set {options}; or set {', or '.join(by_variables)} in the environment of ansible-playbook."


def _family_of(given: Iterable[str], sources: Sources) -> Family:
    """Return the family that the options belong to. Refuse a mixture of several."""
    for family in sources.families:
        if set(given) <= {member.option for member in family.members}:
            return family
    raise CloudError(
        USAGE,
        f"{_listed(sorted(given))} belong to different kinds of credentials",
        advice="Set only one kind, so that it is clear which one signs.",
    )


def _family_in(environment: _Environment, sources: Sources) -> Family | None:
    """Return the first family with a member in the environment, complete or not, because another family may have another signer.

    An optional member does not count if a complete family has it too.
    """
    complete = [family for family in sources.families if environment.has(family)]
    shared = {name for family in complete for member in family.members for name in member.variables}
    for family in sources.families:
        for member in family.members:
            found = environment.first(member.variables)
            if found and (family in complete or member.required or found.name not in shared):
                return family
    return None


def _values(found: Set) -> dict[str, str]:
    return {option: each.value for option, each in found.items()}


def _load(profiles: Profiles, name: str, sources: Sources) -> tuple[Set, Set]:
    """Return the members and the places of a profile."""
    profile = profiles.load(name)
    found = {
        option: Found(value, f"{option} of the {profile.words}", PROFILE)
        for option, value in profile.values.items()
        if value
    }
    members = {option: each for option, each in found.items() if option in sources.members}
    places = {option: each for option, each in found.items() if option not in members}
    return _complete(members, _family_of(members, sources), f"the {profile.words} set"), places


def _complete(found: Set, family: Family, source_set: str, refusal: type[CloudError] = CloudError) -> Set:
    """Return the members. Refuse a set without a required one, or with one that cannot be sent.

    refusal: raised for a set without a required member.
    """

    def spelling(member: Field) -> str:
        if member.option in found and found[member.option].source == VARIABLE:
            return found[member.option].name
        in_environment = any(each.source == VARIABLE for each in found.values())
        return " or ".join(member.variables) if in_environment else member.option

    missing = [member for member in family.members if member.required and member.option not in found]
    if missing:
        given = _listed(spelling(member) for member in family.members if member.option in found)
        raise refusal(
            USAGE,
            f"{source_set} {given or 'nothing'} without {_listed(map(spelling, missing))}",
            advice="All credentials are taken from one source: complete the set there, or remove it.",
        )
    for member in family.members:
        value = found[member.option].value if member.option in found else ""
        if not (value.isprintable() and value == value.strip()):
            raise CloudError(
                USAGE,
                f"{spelling(member)} has control characters, or white space around it",
                advice="Remove these characters.",
            )
    return dict(found)


def _signer(found: Set, sources: Sources) -> str:
    """Describe who signs, and the source of that."""
    members = {option: each for option, each in found.items() if option in sources.members}
    ids = [each for option, each in members.items() if sources.members[option].is_id]
    return f"{ids[0].value}, from {ids[0].words}" if ids else next(iter(members.values())).words


def _warnings(environment: _Environment, sources: Sources, chosen: Family) -> Iterator[str]:
    """Yield warnings about other credentials in the environment, which the user may want instead."""
    members = environment.find(chosen.members)
    signer = _signer(members, sources)
    for family in environment.differing(chosen, sources.families):
        other = _signer(environment.find(family.members), sources)
        yield f"The environment has other credentials too: {other}. Those that are used: {signer}."
    profiles = sources.profiles
    named = environment.first(profiles.variables) if profiles else None
    if profiles and named and _is_another(profiles, named.value, sources, members):
        yield f"{named.name} names a profile with credentials other than those that are used: {signer}."
    for option, variable in environment.contradictions(chosen.members, members):
        yield f"{variable.name} differs from {members[option].name}, which is used."


def _is_another(profiles: Profiles, name: str, sources: Sources, members: Set) -> bool:
    """Return whether a profile has other credentials. It need not exist."""
    try:
        return _values(_load(profiles, name, sources)[0]) != _values(members)
    except CloudError:
        return False


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)
