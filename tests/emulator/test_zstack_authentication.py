# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test signatures, dates and sessions: what is accepted, and the exact reply to everything that is rejected."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from cloud_emulator.zstack import dates
from cloud_emulator.zstack.signature import sign, string_to_sign

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.zstack import (
    ACCOUNT,
    ADMIN,
    ALICE_DISABLED,
    BOB,
    EXPIRED_SESSION,
    KEY_UUID,
    PASSWORDS,
    SESSION,
    UNKNOWN_UUID,
    Client,
    date_text,
    now_text,
    sha512,
    signature,
)

KEYS = "/v1/accesskeys"
ONE_KEY = f"{KEYS}/defe79b1a43f45818dc6d3959b571773"
GUIDE_SECRET = "8heumeFTvIeZxkTGfEYvVi9qVVPd9ffQNDALSPPb"
SECRET = "0123456789abcdefghijABCDEFGHIJ0123456789"
GMT = "Sat, 21 Nov 2026 08:00:00 GMT"
VECTORS = [
    (GUIDE_SECRET, "GET", "Fri, 06 Aug 2021 17:58:34 PRC", "/v1/vm-instances", "hPToRHeHdV49D4u20G8OlE0yJho="),
    (SECRET, "GET", GMT, KEYS, "4AmFPEXvxwpPBGgvoEBHbHDNjO8="),
    (SECRET, "POST", GMT, KEYS, "AFCE182kilzjyn0vNBKz50AFwl0="),
    (SECRET, "GET", GMT, ONE_KEY, "S62aBeXG3LJpDSMup2CfoZSUqlU="),
    (SECRET, "DELETE", GMT, ONE_KEY, "SUwZon1AG7v2gLBHjLu7NvXVBlg="),
    (SECRET, "PUT", GMT, f"{ONE_KEY}/actions", "RqGkPvBOxhXjnmReVBf6P6Xkt8s="),
    (GUIDE_SECRET, "POST", "Sun, 22 Nov 2026 04:42:30 Asia/Shanghai", KEYS, "yrqIRNbo74hLonZowYtHBRnyVm4="),
    (GUIDE_SECRET, "POST", "Sat, 21 Nov 2026 20:41:24 UTC", KEYS, "dr+/iZe1D7on57oXmrccUErw2PA="),
]
EXPIRED = {
    "code": "ID.1001",
    "description": "The session is invalid, either wrong session id or the session has been expired",
    "details": "Session expired",
}


@pytest.mark.parametrize(("secret", "method", "date", "uri", "expected"), VECTORS)
def test_signatures_of_the_guide_and_of_sdks(secret: str, method: str, date: str, uri: str, expected: str) -> None:
    assert sign(secret, string_to_sign(method, date, uri)) == expected
    assert signature(secret, method, date, uri) == expected


def signed(client: Client, date: str, path: str = KEYS, uri: str = "", **changes: str) -> tuple[int, str]:
    """Send a request with this Date, and return status and text of the reply."""
    text = signature(client.key[1] if client.key else "", "GET", date, uri or path)
    headers = {"Authorization": f"ZStack {client.key[0] if client.key else ''}:{text}", "Date": date, **changes}
    reply = client.http.get(f"{client.url}/zstack{path}", headers=headers, timeout=10)
    return reply.status_code, reply.text if reply.status_code != 200 else ""


def test_the_query_string_is_not_signed(admin: Client) -> None:
    assert admin.send("GET", f"{KEYS}?q=uuid=x&limit=1").status_code == 200
    query = f"{KEYS}?limit=1"
    assert signed(admin, now_text(), query, uri=KEYS)[0] == 200
    assert signed(admin, now_text(), query, uri=query) == (403, "wrong accessKey signature")


def test_the_decoded_path_below_the_context_path_is_signed(admin: Client) -> None:
    request = requests.Request("GET", f"{admin.url}/zstack", admin.headers("GET", KEYS)).prepare()
    request.url = f"{admin.url}/zstack/v1/access%6Beys"  # a URL that is given as text would be normalised
    assert admin.http.send(request, timeout=10).status_code == 200
    assert signed(admin, now_text(), uri=f"/zstack{KEYS}") == (403, "wrong accessKey signature")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (400, "missing header 'Authorization'")),
        ({"Authorization": "Basic YTpi"}, (400, "Authorization type must be 'OAuth'")),
        ({"Authorization": "oauth x"}, (400, "Authorization type must be 'OAuth'")),
        ({"Authorization": "zstack a:b"}, (400, "Authorization type must be 'OAuth'")),
        ({"Authorization": "ZStack a:b"}, (400, "'Date' must be incuded in request header")),
        (
            {"Authorization": "ZStack a:b", "Date": "yesterday"},
            (400, "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'"),
        ),
    ],
)
def test_headers_that_do_not_pass(admin: Client, headers: dict[str, str], expected: tuple[int, str]) -> None:
    nobody = replace(admin, key=None)
    assert nobody.text("GET", KEYS, headers=headers) == expected
    assert nobody.text("POST", KEYS, {}, headers=headers) == expected


@pytest.mark.parametrize("credential", ["x", "x:", "a:b:c", ""])
def test_a_signature_has_a_form(admin: Client, credential: str) -> None:
    headers = {"Authorization": f"ZStack {credential}", "Date": now_text()}
    assert replace(admin, key=None).text("GET", KEYS, headers=headers) == (
        400,
        "accessKey format is 'ZStack AccessKeyId:Signature'",
    )


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (("NoSuchKey0000000000", "x"), "access key id: NoSuchKey0000000000 does not existed or disabled"),
        (ALICE_DISABLED, f"access key id: {ALICE_DISABLED[0]} does not existed or disabled"),
        ((ADMIN[0], "x" * 40), "wrong accessKey signature"),
        ((ADMIN[0], BOB[1]), "wrong accessKey signature"),
    ],
)
def test_keys_that_do_not_pass(admin: Client, key: tuple[str, str], text: str) -> None:
    assert replace(admin, key=key).text("GET", KEYS) == (403, text)
    assert replace(admin, key=key).text("POST", KEYS, {"params": {}}) == (403, text)


def test_the_order_of_checks(admin: Client) -> None:
    wrong = {"Authorization": "ZStack x"}
    assert signed(admin, "never", **wrong)[1].startswith("'Date' format error")
    assert signed(admin, now_text(-1000), **wrong) == (403, "requestTimeTooSkewed")
    assert signed(admin, now_text(), **wrong)[1].startswith("accessKey format")


@pytest.mark.parametrize(("seconds", "status"), [(-890, 200), (890, 200), (-910, 403), (910, 403)])
def test_a_quarter_of_an_hour(admin: Client, seconds: int, status: int) -> None:
    assert signed(admin, now_text(seconds))[0] == status


def dated(hours: float, zone: str) -> str:
    """Return the local time at this offset from UTC, with a name for the zone."""
    return date_text(datetime.now(timezone(timedelta(hours=hours))), zone)


@pytest.mark.parametrize("zone", ["GMT", "UTC", "Z", "PRC", "CST", "Asia/Shanghai", "GMT+08:00", "+08:00", "EST"])
def test_by_default_the_name_of_the_zone_means_nothing(admin: Client, zone: str) -> None:
    assert signed(admin, dated(8, zone)) == (200, "")
    assert signed(admin, dated(0, zone)) == (403, "requestTimeTooSkewed")


@pytest.mark.parametrize(
    ("hours", "zone", "status"),
    [
        (0, "GMT", 200),
        (8, "Asia/Shanghai", 200),
        (8, "GMT+08:00", 200),
        (8, "+08:00", 200),
        (8, "GMT", 403),
        (8, "CST", 403),
        (0, "PRC", 403),
    ],
)
def test_the_zone_counts_when_it_is_checked(
    emulator: Emulator, admin: Client, hours: float, zone: str, status: int
) -> None:
    emulator.modes("zstack", check_time_zone=True)
    assert signed(admin, dated(hours, zone))[0] == status


def test_the_zone_of_the_server(emulator: Emulator, admin: Client) -> None:
    for name, hours in (("UTC", 0), ("+05:30", 5.5), ("-03:00", -3)):
        emulator.modes("zstack", timezone=name)
        assert signed(admin, dated(hours, "GMT"))[0] == 200
        assert signed(admin, dated(8, "GMT"))[0] == 403


def test_a_skewed_clock(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", clock_skew_seconds=3600)
    assert signed(admin, now_text()) == (403, "requestTimeTooSkewed")
    assert signed(admin, now_text(3600))[0] == 200


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        *((f"Fri, 06 Aug 2021 17:58:34 {zone}", True, True) for zone in ("GMT", "UTC", "Z", "PRC", "Asia/Shanghai")),
        *((f"Fri, 06 Aug 2021 17:58:34 {zone}", True, True) for zone in ("GMT+08:00", "+08:00", "CST", "EST", "CET")),
        *((f"Fri, 06 Aug 2021 17:58:34 {zone}", True, True) for zone in ("MMT", "ICT", "asia/shanghai", "gmt")),
        ("fri, 06 aug 2021 17:58:34 gmt", True, True),
        ("Fri, 06 Aug 2021 17:58:34 +0800", False, True),
        ("Fri, 06 Aug 2021 17:58:34 -03", False, True),
        ("Fri, 6 Aug 2021 17:58:34 GMT", False, True),
        ("2021-08-06T17:58:34+08:00", False, True),
        ("2021-08-06T17:58:34Z", False, True),
        ("2021-08-06T17:58:34.123Z", False, True),
        ("2021-08-06T17:58:34", False, False),
        ("2021-08-06 17:58:34Z", False, False),
        ("Thu, 06 Aug 2021 17:58:34 GMT", False, False),
        ("Fri, 06 Aug 2021 17:58:34", False, False),
        ("Fri, 06 Aug 2021 17:58:34 Nowhere/City", False, False),
        ("Fri, 06 Aug 2021 25:58:34 GMT", False, False),
        ("Fri, 06 Aug 2021 17:58 GMT", False, False),
        ("Fr, 06 Aug 2021 17:58:34 GMT", False, False),
        ("Fri, 06 août 2021 17:58:34 GMT", False, False),
        ("", False, False),
    ],
)
def test_dates(text: str, old: bool, new: bool) -> None:
    assert [dates.parse(text, new=each) is not None for each in (False, True)] == [old, new]


def test_the_instant_of_a_date() -> None:
    for text, hour in (("GMT", 17), ("PRC", 9), ("+08:00", 9), ("CST", 22), ("EST", 21), ("GMT+05:30", 12)):
        moment = dates.parse(f"Fri, 06 Aug 2021 17:58:34 {text}", new=False)
        assert moment is not None
        assert moment.astimezone(timezone.utc).hour == hour
    moment = dates.parse("Fri, 06 Aug 2021 17:58:34 -0330", new=True)
    assert moment is not None
    assert moment.utcoffset() == -timedelta(hours=3, minutes=30)


def test_the_new_parser_says_so(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", date_parser="new")
    now = datetime.now(timezone(timedelta(hours=8))).replace(tzinfo=None).isoformat(timespec="milliseconds")
    assert signed(admin, f"{now}+08:00")[0] == 200
    status, text = signed(admin, now)
    assert status == 400
    assert text.startswith(
        "Date format error. The 'Date' header must conform to one of the supported RFC 1123 or ISO 8601 formats."
    )


@pytest.mark.parametrize("uuid", [EXPIRED_SESSION, UNKNOWN_UUID, "x", ""])
def test_invalid_sessions(emulator: Emulator, admin: Client, uuid: str) -> None:
    headers = {"Authorization": f"OAuth {uuid}"}
    nobody = replace(admin, key=None)
    reply = nobody.send("GET", KEYS, headers=headers)
    assert (reply.status_code, reply.json()) == (503, {"error": EXPIRED})
    for method, path in (("POST", KEYS), ("DELETE", f"{KEYS}/{KEY_UUID['bob']}"), ("PUT", f"{KEYS}/x/actions")):
        accepted = nobody.send(method, path, {} if method != "DELETE" else None, headers=headers)
        assert accepted.status_code == 202
        reply = nobody.poll(accepted)
        assert (reply.status_code, reply.json()) == (503, {"error": EXPIRED})
    assert not any(call["committed"] for call in emulator.journal())


def test_spaces_around_a_session(admin: Client) -> None:
    assert replace(admin, key=None).send("GET", KEYS, headers={"Authorization": f"OAuth   {SESSION} "}).ok


LOG_IN = "/v1/accounts/login"
WRONG_LOGIN = {
    "code": "ID.1000",
    "description": "Unable to authenticate a user",
    "details": "wrong account name or password",
}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (LOG_IN, {"logInByAccount": {"accountName": "alice", "password": sha512("x")}}),
        (LOG_IN, {"logInByAccount": {"accountName": "alice", "password": PASSWORDS["alice"]}}),
        (LOG_IN, {"logInByAccount": {"accountName": "nobody", "password": sha512("x")}}),
        ("/v1/login", {"logIn": {"username": "alice", "password": "no-hash-0001", "loginType": "account"}}),
        ("/v1/login", {"logIn": {"username": "alice", "password": PASSWORDS["alice"], "loginType": "ldap"}}),
    ],
)
def test_wrong_logins(admin: Client, path: str, body: object) -> None:
    reply = replace(admin, key=None).send("PUT", path, body)
    assert (reply.status_code, reply.json()) == (503, {"error": WRONG_LOGIN})


def test_both_ways_to_log_in(admin: Client) -> None:
    nobody = replace(admin, key=None)
    password = sha512(PASSWORDS["alice"])
    more = {"captchaUuid": "c", "verifyCode": "verify-code-0001", "clientInfo": {"clientIp": "127.0.0.1"}}
    old = nobody.call("PUT", LOG_IN, {"logInByAccount": {"accountName": " alice ", "password": password, **more}})
    body = {"logIn": {"username": "alice", "password": password, "loginType": "account", "properties": {}, **more}}
    unified = nobody.call("PUT", "/v1/login", body)
    for session in (old["inventory"], unified["inventory"]):
        assert {session["accountUuid"], session["userUuid"]} == {ACCOUNT["alice"]}
        assert {"uuid", "expiredDate", "createDate", "userType"} <= session.keys()
        assert len(replace(admin, session_uuid=session["uuid"]).listed()) == 2


@pytest.mark.parametrize("body", [{}, {"loginbyaccount": {}}, {"logInByAccount": {"password": "no-hash-0001"}}])
def test_logins_lack_parameters(admin: Client, body: Any) -> None:
    assert replace(admin, key=None).details("PUT", LOG_IN, body) == (
        "SYS.1007",
        "field[accountName] of message[org.zstack.header.identity.APILogInByAccountMsg] is mandatory, can not be null",
    )


def test_life_of_a_session(admin: Client) -> None:
    nobody = replace(admin, key=None)
    uuid = admin.log_in("bob")
    path = f"/v1/accounts/sessions/{uuid}"
    bob = replace(admin, session_uuid=uuid)
    assert nobody.call("GET", f"{path}/valid") == {"valid": True}
    renewed = bob.call("PUT", f"{path}/renew", {"renewSession": {"duration": 31536000}})["inventory"]
    assert renewed["uuid"] == uuid
    assert int(renewed["expiredDate"].split()[2]) > datetime.now(timezone.utc).year
    for _unused in range(2):
        reply = nobody.send("DELETE", f"{path}?deleteMode=Permissive")
        assert (reply.status_code, reply.json()) == (200, {})
    assert nobody.call("GET", f"{path}/valid") == {"valid": False}
    assert bob.send("GET", KEYS).status_code == 503


@pytest.mark.parametrize("duration", [59, 31536001])
def test_sessions_are_renewed_within_limits(admin: Client, duration: int) -> None:
    body = {"renewSession": {"duration": duration}}
    error = admin.details("PUT", f"/v1/accounts/sessions/{SESSION}/renew", body)
    assert error is not None
    assert error[0] == "SYS.1007"


@pytest.mark.parametrize(
    ("duration", "status"), [("soon", 400), (True, 400), (1.5, 400), ({}, 500), ("7200", 202), (7200, 202)]
)
def test_a_duration_is_an_integer(admin: Client, duration: Any, status: int) -> None:
    body = {"renewSession": {"duration": duration}}
    assert admin.send("PUT", f"/v1/accounts/sessions/{SESSION}/renew", body).status_code == status


def test_use_renews_a_session(emulator: Emulator, admin: Client) -> None:
    alice = replace(admin, session_uuid=admin.log_in("alice"))
    idle = replace(admin, session_uuid=admin.log_in("alice"))
    for seconds in (4000, 8000, 12000):
        emulator.modes("zstack", clock_skew_seconds=seconds)
        assert alice.send("GET", KEYS).status_code == 200
    assert idle.send("GET", KEYS).status_code == 503
    emulator.modes("zstack", clock_skew_seconds=12000 + 7201)
    assert alice.send("GET", KEYS).status_code == 503


def test_sessions_are_limited(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", max_sessions=2)
    sessions = [admin.log_in("bob") for _unused in range(2)]
    body = {"logInByAccount": {"accountName": "bob", "password": sha512(PASSWORDS["bob"])}}
    assert admin.details("PUT", LOG_IN, body) == (
        "ID.1006",
        "Login sessions hit limit of max allowed concurrent login sessions",
    )
    admin.log_in("alice")
    admin.call("DELETE", f"/v1/accounts/sessions/{sessions[0]}")
    admin.log_in("bob")


def test_a_login_may_end_other_sessions(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", unique_session=True)
    first = replace(admin, session_uuid=admin.log_in("bob"))
    assert first.send("GET", KEYS).ok
    second = replace(admin, session_uuid=admin.log_in("bob"))
    assert (first.send("GET", KEYS).status_code, second.send("GET", KEYS).status_code) == (503, 200)


def test_what_the_management_node_tells(emulator: Emulator, admin: Client) -> None:
    nobody = replace(admin, key=None)
    zone = "/v1/management-nodes/platform-timezone"
    actions = "/v1/management-nodes/actions"
    assert nobody.text("GET", zone) == (400, "missing header 'Authorization'")
    assert admin.call("GET", zone) == {"timezone": "Asia/Shanghai", "offset": "+08:00"}
    emulator.modes("zstack", timezone="-03:30")
    assert replace(admin, session_uuid=SESSION).call("GET", zone) == {"timezone": "GMT-03:30", "offset": "-03:30"}
    now = nobody.call("PUT", actions, {"getCurrentTime": {}})["currentTime"]
    assert abs(now["Seconds"] - datetime.now(timezone.utc).timestamp()) < 5
    assert now["MillionSeconds"] // 1000 == now["Seconds"]
    assert nobody.call("PUT", actions, {"getVersion": {}}) == {"version": "5.3.0"}
    assert nobody.text("PUT", actions, {"getNothing": {}}) == (
        400,
        f"the body doesn't contain action mapping to the URL[{actions}]",
    )
