# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the unmodified official SDK against the emulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tencentcloud.cam.v20190116 import cam_client
from tencentcloud.cam.v20190116 import models as cam
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sts.v20180813 import models as sts
from tencentcloud.sts.v20180813 import sts_client

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import ALICE, ROOT, TEMPORARY, TOKEN, UIN

# The SDK computes its date with a function that newer Python versions deprecate.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def profile(emulator: Emulator) -> ClientProfile:
    """Point the SDK at the emulator."""
    http = HttpProfile(protocol="http", endpoint=f"127.0.0.1:{emulator.port}", keepAlive=True)
    return ClientProfile(httpProfile=http, language="en-US")


class Typed:
    """Wrap the typed client, with keyword arguments for request fields."""

    def __init__(self, emulator: Emulator, *key: str) -> None:
        self.client = cam_client.CamClient(Credential(*key), "", profile(emulator))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**fields: Any) -> Any:
            request = getattr(cam, f"{name}Request")()
            for field, value in fields.items():
                setattr(request, field, value)
            return getattr(self.client, name)(request)

        return call


@pytest.fixture
def api(emulator: Emulator) -> Typed:
    """Return the SDK with the key of the root account."""
    return Typed(emulator, *ROOT)


def test_life_of_a_key(emulator: Emulator, api: Typed) -> None:
    made = api.CreateAccessKey(TargetUin=UIN["carol"], Description="ci:deploy").AccessKey
    assert (made.Status, made.Description) == ("Active", "ci:deploy")
    assert len(made.SecretAccessKey) == 32

    listed = api.ListAccessKeys(TargetUin=UIN["carol"]).AccessKeys
    assert [(key.AccessKeyId, key.Description) for key in listed] == [(made.AccessKeyId, "ci:deploy")]
    used = api.GetSecurityLastUsed(SecretIdList=[made.AccessKeyId]).SecretIdLastUsedRows
    assert [(row.SecretId, row.LastUsedDate) for row in used] == [(made.AccessKeyId, None)]

    carol = Typed(emulator, made.AccessKeyId, made.SecretAccessKey)
    assert carol.GetUserAppId().Uin == str(UIN["carol"])

    api.UpdateAccessKey(TargetUin=UIN["carol"], AccessKeyId=made.AccessKeyId, Status="Inactive")
    assert api.ListAccessKeys(TargetUin=UIN["carol"]).AccessKeys[0].Status == "Inactive"
    with pytest.raises(TencentCloudSDKException) as error:
        carol.GetUserAppId()
    assert error.value.get_code() == "AuthFailure.SecretIdNotFound"

    api.DeleteAccessKey(TargetUin=UIN["carol"], AccessKeyId=made.AccessKeyId)
    assert api.ListAccessKeys(TargetUin=UIN["carol"]).AccessKeys == []


def test_life_of_a_user(api: Typed) -> None:
    added = api.AddUser(Name="dave", Remark="\u5907\u6ce8", ConsoleLogin=1, Email="d@example.com")
    assert len(added.Password) == 32
    assert (added.SecretId, added.SecretKey) == ("", "")

    api.UpdateUser(Name="dave", PhoneNum="13800000009", CountryCode="86", ConsoleLogin=0)
    user = api.GetUser(Name="dave")
    assert (user.Uin, user.Uid, user.Remark) == (added.Uin, added.Uid, "\u5907\u6ce8")
    assert (user.ConsoleLogin, user.PhoneNum, user.Email) == (0, "13800000009", "d@example.com")

    assert [each.NickName for each in api.ListUsers().Data][-1] == "dave"
    rows = api.DescribeSubAccounts(FilterSubAccountUin=[added.Uin, UIN["root"], 1]).SubAccounts
    assert [(row.Name, row.UserType, row.LastLoginTime) for row in rows] == [("dave", 2, None)]

    api.DeleteUser(Name="dave")
    with pytest.raises(TencentCloudSDKException) as error:
        api.GetUser(Name="dave")
    assert error.value.get_code() == "ResourceNotFound.UserNotExist"
    assert error.value.get_request_id()


def test_a_user_can_be_added_with_a_key(emulator: Emulator, api: Typed) -> None:
    added = api.AddUser(Name="robot", UseApi=1)
    robot = Typed(emulator, added.SecretId, added.SecretKey)
    assert robot.GetUserAppId().Uin == str(added.Uin)
    assert added.Password == ""


def test_who_calls(emulator: Emulator, api: Typed) -> None:
    own = api.GetUserAppId()
    assert (own.Uin, own.OwnerUin, own.AppId) == ("100000000000", "100000000000", 1250000000)

    credential = Credential(*TEMPORARY, TOKEN)
    client = sts_client.StsClient(credential, "ap-singapore", profile(emulator))
    identity = client.GetCallerIdentity(sts.GetCallerIdentityRequest())
    assert identity.Arn == f"qcs::cam:{UIN['root']}:uin/{UIN['alice']}"
    assert (identity.AccountId, identity.UserId) == (str(UIN["root"]), str(UIN["alice"]))
    assert (identity.PrincipalId, identity.Type) == (str(UIN["alice"]), "CAMUser")


def test_the_generic_client(emulator: Emulator) -> None:
    client = CommonClient("cam", "2019-01-16", Credential(*ALICE), "", profile(emulator))
    reply = client.call_json("ListAccessKeys", {})["Response"]
    assert [key["Status"] for key in reply["AccessKeys"]] == ["Inactive", "Active"]
