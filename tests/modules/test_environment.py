# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test credentials and URLs from the environment over HTTP, and what a rejection says about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support import huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.cloud import Cloud
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, documented_variables, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

Environment = Mapping[str, str]
Run = Callable[..., Result]

each_cloud = pytest.mark.parametrize("cloud", CLOUDS.values(), ids=CLOUDS)


@pytest.fixture
def run(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a module with an environment."""
    monkeypatch.setenv("HOME", str(tmp_path))
    runner = Runner(emulator, "", {})

    def run(module: str, environment: Environment, **options: Any) -> Result:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            return runner(module, **options)

    return run


@each_cloud
def test_a_variable_that_is_empty_is_unset(emulator: Emulator, run: Run, cloud: Cloud) -> None:
    credentials, endpoint = cloud.environment(), cloud.endpoint_variable
    blank = dict.fromkeys(documented_variables(cloud.name), "")
    result = run(cloud.reader, {**blank, **credentials, endpoint: emulator.url}, api_endpoint=None)
    assert not result.get("failed"), result["msg"]
    assert result["warnings"] == []
    assert not run(cloud.reader, {**credentials, endpoint: ""}).get("failed")


@each_cloud
def test_half_a_set_is_an_error_that_names_the_variables(emulator: Emulator, run: Run, cloud: Cloud) -> None:
    credentials, (name_of_id, name_of_secret) = cloud.environment(), cloud.variables
    result = run(cloud.reader, {**credentials, name_of_secret: ""})
    assert f"the environment set {name_of_id} without {name_of_secret}" in result["msg"]
    assert emulator.journal() == []


# --- the source of rejected credentials ---


def rejected(result: Result) -> str:
    assert result["error"]["category"] == "authentication"
    message: str = result["msg"]
    return message


@each_cloud
def test_a_rejection_names_the_key_and_the_variable(run: Run, cloud: Cloud) -> None:
    credentials, (name_of_id, name_of_secret) = cloud.environment(), cloud.variables
    message = rejected(run(cloud.reader, {**credentials, name_of_secret: "no-such-secret-0001"}))
    assert f"{credentials[name_of_id]}, from the environment variable {name_of_id}." in message
    assert "api_access_key" not in message
    assert "api_secret" not in message


@each_cloud
def test_a_rejection_names_the_key_and_the_option(run: Run, cloud: Cloud) -> None:
    key_id, option = cloud.administrator[0], cloud.options[0]
    wrong = cloud.signing((key_id, "no-such-secret-0001"))
    message = rejected(run(cloud.reader, cloud.environment(), **wrong))
    assert f"{key_id}, from the option {option}." in message


@pytest.mark.parametrize("named", [False, True], ids=["of the task", "of the environment"])
def test_a_rejection_names_the_profile_and_its_file(run: Run, tmp_path: Path, *, named: bool) -> None:
    (tmp_path / ".tccli").mkdir()
    path = tmp_path / ".tccli" / "ci.credential"
    path.write_text(json.dumps({"secretId": tencent.ROOT[0], "secretKey": "no-such-secret-0001"}))
    environment = {"TCCLI_PROFILE": "ci"} if named else {}
    message = rejected(run("cam_user_info", environment, **({} if named else {"api_profile": "ci"})))
    assert f"{tencent.ROOT[0]}, from api_secret_id of the profile 'ci' in {path}." in message


@pytest.mark.parametrize(
    ("environment", "options", "words"),
    [
        ({"HW_AUTH_TOKEN": "no-such-token-0001"}, {}, "the environment variable HW_AUTH_TOKEN."),
        ({}, {"api_auth_token": "no-such-token-0001"}, "the option api_auth_token."),
    ],
)
def test_a_rejection_names_no_token(run: Run, environment: Environment, options: dict[str, str], words: str) -> None:
    message = rejected(run("iam_credential_info", environment, **options))
    assert f"The credentials that were used: {words}" in message
    assert "no-such-token" not in message


def test_a_rejected_login_names_the_account(run: Run) -> None:
    environment = {"ZSTACK_ACCOUNT_NAME": "admin", "ZSTACK_ACCOUNT_PASSWORD": "no-such-password-0001"}
    message = rejected(run("zstack_accesskey_info", environment))
    assert "admin, from the environment variable ZSTACK_ACCOUNT_NAME." in message


def test_an_expired_session_is_named_by_its_variable(run: Run) -> None:
    message = rejected(run("zstack_accesskey_info", {"ZSTACK_SESSION_ID": zstack.EXPIRED_SESSION}, all_users=True))
    assert "The session in ZSTACK_SESSION_ID has expired" in message


# --- selection of credentials and endpoint ---


@pytest.mark.parametrize(
    ("cloud", "environment", "names"),
    [(CLOUDS[name], *each) for name, part in parts("modules").items() for each in part.SEVERAL_SETS],
    ids=lambda value: getattr(value, "name", ""),
)
def test_several_different_sets_cause_a_warning(
    run: Run, cloud: Cloud, environment: Environment, names: tuple[str, str]
) -> None:
    result = run(cloud.reader, environment)
    assert not result.get("failed"), result["msg"]
    (warning,) = result["warnings"]
    assert all(name in warning for name in names)
    assert "0001" not in warning.replace(environment[cloud.variables[0]], "")


def test_an_account_id_is_combined_with_credentials_from_the_environment(emulator: Emulator, run: Run) -> None:
    """It says where to call and not who calls, so it is not looked up."""
    module, credentials = huawei.CLOUD.reader, huawei.CLOUD.environment()
    for environment, options in (
        (credentials, {"api_domain_id": huawei.DOMAIN}),
        ({**credentials, "HW_DOMAIN_ID": "d0000000000000000000000000000009"}, {"api_domain_id": huawei.DOMAIN}),
        ({**credentials, "HW_DOMAIN_ID": huawei.DOMAIN}, {}),
    ):
        emulator.reset()
        result = run(module, environment, user_names=["alice"], **options)
        assert not result.get("failed"), result["msg"]
        assert "KeystoneListAuthDomains" not in [call["action"] for call in emulator.journal()]
    assert "api_domain_id is given, but empty" in run(module, credentials, api_domain_id="")["msg"]


def test_a_wrong_value_is_named_by_its_variable(run: Run) -> None:
    module, credentials = zstack.CLOUD.reader, zstack.CLOUD.environment()
    result = run(module, {**credentials, "MULTICLOUD_IAM_ZSTACK_TIMEZONE": "CST-8"})
    assert result["msg"].startswith("MULTICLOUD_IAM_ZSTACK_TIMEZONE is 'CST-8', which is not a time zone")
    result = run(module, {**credentials, "MULTICLOUD_IAM_ZSTACK_TIMEZONE": "UTC"})
    assert "MULTICLOUD_IAM_ZSTACK_TIMEZONE must be its time zone and is UTC" in result["msg"]
    for cloud in CLOUDS.values():
        variable = cloud.endpoint_variable
        result = run(cloud.reader, {**cloud.environment(), variable: "ftp://x"}, api_endpoint=None)
        assert result["msg"].startswith(f"{variable} is 'ftp://x', which is not a URL")


def test_zstack_is_found_as_terraform_has_it(emulator: Emulator, run: Run) -> None:
    module, credentials = zstack.CLOUD.reader, zstack.CLOUD.environment()
    host, port = emulator.url.removeprefix("http://").split(":")
    result = run(module, {**credentials, "ZSTACK_HOST": host, "ZSTACK_PORT": port}, api_endpoint=None)
    assert len(result["access_keys"]) > 0
