# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the signer of Huawei Cloud against fixed vectors and against the official one."""

from __future__ import annotations

import string
from datetime import datetime, timezone
from urllib.parse import quote

import pytest
import requests
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._huawei.signer import KeySigner, TokenAuth
from ansible_collections.multicloud.iam.tests.support.cases import cases

AK, SK = "AKEXAMPLE0000000001X", "SKexample0000000000000000000000000000001"
VENDOR_SK = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"
KEYS = "/v3.0/OS-CREDENTIAL/credentials"
LOCAL = {"Content-Type": "application/json", "X-Domain-Id": "d78cbac186b744899480f25bd022f468"}
BODY = '{"credential": {"user_id": "07609fb9358010e21f7bc003751c7c32", "description": "ci"}}'
VPCS = "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0"
VECTORS = [
    (
        SK,
        "20260101T000000Z",
        "GET",
        f"http://127.0.0.1:8080{KEYS}?user_id=07609fb9358010e21f7bc003751c7c32",
        LOCAL,
        None,
        "28fc33f1bd8c701ca3b2bb42a756fd6a84c3e68fe5d793447b804e790d44b49a",
    ),
    (
        SK,
        "20260101T000000Z",
        "POST",
        f"http://127.0.0.1:8080{KEYS}",
        {**LOCAL, "Content-Type": "application/json;charset=utf-8"},
        BODY,
        "56e034ad1c4a19708e3e98cdbe1f59c145ef67018baf6d09dda86a3f367bac4c",
    ),
    (
        SK,
        "20260101T000000Z",
        "DELETE",
        f"https://iam.myhuaweicloud.com{KEYS}/LOSZM4YRVLKOY9E8XEXA",
        {},
        None,
        "7cbf4cb0f67273fcf7510ab8bf254e5bfe90ad7d2256314119cbcfca97640a5b",
    ),
    (
        SK,
        "20260101T000000Z",
        "GET",
        "https://iam.myhuaweicloud.com/v3/users?enabled=true&name=a%20b~c%2F%C3%BC",
        {},
        None,
        "f46a6e22b50ed7ed8395a394b01c7d69f7a64c00eeca090e4e2adc079d7b4e87",
    ),
    (
        VENDOR_SK,
        "20191115T033655Z",
        "GET",
        f"https://service.region.example.com{VPCS}",
        {"content-type": "application/json"},
        None,
        "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
    ),
]


def seconds(date: str) -> float:
    return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize(("secret", "date", "method", "url", "headers", "body", "signature"), VECTORS)
def test_the_vectors_of_the_fact_sheet(
    secret: str, date: str, method: str, url: str, headers: dict[str, str], body: str | None, signature: str
) -> None:
    signer = KeySigner(AK, secret, now=lambda: seconds(date))
    request = requests.Request(method, url, headers=headers, data=body, auth=signer).prepare()
    assert request.headers["Authorization"].endswith(f"Signature={signature}")
    assert request.headers["Host"] == url.split("/")[2]


ODD = string.ascii_letters + string.digits + "-_.~ !*'();:@&=+$,/?#[]%\"<>\\^`{|}äß日本\u00a0🔑"
TEXTS = st.text(st.sampled_from(ODD), max_size=40)
NAMES = st.text(st.sampled_from(ODD), min_size=1, max_size=6)
# A path segment of dots is resolved before the request is signed. No call has one.
PATHS = st.lists(NAMES.map(lambda piece: quote(piece.strip(".") or "x", safe="")), max_size=3).map("/".join)
MOMENTS = st.integers(10**7, 32 * 10**9).map(
    lambda stamp: f"{datetime.fromtimestamp(stamp, timezone.utc):%Y%m%dT%H%M%SZ}"
)


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
@cases(usually=1000)
@given(
    key=st.tuples(st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=20), TEXTS.filter(bool)),
    token=st.none() | st.text(string.ascii_letters + "+/=", min_size=1, max_size=60),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    host=st.sampled_from(["127.0.0.1:8080", "iam.myhuaweicloud.com", "iam.eu-de.otc.t-systems.com", "h:444"]),
    path=PATHS.map("/v3.0/{}".format),
    query=st.lists(st.tuples(NAMES, TEXTS), max_size=4),
    more=st.sampled_from([{}, {"X-Domain-Id": "d" * 32}]),
    body=st.sampled_from(["", "{}"]) | TEXTS,
    date=MOMENTS,
)
def test_it_signs_like_the_official_signer(
    key: tuple[str, str],
    token: str | None,
    method: str,
    host: str,
    path: str,
    query: list[tuple[str, str]],
    more: dict[str, str],
    body: str,
    date: str,
) -> None:
    headers = {"Content-Type": "application/json", **more}
    ours = requests.Request(
        method,
        f"https://{host}{path}",
        params="&".join("=".join(quote(part, safe="") for part in pair) for pair in query),
        headers=headers,
        data=body.encode() or None,
        auth=KeySigner(*key, token, now=lambda: seconds(date)),
    ).prepare()
    theirs = SdkRequest(
        method=method,
        schema="https",
        host=host,
        resource_path=path,
        query_params=[*query],
        header_params={**headers, "X-Sdk-Date": date, **({"X-Security-Token": token} if token else {})},
        body=body.encode(),
    )
    expected = Signer(GlobalCredentials(*key, "d" * 32)).sign(theirs).header_params["Authorization"]
    assert ours.headers["Authorization"] == expected


def test_each_attempt_has_its_own_date() -> None:
    moments = iter([0.0, 1.0])
    signer = KeySigner(AK, SK, now=lambda: next(moments))
    dates = [requests.Request("GET", "https://h/", auth=signer).prepare().headers["X-Sdk-Date"] for _unused in range(2)]
    assert dates == ["19700101T000000Z", "19700101T000001Z"]


def test_a_token_signs_nothing() -> None:
    headers = requests.Request("GET", "https://h/", auth=TokenAuth("T")).prepare().headers
    assert headers["X-Auth-Token"] == "T"
    assert "Authorization" not in headers
