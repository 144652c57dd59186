# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the environment variables of ZStack: credentials and URL."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import resolve
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._zstack import options as zstack

CONNECTION = {
    **{name: spec.get("default") for name, spec in zstack.API_OPTIONS.items()},
    "api_access_key_id": "i",
    "api_access_key_secret": "k",
}
KEY = {"api_access_key_id": "i", "api_access_key_secret": "k"}


@pytest.mark.parametrize(
    ("option", "name", "names"),
    [
        (option, name, names)
        for options, names in (
            (("api_access_key_id", "api_access_key_secret"), ("ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESS_KEY_SECRET")),
            (("api_access_key_id", "api_access_key_secret"), ("ZSTACK_ACCESSKEYID", "ZSTACK_ACCESSKEYSECRET")),
            (("api_account_name", "api_password"), ("ZSTACK_ACCOUNT_NAME", "ZSTACK_ACCOUNT_PASSWORD")),
            (("api_account_name", "api_password"), ("ZSTACK_ACCOUNT", "ZSTACK_PASSWORD")),
            (("api_session_uuid",), ("ZSTACK_SESSION_ID",)),
        )
        for option, name in zip(options, names)
    ],
)
def test_the_signer_of_each_variable(option, name, names):
    found = resolve({}, zstack.SOURCES, {each: each.lower() for each in names}).found
    assert (found[option].value, found[option].name) == (name.lower(), name)
    assert {each.name for each in found.values()} == set(names)


@pytest.mark.parametrize(
    ("options", "environment", "endpoint"),
    [
        ({"api_endpoint": "http://h:90"}, {"ZSTACK_HOST": "x"}, "http://h:90/zstack"),
        ({"api_endpoint": "http://h"}, {}, "http://h:8080/zstack"),
        ({"api_endpoint": "http://h/"}, {}, "http://h:8080/zstack"),
        ({"api_endpoint": "http://h/other"}, {}, "http://h:8080/other"),
        ({"api_endpoint": "http://h:80"}, {}, "http://h:80/zstack"),
        ({"api_endpoint": "http://[fd00::1]"}, {}, "http://[fd00::1]:8080/zstack"),
        ({"api_endpoint": "https://h"}, {}, "https://h/zstack"),
        ({}, {"MULTICLOUD_IAM_ZSTACK_ENDPOINT": "http://h:90", "ZSTACK_HOST": "x"}, "http://h:90/zstack"),
        ({}, {"MULTICLOUD_IAM_ZSTACK_ENDPOINT": "", "ZSTACK_HOST": "10.0.0.1"}, "http://10.0.0.1:8080/zstack"),
        ({}, {"ZSTACK_HOST": "h", "ZSTACK_PORT": "90"}, "http://h:90/zstack"),
        ({}, {"ZSTACK_HOST": "h", "ZSTACK_PORT": ""}, "http://h:8080/zstack"),
        ({}, {"ZSTACK_HOST": "h:90"}, "http://h:90/zstack"),
        ({}, {"ZSTACK_HOST": "https://h", "ZSTACK_PORT": "443"}, "https://h:443/zstack"),
        ({}, {"ZSTACK_HOST": "[fd00::1]"}, "http://[fd00::1]:8080/zstack"),
    ],
)
def test_the_url_of_zstack(options, environment, endpoint):
    credentials = resolve({**KEY, **options}, zstack.SOURCES, environment)
    assert zstack.settings_of({**CONNECTION, **options}, credentials).endpoint == endpoint


@pytest.mark.parametrize(
    ("options", "environment", "message"),
    [
        ({}, {}, "api_endpoint is missing.*http://HOST:8080, or set MULTICLOUD_IAM_ZSTACK_ENDPOINT, or ZSTACK_HOST"),
        ({"api_endpoint": "h"}, {}, "Set api_endpoint to http://h:8080."),
        ({"api_endpoint": "h:90"}, {}, "Set api_endpoint to http://h:90 .the port is 8080 by default"),
        ({"api_endpoint": "ftp://h"}, {}, "Set api_endpoint to http://h:8080."),
        ({}, {"MULTICLOUD_IAM_ZSTACK_ENDPOINT": "h"}, "^MULTICLOUD_IAM_ZSTACK_ENDPOINT is 'h', which is not a URL"),
        ({}, {"ZSTACK_HOST": "a b"}, "ZSTACK_HOST is not a host name"),
        ({}, {"ZSTACK_HOST": "h", "ZSTACK_PORT": "x"}, "ZSTACK_PORT is 'x'"),
        ({}, {"ZSTACK_HOST": "h", "ZSTACK_PORT": "99999"}, "ZSTACK_PORT is .99999., which is not a port"),
    ],
)
def test_a_malformed_zstack_url_is_refused(options, environment, message):
    credentials = resolve({**KEY, **options}, zstack.SOURCES, environment)
    with pytest.raises(CloudError, match=message), credentials.naming_sources():
        zstack.settings_of({**CONNECTION, **options}, credentials)


def test_a_url_with_a_password_is_not_shown():
    with pytest.raises(CloudError) as caught:
        zstack.settings_of(CONNECTION, resolve(KEY, zstack.SOURCES, {"ZSTACK_HOST": "u:s3cret@x"}))
    assert "s3cret" not in str(caught.value)
