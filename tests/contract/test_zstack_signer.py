# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the signer of ZStack against the vendor's vectors and a second implementation, as there is no official one."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from base64 import b64decode
from datetime import datetime, timedelta, timezone
from functools import partial
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._zstack import signer
from ansible_collections.multicloud.iam.tests.support.cases import cases

ROW_1 = ("vvSZpmj4cnB53qUDmm6E", "8heumeFTvIeZxkTGfEYvVi9qVVPd9ffQNDALSPPb")
OTHER = ("id", "0123456789abcdefghijABCDEFGHIJ0123456789")
GMT = "Sat, 21 Nov 2026 08:00:00 GMT"
KEY = "/v1/accesskeys/defe79b1a43f45818dc6d3959b571773"
VECTORS = [
    (ROW_1, "GET", "Fri, 06 Aug 2021 17:58:34 PRC", "/v1/vm-instances", "hPToRHeHdV49D4u20G8OlE0yJho="),
    (OTHER, "GET", GMT, "/v1/accesskeys", "4AmFPEXvxwpPBGgvoEBHbHDNjO8="),
    (OTHER, "POST", GMT, "/v1/accesskeys", "AFCE182kilzjyn0vNBKz50AFwl0="),
    (OTHER, "GET", GMT, KEY, "S62aBeXG3LJpDSMup2CfoZSUqlU="),
    (OTHER, "DELETE", GMT, KEY, "SUwZon1AG7v2gLBHjLu7NvXVBlg="),
    (OTHER, "PUT", GMT, f"{KEY}/actions", "RqGkPvBOxhXjnmReVBf6P6Xkt8s="),
    (ROW_1, "POST", "Sun, 22 Nov 2026 04:42:30 Asia/Shanghai", "/v1/accesskeys", "yrqIRNbo74hLonZowYtHBRnyVm4="),
    (ROW_1, "POST", "Sat, 21 Nov 2026 20:41:24 UTC", "/v1/accesskeys", "dr+/iZe1D7on57oXmrccUErw2PA="),
]
MOMENT = datetime(2026, 11, 21, 8, 0, 0, tzinfo=timezone.utc)
UNUSUAL = "aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}äß中文🔑\u00a0\u200b\t"


@pytest.mark.parametrize(("key", "method", "date", "uri", "expected"), VECTORS)
def test_the_published_vectors(key: tuple[str, str], method: str, date: str, uri: str, expected: str) -> None:
    assert signer.signature(key[1], method, date, uri) == expected


@pytest.mark.parametrize("query", ["", "?q=uuid%3D1&limit=10", "?q=a=b&start=0"])
@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080/zstack", "https://zstack.example/gate/zstack", "http://h"])
def test_the_vectors_as_requests(endpoint: str, query: str) -> None:
    context = "/" + endpoint.split("/", 3)[3] if endpoint.count("/") > 2 else ""
    for key, method, date, uri, expected in VECTORS:
        if date == GMT:
            auth = signer.KeyAuth(*key, context, timezone.utc, MOMENT.astimezone)
            sent = requests.Request(method, f"{endpoint}{uri}{query}", auth=auth).prepare()
            assert sent.headers["Date"] == GMT
            assert sent.headers["Authorization"] == f"ZStack {key[0]}:{expected}"


def second_formulation(secret: str, method: str, date: str, uri: str) -> bytes:
    """Compute the HMAC as in RFC 2104, of the three lines that a server joins."""
    key = secret.encode("utf-8")
    key = (hashlib.sha1(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha1(bytes(byte ^ 0x36 for byte in key))
    inner.update("\n".join([method, date, uri]).encode("utf-8"))
    return hashlib.sha1(bytes(byte ^ 0x5C for byte in key) + inner.digest()).digest()


def seen_by_server(target: str, context: str) -> str:
    """Decode the path of a request line as the server does, and remove its context path."""
    raw = target.split("?", 1)[0].encode("ascii")
    path = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), raw).decode("utf-8")
    assert path.startswith(context)
    return path[len(context) :]


TEXTS = st.text(st.sampled_from(UNUSUAL), max_size=20)
CONTEXTS = st.sampled_from(["", "/zstack", "/a/b/zstack", "/ä ö", "/zstack/v1"])
SEGMENTS = st.lists(
    st.text(st.sampled_from(UNUSUAL), min_size=1, max_size=12).filter(lambda text: text.strip(".")), max_size=4
)
MOMENTS = st.integers(10**7, 32 * 10**9).map(lambda stamp: datetime.fromtimestamp(stamp, timezone.utc))


@cases(usually=1000)
@given(
    key=st.tuples(
        st.text("abcXYZ019", min_size=1, max_size=20), st.text(st.sampled_from(UNUSUAL), min_size=1, max_size=100)
    ),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    host=st.sampled_from(["127.0.0.1", "127.0.0.1:8080", "[::1]:65535", "zstack.example"]),
    context=CONTEXTS,
    segments=SEGMENTS,
    query=st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=4),
    body=st.none() | st.sampled_from([b"", b"{}"]) | st.binary(max_size=200),
    moment=MOMENTS,
    offset=st.integers(-48, 56).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
def test_requests_verify_as_they_are_sent(
    key: tuple[str, str],
    method: str,
    host: str,
    context: str,
    segments: list[str],
    query: list[tuple[str, str]],
    body: bytes | None,
    moment: datetime,
    offset: timedelta,
) -> None:
    uri = "/v1/" + "/".join(quote(part, safe="") for part in segments)
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    auth = signer.KeyAuth(*key, quote(context), timezone(offset), partial(datetime.astimezone, moment))
    url = f"http://{host}{quote(context)}{uri}" + (f"?{pairs}" if pairs else "")
    sent = requests.Request(method, url, data=body, auth=auth).prepare()
    date = sent.headers["Date"]
    scheme, given_text = sent.headers["Authorization"].split(" ", 1)
    found_id, signature = given_text.split(":")
    assert (scheme, found_id) == ("ZStack", key[0])
    path = seen_by_server(sent.path_url, context)
    assert path == "/v1/" + "/".join(segments)
    assert b64decode(signature, validate=True) == second_formulation(key[1], sent.method or "", date, path)
    assert parsed(date) == moment.replace(microsecond=0)


MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
DATE = re.compile(r"(\w{3}), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT(?:([+-])(\d\d):(\d\d))?", re.ASCII)


def parsed(date: str) -> datetime:
    """Parse a Date that every version of the server accepts: English names, two digits, the right weekday."""
    match = DATE.fullmatch(date)
    assert match, date
    sign, hours, minutes = match[8] or "+", int(match[9] or 0), int(match[10] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    fields = [int(match[4]), MONTHS.index(match[3]) // 3 + 1, *(int(match[number]) for number in (2, 5, 6, 7))]
    moment = datetime(*fields, tzinfo=timezone(offset))  # type: ignore[arg-type,misc]
    assert ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][moment.weekday()] == match[1]
    return moment.astimezone(timezone.utc)


def test_the_locale_does_not_matter() -> None:
    program = (
        "import locale, sys\n"
        "for name in ('de_DE.UTF-8', 'zh_CN.UTF-8', 'C.UTF-8'):\n"
        "    try:\n"
        "        locale.setlocale(locale.LC_ALL, name)\n"
        "    except locale.Error:\n"
        "        pass\n"
        "from datetime import datetime, timezone, timedelta\n"
        "from ansible_collections.multicloud.iam.plugins.module_utils._zstack.times import date_header\n"
        "print(date_header(datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=8)))))\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "Wed, 04 Mar 2026 05:06:07 GMT+08:00"


def test_a_session_is_named() -> None:
    sent = requests.Request("GET", "http://127.0.0.1/", auth=signer.SessionAuth("5e55")).prepare()
    assert sent.headers["Authorization"] == "OAuth 5e55"
    assert "Date" not in sent.headers
