# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the signer of Alibaba Cloud against the official one, and against vectors from it."""

from __future__ import annotations

import hashlib
import string
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit

import pytest
import requests
from alibabacloud_tea_openapi.utils import Utils
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.client import flatten
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.signer import ALGORITHM, Acs3Signer
from ansible_collections.multicloud.iam.tests.support.alibaba import ROOT
from ansible_collections.multicloud.iam.tests.support.cases import cases
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

KEY = ("LTAIEXAMPLE", "EXAMPLESECRET")
NOW = 1767323045.9  # 2026-01-02T03:04:05Z
NONCE = "0123456789abcdef0123456789abcdef"
PARAMETERS = {"AuthIds": "2832", "AuthModules": ["HOST", "CSPM"], "SecretKey": "a/b+c= d~*", "Status": 0}
NAMES = "accept;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"


def signed(
    url: str = "https://tds.cn-shanghai.aliyuncs.com/",
    query: list[tuple[str, str]] | None = None,
    *,
    key: tuple[str, str] = KEY,
    token: str | None = None,
    **request: Any,
) -> requests.PreparedRequest:
    """Prepare a request as the client does, with everything that the signer adds."""
    encoded = urlencode(query or [], quote_via=quote, safe="")
    headers = {"accept": "application/json", "x-acs-action": "ModifyCloudVendorAccountAK"}
    given = {
        "method": "POST",
        "headers": {**headers, "x-acs-version": "2018-12-03", **request.pop("headers", {})},
        "auth": Acs3Signer(*key, token, now=lambda: NOW, nonce=lambda: NONCE),
        **request,
    }
    return requests.Request(url=url + (f"?{encoded}" if encoded else ""), **given).prepare()


def signature_of(request: requests.PreparedRequest) -> tuple[str, str]:
    """Return the names of the signed headers, and the signature."""
    algorithm, _blank, rest = request.headers["Authorization"].partition(" ")
    assert algorithm == ALGORITHM
    parts = dict(part.split("=", 1) for part in rest.split(","))
    return parts["SignedHeaders"], parts["Signature"]


def test_the_vector_with_the_parameters_in_the_query() -> None:
    request = signed(query=list(flatten(PARAMETERS)))
    assert signature_of(request) == (NAMES, "786793aef96537f961ded4f8ad2e5ddb465948354f68e4e25934212f0308a36a")
    assert request.headers["x-acs-date"] == "2026-01-02T03:04:05Z"
    assert request.headers["Content-Length"] == "0"
    assert "Content-Type" not in request.headers


def test_the_vector_with_the_parameters_in_a_form() -> None:
    body = "&".join(f"{name}={quote_plus(value, safe='~')}" for name, value in flatten(PARAMETERS))
    request = signed(data=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert request.headers["x-acs-content-sha256"] == "28dc3c43de6c3c0d4505d3d04a8c9f8ca4510b715e1e70f2fe7e8d25a87e9512"
    names, signature = signature_of(request)
    assert names == NAMES.replace("host", "content-type;host")
    assert signature == "02e5a428e52b343da05d89748d5740537e596346e96bc06308f166ffc3a90083"


def official(request: requests.PreparedRequest, key: tuple[str, str]) -> str:
    """Sign the request with the SDK's signer, which signs all given headers."""
    url = urlsplit(str(request.url))
    names = signature_of(request)[0].split(";")
    body = request.body or b""
    wire = SimpleNamespace(
        method=request.method,
        pathname=url.path,
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers={name: request.headers[name] for name in names},
    )
    payload = hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()
    authorization: str = Utils.get_authorization(wire, ALGORITHM, payload, *key)
    return authorization


# Letters, special characters in URLs, characters outside ASCII, and line breaks.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("abcXYZ019 /+=~*%&?#;:@!$',()[]{}<>|\\^`\"_.-\n\r\t\0é中\u202e😀"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)
PLAIN = string.ascii_letters + string.digits + "."
NAMES_OF_PARAMETERS = st.text(PLAIN, min_size=1, max_size=18)
NEIGHBOURS = st.sampled_from([f"{name}{end}" for name in ("A", "AuthModules") for end in ("", ".1", ".10", ".2", "s")])
KEYS = st.tuples(st.text(PLAIN, min_size=1, max_size=30), st.text(min_size=1, max_size=40))
HOSTS = st.sampled_from(
    ["https://tds.cn-shanghai.aliyuncs.com", "http://127.0.0.1:8080", "https://x.example:8443", "http://[::1]:81"]
)
PEM = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0B/+==\n" * 60 + "-----END PRIVATE KEY-----\n"


@cases(usually=2000)
@given(
    HOSTS,
    st.dictionaries(st.one_of(NEIGHBOURS, NAMES_OF_PARAMETERS), TEXTS, max_size=6),
    KEYS,
    st.one_of(st.none(), st.text(PLAIN + string.punctuation, min_size=1, max_size=60)),
    st.one_of(st.none(), st.binary(max_size=200)),
)
@example("http://127.0.0.1:1", {"SecretKey": PEM, "Empty": "", "A": "x" * 20000}, KEY, None, None)
def test_it_signs_like_the_official_signer(
    host: str, query: dict[str, str], key: tuple[str, str], token: str | None, body: bytes | None
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"} if body else {}
    request = signed(f"{host}/", list(query.items()), key=key, token=token, data=body, headers=form)
    assert request.headers["Authorization"] == official(request, key)
    # The encoded request still contains the original values.
    assert dict(parse_qsl(urlsplit(str(request.url)).query, keep_blank_values=True)) == query
    assert ("x-acs-security-token" in request.headers) == bool(token)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://x.example/", "x.example"),
        ("https://x.example:443/", "x.example"),
        ("https://x.example:80/", "x.example:80"),
        ("http://x.example:80/", "x.example"),
        ("http://x.example:8080/", "x.example:8080"),
        ("http://X.Example/", "x.example"),
        ("http://[::1]:80/", "[::1]"),
    ],
)
def test_the_host_is_signed_as_it_is_sent(url: str, host: str) -> None:
    assert signed(url).headers["Host"] == host


def test_each_attempt_has_a_nonce_and_a_date_of_its_own() -> None:
    ticks = iter([1.0, 62.0])
    signer = Acs3Signer(*KEY, now=lambda: next(ticks))
    one, two = (requests.Request("POST", "http://x.example/", auth=signer).prepare() for _unused in range(2))
    assert one.headers["x-acs-signature-nonce"] != two.headers["x-acs-signature-nonce"]
    assert (one.headers["x-acs-date"], two.headers["x-acs-date"]) == ("1970-01-01T00:00:01Z", "1970-01-01T00:01:02Z")


@pytest.mark.parametrize("secret", ["a/b+c= d~*%25", "schlüssel-密钥", PEM, "&Status=1#x?y"])
def test_the_emulator_accepts_what_it_signs(emulator: Emulator, secret: str) -> None:
    headers = {
        "accept": "application/json",
        "x-acs-action": "ModifyCloudVendorAccountAK",
        "x-acs-version": "2018-12-03",
    }
    query = list(flatten({**PARAMETERS, "SecretKey": secret, "Domain": "global"}))
    url = f"{emulator.url}/?{urlencode(query, quote_via=quote, safe='')}"
    reply = requests.post(url, headers=headers, auth=Acs3Signer(*ROOT), timeout=10)
    assert (reply.status_code, reply.json()["Data"]["AuthModules"][1]["Module"]) == (200, "CSPM")
    assert secret in emulator.secrets()


@pytest.mark.parametrize(
    ("parameters", "wire"),
    [
        ({"A": ["x", "y"]}, [("A.1", "x"), ("A.2", "y")]),
        ({"A": []}, []),
        ({"A": None, "B": ""}, [("B", "")]),
        ({"A": 0, "B": 2832}, [("A", "0"), ("B", "2832")]),
        ({"A": {"b": 1, "a": "é"}}, [("A", '{"a": "\\u00e9", "b": 1}')]),
    ],
)
def test_parameters_are_written_as_the_sdk_writes_them(parameters: dict[str, Any], wire: list[tuple[str, str]]) -> None:
    assert list(flatten(parameters)) == wire
    if not any(isinstance(value, dict) for value in parameters.values()):
        assert dict(wire) == Utils.query({name: value for name, value in parameters.items() if value is not None})
