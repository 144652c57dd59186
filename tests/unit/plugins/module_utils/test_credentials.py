# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that all credentials come from one source."""

from __future__ import annotations

import re

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import resolve
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._sources import Family, Field, Profile, Profiles, Sources

FAMILY = Family(
    (
        Field("api_id", ("ID",), is_id=True),
        Field("api_key", ("KEY",)),
        Field("api_token", ("TOKEN", "TOKEN2"), required=False),
    ),
    (Field("api_region", ("REGION", "REGION2")),),
)
FILES = {
    "p": {"api_id": "file-id", "api_key": "file-key"},
    "half": {"api_id": "file-id"},
    "far": {"api_id": "file-id", "api_key": "file-key", "api_region": "file-region"},
    "s": {"api_session": "file-session"},
}
PROFILES = Profiles("api_profile", ("PROFILE", "PROFILE2"), lambda name: Profile(f"profile {name!r}", FILES[name]))
SOURCES = Sources((FAMILY,), PROFILES, (Field("api_endpoint", ("ENDPOINT",)),))
WHOLE = {"api_id": "i", "api_key": "k"}
ENVIRONMENT = {"ID": "env-id", "KEY": "env-key", "TOKEN2": "env-token", "PROFILE": "p"}


def got(options, environment, names=("api_id", "api_key", "api_token"), sources=SOURCES):
    credentials = resolve(options, sources, environment)
    return tuple(credentials[name] for name in names)


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        (WHOLE, ENVIRONMENT, ("i", "k", None)),
        ({**WHOLE, "api_profile": "p"}, ENVIRONMENT, ("i", "k", None)),
        ({"api_profile": "p"}, ENVIRONMENT, ("file-id", "file-key", None)),
        ({}, ENVIRONMENT, ("env-id", "env-key", "env-token")),
        ({"api_id": None, "api_key": None}, ENVIRONMENT, ("env-id", "env-key", "env-token")),
        ({}, {**ENVIRONMENT, "TOKEN": "", "TOKEN2": ""}, ("env-id", "env-key", None)),
        ({"api_id": "", "api_key": "", "api_profile": "p"}, ENVIRONMENT, ("file-id", "file-key", None)),
        ({**WHOLE, "api_token": ""}, ENVIRONMENT, ("i", "k", None)),
        ({}, {"PROFILE": "p"}, ("file-id", "file-key", None)),
        ({}, {"ID": "", "KEY": "", "TOKEN": "", "PROFILE": "p"}, ("file-id", "file-key", None)),
        ({**WHOLE, "api_token": "t"}, {}, ("i", "k", "t")),
    ],
)
def test_the_first_source_provides_the_whole_set(options, environment, expected):
    assert got(options, environment) == expected


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        ({"api_id": "i"}, ENVIRONMENT, "task's options set api_id without api_key"),
        ({"api_token": "t"}, ENVIRONMENT, "task's options set api_token without api_id and api_key"),
        ({}, {"ID": "i", "PROFILE": "p"}, "environment set ID without KEY"),
        ({}, {"ID": "i", "KEY": ""}, "environment set ID without KEY"),
        ({}, {"TOKEN2": "t", "PROFILE": "p"}, "environment set TOKEN2 without ID and KEY"),
        ({"api_profile": "half"}, ENVIRONMENT, "profile 'half' set api_id without api_key"),
        ({}, {"PROFILE": "half"}, "profile 'half' set api_id without api_key .PROFILE names it"),
        ({}, {}, "no credentials were given"),
        ({"api_id": "", "api_key": ""}, ENVIRONMENT, "api_id and api_key are given, but empty"),
        ({"api_token": ""}, ENVIRONMENT, "api_token is given, but empty"),
        ({"api_profile": ""}, ENVIRONMENT, "api_profile is given, but empty"),
        ({"api_region": ""}, ENVIRONMENT, "api_region is given, but empty"),
        ({"api_id": "i\nj", "api_key": "k"}, {}, "api_id has control characters"),
        ({"api_id": "i", "api_key": "k\n"}, {}, "api_key has control characters, or white space around it"),
        ({}, {"ID": "i", "KEY": "k "}, "KEY has control characters, or white space around it"),
    ],
)
def test_an_incomplete_set_is_never_completed_from_another_source(options, environment, message):
    with pytest.raises(CloudError, match=message):
        got(options, environment)


OTHER_FAMILY = Family(
    (Field("api_id", ("OLD_ID",), is_id=True), Field("api_key", ("OLD_KEY",)), Field("api_token", ("TOKEN",), False)),
    (Field("api_region", ("OLD_REGION",)),),
    has_default_place=False,
)
SESSION = Family((Field("api_session", ("SESSION",)),))
SEVERAL = Sources((FAMILY, OTHER_FAMILY, SESSION), PROFILES)


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        ({"api_session": "s"}, ENVIRONMENT, {"api_session": "s"}),
        ({}, {"SESSION": "s"}, {"api_session": "s"}),
        ({}, {"OLD_ID": "i", "OLD_KEY": "k", "SESSION": "s"}, {"api_id": "i", "api_key": "k"}),
        ({}, {"ID": "", "OLD_ID": "i", "OLD_KEY": "k"}, {"api_id": "i", "api_key": "k"}),
        ({}, {"OLD_ID": "i", "OLD_KEY": "k", "TOKEN": "t"}, {"api_id": "i", "api_key": "k", "api_token": "t"}),
        ({}, {"ID": "1", "KEY": "2", "OLD_ID": "i", "OLD_KEY": "k"}, {"api_id": "1", "api_key": "2"}),
        ({"api_profile": "s"}, {}, {"api_session": "file-session"}),
    ],
)
def test_several_kinds_of_credentials_are_never_mixed(options, environment, expected):
    found = resolve(options, SEVERAL, environment).found
    assert {option: each.value for option, each in found.items()} == expected


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        ({"api_session": "s", "api_id": "i"}, {}, "api_id and api_session belong to different kinds"),
        ({}, {"ID": "i", "OLD_KEY": "k"}, "environment set ID without KEY"),
        ({}, {"ID": "i", "OLD_ID": "i", "OLD_KEY": "k"}, "environment set ID without KEY"),
        ({}, {"TOKEN2": "t", "OLD_ID": "i", "OLD_KEY": "k"}, "environment set TOKEN2 without ID and KEY"),
        ({}, {"OLD_ID": "i", "SESSION": "s"}, "environment set OLD_ID without OLD_KEY"),
        (
            {},
            {},
            (
                "no credentials.*api_id and api_key, or api_session, or api_profile;"
                " or set ID and KEY, or OLD_ID and OLD_KEY, or SESSION in the environment of ansible-playbook.*"
                "The task ran on .* as user .*delegate_to: localhost and become: false"
            ),
        ),
    ],
)
def test_a_mixture_of_kinds_is_an_error(options, environment, message):
    with pytest.raises(CloudError) as caught:
        resolve(options, SEVERAL, environment)
    assert re.search(message, str(caught.value))


@pytest.mark.parametrize(
    ("options", "environment", "place", "rivals"),
    [
        ({**WHOLE, "api_region": "r"}, {"REGION": "x"}, "r", ()),
        (WHOLE, {"REGION": "x", "REGION2": "y", "OLD_REGION": "z"}, None, ("REGION", "OLD_REGION")),
        ({"api_profile": "far"}, {"REGION": "x"}, "file-region", ()),
        ({"api_profile": "p"}, {"REGION": "x"}, None, ("REGION",)),
        ({}, {"PROFILE": "far", "REGION": "x"}, "file-region", ("REGION",)),
        ({}, {"PROFILE": "p", "REGION": "x"}, "x", ("REGION",)),
        ({}, {**ENVIRONMENT, "REGION": "", "REGION2": "y"}, "y", ()),
        ({}, {**ENVIRONMENT, "REGION": "x", "REGION2": "y"}, "x", ("REGION2",)),
        ({}, {**ENVIRONMENT, "REGION": "x", "REGION2": "x"}, "x", ()),
        ({}, {**ENVIRONMENT, "OLD_REGION": "z"}, None, ()),
        ({"api_region": "r"}, {**ENVIRONMENT, "REGION": "x"}, "r", ()),
        ({}, {"OLD_ID": "i", "OLD_KEY": "k", "REGION": "x"}, None, ()),
        ({}, {"OLD_ID": "i", "OLD_KEY": "k", "OLD_REGION": "z"}, "z", ()),
    ],
)
def test_a_place_belongs_to_the_set_of_its_source(options, environment, place, rivals):
    credentials = resolve(options, SEVERAL, environment)
    assert credentials["api_region"] == place
    assert tuple(rival.name for rival in credentials.rivals.get("api_region", ())) == rivals
    assert credentials.has_default_place == ("OLD_ID" not in environment)


@pytest.mark.parametrize(
    ("options", "environment", "endpoint"),
    [
        ({**WHOLE, "api_endpoint": "e"}, {"ENDPOINT": "x"}, "e"),
        (WHOLE, {"ENDPOINT": "x"}, "x"),
        ({"api_profile": "p"}, {"ENDPOINT": "x"}, "x"),
        (WHOLE, {"ENDPOINT": ""}, None),
    ],
)
def test_a_place_by_a_name_of_the_collection_belongs_to_any_set(options, environment, endpoint):
    assert resolve(options, SOURCES, environment)["api_endpoint"] == endpoint


@pytest.mark.parametrize(
    ("options", "environment", "signer"),
    [
        (WHOLE, {}, "i, from the option api_id"),
        ({}, {"OLD_ID": "i", "OLD_KEY": "k"}, "i, from the environment variable OLD_ID"),
        ({"api_profile": "p"}, {}, "file-id, from api_id of the profile 'p'"),
        ({}, {"SESSION": "secret"}, "the environment variable SESSION"),
    ],
)
def test_the_signer_and_its_source_are_known(options, environment, signer):
    assert resolve(options, SEVERAL, environment).signer == signer


@pytest.mark.parametrize(
    ("environment", "warnings"),
    [
        ({"ID": "1", "KEY": "2"}, ()),
        ({"ID": "1", "KEY": "2", "OLD_ID": "1", "OLD_KEY": "2"}, ()),
        ({"ID": "1", "KEY": "2", "OLD_ID": "3"}, ()),
        (
            {"ID": "1", "KEY": "2", "OLD_ID": "3", "OLD_KEY": "4"},
            (
                (
                    "The environment has other credentials too: 3, from the environment variable OLD_ID. Those that are"
                    " used: 1, from the environment variable ID."
                ),
            ),
        ),
        (
            {"ID": "1", "KEY": "2", "SESSION": "secret"},
            (
                (
                    "The environment has other credentials too: the environment variable SESSION. Those that are used: 1,"
                    " from the environment variable ID."
                ),
            ),
        ),
        ({"ID": "1", "KEY": "2", "TOKEN": "3", "TOKEN2": "4"}, ("TOKEN2 differs from TOKEN, which is used.",)),
        (
            {"ID": "1", "KEY": "2", "PROFILE": "p"},
            (
                (
                    "PROFILE names a profile with credentials other than those that are used: 1, from the environment"
                    " variable ID."
                ),
            ),
        ),
        ({"ID": "file-id", "KEY": "file-key", "PROFILE": "p"}, ()),
        ({"PROFILE": "p", "PROFILE2": "p"}, ()),
        ({"PROFILE": "p", "PROFILE2": ""}, ()),
        ({"PROFILE": "p", "PROFILE2": "far"}, ("PROFILE2 names a profile other than that of PROFILE, which is used.",)),
        ({"ID": "1", "KEY": "2", "PROFILE": "half"}, ()),
    ],
)
def test_different_sets_in_the_environment_cause_a_warning(environment, warnings):
    assert resolve({}, SEVERAL, environment).warnings == warnings
    assert resolve(WHOLE, SEVERAL, environment).warnings == ()


def test_an_error_about_a_value_names_its_source():
    credentials = resolve({}, SOURCES, {**ENVIRONMENT, "REGION": "x", "ENDPOINT": "y"})
    with pytest.raises(CloudError) as caught, credentials.naming_sources():
        raise CloudError("usage", "api_region is 'x'", advice="Set api_region, api_endpoint or api_proxy.")
    assert caught.value.reason == "REGION is 'x'"
    assert caught.value.advice == "Set REGION, ENDPOINT or api_proxy."
    credentials = resolve({"api_profile": "far"}, SOURCES, {})
    with pytest.raises(CloudError) as caught, credentials.naming_sources():
        raise CloudError("usage", "api_region is 'x'", advice="Set api_region.")
    assert caught.value.reason == "api_region of the profile 'far' is 'x'"
    assert caught.value.advice == "Set api_region."
    with pytest.raises(CloudError) as caught, credentials.naming_sources():
        raise CloudError("usage", f"{credentials.signer}, is elsewhere")
    assert caught.value.reason == "file-id, from api_id of the profile 'far', is elsewhere"
