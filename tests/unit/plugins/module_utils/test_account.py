# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the descriptions of accounts: what is completed, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._account import (
    AccountError,
    account_of,
    connection_options,
    known_clouds,
)
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS

CLOUD = min(CLOUDS)


def test_every_cloud_is_known() -> None:
    assert known_clouds() == sorted(CLOUDS)


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_an_account_is_completed(cloud: str) -> None:
    assert account_of({"cloud": cloud}, "prod") == {"name": "prod", "cloud": cloud, "connection": {}}
    connection = dict.fromkeys(connection_options(cloud), "x")
    assert "api_endpoint" in connection
    account = {"name": "test", "cloud": cloud, "connection": connection}
    assert account_of(account, "prod") == account


def test_the_input_is_not_shared() -> None:
    account = {"name": "prod", "cloud": CLOUD, "connection": {"api_timeout": 5}}
    account_of(account)["connection"]["api_timeout"] = 6
    assert account["connection"] == {"api_timeout": 5}


@pytest.mark.parametrize(
    ("account", "host", "message"),
    [
        (None, "prod", "The account of 'prod' is not described by a dictionary."),
        ([], "prod", "The account of 'prod' is not described by a dictionary."),
        ("tencent", "prod", "The account of 'prod' is not described by a dictionary."),
        ({}, "prod", "The account 'prod' has no cloud. Set cloud to one of alibaba, "),
        ({"cloud": ""}, "prod", "The account 'prod' has no cloud."),
        ({"cloud": "aws"}, "prod", "The account 'prod' has the unknown cloud 'aws'. Set cloud to one of alibaba, "),
        ({"cloud": [CLOUD]}, "prod", "The account 'prod' has the unknown cloud ['"),
        ({"cloud": CLOUD.upper()}, "prod", "The account 'prod' has the unknown cloud"),
        ({"cloud": CLOUD}, None, "The account without a name has no name that can be used."),
        ({"cloud": CLOUD, "name": ""}, "prod", "The account without a name has no name that can be used."),
        ({"cloud": CLOUD, "name": None}, "prod", "The account without a name has no name that can be used."),
        ({"cloud": CLOUD, "name": " a"}, "prod", "The account ' a' has no name that can be used."),
        ({"cloud": CLOUD, "name": "a\nb"}, "prod", "The account 'a\\nb' has no name that can be used."),
        ({"cloud": CLOUD, "name": 5}, "prod", "The account 5 has no name that can be used."),
        ({"cloud": CLOUD, "region": "x"}, "prod", "The account 'prod' has unknown members: region."),
        ({"cloud": CLOUD, "connection": None}, "prod", "The account 'prod' has a connection that is not a dictionary."),
        ({"cloud": CLOUD, "connection": "x"}, "prod", "The account 'prod' has a connection that is not a dictionary."),
        ({"cloud": CLOUD, "connection": {"status": 1}}, "prod", "that the modules for alibaba do not have: status."),
        ({"cloud": CLOUD, "connection": {"api_no": 1}}, "prod", "that the modules for alibaba do not have: api_no."),
        ({"cloud": CLOUD, "connection": {"api_region": ""}}, "prod", "has empty connection options: api_region."),
        ({"cloud": CLOUD, "connection": {"api_region": None}}, "prod", "has empty connection options: api_region."),
        ({"cloud": CLOUD, "connection": {"api_region": " "}}, "prod", "has empty connection options: api_region."),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(account: Any, host: Any, message: str) -> None:
    with pytest.raises(AccountError) as error:
        account_of(account, host)
    assert message in str(error.value)


def test_no_error_shows_a_value_of_the_connection() -> None:
    for connection in ({"api_access_key_secret": "geheim", "api_x": "geheim"}, "geheim"):
        with pytest.raises(AccountError) as error:
            account_of({"cloud": CLOUD, "connection": connection}, "prod")
        assert "geheim" not in str(error.value)
