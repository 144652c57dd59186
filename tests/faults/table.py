# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: every fault, and what becomes of each operation on each object when it is hit.

Whatever is expected here, more holds of every cell, and is checked of every cell: see cells.py.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.multicloud.iam.tests.faults.objects import (
    CREATE,
    DELETE,
    OBJECTS,
    OPERATIONS,
    POLL,
    READ,
    UPDATE,
    Object,
)
from ansible_collections.multicloud.iam.tests.faults.runtimes import IN_PROCESS, RUNTIMES
from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack

SUCCEEDS, FAILS, AMBIGUOUS, INTERRUPTED, NOTHING = "succeeds", "fails", "ambiguous", "interrupted", "not applicable"

NETWORK, THROTTLED, UNAVAILABLE, REPLY = "network", "throttled", "unavailable", "reply"
AUTHENTICATION, DENIED, CERTIFICATE, NOT_FOUND = "authentication", "denied", "certificate", "not_found"
PROXY = "proxy"
INVALID, QUOTA, REFUSED = "invalid", "quota", "refused"
MAY_CHANGE = (NETWORK, THROTTLED, UNAVAILABLE, NOT_FOUND)

HELD, UNUSABLE = "held", "unusable"

RETRIES = 2
_UNHEARD = ("delay", "delay_after", "drip")


@dataclass(frozen=True)
class Expected:
    """What becomes of a cell.

    outcome: one of the above; an ambiguous one is a creation of which is said what appeared since.
    sent: how often the call that the fault hits is sent; None where it depends on the time that passes.
    done: the operation has had its effect when everything has come to rest.
    category: of a failure. appears: the object of an ambiguous creation was there when it was looked for.
    again: the category in which the next run fails although the fault is gone. why: of an outcome that is not the
    usual one.
    """

    outcome: str
    sent: int | None = None
    done: bool = False
    category: str = ""
    appears: bool = False
    again: str = ""
    why: str = ""


def succeeds(sent: int = 1, why: str = "") -> Expected:
    return Expected(SUCCEEDS, sent, done=True, why=why)


def fails(category: str, sent: int | None = 1, done: bool = False, why: str = "", again: str = "") -> Expected:
    return Expected(FAILS, sent, done, category, again=again, why=why)


def ambiguous(appears: bool, done: bool, category: str = "", why: str = "") -> Expected:
    return Expected(AMBIGUOUS, 1, done, category, appears, why=why)


def nothing(why: str) -> Expected:
    return Expected(NOTHING, why=why)


Outcomes = Mapping[str, Expected]


@dataclass(frozen=True)
class Fault:
    """One way in which a network or a cloud goes wrong.

    name: for cells. title, group: for the page. call: faults of the emulator that hit the call of the operation.
    modes, seed: of the emulator, by cloud. neighbour: what stands in the place of the API, or as proxy before it.
    options: of the task. signing: by object, instead of the usual credentials. meanwhile: what is done while the call
    is held: a signal to the task, or the name of what somebody else does.
    usual: what becomes of the operations. unusual: of an object, or of an object's operation, with the reason.
    lock: what is the matter with the lock of creations: whether another task holds it, or it cannot be used.
    status: the HTTP status that a neighbour answers with; what the emulator answers is in its journal.
    is_rejection: the call is certainly not carried out, so that a creation may be sent again. runtimes: where it can
    happen.
    """

    name: str
    title: str
    usual: Outcomes
    unusual: Mapping[tuple[str, str], Expected] = field(default_factory=dict)
    call: tuple[Mapping[str, Any], ...] = ()
    modes: Mapping[str, Any] = field(default_factory=dict)
    seed: Mapping[str, Any] = field(default_factory=dict)
    neighbour: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    signing: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    meanwhile: str | signal.Signals = ""
    lock: str = ""
    status: int | None = None
    is_rejection: bool = False
    runtimes: tuple[str, ...] = RUNTIMES

    @property
    def hits_the_first_call(self) -> bool:
        """Whether it is there from the beginning of the task."""
        return not self.call and not self.lock and self.neighbour != "closing"

    @property
    def has_whole_reply(self) -> bool:
        """Whether the reply that the emulator has sent arrives."""
        return not any(spec["fault"] in _UNHEARD or spec.get("keep_length") for spec in self.call)

    def expected(self, operation: str, thing: Object) -> Expected:
        if operation in thing.missing:
            return nothing(thing.missing[operation])
        for name in (thing.name, thing.like):
            for key in ((name, operation), (name, "")):
                if key in self.unusual:
                    return self.unusual[key]
        return self.usual[operation]


@dataclass(frozen=True)
class Cell:
    """One fault, one operation, one object."""

    fault: Fault
    operation: str
    thing: Object

    @property
    def name(self) -> str:
        return f"{self.fault.name}-{self.operation}-{self.thing.name}"

    @property
    def expected(self) -> Expected:
        return self.fault.expected(self.operation, self.thing)


# --- what is usual ---

# What becomes of an operation; "" stands for all that are not named.
JOB_TELLS = "its job, whose id was chosen before, tells the end"
UUID_TELLS = "the key is found by the uuid that was chosen for it"


def every(expected: Expected, **others: Expected) -> Outcomes:
    return {**dict.fromkeys(OPERATIONS, expected), **others}


def of(name: str, *operations: str, becomes: Expected) -> dict[tuple[str, str], Expected]:
    return {(name, operation): becomes for operation in operations}


def given_up(category: str, sent: int | None = RETRIES + 1) -> Outcomes:
    """The fault never ends."""
    return every(
        fails(category, sent),
        create=ambiguous(appears=False, done=False, category=category),
        poll=fails(category, done=True),
    )


def refused(category: str) -> Outcomes:
    """The call was certainly not carried out, and sending it again is no remedy."""
    return every(fails(category), poll=fails(category, done=True))


def unreadable(done: bool) -> Outcomes:
    """The reply tells nothing, and it is not a network that does so."""
    return every(
        fails(REPLY, done=done),
        read=fails(REPLY),
        create=ambiguous(appears=done, done=done, category=REPLY),
        poll=fails(REPLY, done=True),
    )


def at_once(category: str) -> Outcomes:
    """The fault hits every call, and the first one is a read: nothing is written."""
    return every(fails(category, 0), read=fails(category, None), poll=nothing("the first call of the task fails"))


def only(operation: str, expected: Expected, why: str) -> Outcomes:
    return {**every(nothing(why)), operation: expected}


ONCE, ALWAYS = {"times": 1}, {"times": None}
PROCESSED = {"commit": True}
IN_A_HURRY = {"api_timeout": 2.5, "api_retries": 2}
TOO_LATE = 3.2  # seconds

RETRIED = every(succeeds(2), create=ambiguous(appears=False, done=False))
RETRIED_AFTER_EFFECT = every(succeeds(2), create=ambiguous(appears=True, done=True))
WAITED_OUT = every(succeeds(RETRIES + 1))

# By cloud and API operation, what the reply is promised to have.
PROMISED = {
    "tencent": {
        "ListAccessKeys": "AccessKeys",
        "CreateAccessKey": "AccessKey",
        "GetUser": "Uin",
        "AddUser": "Uin",
    },
    "huawei": {
        "ListPermanentAccessKeys": "credentials",
        "ShowPermanentAccessKey": "credential",
        "CreatePermanentAccessKey": "credential",
        "UpdatePermanentAccessKey": "credential",
    },
    "alibaba": {alibaba.LIST: "AuthId", alibaba.ADD: "AuthId", alibaba.MODIFY: "Data"},
    "zstack": {
        "QueryAccessKey": "inventories",
        "CreateAccessKey": "location",
        "ChangeAccessKeyState": "location",
        "DeleteAccessKey": "location",
        "QueryJob": "inventory",
    },
}
LACKING = tuple(
    {"fault": "null_field", "cloud": cloud, "action": action, "field": field, "drop": True, **ONCE}
    for cloud, fields in PROMISED.items()
    for action, field in fields.items()
)
ONLY_AN_ID = "the reply has nothing but its request id"

ZSTACK_KNOWS = of("zstack_key", CREATE, UPDATE, DELETE, becomes=succeeds(why=JOB_TELLS))
ZSTACK_FINDS = of("zstack_key", POLL, becomes=succeeds(why=UUID_TELLS))
ZSTACK_SUBMITS_ANEW = of(
    "zstack_key",
    UPDATE,
    DELETE,
    becomes=succeeds(2, why="the server does not know the job, so that it is submitted anew"),
)
JOB_HAS_FAILED = of("zstack_key", POLL, becomes=nothing("an error in the answer to a poll is the end of the job"))
NO_CONTENT = of("huawei_key", DELETE, becomes=succeeds(why="the reply has no content that could be bad"))


def zstack_gives_up(category: str) -> dict[tuple[str, str], Expected]:
    twice = fails(category, 2, why="a job that the server does not know is submitted once more, and no oftener")
    return {**of("zstack_key", UPDATE, DELETE, becomes=twice), **ZSTACK_FINDS}


def vendor_error(**codes: str) -> tuple[Mapping[str, Any], ...]:
    """The error of each cloud that means the same."""
    return tuple({"fault": "error", "cloud": cloud, "code": code, **ALWAYS} for cloud, code in codes.items())


def everywhere(**modes: Any) -> Mapping[str, Any]:
    return dict.fromkeys(("tencent", "huawei", "alibaba", "zstack"), modes)


PAST = "2020-01-01T00:00:00Z"
EXPIRED_KEYS: Mapping[str, Any] = {
    "tencent": {
        "temporary_credentials": [
            {
                "access_key_id": "AKIDFaultExpired",
                "secret_access_key": "Canary-Expired-Tencent-1",
                "token": "Canary-Expired-Token-Tencent-1",
                "expires": PAST,
            }
        ]
    },
    "huawei": {
        "temporary_credentials": [
            {
                "access": "HSTFAULTEXPIRED00001",
                "secret": "Canary-Expired-Huawei-1",
                "security_token": "Canary-Expired-Token-Huawei-1",
                "expires": PAST,
            }
        ],
        "tokens": [{"value": "Canary-Expired-Login-Huawei-1", "user": "root", "expires": PAST}],
    },
    "alibaba": {
        "temporary_credentials": [
            {
                "access_key_id": "STS.FaultExpired",
                "access_key_secret": "Canary-Expired-Alibaba-1",
                "token": "Canary-Expired-Token-Alibaba-1",
                "role": "deployer",
                "session": "pipeline",
                "expires": PAST,
            }
        ]
    },
}
EXPIRED_CAM = {
    "api_secret_id": "AKIDFaultExpired",
    "api_secret_key": "Canary-Expired-Tencent-1",
    "api_token": "Canary-Expired-Token-Tencent-1",
}
# With tokens that an echo would show.
_TEMPORARY_CAM = {
    "api_secret_id": tencent.TEMPORARY[0],
    "api_secret_key": tencent.TEMPORARY[1],
    "api_token": tencent.TOKEN,
}
TEMPORARY: Mapping[str, Mapping[str, Any]] = {
    "cam_key": _TEMPORARY_CAM,
    "cam_user": _TEMPORARY_CAM,
    "huawei_key": {
        "api_access_key": huawei.TEMPORARY[0],
        "api_secret_key": huawei.TEMPORARY[1],
        "api_security_token": huawei.SECURITY_TOKEN,
    },
    "sas_entry": {
        "api_access_key_id": alibaba.TEMPORARY[0],
        "api_access_key_secret": alibaba.TEMPORARY[1],
        "api_security_token": alibaba.TOKEN,
    },
    "zstack_key": {"api_access_key_id": None, "api_access_key_secret": None, "api_session_uuid": zstack.SESSION},
}
NO_ZSTACK_KEY = {"api_access_key_id": None, "api_access_key_secret": None}
NO_TEMPORARY = "ZStack has no temporary keys"
NO_SESSION = "signs every call by itself"

NETWORK_FAULTS = (
    Fault("refused", "connection refused (at the first call)", at_once(NETWORK), neighbour="closed"),
    Fault(
        "refused_call",
        "connection refused in the middle of the task",
        every(fails(NETWORK, 0), read=nothing("it is the first call"), poll=fails(NETWORK, 0, done=True)),
        of(
            "zstack_key",
            POLL,
            becomes=ambiguous(
                appears=False, done=True, category=NETWORK, why="neither the job nor the key can be asked for"
            ),
        ),
        neighbour="closing",
    ),
    Fault(
        "reset_before",
        "connection reset before the call is processed",
        RETRIED,
        call=({"fault": "reset_before", **ONCE},),
    ),
    Fault(
        "reset_before_always",
        "connection reset before the call is processed, each time",
        given_up(NETWORK),
        zstack_gives_up(NETWORK),
        call=({"fault": "reset_before", **ALWAYS},),
    ),
    Fault(
        "reset_after",
        "connection reset after the call is processed",
        RETRIED_AFTER_EFFECT,
        ZSTACK_KNOWS,
        call=({"fault": "reset_after", **ONCE},),
    ),
    Fault(
        "timeout_before",
        "no reply in time, and the call is processed after that",
        {**RETRIED, CREATE: ambiguous(appears=False, done=True)},
        ZSTACK_KNOWS,
        call=({"fault": "delay", "seconds": TOO_LATE, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "timeout_after",
        "the call is processed, and no reply comes in time",
        RETRIED_AFTER_EFFECT,
        ZSTACK_KNOWS,
        call=({"fault": "delay_after", "seconds": TOO_LATE, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "timeout_always",
        "the call is processed, and no reply comes in time, each time",
        {
            **given_up(NETWORK, None),
            **every(fails(NETWORK, None, done=True)),
            READ: fails(NETWORK, None),
            CREATE: ambiguous(appears=True, done=True),
        },
        {**ZSTACK_KNOWS, **ZSTACK_FINDS},
        call=({"fault": "delay_after", "seconds": TOO_LATE, **ALWAYS},),
        options=IN_A_HURRY,
    ),
    Fault(
        "drip",
        "the reply comes byte by byte",
        RETRIED_AFTER_EFFECT,
        {**ZSTACK_KNOWS, **NO_CONTENT},
        call=({"fault": "drip", "seconds": 0.05, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "drip_head",
        "the head of the reply comes byte by byte",
        RETRIED_AFTER_EFFECT,
        ZSTACK_KNOWS,
        call=({"fault": "drip", "seconds": 0.05, "head": True, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "cut",
        "the connection ends in the middle of the reply",
        RETRIED_AFTER_EFFECT,
        {**ZSTACK_KNOWS, **NO_CONTENT},
        call=({"fault": "truncated", "keep_length": True, **ONCE},),
    ),
)

SERVICE_FAULTS = (
    Fault(
        "throttled",
        "throttled by the gateway, twice",
        WAITED_OUT,
        call=({"fault": "throttle", "times": RETRIES},),
        is_rejection=True,
    ),
    Fault(
        "throttled_always",
        "throttled by the gateway each time",
        every(fails(THROTTLED, None), poll=fails(THROTTLED, done=True)),
        ZSTACK_FINDS,
        call=({"fault": "throttle", **ALWAYS},),
        options={"api_timeout": 3, "api_retries": 1},
        is_rejection=True,
    ),
    Fault(
        "http_429",
        "HTTP 429 without Retry-After",
        every(succeeds(2)),
        call=({"fault": "status", "status": 429, **ONCE},),
        is_rejection=True,
    ),
    Fault(
        "http_429_retry_after",
        "HTTP 429 with Retry-After",
        every(succeeds(2)),
        call=({"fault": "status", "status": 429, "headers": {"Retry-After": "1"}, **ONCE},),
        is_rejection=True,
    ),
    Fault(
        "http_429_later",
        "HTTP 429 with a Retry-After that is beyond all patience",
        every(fails(THROTTLED), poll=fails(THROTTLED, done=True)),
        ZSTACK_FINDS,
        call=({"fault": "status", "status": 429, "headers": {"Retry-After": "3600"}, **ONCE},),
    ),
    Fault("http_500", "HTTP 500", RETRIED, call=({"fault": "status", "status": 500, **ONCE},)),
    Fault(
        "http_500_after",
        "HTTP 500 after the call is processed",
        RETRIED_AFTER_EFFECT,
        ZSTACK_KNOWS,
        call=({"fault": "status", "status": 500, **PROCESSED, **ONCE},),
    ),
    Fault(
        "http_500_always",
        "HTTP 500 each time",
        given_up(UNAVAILABLE),
        zstack_gives_up(UNAVAILABLE),
        call=({"fault": "status", "status": 500, **ALWAYS},),
    ),
    Fault("http_502", "HTTP 502 with HTML", RETRIED, call=({"fault": "html", **ONCE},)),
    Fault(
        "http_502_after",
        "HTTP 502 with HTML after the call is processed",
        RETRIED_AFTER_EFFECT,
        ZSTACK_KNOWS,
        call=({"fault": "html", **PROCESSED, **ONCE},),
    ),
    Fault(
        "internal_error",
        "the API's own internal error",
        given_up(UNAVAILABLE),
        {**zstack_gives_up(UNAVAILABLE), **JOB_HAS_FAILED},
        call=vendor_error(tencent="InternalError", huawei="IAM.0006", alibaba="ServerError", zstack="SYS.1000"),
    ),
)

REPLY_FAULTS = (
    Fault(
        "half_json",
        "JSON that ends in the middle",
        unreadable(done=True),
        {**ZSTACK_KNOWS, **ZSTACK_FINDS, **NO_CONTENT},
        call=({"fault": "truncated", "keep_length": False, **ONCE},),
    ),
    Fault(
        "empty",
        "status 200 without content",
        unreadable(done=False),
        {**ZSTACK_SUBMITS_ANEW, **ZSTACK_FINDS},
        call=({"fault": "empty", **ONCE},),
    ),
    Fault(
        "empty_after",
        "status 200 without content, after the call is processed",
        unreadable(done=True),
        {**ZSTACK_KNOWS, **ZSTACK_FINDS},
        call=({"fault": "empty", **PROCESSED, **ONCE},),
    ),
    Fault(
        "wrong_type",
        "JSON of another type",
        unreadable(done=False),
        {**ZSTACK_SUBMITS_ANEW, **ZSTACK_FINDS},
        call=({"fault": "wrong_type", **ONCE},),
    ),
    Fault(
        "wrong_type_after",
        "JSON of another type, after the call is processed",
        unreadable(done=True),
        {**ZSTACK_KNOWS, **ZSTACK_FINDS},
        call=({"fault": "wrong_type", "body": "text", **PROCESSED, **ONCE},),
    ),
    Fault(
        "page",
        "a page of HTML with status 200",
        unreadable(done=False),
        {**ZSTACK_SUBMITS_ANEW, **ZSTACK_FINDS},
        call=({"fault": "html", "status": 200, **ONCE},),
    ),
    Fault(
        "incomplete",
        "JSON that lacks what the API promises",
        unreadable(done=True),
        {
            **of("cam_key", UPDATE, DELETE, becomes=nothing(ONLY_AN_ID)),
            **of("cam_user", UPDATE, DELETE, becomes=nothing(ONLY_AN_ID)),
            **of("huawei_key", DELETE, becomes=nothing(ONLY_AN_ID)),
            **of("sas_entry", DELETE, becomes=nothing(ONLY_AN_ID)),
            **of("sas_entry", UPDATE, becomes=succeeds(why="the entry is read again")),
            **ZSTACK_KNOWS,
            **ZSTACK_FINDS,
        },
        call=LACKING,
    ),
    Fault("charset", "a content type with charset", every(succeeds()), call=({"fault": "content_type", **ALWAYS},)),
    Fault(
        "no_content_type",
        "no content type",
        every(succeeds()),
        call=({"fault": "content_type", "value": "absent", **ALWAYS},),
    ),
    Fault(
        "redirect",
        "redirect to another host (302)",
        unreadable(done=False),
        zstack_gives_up(REPLY),
        call=({"fault": "redirect", "location": "OTHER_HOST/", **ALWAYS},),
    ),
    Fault(
        "redirect_307",
        "redirect to another host that keeps method and content (307)",
        unreadable(done=False),
        zstack_gives_up(REPLY),
        call=({"fault": "redirect", "location": "OTHER_HOST/", "status": 307, **ALWAYS},),
    ),
)

CREDENTIAL_FAULTS = (
    Fault(
        "http_401",
        "HTTP 401 without content",
        refused(AUTHENTICATION),
        ZSTACK_FINDS,
        call=({"fault": "status", "status": 401, **ALWAYS},),
    ),
    Fault(
        "http_403",
        "HTTP 403 without content",
        refused(DENIED),
        ZSTACK_FINDS,
        call=({"fault": "status", "status": 403, **ALWAYS},),
    ),
    Fault(
        "unknown_key",
        "the API does not know the key (401, or as the API says so)",
        refused(AUTHENTICATION),
        JOB_HAS_FAILED,
        call=vendor_error(
            tencent="AuthFailure.SecretIdNotFound",
            huawei="APIGW.0301",
            alibaba="InvalidAccessKeyId.NotFound",
            zstack="ID.1001",
        ),
    ),
    Fault(
        "not_allowed",
        "the API denies the operation (403, or as the API says so)",
        refused(DENIED),
        JOB_HAS_FAILED,
        call=vendor_error(tencent="UnauthorizedOperation", huawei="IAM.0003", alibaba="NoPermission", zstack="ID.1002"),
    ),
    Fault(
        "echo",
        "a bad signature, answered with the whole request",
        refused(AUTHENTICATION),
        {
            **of(
                "zstack_key",
                READ,
                CREATE,
                UPDATE,
                DELETE,
                becomes=fails(DENIED, why="the text is none that the server is known for"),
            ),
            **ZSTACK_FINDS,
        },
        call=({"fault": "echo_request", **ALWAYS},),
        signing=TEMPORARY,
    ),
    Fault(
        "clock_skew",
        "a clock that is an hour wrong (at the first call)",
        at_once(AUTHENTICATION),
        modes=everywhere(clock_skew_seconds=3600),
    ),
    Fault(
        "clock_skew_call",
        "a clock that is set wrong in the middle of the task",
        refused(AUTHENTICATION),
        ZSTACK_FINDS,
        call=(
            *vendor_error(
                tencent="AuthFailure.SignatureExpire", huawei="APIGW.0301", alibaba="InvalidTimeStamp.Expired"
            ),
            {"fault": "error", "cloud": "zstack", "code": "403", "message": "requestTimeTooSkewed", **ALWAYS},
        ),
    ),
    Fault(
        "expired_token",
        "temporary credentials that have expired (at the first call)",
        at_once(AUTHENTICATION),
        {("zstack_key", ""): nothing(NO_TEMPORARY)},
        seed=EXPIRED_KEYS,
        signing={
            "cam_key": EXPIRED_CAM,
            "cam_user": EXPIRED_CAM,
            "huawei_key": {
                "api_access_key": "HSTFAULTEXPIRED00001",
                "api_secret_key": "Canary-Expired-Huawei-1",
                "api_security_token": "Canary-Expired-Token-Huawei-1",
            },
            "sas_entry": {
                "api_access_key_id": "STS.FaultExpired",
                "api_access_key_secret": "Canary-Expired-Alibaba-1",
                "api_security_token": "Canary-Expired-Token-Alibaba-1",
            },
        },
    ),
    Fault(
        "expired_token_call",
        "temporary credentials that expire in the middle of the task",
        refused(AUTHENTICATION),
        {("zstack_key", ""): nothing(NO_TEMPORARY)},
        call=vendor_error(
            tencent="AuthFailure.TokenFailure", huawei="IAM.0066", alibaba="InvalidSecurityToken.Expired"
        ),
        signing=TEMPORARY,
    ),
    Fault(
        "expired_session",
        "a session or token that has expired (at the first call)",
        at_once(AUTHENTICATION),
        dict.fromkeys([("cam_key", ""), ("cam_user", ""), ("sas_entry", "")], nothing(NO_SESSION)),
        seed=EXPIRED_KEYS,
        signing={
            "huawei_key": {
                "api_access_key": None,
                "api_secret_key": None,
                "api_auth_token": "Canary-Expired-Login-Huawei-1",
            },
            "zstack_key": {**NO_ZSTACK_KEY, "api_session_uuid": zstack.EXPIRED_SESSION},
        },
    ),
    Fault(
        "session_ends",
        "the session of the task ends before the change",
        every(succeeds(2), read=nothing("there is no change"), poll=nothing("a job is polled without a session")),
        dict.fromkeys([("cam_key", ""), ("cam_user", ""), ("huawei_key", ""), ("sas_entry", "")], nothing(NO_SESSION)),
        modes={"zstack": {"session_expires_in_job": 1}},
        signing={
            "zstack_key": {**NO_ZSTACK_KEY, "api_account_name": "admin", "api_password": zstack.PASSWORDS["admin"]}
        },
        is_rejection=True,
    ),
    Fault("netrc", "~/.netrc has a password for the host", every(succeeds()), neighbour="passage"),
)

NO_NEW = "no new object is looked for"
NOBODY = "somebody else's change does not touch it"
CLOUD_FAULTS = (
    Fault(
        "invisible",
        "a new object is not visible at first",
        every(nothing(NO_NEW), create=succeeds(), poll=succeeds()),
        of("huawei_key", POLL, becomes=nothing(NO_NEW)),
        modes=everywhere(visibility_delay_seconds=1),
    ),
    Fault(
        "invisible_inactive",
        "a new object is not visible at first, and its status has to be set after the creation",
        only(CREATE, succeeds(), NO_NEW),
        of("cam_user", CREATE, becomes=nothing("a user has no status")),
        modes=everywhere(visibility_delay_seconds=1),
        options={"status": "inactive"},
    ),
    Fault(
        "invisible_lost",
        "a new object is not visible at first, and the reply to the creation is lost",
        only(CREATE, ambiguous(appears=False, done=True), NO_NEW),
        of("zstack_key", CREATE, becomes=succeeds(why=JOB_TELLS)),
        call=({"fault": "reset_after", **ONCE},),
        modes=everywhere(visibility_delay_seconds=2),
    ),
    Fault(
        "somebody_creates",
        "somebody else makes an object with the same name or marker between reading and writing",
        only(
            CREATE,
            replace(succeeds(why="two objects with one marker, which the next run reports"), again=REFUSED),
            NOBODY,
        ),
        of(
            "cam_user",
            CREATE,
            becomes=replace(succeeds(why="the name is unique, and the user is looked for again"), done=False),
        ),
        call=({"fault": "hold", **ONCE},),
        meanwhile="somebody creates",
    ),
    Fault(
        "somebody_deletes",
        "somebody else deletes the object between reading and writing",
        every(fails(NOT_FOUND, again=REFUSED), read=nothing(NOBODY), create=nothing(NOBODY), delete=succeeds()),
        {
            ("cam_user", UPDATE): fails(NOT_FOUND, why="the next run makes it anew"),
            ("sas_entry", POLL): fails(
                UNAVAILABLE, done=True, why="a new entry may not be listed yet; the next run makes it anew"
            ),
            ("zstack_key", POLL): nothing("the job tells what was made, whatever became of it"),
        },
        call=({"fault": "hold", **ONCE},),
        meanwhile="somebody deletes",
    ),
    Fault(
        "somebody_updates",
        "somebody else changes another attribute of the object between reading and writing",
        only(UPDATE, succeeds(), NOBODY),
        dict.fromkeys([("cam_key", UPDATE), ("zstack_key", UPDATE)], nothing("there is no other attribute to change")),
        call=({"fault": "hold", **ONCE},),
        meanwhile="somebody updates",
    ),
    Fault(
        "limit",
        "somebody else makes the last key that the owner may have between reading and writing",
        only(CREATE, fails(QUOTA), "only a new key can be one too many"),
        dict.fromkeys([("cam_user", CREATE), ("sas_entry", CREATE)], nothing("no owner has a limit of them")),
        call=(
            *vendor_error(tencent="OperationDenied.AccessKeyOverLimit", huawei="akSkNumExceed"),
            {
                "fault": "error",
                "cloud": "zstack",
                "code": "SYS.1007",
                "message": "The number of access keys for account[uuid=carol] has exceeded the maximum limit",
                **ALWAYS,
            },
        ),
    ),
)

PLACE_FAULTS = (
    Fault("self_signed", "a certificate that nobody knows (at the first call)", at_once(CERTIFICATE), neighbour="tls"),
    Fault(
        "no_certificates",
        "a file of CA certificates without any (at the first call)",
        at_once(CERTIFICATE),
        neighbour="tls",
        options={"api_ca_path": "/dev/null"},
    ),
    Fault("no_tls", "a port that speaks no TLS (at the first call)", at_once(CERTIFICATE), neighbour="no tls"),
    Fault(
        "proxy_502",
        "a proxy that answers 502 (at the first call)",
        at_once(UNAVAILABLE),
        neighbour="proxy 502",
        status=502,
    ),
    Fault(
        "proxy_407",
        "a proxy that does not accept the password for it (at the first call)",
        at_once(PROXY),
        neighbour="proxy 407",
        status=407,
    ),
    Fault("proxy_reset", "a proxy that breaks off (at the first call)", at_once(NETWORK), neighbour="proxy resetting"),
    Fault(
        "proxy_silent",
        "a proxy that never answers (at the first call)",
        at_once(NETWORK),
        neighbour="proxy silent",
        options={"api_timeout": 1, "api_retries": 1},
    ),
    Fault(
        "tunnel_502",
        "a proxy that makes no tunnel, and answers 502 (at the first call)",
        at_once(NETWORK),
        neighbour="tunnel 502",
    ),
    Fault(
        "tunnel_407",
        "a proxy that makes no tunnel, because it does not accept the password for it (at the first call)",
        at_once(PROXY),
        neighbour="tunnel 407",
        status=407,
    ),
    Fault(
        "tunnel_reset",
        "a proxy that breaks off instead of making a tunnel (at the first call)",
        at_once(NETWORK),
        neighbour="tunnel resetting",
    ),
    Fault(
        "proxy_502_call",
        "a proxy that answers 502 in the middle of the task",
        RETRIED,
        call=({"fault": "html", **ONCE},),
        neighbour="forward",
    ),
    Fault(
        "proxy_407_call",
        "a proxy that does not accept the password for it any more, in the middle of the task",
        refused(PROXY),
        of(
            "zstack_key",
            POLL,
            becomes=ambiguous(
                appears=False, done=True, category=PROXY, why="neither the job nor the key can be asked for"
            ),
        ),
        call=({"fault": "status", "status": 407, **ONCE},),
        neighbour="forward",
    ),
    Fault(
        "proxy_reset_before_call",
        "a proxy that breaks off before it passes a call on",
        RETRIED,
        call=({"fault": "reset_before", **ONCE},),
        neighbour="forward",
    ),
    Fault(
        "proxy_reset_after_call",
        "a proxy that breaks off after it has passed a call on",
        RETRIED_AFTER_EFFECT,
        ZSTACK_KNOWS,
        call=({"fault": "reset_after", **ONCE},),
        neighbour="forward",
    ),
)


def _interrupt(
    name: str, title: str, number: signal.Signals, runtimes: tuple[str, ...] = RUNTIMES
) -> tuple[Fault, Fault]:
    def interrupted(appears: bool) -> Outcomes:
        stopped = Expected(INTERRUPTED, 1, done=True)
        return every(stopped, create=replace(stopped, appears=appears))

    named = Expected(INTERRUPTED, 1, done=True, appears=True, why="the uuid that was chosen for the key is told")
    taken_back = Expected(INTERRUPTED, 1, why="the key has the uuid that was chosen for it, and is deleted again")
    return (
        Fault(
            f"{name}_before",
            f"{title} before the call is processed",
            interrupted(appears=False),
            {
                **of("zstack_key", CREATE, becomes=named),
                **of("zstack_key", POLL, becomes=taken_back),
                **of("zstack_chosen", CREATE, POLL, becomes=named),
            },
            call=({"fault": "hold", **ONCE},),
            meanwhile=number,
            runtimes=runtimes,
        ),
        Fault(
            f"{name}_after",
            f"{title} after the call is processed",
            interrupted(appears=True),
            {**of("zstack_key", CREATE, POLL, becomes=taken_back), **of("zstack_chosen", CREATE, POLL, becomes=named)},
            call=({"fault": "hold", **PROCESSED, **ONCE},),
            meanwhile=number,
            runtimes=runtimes,
        ),
    )


INTERRUPTS = (
    *_interrupt("task_timeout", "the task's timeout ends", signal.SIGALRM, (IN_PROCESS,)),
    *_interrupt("sigint", "SIGINT", signal.SIGINT),
    *_interrupt("sigterm", "SIGTERM", signal.SIGTERM),
)

NO_CREATION = "only a creation takes the lock"


def _while_it_waits(becomes: Expected) -> Outcomes:
    return {**only(CREATE, becomes, NO_CREATION), **dict.fromkeys((UPDATE, DELETE), succeeds())}


LOCK_FAULTS = (
    Fault(
        "lock_unusable",
        "the directory of the lock of creations is a link",
        _while_it_waits(fails(REFUSED, 0)),
        lock=UNUSABLE,
    ),
    Fault(
        "lock_held",
        "another task holds the lock for longer than a task waits",
        _while_it_waits(fails(UNAVAILABLE, 0)),
        lock=HELD,
        options={"api_timeout": 1, "api_retries": 1},
    ),
    Fault(
        "lock_holder_killed",
        "the task that holds the lock is killed (SIGKILL)",
        _while_it_waits(succeeds()),
        lock=HELD,
        meanwhile="the holder is killed",
    ),
    *(
        Fault(
            f"lock_{name}",
            f"{title} while the task waits for the lock",
            only(CREATE, Expected(INTERRUPTED, 0), NO_CREATION),
            lock=HELD,
            meanwhile=number,
            runtimes=runtimes,
        )
        for name, title, number, runtimes in (
            ("task_timeout", "the task's timeout ends", signal.SIGALRM, (IN_PROCESS,)),
            ("sigint", "SIGINT", signal.SIGINT, RUNTIMES),
            ("sigterm", "SIGTERM", signal.SIGTERM, RUNTIMES),
        )
    ),
)

GROUPS: Mapping[str, tuple[Fault, ...]] = {
    "Network": NETWORK_FAULTS,
    "Service": SERVICE_FAULTS,
    "Replies": REPLY_FAULTS,
    "Credentials": CREDENTIAL_FAULTS,
    "State of the cloud": CLOUD_FAULTS,
    "The way there": PLACE_FAULTS,
    "Interrupts": INTERRUPTS,
    "Creations at the same time": LOCK_FAULTS,
}
FAULTS = tuple(fault for group in GROUPS.values() for fault in group)

CELLS = {
    cell.name: cell
    for cell in (
        Cell(fault, operation, thing) for fault in FAULTS for operation in OPERATIONS for thing in OBJECTS.values()
    )
}
TRIED = {name: cell for name, cell in CELLS.items() if cell.expected.outcome != NOTHING}
