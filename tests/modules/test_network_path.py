# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test proxies and servers that reply instead of the API: the number of attempts, the reason, and the advice."""

from __future__ import annotations

import gzip
import json
import socket
import socketserver
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.multicloud.iam.plugins.module_utils import _transport
from ansible_collections.multicloud.iam.plugins.module_utils._endpoint import Settings
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.tests.support import zstack
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.loopback import Loopback
from ansible_collections.multicloud.iam.tests.support.modules import Result, run_module

_READERS = {cloud.reader: cloud.signing() for cloud in CLOUDS.values()}
_CLOUDS = pytest.mark.parametrize("module", _READERS)
_ZSTACK_KEY = {"accountUuid": zstack.ACCOUNT["admin"], "AccessKeyID": "x", "state": "Enabled"}
_INFORMATION = "corp:wr0ng%3APassw0rd%2F"
Answer = Callable[[Any], None]


class Server(Loopback):
    """Answer each connection in the same way, and count them."""

    def __init__(self, answer: Answer) -> None:
        heard: list[str] = []

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                heard.append(self.client_address[0])
                self.request.settimeout(5)
                with suppress(OSError):
                    answer(self.request)
                    # Unread data would reset the connection before the reply arrives.
                    self.request.shutdown(socket.SHUT_WR)
                    while self.request.recv(65536):
                        pass

        self.heard = heard
        super().__init__(Handler)


def says(*parts: bytes) -> Answer:
    """Send the replies one after the other, each to one request."""

    def answer(connection: Any) -> None:
        for part in parts:
            connection.recv(65536)
            connection.sendall(part)

    return answer


def reply(status: str, body: bytes = b"", *headers: str) -> Answer:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return says("\r\n".join([*lines, "", ""]).encode() + body)


REFUSES = reply("407 Proxy Authentication Required", b"<html>wr0ng</html>")
ASKS_FOR_PASSWORD = says(b"\x05\x02", b"\x01\x01")  # SOCKS 5: the user and password are wrong
ACCEPTS_NOTHING = says(b"\x05\xff")


def run(module: str, **options: Any) -> Result:
    given: dict[str, Any] = {**_READERS[module], **options}
    return run_module(module, **given)


def check_once(result: Result, server: Server, category: str, *texts: str) -> None:
    """Check that there was one attempt, and that the failure gives the reason and says that a retry will not help."""
    assert (result["failed"], result["error"]["category"]) == (True, category), result["msg"]
    assert result["error"]["retryable"] is False
    assert "A retry will not help" in result["msg"]
    assert not [text for text in texts if text not in result["msg"]], result["msg"]
    assert result["error"]["advice"] in result["msg"]
    assert "(attempt" not in result["msg"]
    assert len(server.heard) <= 1


# --- proxies ---


@_CLOUDS
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_rejects_its_password_is_called_once(
    monkeypatch: pytest.MonkeyPatch, module: str, scheme: str
) -> None:
    with Server(REFUSES) as proxy:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://{_INFORMATION}@127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        result = run(module, api_endpoint=f"{scheme}://api.example")
        named = f"the proxy 127.0.0.1:{proxy.port} does not accept its user or password"
        check_once(result, proxy, "proxy", named, "HTTP status 407", "belong in the URL of https_proxy")
    assert result["error"]["http_status"] == 407
    assert not [text for text in ("corp", "wr0ng") if text in str(result)]


def test_the_advice_says_where_the_password_of_a_proxy_belongs() -> None:
    with Server(REFUSES) as proxy:
        result = run("cam_user_info", api_endpoint="http://api.example", api_proxy=proxy.url)
        check_once(
            result, proxy, "proxy", f"127.0.0.1:{proxy.port} asks for a password", "api_proxy accepts no password"
        )
    result = run("cam_user_info", api_endpoint="http://api.example", api_proxy="http://corp:wr0ng@127.0.0.1:1")
    assert result["error"]["category"] == "usage"
    assert "belong in the URL of https_proxy" in result["msg"]


def test_a_proxy_without_a_scheme_that_rejects_its_password_is_called_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(REFUSES) as proxy:
        monkeypatch.setenv("http_proxy", f"{_INFORMATION}@127.0.0.1:{proxy.port}")
        result = run("cam_user_info", api_endpoint="http://api.example")
        check_once(result, proxy, "proxy", f"the proxy 127.0.0.1:{proxy.port} does not accept its user or password")
        assert len(proxy.heard) == 1


@pytest.mark.parametrize("answer", [ASKS_FOR_PASSWORD, ACCEPTS_NOTHING], ids=["wrong", "nothing accepted"])
def test_a_socks_proxy_that_rejects_its_password_is_called_once(
    monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    with Server(answer) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://{_INFORMATION}@127.0.0.1:{proxy.port}")
        check_once(run("cam_user_info", api_endpoint="http://api.example"), proxy, "proxy", f"127.0.0.1:{proxy.port}")


def test_later_calls_do_not_use_a_proxy_again() -> None:
    """This includes calls before the first failure is reported, and calls that clean up."""
    with Server(REFUSES) as proxy:
        http = _transport.Http(Settings("http://api.example", proxy=proxy.url))
        for _attempt in range(3):
            with pytest.raises(CloudError, match="asks for a password"):
                http.send("GET", "http://api.example/", {}, None, 5.0)
        assert len(proxy.heard) == 1


# --- TLS ---


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> Answer:
    """Start a server that accepts TLS connections."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def answer(connection: Any) -> None:
        context.wrap_socket(connection, server_side=True).recv(1)

    return answer


def _der(authority: trustme.CA, path: Path) -> None:
    path.write_bytes(ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode()))


def _directory(authority: trustme.CA, path: Path) -> None:
    path.mkdir()
    authority.cert_pem.write_to_path(str(path / "ca.pem"))


@_CLOUDS
def test_a_ca_file_that_is_not_pem_is_named(authority: trustme.CA, tls: Answer, tmp_path: Path, module: str) -> None:
    path = tmp_path / "ca.cer"
    _der(authority, path)
    with Server(tls) as server:
        result = run(module, api_endpoint=f"https://127.0.0.1:{server.port}", api_ca_path=str(path))
        check_once(
            result, server, "certificate", f"{path} contains no certificate in PEM form", "openssl x509 -inform DER"
        )


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda _authority, path: path.write_text(""), "contains no certificate in PEM form"),
        (_directory, "is a directory without certificates for OpenSSL"),
    ],
    ids=["empty", "directory"],
)
@pytest.mark.parametrize("by_environment", [False, True], ids=["option", "environment"])
def test_other_invalid_ca_files_are_named(
    monkeypatch: pytest.MonkeyPatch,
    authority: trustme.CA,
    tls: Answer,
    tmp_path: Path,
    make: Callable[[trustme.CA, Path], Any],
    problem: str,
    by_environment: bool,
) -> None:
    path = tmp_path / "ca"
    make(authority, path)
    if by_environment:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    given = {} if by_environment else {"api_ca_path": str(path)}
    with Server(tls) as server:
        result = run("cam_user_info", api_endpoint=f"https://127.0.0.1:{server.port}", **given)
        check_once(result, server, "certificate", f"{path} {problem}", "REQUESTS_CA_BUNDLE")


@_CLOUDS
def test_a_port_without_tls_is_named(module: str) -> None:
    with Server(reply("400 Bad Request")) as server:
        result = run(module, api_endpoint=f"https://127.0.0.1:{server.port}")
        check_once(result, server, "certificate", "does not speak TLS on this port", "Begin api_endpoint with http://")


def test_a_proxy_without_tls_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(reply("400 Bad Request")) as proxy:
        monkeypatch.setenv("https_proxy", f"https://{_INFORMATION}@127.0.0.1:{proxy.port}")
        result = run("cam_user_info", api_endpoint="https://api.example")
        check_once(
            result, proxy, "certificate", f"the proxy 127.0.0.1:{proxy.port} does not speak TLS", "the URL of the proxy"
        )
    assert "corp" not in str(result)


def test_a_port_that_needs_tls_is_named() -> None:
    with Server(says(b"\x15\x03\x03\x00\x02\x02\x50")) as server:
        result = run("cam_user_info", api_endpoint=server.url)
        check_once(result, server, "certificate", "speaks TLS", "Begin api_endpoint with https://")


def test_a_server_without_a_common_tls_version_is_called_once() -> None:
    with Server(says(b"\x15\x03\x03\x00\x02\x02\x28")) as server:
        result = run("cam_user_info", api_endpoint=f"https://127.0.0.1:{server.port}")
        check_once(result, server, "certificate", "no TLS with", "handshake failure")


@pytest.mark.parametrize("answer", [says(b""), says(b"\x15\x03\x03\x00\x02\x02\x50")], ids=["closes", "internal error"])
def test_a_call_whose_connection_is_broken_off_is_retried(answer: Answer) -> None:
    with Server(answer) as server:
        result = run("cam_user_info", api_endpoint=f"https://127.0.0.1:{server.port}", api_retries=1)
        assert (result["error"]["category"], result["error"]["retryable"]) == ("network", True)
        assert len(server.heard) == 2


# --- endless replies ---


@_CLOUDS
def test_compressed_replies_are_neither_requested_nor_unpacked(module: str) -> None:
    asked = []
    body = gzip.compress(b"{" + b" " * 1000000 + b"}")

    def answer(connection: Any) -> None:
        asked.append(connection.recv(65536).lower())
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    with Server(answer) as server:
        result = run(module, api_endpoint=server.url)
        check_once(result, server, "reply", "the reply is compressed")
    assert b"\r\naccept-encoding: identity\r\n" in asked[0]


def test_the_status_of_a_compressed_error_counts() -> None:
    with Server(reply("503 Busy", gzip.compress(b"<html>"), "Content-Encoding: gzip")) as server:
        result = run("cam_user_info", api_endpoint=server.url, api_retries=0)
    assert (result["error"]["category"], result["error"]["http_status"]) == ("unavailable", 503)


@_CLOUDS
def test_a_reply_that_is_too_large_is_requested_once(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setattr(_transport, "_LARGEST_REPLY", 1024 * 1024)
    with Server(reply("200 OK", b" " * (1024 * 1024 + 1))) as server:
        result = run(module, api_endpoint=server.url)
        check_once(result, server, "reply", "the reply is larger than 1 MiB")


@pytest.mark.parametrize(
    ("module", "page"),
    [
        (
            "sas_vendor_ak_info",
            lambda number: {
                "RequestId": "1",
                "PageInfo": {"TotalCount": 10**9},
                "CloudVendorAccountAKs": [{"AuthId": number, "Status": 0, "ServiceStatus": 0}],
            },
        ),
        (
            "zstack_accesskey_info",
            lambda number: {"total": 10**9, "inventories": [{**_ZSTACK_KEY, "uuid": f"{number:032x}"}]},
        ),
    ],
)
def test_an_endless_listing_ends(module: str, page: Callable[[int], Any]) -> None:
    number = 0

    def answer(connection: Any) -> None:
        nonlocal number
        while connection.recv(65536):
            number += 1
            body = json.dumps(page(number)).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with Server(answer) as server:
        result = run(module, api_endpoint=server.url, **({"all_users": True} if "zstack" in module else {}))
        check_once(result, server, "reply", "the list has not ended after 1000 pages")
    assert number == 1000
