# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the unmodified official SDK against the emulator: the typed client, and all forms of the generic one."""

from __future__ import annotations

from typing import Any

import pytest

# isort: off
from ansible_collections.multicloud.iam.tests.support.alibaba import (
    ACCOUNT,
    ADD,
    AUDITOR,
    DELETE,
    LIST,
    MODIFY,
    OPERATOR,
    ROOT,
    TEMPORARY,
    TOKEN,
    VERSIONS,
    flat,
)
# isort: on

from alibabacloud_sas20181203 import models as sas_models
from alibabacloud_sas20181203.client import Client as SasClient
from alibabacloud_tea_openapi import exceptions
from alibabacloud_tea_openapi import models as openapi_models
from alibabacloud_tea_openapi.client import Client as OpenApiClient
from darabonba.policy.retry import RetryOptions
from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

# The SDK computes its date with a function that newer Python versions deprecate.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# These packages do not export their names explicitly, as strict type checkers require.
sas: Any = sas_models
openapi: Any = openapi_models
sdk_errors: Any = exceptions

SECRET = "a/b+c= d~*\u5bc6"


def config(emulator: Emulator, key: tuple[str, str] = ROOT, **more: Any) -> Any:
    """Point the SDK at the emulator."""
    return openapi.Config(
        access_key_id=key[0],
        access_key_secret=key[1],
        endpoint=f"127.0.0.1:{emulator.port}",
        protocol="http",
        region_id="cn-shanghai",
        **more,
    )


@pytest.fixture
def api(emulator: Emulator) -> SasClient:
    """Return the typed client with the key of the account."""
    return SasClient(config(emulator))


class Generic:
    """Return the generic client, with the parameters in the query or in the body."""

    def __init__(self, emulator: Emulator, *, in_body: bool, **more: Any) -> None:
        self.client = OpenApiClient(config(emulator, **more))
        self.in_body = in_body

    def call(self, action: str, **params: Any) -> dict[str, Any]:
        request = openapi.OpenApiRequest(body=params) if self.in_body else openapi.OpenApiRequest(query=flat(params))
        description = openapi.Params(
            action=action,
            version=VERSIONS.get(action, "2018-12-03"),
            protocol="HTTP",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        body: dict[str, Any] = self.client.call_api(description, request, RuntimeOptions())["body"]
        return body


def test_life_of_an_entry(emulator: Emulator, api: SasClient) -> None:
    added = api.add_cloud_vendor_account_ak(
        sas.AddCloudVendorAccountAKRequest(
            vendor="AWS",
            ak_type="sub",
            secret_id="AKIAnew",
            secret_key=SECRET,
            auth_modules=["HOST", "CSPM"],
            regions=["us-east-1", "ap-south-1"],
            domain="global",
            vendor_auth_alias="new",
        )
    ).body
    assert added.request_id == added.request_id.upper()
    assert (added.data.status, added.data.service_status) == (0, 2)
    assert [module.module_service_status for module in added.data.auth_modules] == [2, 2]

    auth_id = added.data.auth_id
    query = sas.DescribeCloudVendorAccountAKListRequest(auth_ids=str(auth_id))
    listed = api.describe_cloud_vendor_account_aklist(query).body
    (entry,) = listed.cloud_vendor_account_aks
    assert (listed.page_info.count, listed.page_info.total_count) == (1, 1)
    assert (entry.auth_id, entry.secret_id, entry.service_status) == (auth_id, "AKIAnew", 0)
    assert [(module.module, module.module_service_status) for module in entry.auth_modules] == [
        ("HOST", 0),
        ("CSPM", 0),
    ]

    change = sas.ModifyCloudVendorAccountAKRequest(auth_ids=str(auth_id), status=1, vendor_auth_alias="two words")
    changed = api.modify_cloud_vendor_account_ak(change).body.data
    assert (changed.status, changed.vendor_auth_alias) == (1, "two words")

    api.delete_cloud_vendor_account_ak(sas.DeleteCloudVendorAccountAKRequest(auth_id=auth_id))
    assert api.describe_cloud_vendor_account_aklist(query).body.cloud_vendor_account_aks == []

    journal = emulator.journal()
    assert [call["action"] for call in journal] == [ADD, LIST, MODIFY, DELETE, LIST]
    assert [call["committed"] for call in journal] == [True, False, True, True, False]
    assert journal[0]["params"]["SecretKey"] == "***"
    assert SECRET in emulator.secrets()


@pytest.mark.parametrize("algorithm", [None, "v2"])
@pytest.mark.parametrize("in_body", [False, True])
def test_life_of_an_entry_by_name(emulator: Emulator, algorithm: str | None, in_body: bool) -> None:
    api = Generic(emulator, in_body=in_body, signature_algorithm=algorithm)
    modules = ["HOST", "CSPM"]
    new = {"Vendor": "AWS", "AkType": "sub", "SecretId": "AKIAnew", "SecretKey": SECRET, "Domain": "global"}
    auth_id = api.call(ADD, **new, AuthModules=modules)["Data"]["AuthId"]
    assert api.call(MODIFY, AuthIds=str(auth_id), Status=1)["Data"]["Status"] == 1
    (entry,) = api.call(LIST, AuthIds=str(auth_id))["CloudVendorAccountAKs"]
    assert [module["Module"] for module in entry["AuthModules"]] == modules
    assert api.call(DELETE, AuthId=auth_id).keys() == {"RequestId"}
    assert api.call(LIST, AuthIds=str(auth_id))["PageInfo"]["TotalCount"] == 0
    assert SECRET in emulator.secrets()


def test_more_than_ten_items_keep_their_order(api: SasClient, emulator: Emulator) -> None:
    regions = [region.region_id for region in regions_of(api, "AWS")] * 2
    api.modify_cloud_vendor_account_ak(sas.ModifyCloudVendorAccountAKRequest(auth_ids="2832", regions=regions))
    assert len(regions) > 20
    assert emulator.state("alibaba")["entries"][0]["regions"] == regions


def regions_of(api: SasClient, vendor: str) -> Any:
    """List the regions of a vendor."""
    return api.list_cloud_vendor_regions(sas.ListCloudVendorRegionsRequest(vendor=vendor)).body.data


def test_regions(api: SasClient) -> None:
    body = api.list_cloud_vendor_regions(sas.ListCloudVendorRegionsRequest(vendor="HUAWEICLOUD")).body
    assert (body.success, body.http_status_code, body.count) == (True, 200, len(body.data))
    assert {region.area for region in body.data} == {"cn", "africa", "latin_america", "asia"}
    assert {(region.selected, region.disable) for region in body.data} == {(1, 0)}


def test_modules(api: SasClient) -> None:
    body = api.get_supported_modules(sas.GetSupportedModulesRequest(lang="en")).body
    modules = {each.vendor: each.supported_modules for each in body.supported_module_response}
    assert [module.module for module in modules["Azure"]] == ["HOST", "CSPM", "SIEM"]
    assert (modules["Azure"][0].module_disp, modules["Azure"][0].module_auth) == ("Host", True)


def test_leaks(emulator: Emulator, api: SasClient) -> None:
    leaks = [
        {"access_key_id": OPERATOR[0], "user_name": "operator", "url": "https://example.com/one"},
        {"access_key_id": AUDITOR[0], "user_name": "auditor", "status": "dealed"},
        {"access_key_id": ROOT[0], "user_type": "master", "discovered": "2026-03-01T00:00:00Z"},
    ]
    emulator.seed({"alibaba": {"leaks": leaks}})

    def listed(**filters: Any) -> Any:
        query = sas.DescribeAccesskeyLeakListRequest(**{"current_page": 1, "page_size": 20, **filters})
        return api.describe_accesskey_leak_list(query).body

    body = listed()
    assert (body.ak_leak_count, body.total_count, body.current_page, body.page_size) == (2, 3, 1, 20)
    newest, dealt_with, oldest = body.access_key_leak_list
    assert (oldest.id, oldest.accesskey_id, oldest.ali_user_name) == (1, OPERATOR[0], "operator")
    assert (oldest.user_type, oldest.status, oldest.deal_type) == ("ram", "pending", "pending")
    assert (oldest.url, oldest.type, oldest.asset) == ("https://example.com/one", "AccessKey", "Cloud Platform")
    assert (dealt_with.status, dealt_with.url) == ("dealed", None)
    assert (newest.user_type, newest.gmt_modified) == ("master", 1772323200000)
    assert [leak.id for leak in listed(status="pending", page_size=1, current_page=2).access_key_leak_list] == [1]
    assert [leak.id for leak in listed(query=AUDITOR[0]).access_key_leak_list] == [2]
    assert [leak.id for leak in listed(start_ts=1772323200000).access_key_leak_list] == [3]


def test_who_calls(emulator: Emulator) -> None:
    own = Generic(emulator, in_body=True).call("GetCallerIdentity")
    own.pop("RequestId")
    assert own == {
        "AccountId": ACCOUNT,
        "IdentityType": "Account",
        "Arn": f"acs:ram::{ACCOUNT}:root",
        "PrincipalId": ACCOUNT,
        "UserId": ACCOUNT,
    }
    for algorithm in (None, "v2"):
        role = Generic(emulator, in_body=True, key=TEMPORARY, security_token=TOKEN, signature_algorithm=algorithm).call(
            "GetCallerIdentity"
        )
        assert role["Arn"] == f"acs:ram::{ACCOUNT}:assumed-role/deployer/pipeline"
        assert role["IdentityType"] == "AssumedRoleUser"
        assert role["PrincipalId"] == f"{role['RoleId']}:pipeline"


def test_errors_as_the_sdk_shows_them(emulator: Emulator, api: SasClient) -> None:
    auditor = SasClient(config(emulator, AUDITOR))
    with pytest.raises(sdk_errors.ClientException) as error:
        auditor.delete_cloud_vendor_account_ak(sas.DeleteCloudVendorAccountAKRequest(auth_id=2832))
    denied = error.value
    assert (denied.code, denied.status_code) == ("NoPermission", 403)
    assert denied.message == f"code: 403, caller has no permission request id: {denied.request_id}"
    assert denied.access_denied_detail["AuthAction"] == "yundun-sas:DeleteCloudVendorAccountAK"

    emulator.fault("error", cloud="alibaba", code="ServerError", message="ServerError", times=1)
    with pytest.raises(sdk_errors.ServerException) as failed:
        api.get_supported_modules(sas.GetSupportedModulesRequest())
    assert (failed.value.code, failed.value.status_code) == ("ServerError", 500)


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_a_wrong_secret(emulator: Emulator, algorithm: str | None) -> None:
    wrong = Generic(emulator, in_body=False, key=(ROOT[0], "wrong"), signature_algorithm=algorithm)
    with pytest.raises(TeaException) as error:
        wrong.call(MODIFY, AuthIds="2832", SecretKey="Canary-3")
    assert error.value.code == "SignatureDoesNotMatch"
    # Parameters in the query are returned.
    assert "Canary-3" in error.value.message


@pytest.mark.parametrize("form", ["400_throttling_user", "429_retry_after", "503_service_unavailable"])
def test_retries_of_the_sdk(emulator: Emulator, form: str) -> None:
    emulator.modes(cloud="alibaba", throttle_form=form, retry_after_milliseconds=10)
    emulator.fault("throttle", cloud="alibaba", times=2)
    condition = {
        "maxAttempts": 4,
        "backoff": {"policy": "Fixed", "period": 10},
        "exception": ["ServerException", "ThrottlingException"],
        "errorCode": ["Throttling.User"],
    }
    patient = SasClient(
        config(emulator, retry_options=RetryOptions({"retryable": True, "retryCondition": [condition]}))
    )
    patient.get_supported_modules(sas.GetSupportedModulesRequest())
    assert len(emulator.journal()) == 3
    assert emulator.journal()[2]["code"] is None
