# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials come from one source as a whole."""

from __future__ import annotations

import re

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import (
    Field,
    Profiles,
    resolve,
)
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError

FIELDS = (
    Field("api_id", ("ID",)),
    Field("api_key", ("KEY",)),
    Field("api_token", ("TOKEN", "TOKEN2"), required=False),
)
FILES = {"p": {"api_id": "file-id", "api_key": "file-key"}, "half": {"api_id": "file-id"}}
PROFILES = Profiles("api_profile", ("PROFILE",), FILES.__getitem__)
WHOLE = {"api_id": "i", "api_key": "k"}
ENVIRONMENT = {"ID": "env-id", "KEY": "env-key", "TOKEN2": "env-token", "PROFILE": "p"}


def got(options, environment):
    return tuple(resolve(options, (FIELDS,), PROFILES, environment).values())


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        (WHOLE, ENVIRONMENT, ("i", "k", None)),
        ({**WHOLE, "api_profile": "p"}, ENVIRONMENT, ("i", "k", None)),
        ({"api_profile": "p"}, ENVIRONMENT, ("file-id", "file-key", None)),
        ({}, ENVIRONMENT, ("env-id", "env-key", "env-token")),
        ({"api_id": None, "api_key": None}, ENVIRONMENT, ("env-id", "env-key", "env-token")),
        ({"api_id": "", "api_key": "", "api_profile": "p"}, ENVIRONMENT, ("file-id", "file-key", None)),
        ({**WHOLE, "api_token": ""}, ENVIRONMENT, ("i", "k", None)),
        ({}, {"PROFILE": "p"}, ("file-id", "file-key", None)),
        ({**WHOLE, "api_token": "t"}, {}, ("i", "k", "t")),
    ],
)
def test_the_first_source_gives_the_whole_set(options, environment, expected):
    assert got(options, environment) == expected


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        ({"api_id": "i"}, ENVIRONMENT, "task's options set api_id without api_key"),
        (
            {"api_token": "t"},
            ENVIRONMENT,
            "task's options set api_token without api_id and api_key",
        ),
        ({}, {"ID": "i", "PROFILE": "p"}, "environment set ID without KEY"),
        ({"api_profile": "half"}, ENVIRONMENT, "profile 'half' set api_id without api_key"),
        ({}, {}, "no credentials were given"),
        ({"api_id": "", "api_key": ""}, ENVIRONMENT, "api_id and api_key are given, but empty"),
        ({"api_token": ""}, ENVIRONMENT, "api_token is given, but empty"),
        ({"api_profile": ""}, ENVIRONMENT, "api_profile is given, but empty"),
        ({"api_id": "i\nj", "api_key": "k"}, {}, "api_id has control characters"),
        ({"api_id": "i", "api_key": "k\n"}, {}, "api_key has control characters, or white space around it"),
    ],
)
def test_an_incomplete_set_is_never_filled_from_another_source(options, environment, message):
    with pytest.raises(CloudError, match=message):
        got(options, environment)


OTHER_FAMILY = (Field("api_id", ("OLD_ID",)), Field("api_key", ("OLD_KEY",)))
SESSION = (Field("api_session", ("SESSION",)),)
KINDS = (FIELDS, OTHER_FAMILY, SESSION)


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        ({"api_session": "s"}, ENVIRONMENT, {"api_session": "s"}),
        ({}, {"SESSION": "s"}, {"api_session": "s"}),
        ({}, {"OLD_ID": "i", "OLD_KEY": "k", "SESSION": "s"}, {"api_id": "i", "api_key": "k"}),
        ({}, {"ID": "1", "KEY": "2", "OLD_ID": "i", "OLD_KEY": "k"}, {"api_id": "1", "api_key": "2"}),
        ({"api_profile": "s"}, {}, {"api_session": "file-session"}),
    ],
)
def test_a_cloud_may_take_several_kinds_and_never_mixes_them(options, environment, expected):
    profiles = Profiles("api_profile", (), {"s": {"api_session": "file-session"}}.__getitem__)
    nobody = dict.fromkeys(["api_id", "api_key", "api_token", "api_session"])
    assert resolve(options, KINDS, profiles, environment) == {**nobody, **expected}


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        ({"api_session": "s", "api_id": "i"}, {}, "api_id and api_session are of different kinds"),
        ({}, {"ID": "i", "OLD_KEY": "k"}, "environment set ID without KEY"),
        (
            {},
            {},
            "no credentials.*api_id and api_key, or api_session, or ID and KEY, or OLD_ID and OLD_KEY, or SESSION",
        ),
    ],
)
def test_a_mixture_of_kinds_is_an_error(options, environment, message):
    with pytest.raises(CloudError) as caught:
        resolve(options, KINDS, None, environment)
    assert re.search(message, str(caught.value))
