# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the environment variables and profiles of the vendors' own tools: who signs, and which endpoint follows."""

from __future__ import annotations

import json

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba import options as alibaba
from ansible_collections.multicloud.iam.plugins.module_utils._credentials import resolve
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._huawei import options as huawei
from ansible_collections.multicloud.iam.plugins.module_utils._tencent import options as tencent

CHINA, INTERNATIONAL = "https://tds.cn-shanghai.aliyuncs.com", "https://tds.ap-southeast-1.aliyuncs.com"
CAM, CAM_INTERNATIONAL = "https://cam.tencentcloudapi.com", "https://cam.intl.tencentcloudapi.com"
HUAWEI = "https://iam.myhuaweicloud.com"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Set a temporary home directory, and remove the variables of all vendors."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in (".aliyun", ".tccli"):
        (tmp_path / folder).mkdir()
    return tmp_path


def signing(environment, names, value=lambda name: name.lower()):
    """Set one family of credentials in the environment, each with its own name as its value."""
    return {**{name: value(name) for name in names}, **environment}


# --- who signs: one test for each name ---


@pytest.mark.parametrize(
    ("sources", "option", "names"),
    [
        (tencent.SOURCES, "api_secret_id", ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")),
        (tencent.SOURCES, "api_secret_key", ("TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECRET_ID")),
        *(
            (tencent.SOURCES, "api_token", (token, "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECRET_ID"))
            for token in ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN")
        ),
        *(
            (huawei.SOURCES, option, (name, *(other for other in family if other != name)))
            for family in (
                ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"),
                ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
                ("OS_ACCESS_KEY", "OS_SECRET_KEY", "OS_SECURITY_TOKEN"),
            )
            for option, name in zip(("api_access_key", "api_secret_key", "api_security_token"), family)
        ),
        (huawei.SOURCES, "api_auth_token", ("HW_AUTH_TOKEN",)),
        (huawei.SOURCES, "api_auth_token", ("OS_AUTH_TOKEN",)),
        (huawei.SOURCES, "api_auth_token", ("OS_TOKEN",)),
        (huawei.SOURCES, "api_domain_id", ("HW_DOMAIN_ID", "HW_AUTH_TOKEN")),
        (huawei.SOURCES, "api_domain_id", ("HW_DOMAIN_ID", "HW_ACCESS_KEY", "HW_SECRET_KEY")),
        (huawei.SOURCES, "api_domain_id", ("HUAWEICLOUD_SDK_DOMAIN_ID", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")),
        (huawei.SOURCES, "api_domain_id", ("OS_DOMAIN_ID", "OS_ACCESS_KEY", "OS_SECRET_KEY")),
        *(
            (alibaba.SOURCES, option, (name, *(other for other in family if other != name)))
            for family in (
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
                ("ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"),
                ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
                ("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"),
            )
            for option, name in zip(("api_access_key_id", "api_access_key_secret", "api_security_token"), family)
        ),
    ],
)
def test_the_signer_of_each_variable(sources, option, names):
    found = resolve({}, sources, signing({}, names)).found
    assert (found[option].value, found[option].name) == (names[0].lower(), names[0])
    assert {each.name for each in found.values()} == set(names)


@pytest.mark.parametrize(
    "name",
    ["TENCENTCLOUD_PROFILE", "TCCLI_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"],
)
def test_the_profile_that_is_read(home, name):
    sources, option = (
        (tencent.SOURCES, "api_secret_id") if name.startswith("T") else (alibaba.SOURCES, "api_access_key_id")
    )
    write_tool_profiles(home / ".aliyun" / "config.json")
    write_cli_profile(home / ".tccli", "intl")
    assert resolve({}, sources, {name: "intl"})[option] == "profile-id"
    with pytest.raises(CloudError, match=f"no-such.*{name} names it"):
        resolve({}, sources, {name: "no-such"})


# --- profiles ---


def write_tool_profiles(path, encoding="utf-8", **more):
    profile = {"name": "intl", "mode": "AK", "access_key_id": "profile-id", "access_key_secret": "s", **more}
    path.write_text(json.dumps({"current": "intl", "profiles": [{"name": "other"}, profile]}), encoding=encoding)


def write_cli_profile(folder, name, encoding="utf-8", configure=None):
    credential = {"secretId": "profile-id", "secretKey": "s"}
    (folder / f"{name}.credential").write_text(json.dumps(credential), encoding=encoding)
    if configure is not None:
        (folder / f"{name}.configure").write_text(json.dumps(configure), encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_profile_with_a_byte_order_mark_is_read(home, encoding):
    write_tool_profiles(home / ".aliyun" / "config.json", encoding, region_id="ap-southeast-1")
    write_cli_profile(home / ".tccli", "intl", encoding, {"_sys_param": {"region": "ap-singapore"}})
    assert resolve({"api_profile": "intl"}, alibaba.SOURCES, {})["api_region"] == "ap-southeast-1"
    assert resolve({"api_profile": "intl"}, tencent.SOURCES, {})["api_region"] == "ap-singapore"
    ini = home / "credentials.ini"
    ini.write_text("[intl]\ntype = access_key\naccess_key_id = i\naccess_key_secret = s\n", encoding=encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", str(ini))
        assert resolve({"api_profile": "intl"}, alibaba.SOURCES, {})["api_access_key_id"] == "i"


@pytest.mark.parametrize(
    "variable", ["ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE", "ALICLOUD_SHARED_CREDENTIALS_FILE"]
)
def test_the_path_of_the_profiles_file(home, monkeypatch, variable):
    write_tool_profiles(home / "elsewhere.json", region_id="eu-central-1")
    write_tool_profiles(home / ".aliyun" / "config.json", access_key_id="default-id")
    monkeypatch.setenv(variable, str(home / "elsewhere.json"))
    assert resolve({}, alibaba.SOURCES, {"ALICLOUD_PROFILE": "intl"})["api_access_key_id"] == "profile-id"
    monkeypatch.setenv(variable, "")
    assert resolve({}, alibaba.SOURCES, {"ALICLOUD_PROFILE": "intl"})["api_access_key_id"] == "default-id"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[p]\ntype=access_key\naccess_key_id=i # mine\naccess_key_secret=s\n", {"i", "s"}),
        ("[p]\ntype=sts\naccess_key_id=i\naccess_key_secret=s%s\nsecurity_token=t\n", {"i", "s%s", "t"}),
        ("[p]\ntype=ram_role_arn\naccess_key_id=i\naccess_key_secret=s\n", "the mode 'ram_role_arn', which is not"),
        ("[p]\ntype=access_key\naccess_key_id=i\n", "has no access_key_secret"),
        ("[other]\ntype=access_key\n", "there is no profile 'p'"),
        ("access_key_secret=s3cret\n", "neither JSON nor INI"),
    ],
)
def test_a_credentials_file_of_the_sdks(home, monkeypatch, text, found):
    (home / "credentials").write_text(text)
    monkeypatch.setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", str(home / "credentials"))
    if isinstance(found, set):
        credentials = resolve({"api_profile": "p"}, alibaba.SOURCES, {})
        assert {each.value for each in credentials.found.values()} == found
        return
    with pytest.raises(CloudError, match=found) as caught:
        resolve({"api_profile": "p"}, alibaba.SOURCES, {})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "variable", ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE"]
)
def test_profiles_can_be_forbidden(home, monkeypatch, variable):
    write_tool_profiles(home / ".aliyun" / "config.json")
    monkeypatch.setenv(variable, "TRUE")
    with pytest.raises(CloudError, match=f"'intl' is not read, because {variable} forbids it"):
        resolve({"api_profile": "intl"}, alibaba.SOURCES, {})
    monkeypatch.setenv(variable, "")
    assert resolve({"api_profile": "intl"}, alibaba.SOURCES, {})["api_access_key_id"] == "profile-id"


# --- where it leads ---

OF_SDK = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
OF_OLD_TOOL = ("ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET")
OF_TERRAFORM = ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY")
KEY = {"api_access_key_id": "i", "api_access_key_secret": "k"}
REGIONS = (
    "ALIBABA_CLOUD_REGION_ID",
    "ALIBABA_CLOUD_REGION",
    "ALIBABACLOUD_REGION_ID",
    "ALICLOUD_REGION",
    "ALICLOUD_REGION_ID",
)


@pytest.mark.parametrize("names", [OF_SDK, OF_OLD_TOOL, OF_TERRAFORM])
@pytest.mark.parametrize("region", REGIONS)
def test_a_region_variable_leads_to_its_site(names, region):
    environment = signing(dict.fromkeys(REGIONS, "") | {region: "ap-southeast-1"}, names)
    assert alibaba.default_endpoint(resolve({}, alibaba.SOURCES, environment)) == INTERNATIONAL


@pytest.mark.parametrize(
    ("options", "environment", "endpoint"),
    [
        (KEY, {}, CHINA),
        ({**KEY, "api_region": "cn-hongkong"}, {}, CHINA),
        ({**KEY, "api_region": "cn-beijing-finance-1"}, {}, CHINA),
        ({**KEY, "api_region": "me-central-1"}, {"ALICLOUD_REGION": "cn-beijing"}, INTERNATIONAL),
        ({**KEY, "api_endpoint": "https://x"}, {"ALICLOUD_REGION": "mars-1"}, "https://x"),
        (KEY, {"MULTICLOUD_IAM_ALIBABA_ENDPOINT": "https://x"}, "https://x"),
        (KEY, {"MULTICLOUD_IAM_ALIBABA_ENDPOINT": ""}, CHINA),
        (KEY, {"ALIBABA_CLOUD_REGION": "cn-beijing"}, CHINA),
        (
            KEY,
            {"ALIBABA_CLOUD_REGION": "eu-central-1"},
            "may belong to a site other than.*ALIBABA_CLOUD_REGION is 'eu-central",
        ),
        ({}, signing({"ALIBABA_CLOUD_REGION": "ap-southeast-1", "ALICLOUD_REGION": "cn-beijing"}, OF_TERRAFORM), CHINA),
        ({}, signing({"ALIBABA_CLOUD_REGION": "mars-1"}, OF_SDK), "api_region is 'mars-1', which no site.*is known"),
        (
            {},
            signing({"ALIBABA_CLOUD_REGION_ID": "cn-beijing", "ALIBABA_CLOUD_REGION": "eu-west-1"}, OF_SDK),
            "may belong to a site other than.*ALIBABA_CLOUD_REGION is 'eu-west-1'",
        ),
        (
            {},
            signing({"ALIBABA_CLOUD_REGION_ID": "ap-south-1", "ALICLOUD_REGION": "cn-beijing"}, OF_SDK),
            INTERNATIONAL,
        ),
        # The region of another key, which is signed with elsewhere.
        (
            {},
            {
                **signing({"ALICLOUD_REGION": "eu-west-1"}, OF_SDK),
                "ALICLOUD_ACCESS_KEY": "j",
                "ALICLOUD_SECRET_KEY": "k",
            },
            "may belong to a site other than.*ALICLOUD_REGION is 'eu-west-1'",
        ),
        (
            {},
            {
                **signing({"ALICLOUD_REGION": "cn-beijing"}, OF_SDK),
                "ALICLOUD_ACCESS_KEY": "j",
                "ALICLOUD_SECRET_KEY": "k",
            },
            CHINA,
        ),
        ({}, signing({"ALICLOUD_REGION": "eu-west-1"}, (*OF_SDK, *OF_TERRAFORM), lambda _name: "k"), INTERNATIONAL),
        ({"api_profile": "intl"}, {"ALICLOUD_REGION": "cn-beijing"}, INTERNATIONAL),
        ({"api_profile": "intl", "api_region": "cn-beijing"}, {}, CHINA),
        ({"api_profile": "none"}, {}, CHINA),
        ({"api_profile": "none"}, {"ALICLOUD_REGION": "eu-west-1"}, "may belong to a site other than"),
        ({}, {"ALICLOUD_PROFILE": "intl"}, INTERNATIONAL),
        ({}, {"ALICLOUD_PROFILE": "intl", "ALICLOUD_REGION": "eu-west-1"}, INTERNATIONAL),
        ({}, {"ALICLOUD_PROFILE": "intl", "ALICLOUD_REGION": "cn-beijing"}, "may belong to a site other than"),
        ({}, {"ALICLOUD_PROFILE": "none", "ALICLOUD_REGION": "eu-west-1"}, INTERNATIONAL),
        ({"api_region": "CN-SHANGHAI", **KEY}, {}, "which no site"),
    ],
)
def test_the_site_of_security_center(home, options, environment, endpoint):
    path = home / ".aliyun" / "config.json"
    write_tool_profiles(
        path, region_id="" if "none" in (*options.values(), *environment.values()) else "ap-southeast-1"
    )
    path.write_text(
        path.read_text().replace('"other"', '"none", "mode": "AK", "access_key_id": "i", "access_key_secret": "k"')
    )
    check(alibaba.SOURCES, alibaba.default_endpoint, options, environment, endpoint)


def check(sources, endpoint_of, options, environment, endpoint):
    credentials = resolve(options, sources, environment)
    if endpoint.startswith("http"):
        assert endpoint_of(credentials) == endpoint
        return
    with pytest.raises(CloudError, match=endpoint) as caught:
        endpoint_of(credentials)
    assert "api_endpoint" in (caught.value.advice or "")


OTC = ("OS_ACCESS_KEY", "OS_SECRET_KEY")
TERRAFORM = ("HW_ACCESS_KEY", "HW_SECRET_KEY")
SDK = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
PAIR = {"api_access_key": "i", "api_secret_key": "k"}
FRANKFURT = "https://iam.eu-de.otc.t-systems.com"
SWISS = "https://iam-pub.eu-ch2.sc.otc.t-systems.com"


@pytest.mark.parametrize(
    ("options", "environment", "endpoint"),
    [
        (PAIR, {}, HUAWEI),
        ({**PAIR, "api_region": "ap-southeast-1"}, {}, "https://iam.ap-southeast-1.myhuaweicloud.com"),
        ({**PAIR, "api_region": "eu-west-101"}, {}, "https://iam.eu-west-101.myhuaweicloud.eu"),
        ({**PAIR, "api_region": "eu-nl"}, {}, "https://iam.eu-nl.otc.t-systems.com"),
        ({**PAIR, "api_region": "eu-ch2"}, {}, SWISS),
        ({**PAIR, "api_region": "mars-1"}, {}, "api_region is 'mars-1', and no site is known"),
        ({**PAIR, "api_region": "eu/de"}, {}, "api_region is 'eu/de', and no site"),
        ({**PAIR, "api_endpoint": "https://x", "api_region": "mars-1"}, {}, "https://x"),
        (PAIR, {"MULTICLOUD_IAM_HUAWEI_ENDPOINT": "https://x"}, "https://x"),
        (PAIR, {"MULTICLOUD_IAM_HUAWEI_ENDPOINT": ""}, HUAWEI),
        (PAIR, {"HW_REGION_NAME": "ap-southeast-1"}, HUAWEI),
        (PAIR, {"HW_REGION_NAME": "eu-west-101"}, "may belong to a site other than.*HW_REGION_NAME is 'eu-west-101'"),
        (PAIR, {"HW_CLOUD": "myhuaweicloud.eu"}, "may belong to a site other than.*HW_CLOUD is"),
        (PAIR, {"OS_AUTH_URL": f"{FRANKFURT}/v3"}, "may belong to a site other than.*OS_AUTH_URL is"),
        ({**PAIR, "api_region": "eu-de"}, {"OS_AUTH_URL": "https://iam.eu-nl.otc.t-systems.com/v3"}, FRANKFURT),
        ({**PAIR, "api_region": "eu-de"}, {"HW_CLOUD": "myhuaweicloud.com"}, FRANKFURT),
        # the names of Terraform
        ({}, signing({"HW_REGION_NAME": ""}, TERRAFORM), HUAWEI),
        ({}, signing({"HW_REGION_NAME": "tr-west-1"}, TERRAFORM), "https://iam.tr-west-1.myhuaweicloud.com"),
        ({}, signing({"HW_REGION_NAME": "mars-1"}, TERRAFORM), "api_region is 'mars-1', and no site"),
        ({}, signing({"HW_CLOUD": "example.org"}, TERRAFORM), "https://iam.example.org"),
        (
            {},
            signing({"HW_CLOUD": "example.org", "HW_REGION_NAME": "mars-1"}, TERRAFORM),
            "https://iam.mars-1.example.org",
        ),
        ({}, signing({"HW_CLOUD": "a b"}, TERRAFORM), "HW_CLOUD is 'a b', which is not a domain name"),
        ({}, signing({"HW_AUTH_URL": "https://iam.example.org:443/v3"}, TERRAFORM), "https://iam.example.org:443"),
        ({}, signing({"OS_AUTH_URL": "https://an.open.stack/v3"}, TERRAFORM), HUAWEI),
        ({}, signing({"HW_REGION_NAME": "eu-west-101"}, ["HW_AUTH_TOKEN"]), "https://iam.eu-west-101.myhuaweicloud.eu"),
        # of the SDKs
        ({}, signing({"HW_REGION_NAME": "tr-west-1"}, SDK), "https://iam.tr-west-1.myhuaweicloud.com"),
        ({}, signing({"HUAWEICLOUD_SDK_REGION_ID": "eu-west-101"}, SDK), "https://iam.eu-west-101.myhuaweicloud.eu"),
        (
            PAIR,
            {"HUAWEICLOUD_SDK_REGION_ID": "eu-west-101"},
            "may belong to a site other than.*HUAWEICLOUD_SDK_REGION_ID is",
        ),
        (
            {},
            signing({"HUAWEICLOUD_SDK_REGION_ID": "eu-west-101", "HW_REGION_NAME": "tr-west-1"}, SDK),
            "may belong to a site other than.*HW_REGION_NAME is 'tr-west-1'",
        ),
        ({}, signing({"HUAWEICLOUD_SDK_IAM_ENDPOINT": "https://iam.example.org"}, SDK), "https://iam.example.org"),
        # of Open Telekom Cloud
        ({}, signing({"OS_AUTH_URL": f"{FRANKFURT}/v3", "OS_REGION_NAME": "eu-nl"}, OTC), FRANKFURT),
        ({}, signing({"OS_AUTH_URL": f"{FRANKFURT}:443/v3"}, OTC), f"{FRANKFURT}:443"),
        ({}, signing({"OS_AUTH_URL": "", "OS_REGION_NAME": "eu-ch2"}, OTC), SWISS),
        ({}, signing({"OS_REGION_NAME": "RegionOne"}, OTC), "api_region is 'RegionOne'"),
        ({}, signing({"OS_REGION": "eu-de"}, OTC), FRANKFURT),
        ({}, signing({"OS_REGION_NAME": "mars-1"}, OTC), "no site is known"),
        ({}, signing({}, ["OS_TOKEN"]), "do not identify their site"),
        ({}, signing({"OS_REGION_NAME": "", "HW_REGION_NAME": "tr-west-1"}, OTC), "do not identify their site"),
        ({"api_region": "eu-de"}, signing({}, OTC), FRANKFURT),
        ({"api_endpoint": "https://x"}, signing({}, OTC), "https://x"),
    ],
)
def test_the_site_of_iam(options, environment, endpoint):
    check(huawei.SOURCES, huawei.default_endpoint, options, environment, endpoint)


def test_a_url_with_a_password_is_not_shown():
    for variables in ({"OS_AUTH_URL": "https://u:s3cret@x/v3"}, {"OS_AUTH_URL": "u:s3cret@x"}):
        with pytest.raises(CloudError, match="OS_AUTH_URL contains user information") as caught:
            huawei.default_endpoint(resolve({}, huawei.SOURCES, signing(variables, OTC)))
        assert "s3cret" not in str(caught.value)
        with pytest.raises(CloudError, match="OS_AUTH_URL is one with user information") as caught:
            huawei.default_endpoint(resolve(PAIR, huawei.SOURCES, variables))
        assert "s3cret" not in str(caught.value)


CAM_PAIR = {"api_secret_id": "i", "api_secret_key": "k"}
CAM_KEY = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
ABROAD = {"TENCENTCLOUD_DOMAIN": "intl.tencentcloudapi.com"}


@pytest.mark.parametrize(
    ("options", "environment", "endpoint"),
    [
        (CAM_PAIR, {"TENCENTCLOUD_DOMAIN": ""}, CAM),
        (CAM_PAIR, {"TENCENTCLOUD_DOMAIN": "internal.tencentcloudapi.com"}, CAM),
        (CAM_PAIR, ABROAD, "may belong to a site other than.*TENCENTCLOUD_DOMAIN is"),
        ({**CAM_PAIR, "api_endpoint": "https://x"}, ABROAD, "https://x"),
        (CAM_PAIR, {"MULTICLOUD_IAM_TENCENT_ENDPOINT": "https://x"}, "https://x"),
        ({}, signing({}, CAM_KEY), CAM),
        ({}, signing(ABROAD, CAM_KEY), CAM_INTERNATIONAL),
        ({}, signing({"TENCENTCLOUD_DOMAIN": "a/b"}, CAM_KEY), "TENCENTCLOUD_DOMAIN is 'a/b'"),
        ({"api_profile": "plain"}, {}, CAM),
        ({"api_profile": "abroad"}, {}, CAM_INTERNATIONAL),
        ({"api_profile": "home"}, ABROAD, CAM),
        ({}, {"TCCLI_PROFILE": "abroad"}, CAM_INTERNATIONAL),
        ({}, {"TCCLI_PROFILE": "plain", **ABROAD}, CAM_INTERNATIONAL),
        ({}, {"TCCLI_PROFILE": "home", **ABROAD}, "may belong to a site other than"),
    ],
)
def test_the_site_of_cam(home, options, environment, endpoint):
    write_cli_profile(home / ".tccli", "plain")
    write_cli_profile(home / ".tccli", "home", configure={"cam": {"endpoint": "cam.tencentcloudapi.com"}})
    write_cli_profile(home / ".tccli", "abroad", configure={"cam": {"endpoint": "cam.intl.tencentcloudapi.com"}})
    check(tencent.SOURCES, tencent.endpoint_of, options, environment, endpoint)


def test_the_region_that_is_sent_to_cam(home, monkeypatch):
    write_cli_profile(home / ".tccli", "intl", configure={"_sys_param": {"region": "ap-singapore"}})
    environment = {"TENCENTCLOUD_REGION": "ap-guangzhou"}
    assert resolve({}, tencent.SOURCES, signing(environment, CAM_KEY))["api_region"] == "ap-guangzhou"
    assert resolve({"api_profile": "intl"}, tencent.SOURCES, environment)["api_region"] == "ap-singapore"
    (home / ".tccli").rename(home / "elsewhere")
    monkeypatch.setenv("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", str(home / "elsewhere"))
    assert resolve({"api_profile": "intl"}, tencent.SOURCES, {})["api_region"] == "ap-singapore"
