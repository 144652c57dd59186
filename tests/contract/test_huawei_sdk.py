# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the unmodified official SDK against the emulator."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.huawei import (
    ALICE_PASSWORD,
    DOMAIN,
    DOMAIN_NAME,
    ID,
    ROOT,
    ROOT_TOKEN,
    SECURITY_TOKEN,
    TEMPORARY,
)

# The SDK reads the time with a function that newer Python versions deprecate.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def sdk(clean_environment: None) -> Iterator[SimpleNamespace]:
    """Import the SDK, which writes to the home directory. That is a temporary one here."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("HUAWEICLOUD")]:
            patch.delenv(name)
        # Otherwise, the lookup of the account would call a host on the Internet.
        patch.setenv("HUAWEICLOUD_SDK_STS_ENDPOINT", "http://127.0.0.1:9")
        yield SimpleNamespace(
            iam=importlib.import_module("huaweicloudsdkiam.v3"),
            credentials=importlib.import_module("huaweicloudsdkcore.auth.credentials"),
            tokens=importlib.import_module("huaweicloudsdkiam.v3.iam_credentials"),
            region=importlib.import_module("huaweicloudsdkcore.region.region"),
            errors=importlib.import_module("huaweicloudsdkcore.exceptions.exceptions"),
        )


class Api:
    """Wrap the client of the SDK, with keyword arguments for request fields."""

    def __init__(self, sdk: SimpleNamespace, client: Any) -> None:
        self.sdk = sdk
        self.client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        words = "".join(word.capitalize() for word in name.split("_"))

        def call(**fields: Any) -> Any:
            return getattr(self.client, name)(getattr(self.sdk.iam, f"{words}Request")(**fields))

        return call

    def refusal(self, name: str, **fields: Any) -> Any:
        """Return the exception of a call."""
        with pytest.raises(self.sdk.errors.SdkException) as caught:
            getattr(self, name)(**fields)
        return caught.value


Connect = Callable[..., Api]


@pytest.fixture
def connect(sdk: SimpleNamespace, emulator: Emulator) -> Iterator[Connect]:
    """Return a function that creates clients, and close them in the end."""
    clients = []

    def make(key: tuple[str, str] = ROOT, *, credentials: Any = None, region: bool = False) -> Api:
        builder = sdk.iam.IamClient.new_builder()
        builder = builder.with_credentials(credentials or sdk.credentials.GlobalCredentials(*key, DOMAIN))
        if region:
            builder = builder.with_region(sdk.region.Region("anywhere", emulator.url))
        else:
            builder = builder.with_endpoint(emulator.url)
        clients.append(builder.build())
        return Api(sdk, clients[-1])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def api(connect: Connect) -> Api:
    """Return the SDK with the key of the account's owner."""
    return connect()


def create_key(api: Api, user_id: str, description: str | None = None) -> Any:
    """Create a key, and return it."""
    iam = api.sdk.iam
    option = iam.CreateCredentialOption(user_id=user_id, description=description)
    body = iam.CreatePermanentAccessKeyRequestBody(credential=option)
    return api.create_permanent_access_key(body=body).credential


def update_key(api: Api, access: str, **changes: str) -> Any:
    """Change a key, and return it as the reply shows it."""
    iam = api.sdk.iam
    body = iam.UpdatePermanentAccessKeyRequestBody(credential=iam.UpdateCredentialOption(**changes))
    return api.update_permanent_access_key(access_key=access, body=body).credential


def keys_of(api: Api, name: str) -> list[tuple[str, str, str]]:
    """List the keys of a user."""
    listed = api.list_permanent_access_keys(user_id=ID[name]).credentials
    return [(key.access, key.status, key.description) for key in listed]


def test_life_of_keys(api: Api, connect: Connect) -> None:
    made = create_key(api, ID["carol"], "ci")
    assert (made.status, made.description, made.user_id) == ("active", "ci", ID["carol"])
    second = create_key(api, ID["carol"])
    assert second.description == ""
    third = api.refusal(
        "create_permanent_access_key",
        body=api.sdk.iam.CreatePermanentAccessKeyRequestBody(
            credential=api.sdk.iam.CreateCredentialOption(user_id=ID["carol"])
        ),
    )
    assert (third.status_code, third.error_code, third.error_msg) == (400, 400, "akSkNumExceed")
    assert third.request_id

    assert keys_of(api, "carol") == [(second.access, "active", ""), (made.access, "active", "ci")]
    shown = api.show_permanent_access_key(access_key=made.access).credential
    assert shown.last_use_time == shown.create_time == made.create_time

    carol = connect((made.access, made.secret))
    assert len(carol.list_permanent_access_keys().credentials) == 2

    changed = update_key(api, made.access, status="inactive")
    assert (changed.status, changed.description) == ("inactive", None)
    update_key(api, made.access, description="new")
    assert keys_of(api, "carol")[1] == (made.access, "inactive", "new")
    update_key(api, made.access, description="")
    assert keys_of(api, "carol")[1] == (made.access, "inactive", "")
    assert carol.refusal("list_permanent_access_keys").status_code == 401

    assert api.delete_permanent_access_key(access_key=made.access).status_code == 204
    assert api.refusal("delete_permanent_access_key", access_key=made.access).status_code == 404
    assert [access for access, *_unused in keys_of(api, "carol")] == [second.access]


def test_life_of_a_user(api: Api) -> None:
    iam = api.sdk.iam
    option = iam.CreateUserOption(name="dave", domain_id=DOMAIN, password="Canary-Pass-1", email="d@example.com")
    made = api.create_user(body=iam.CreateUserRequestBody(user=option)).user
    assert (made.name, made.enabled, made.pwd_status, made.access_mode) == ("dave", True, True, "default")
    assert [each.id for each in api.keystone_list_users(name="dave").users] == [made.id]

    option = iam.UpdateUserOption(areacode="0086", phone="13800000009", enabled=False)
    changed = api.update_user(user_id=made.id, body=iam.UpdateUserRequestBody(user=option)).user
    assert (changed.enabled, changed.phone, changed.email) == (False, "13800000009", "d@example.com")
    assert api.show_user(user_id=made.id).user.phone == "0086-13800000009"
    assert api.keystone_show_user(user_id=made.id).user.enabled is False
    assert [each.id for each in api.keystone_list_users(name="dave", enabled=True).users] == []
    assert [each.id for each in api.keystone_list_users(name="dave", enabled=False).users] == [made.id]

    assert api.keystone_delete_user(user_id=made.id).status_code == 204
    assert api.refusal("keystone_show_user", user_id=made.id).status_code == 404


def test_the_older_operations_on_users(api: Api) -> None:
    iam = api.sdk.iam
    option = iam.KeystoneCreateUserOption(name="dave", domain_id=DOMAIN)
    made = api.keystone_create_user(body=iam.KeystoneCreateUserRequestBody(user=option)).user
    option = iam.KeystoneUpdateUserOption(description="new")
    body = iam.KeystoneUpdateUserByAdminRequestBody(user=option)
    changed = api.keystone_update_user_by_admin(user_id=made.id, body=body).user
    assert (changed.name, changed.description) == ("dave", "new")


def test_login_protection(api: Api) -> None:
    iam = api.sdk.iam
    assert api.refusal("show_user_login_protect", user_id=ID["bob"]).status_code == 404
    option = iam.UpdateLoginProject(enabled=True, verification_method="email")
    body = iam.UpdateLoginProjectReq(login_protect=option)
    assert api.update_login_protect(user_id=ID["bob"], body=body).login_protect.enabled is True
    shown = api.show_user_login_protect(user_id=ID["bob"]).login_protect
    assert (shown.user_id, shown.verification_method) == (ID["bob"], "email")


def test_what_users_change_themselves(api: Api, connect: Connect) -> None:
    iam = api.sdk.iam
    option = iam.UpdateUserInformationOption(mobile="0086-13800000009")
    body = iam.UpdateUserInformationRequestBody(user=option)
    assert api.update_user_information(user_id=ID["root"], body=body).status_code == 204
    assert api.show_user(user_id=ID["root"]).user.phone == "0086-13800000009"
    alice = connect(credentials=api.sdk.tokens.IamCredentials(token_of(api, connect, "alice", ALICE_PASSWORD)))
    option = iam.KeystoneUpdatePasswordOption(password="Canary-Pass-2", original_password=ALICE_PASSWORD)
    body = iam.KeystoneUpdateUserPasswordRequestBody(user=option)
    assert alice.keystone_update_user_password(user_id=ID["alice"], body=body).status_code == 204
    assert alice.refusal("list_permanent_access_keys").status_code == 401
    assert token_of(api, connect, "alice", "Canary-Pass-2")


def token_of(api: Api, connect: Connect, name: str, password: str) -> str:
    """Get a token for a password."""
    iam = api.sdk.iam
    user = iam.PwdPasswordUser(domain=iam.PwdPasswordUserDomain(name=DOMAIN_NAME), name=name, password=password)
    identity = iam.PwdIdentity(methods=["password"], password=iam.PwdPassword(user=user))
    scope = iam.AuthScope(domain=iam.AuthScopeDomain(name=DOMAIN_NAME))
    body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=iam.PwdAuth(identity=identity, scope=scope))
    anonymous = connect(credentials=api.sdk.tokens.IamCredentials())
    reply = anonymous.keystone_create_user_token_by_password(body=body, nocatalog="true")
    assert reply.token.user.name == name
    token: str = reply.x_subject_token
    return token


def test_tokens(api: Api, connect: Connect) -> None:
    token = token_of(api, connect, "alice", ALICE_PASSWORD)
    assert token.startswith("MII")
    alice = connect(credentials=api.sdk.tokens.IamCredentials(token))
    assert {key.user_id for key in alice.list_permanent_access_keys().credentials} == {ID["alice"]}
    assert alice.refusal("list_permanent_access_keys", user_id=ID["bob"]).status_code == 403
    root = connect(credentials=api.sdk.tokens.IamCredentials(ROOT_TOKEN))
    assert len(root.keystone_list_users().users) == len(ID)


@pytest.mark.parametrize("lookup", ["list", "empty"])
def test_the_sdk_finds_the_account(
    api: Api, connect: Connect, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, lookup: str
) -> None:
    monkeypatch.setenv("HUAWEICLOUD_SDK_STS_ENDPOINT", emulator.url)
    emulator.modes("huawei", auth_domains=lookup)
    # The SDK remembers the account of a key, so use a key that it does not know.
    made = create_key(api, ID["root"])
    emulator.clear_journal()
    credentials = api.sdk.credentials.GlobalCredentials(made.access, made.secret).with_iam_endpoint(emulator.url)
    found = connect(credentials=credentials, region=True)
    assert len(found.keystone_list_users().users) == len(ID)
    asked = ["KeystoneListAuthDomains", *(["GetCallerIdentity"] if lookup == "empty" else []), "KeystoneListUsers"]
    assert [call["action"] for call in emulator.journal()] == asked


def test_the_sdk_finds_a_project(api: Api, connect: Connect, sdk: SimpleNamespace, emulator: Emulator) -> None:
    projects = api.keystone_list_projects(name="eu-west-101").projects
    assert [project.id for project in projects] == ["c0000000000000000000000000000002"]
    assert [each.id for each in api.keystone_list_auth_domains().domains] == [DOMAIN]


def test_without_the_account_users_cannot_be_listed(api: Api, connect: Connect) -> None:
    nameless = connect(credentials=api.sdk.credentials.GlobalCredentials(*ROOT))
    error = nameless.refusal("keystone_list_users")
    assert (error.status_code, error.error_code) == (403, 403)
    assert error.error_msg == "You are not authorized to perform the requested action."
    assert len(nameless.list_permanent_access_keys().credentials) == 1


def test_a_wrong_secret_locks_the_key(api: Api, connect: Connect) -> None:
    wrong = connect((ROOT[0], "x" * 40))
    errors = [wrong.refusal("list_permanent_access_keys") for _unused in range(6)]
    assert {(error.status_code, error.error_code) for error in errors} == {(401, "APIGW.0301")}
    assert {error.error_msg.rpartition(": ")[2] for error in errors} == {"verify aksk signature fail"}
    locked = api.refusal("list_permanent_access_keys")
    assert locked.error_code == "APIGW.0301"
    assert locked.error_msg.endswith("AK access failed to reach the limit,forbidden")


def test_temporary_credentials(api: Api, connect: Connect) -> None:
    credentials = api.sdk.credentials.GlobalCredentials(*TEMPORARY, DOMAIN).with_security_token(SECURITY_TOKEN)
    assert len(connect(credentials=credentials).keystone_list_users().users) == len(ID)


@pytest.mark.parametrize(
    ("shape", "code"), [("A", 404), ("A-prime", "404"), ("B", "IAM.0004"), ("C", "404"), ("html", "404")]
)
def test_shapes_of_errors(api: Api, emulator: Emulator, shape: str, code: int | str) -> None:
    emulator.modes("huawei", error_shape=shape)
    error = api.refusal("show_permanent_access_key", access_key="UNKNOWN")
    assert (error.status_code, error.error_code) == (404, code)


def test_no_id_means_all_keys(api: Api, emulator: Emulator) -> None:
    assert api.show_permanent_access_key(access_key="").credential is None
    assert emulator.journal()[-1]["action"] == "ListPermanentAccessKeys"
    assert api.refusal("delete_permanent_access_key", access_key="").error_code == "APIGW.0101"
    assert api.refusal("show_permanent_access_key", access_key=None).status_code == 404
