# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials and places of the environment, over a real socket, and what a rejection says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

Environment = Mapping[str, str]
Run = Callable[..., Result]

# One that lists, with the credentials as they are in the environment, and all that may be left blank beside them.
CLOUDS: dict[str, tuple[str, Environment, tuple[str, ...]]] = {
    "tencent": (
        "cam_access_key_info",
        {"TENCENTCLOUD_SECRET_ID": tencent.ROOT[0], "TENCENTCLOUD_SECRET_KEY": tencent.ROOT[1]},
        ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_REGION", "TENCENTCLOUD_DOMAIN"),
    ),
    "huawei": (
        "iam_credential_info",
        {"HW_ACCESS_KEY": huawei.ROOT[0], "HW_SECRET_KEY": huawei.ROOT[1]},
        ("HW_SECURITY_TOKEN", "HW_AUTH_TOKEN", "HW_REGION_NAME", "HW_DOMAIN_ID", "HW_AUTH_URL", "HW_CLOUD"),
    ),
    "alibaba": (
        "sas_vendor_ak_info",
        {"ALIBABA_CLOUD_ACCESS_KEY_ID": alibaba.ROOT[0], "ALIBABA_CLOUD_ACCESS_KEY_SECRET": alibaba.ROOT[1]},
        ("ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_PROFILE"),
    ),
    "zstack": (
        "zstack_accesskey_info",
        {"ZSTACK_ACCESS_KEY_ID": zstack.ADMIN[0], "ZSTACK_ACCESS_KEY_SECRET": zstack.ADMIN[1]},
        ("ZSTACK_SESSION_ID", "MULTICLOUD_IAM_ZSTACK_TIMEZONE", "ZSTACK_HOST", "ZSTACK_PORT"),
    ),
}
each_cloud = pytest.mark.parametrize("cloud", CLOUDS)


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
def test_a_variable_that_is_empty_is_unset(emulator: Emulator, run: Run, cloud: str) -> None:
    module, credentials, blank = CLOUDS[cloud]
    endpoint = f"MULTICLOUD_IAM_{cloud.upper()}_ENDPOINT"
    result = run(module, {**dict.fromkeys(blank, ""), **credentials, endpoint: emulator.url}, api_endpoint=None)
    assert not result.get("failed"), result["msg"]
    assert result["warnings"] == []
    assert not run(module, {**credentials, endpoint: ""}).get("failed")


@each_cloud
def test_half_a_set_is_an_error_that_names_the_variables(emulator: Emulator, run: Run, cloud: str) -> None:
    module, credentials, _blank = CLOUDS[cloud]
    name_of_id, name_of_secret = credentials
    result = run(module, {**credentials, name_of_secret: ""})
    assert f"the environment set {name_of_id} without {name_of_secret}" in result["msg"]
    assert emulator.journal() == []


# --- who was rejected ---

ID_OPTIONS = {"tencent": "api_secret_id", "huawei": "api_access_key"}
SECRET_OPTIONS = {"tencent": "api_secret_key", "huawei": "api_secret_key"}


def rejected(result: Result) -> str:
    assert result["error"]["category"] == "authentication"
    message: str = result["msg"]
    return message


@each_cloud
def test_a_rejection_names_the_key_and_the_variable(run: Run, cloud: str) -> None:
    module, credentials, _blank = CLOUDS[cloud]
    name_of_id, name_of_secret = credentials
    message = rejected(run(module, {**credentials, name_of_secret: "no-such-secret-0001"}))
    assert f"{credentials[name_of_id]}, from the environment variable {name_of_id}." in message
    assert "api_access_key" not in message
    assert "api_secret" not in message


@each_cloud
def test_a_rejection_names_the_key_and_the_option(run: Run, cloud: str) -> None:
    module, credentials, _blank = CLOUDS[cloud]
    option = ID_OPTIONS.get(cloud, "api_access_key_id")
    secret = SECRET_OPTIONS.get(cloud, "api_access_key_secret")
    key_id = next(iter(credentials.values()))
    message = rejected(run(module, credentials, **{option: key_id, secret: "no-such-secret-0001"}))
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


def test_a_session_that_has_expired_is_named_by_its_variable(run: Run) -> None:
    message = rejected(run("zstack_accesskey_info", {"ZSTACK_SESSION_ID": zstack.EXPIRED_SESSION}, all_users=True))
    assert "The session in ZSTACK_SESSION_ID has expired" in message


# --- which credentials, and where ---


@each_cloud
def test_several_sets_that_differ_are_warned_of(run: Run, cloud: str) -> None:
    module, credentials, _blank = CLOUDS[cloud]
    others = {
        "tencent": {"TENCENTCLOUD_TOKEN": tencent.TOKEN, "TENCENTCLOUD_SECURITY_TOKEN": "another-token-0001"},
        "huawei": {"OS_ACCESS_KEY": "OTHER", "OS_SECRET_KEY": "other-secret-0001"},
        "alibaba": {"ALICLOUD_ACCESS_KEY": "OTHER", "ALICLOUD_SECRET_KEY": "other-secret-0001"},
        "zstack": {"ZSTACK_ACCESSKEYID": "OTHER", "ZSTACK_ACCESSKEYSECRET": "other-secret-0001"},
    }[cloud]
    if cloud == "tencent":
        credentials = dict(zip(credentials, tencent.TEMPORARY))
    result = run(module, {**credentials, **others})
    assert not result.get("failed"), result["msg"]
    (warning,) = result["warnings"]
    names = [next(iter(credentials)), next(iter(others))] if cloud != "tencent" else list(others)
    assert all(name in warning for name in names)
    assert "0001" not in warning.replace(next(iter(credentials.values())), "")


def test_an_account_id_goes_with_credentials_of_the_environment(emulator: Emulator, run: Run) -> None:
    """It says where, not who: no call is made to learn it."""
    module, credentials, _blank = CLOUDS["huawei"]
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
    module, credentials, _blank = CLOUDS["zstack"]
    result = run(module, {**credentials, "MULTICLOUD_IAM_ZSTACK_TIMEZONE": "CST-8"})
    assert result["msg"].startswith("MULTICLOUD_IAM_ZSTACK_TIMEZONE is 'CST-8', which is no time zone")
    result = run(module, {**credentials, "MULTICLOUD_IAM_ZSTACK_TIMEZONE": "UTC"})
    assert "MULTICLOUD_IAM_ZSTACK_TIMEZONE must be its time zone and is UTC" in result["msg"]
    for cloud, (module, credentials, _blank) in CLOUDS.items():
        variable = f"MULTICLOUD_IAM_{cloud.upper()}_ENDPOINT"
        result = run(module, {**credentials, variable: "ftp://x"}, api_endpoint=None)
        assert result["msg"].startswith(f"{variable} is 'ftp://x', which is not a URL")


def test_zstack_is_found_as_terraform_has_it(emulator: Emulator, run: Run) -> None:
    module, credentials, _blank = CLOUDS["zstack"]
    host, port = emulator.url.removeprefix("http://").split(":")
    result = run(module, {**credentials, "ZSTACK_HOST": host, "ZSTACK_PORT": port}, api_endpoint=None)
    assert len(result["access_keys"]) > 0
