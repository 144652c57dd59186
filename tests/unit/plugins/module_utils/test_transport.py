# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what the transport hides. Tests with sockets are in tests/modules."""

from __future__ import annotations

import logging

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils import _requests
from ansible_collections.multicloud.iam.plugins.module_utils._endpoint import Settings, user_information
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._transport import Http


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/p?SecretKey=x%2Fy", "/p?..."),
        ("/v1/sessions/5e551001000040008000000000000001", "/v1/sessions/..."),
        ("/v1/sessions/5E551001000040008000000000000001/valid?a=b", "/v1/sessions/.../valid?..."),
        ("/v1/sessions/5e551001000040008000000000000001/5e551001000040008000000000000002", "/v1/sessions/.../..."),
        ("/v1/keys/5e55100100004000800000000000000", "/v1/keys/5e55100100004000800000000000000"),
        ("/v1/keys/x5e551001000040008000000000000001", "/v1/keys/x5e551001000040008000000000000001"),
        ("/v1/keys", "/v1/keys"),
    ],
)
def test_neither_query_nor_session_is_logged(caplog, path, logged):
    assert _requests.HAS_REQUESTS  # the filter comes with the library
    with caplog.at_level(logging.DEBUG):
        logger = logging.getLogger("urllib3.connectionpool")
        # The form of its line for a request, where a secret in the query would stand.
        logger.debug('%s://%s:%s "%s %s %s" %s %s', "http", "h", 80, "POST", path, "HTTP/1.1", 200, None)
        logger.debug("Starting new HTTP connection (%d): %s:%s", 1, "h", "80")
    assert caplog.messages == [
        f'http://h:80 "POST {logged} HTTP/1.1" 200 None',
        "Starting new HTTP connection (1): h:80",
    ]


def test_a_socks_proxy_of_the_environment_is_used(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:1")
    http = Http(Settings("http://192.0.2.1"))
    with pytest.raises(CloudError) as caught:
        http.send("GET", "http://192.0.2.1/", {}, None, 1.0)
    assert caught.value.category == categories.NETWORK


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:Hunter2#Secret@192.0.2.1:3128",
        "http://user:Hunter2?Secret@192.0.2.1:3128",
        "http://user:Hunter2/Secret@192.0.2.1:3128",
        "http://user:Hunter2\\Secret@192.0.2.1:3128",
        "http://user:Hunter2[Secret@192.0.2.1:3128",
        "user:Hunter2#Secret@192.0.2.1:3128",
        "http://user:Hunter2Secret@",
        "http://user:Hunter2Secret@:3128",
        "http://user:Hunter2Secret@192.0.2.1:port",
        "http://user@Secret:Hunter2",
        "socks9://user:Hunter2Secret@192.0.2.1:3128",
        "http://",
    ],
)
def test_an_invalid_proxy_is_refused_and_not_quoted(monkeypatch, variable, proxy):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, proxy)
    http = Http(Settings("http://192.0.2.2"))
    with pytest.raises(CloudError) as caught:
        http.send("GET", "http://192.0.2.2/", {}, None, 1.0)
    assert caught.value.category == categories.USAGE
    assert "proxy" in str(caught.value)
    assert "HTTP_PROXY" in str(caught.value)
    for part in ("Hunter2", "Secret", "user:"):
        assert part not in str(caught.value)


@pytest.mark.parametrize("url", ["http://me:pass@h", "me:pass@h", "http://me:pass@h:1/x"])
def test_user_information_is_found_in_every_form_of_a_url(url):
    assert user_information(url) == "me:pass"
