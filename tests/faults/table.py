# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the fault matrix: every fault, and the outcome of each operation on each object.

In addition, every cell must satisfy the rules in cells.py.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..support.clouds import CLOUDS, parts
from .expected import (
    AUTHENTICATION,
    CERTIFICATE,
    DENIED,
    INTERRUPTED,
    NETWORK,
    NO_NEW,
    NOT_FOUND,
    NOTHING,
    PROXY,
    QUOTA,
    REFUSED,
    RETRIES,
    THROTTLED,
    UNAVAILABLE,
    AtCloud,
    Expected,
    Outcomes,
    ambiguous,
    at_once,
    every,
    fails,
    given_up,
    nothing,
    only,
    refused,
    succeeds,
    unreadable,
)
from .objects import CREATE, DELETE, OPERATIONS, READ, UPDATE, Object
from .runtimes import IN_PROCESS, RUNTIMES

HELD, UNUSABLE = "held", "unusable"

# By cloud: its objects, and the special cases of faults.
PARTS = parts("faults")
AT_CLOUDS: Mapping[str, Mapping[str, AtCloud]] = {cloud: part.AT_CLOUD for cloud, part in PARTS.items()}
OBJECTS: Mapping[str, Object] = {each.name: each for part in PARTS.values() for each in part.OBJECTS}

_UNHEARD = ("delay", "delay_after", "drip")


@dataclass(frozen=True)
class Fault:
    """Describe a fault of a network or a cloud.

    name: for cells. title, group: for the page. call: faults of the emulator that hit the call of the operation.
    modes, seed: settings of the emulator, by cloud. neighbour: a server in place of the API, or a proxy in front of it.
    options: options of the task. signing: credentials by cloud, instead of the usual ones. meanwhile: an action while
    the call is held: a signal to the task, or the name of what another user does.
    usual: the outcomes of the operations. unusual: other outcomes for an object or for one of its operations, with the
    reason, from tests/faults/clouds.
    lock: a problem of the creation lock: another task holds it, or it cannot be used.
    status: the HTTP status of a neighbour's reply. Replies of the emulator are in its journal.
    is_rejection: the call is certainly not processed, so that a creation may be sent again. runtimes: the runtimes in
    which the fault can happen.
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
        """Return whether the fault exists from the beginning of the task."""
        return not self.call and not self.lock and self.neighbour != "closing"

    @property
    def has_whole_reply(self) -> bool:
        """Return whether the emulator's reply arrives."""
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
    """Represent one fault, one operation and one object."""

    fault: Fault
    operation: str
    thing: Object

    @property
    def name(self) -> str:
        return f"{self.fault.name}-{self.operation}-{self.thing.name}"

    @property
    def expected(self) -> Expected:
        return self.fault.expected(self.operation, self.thing)


# --- usual outcomes ---

ONCE, ALWAYS = {"times": 1}, {"times": None}
PROCESSED = {"commit": True}
IN_A_HURRY = {"api_timeout": 2.5, "api_retries": 2}
TOO_LATE = 3.2  # seconds

RETRIED = every(succeeds(2), create=ambiguous(appears=False, done=False))
RETRIED_AFTER_EFFECT = every(succeeds(2), create=ambiguous(appears=True, done=True))
WAITED_OUT = every(succeeds(RETRIES + 1))

INCOMPLETE = tuple(
    {"fault": "null_field", "cloud": cloud, "action": action, "field": field, "drop": True, **ONCE}
    for cloud, part in PARTS.items()
    for action, field in part.PROMISED.items()
)


def everywhere(**modes: Any) -> Mapping[str, Any]:
    return dict.fromkeys(CLOUDS, modes)


NETWORK_FAULTS = (
    Fault("refused", "connection refused (at the first call)", at_once(NETWORK), neighbour="closed"),
    Fault(
        "refused_call",
        "connection refused in the middle of the task",
        every(fails(NETWORK, 0), read=nothing("it is the first call"), poll=fails(NETWORK, 0, done=True)),
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
        call=({"fault": "reset_before", **ALWAYS},),
    ),
    Fault(
        "reset_after",
        "connection reset after the call is processed",
        RETRIED_AFTER_EFFECT,
        call=({"fault": "reset_after", **ONCE},),
    ),
    Fault(
        "timeout_before",
        "no reply in time, and the call is processed later",
        {**RETRIED, CREATE: ambiguous(appears=False, done=True)},
        call=({"fault": "delay", "seconds": TOO_LATE, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "timeout_after",
        "the call is processed, but there is no reply before the timeout",
        RETRIED_AFTER_EFFECT,
        call=({"fault": "delay_after", "seconds": TOO_LATE, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "timeout_always",
        "the call is processed, but there is no reply before the timeout, each time",
        {
            **given_up(NETWORK, None),
            **every(fails(NETWORK, None, done=True)),
            READ: fails(NETWORK, None),
            CREATE: ambiguous(appears=True, done=True),
        },
        call=({"fault": "delay_after", "seconds": TOO_LATE, **ALWAYS},),
        options=IN_A_HURRY,
    ),
    Fault(
        "drip",
        "the reply comes byte by byte",
        RETRIED_AFTER_EFFECT,
        call=({"fault": "drip", "seconds": 0.05, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "drip_head",
        "the head of the reply comes byte by byte",
        RETRIED_AFTER_EFFECT,
        call=({"fault": "drip", "seconds": 0.05, "head": True, **ONCE},),
        options=IN_A_HURRY,
    ),
    Fault(
        "cut",
        "the connection ends in the middle of the reply",
        RETRIED_AFTER_EFFECT,
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
        "HTTP 429 with a Retry-After that is longer than the task waits",
        every(fails(THROTTLED), poll=fails(THROTTLED, done=True)),
        call=({"fault": "status", "status": 429, "headers": {"Retry-After": "3600"}, **ONCE},),
    ),
    Fault("http_500", "HTTP 500", RETRIED, call=({"fault": "status", "status": 500, **ONCE},)),
    Fault(
        "http_500_after",
        "HTTP 500 after the call is processed",
        RETRIED_AFTER_EFFECT,
        call=({"fault": "status", "status": 500, **PROCESSED, **ONCE},),
    ),
    Fault(
        "http_500_always",
        "HTTP 500 each time",
        given_up(UNAVAILABLE),
        call=({"fault": "status", "status": 500, **ALWAYS},),
    ),
    Fault("http_502", "HTTP 502 with HTML", RETRIED, call=({"fault": "html", **ONCE},)),
    Fault(
        "http_502_after",
        "HTTP 502 with HTML after the call is processed",
        RETRIED_AFTER_EFFECT,
        call=({"fault": "html", **PROCESSED, **ONCE},),
    ),
    Fault("internal_error", "the API's own internal error", given_up(UNAVAILABLE)),
)

REPLY_FAULTS = (
    Fault(
        "half_json",
        "JSON that ends in the middle",
        unreadable(done=True),
        call=({"fault": "truncated", "keep_length": False, **ONCE},),
    ),
    Fault("empty", "status 200 without content", unreadable(done=False), call=({"fault": "empty", **ONCE},)),
    Fault(
        "empty_after",
        "status 200 without content, after the call is processed",
        unreadable(done=True),
        call=({"fault": "empty", **PROCESSED, **ONCE},),
    ),
    Fault("wrong_type", "JSON of another type", unreadable(done=False), call=({"fault": "wrong_type", **ONCE},)),
    Fault(
        "wrong_type_after",
        "JSON of another type, after the call is processed",
        unreadable(done=True),
        call=({"fault": "wrong_type", "body": "text", **PROCESSED, **ONCE},),
    ),
    Fault(
        "page", "an HTML page with status 200", unreadable(done=False), call=({"fault": "html", "status": 200, **ONCE},)
    ),
    Fault("incomplete", "JSON without what the API promises", unreadable(done=True), call=INCOMPLETE),
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
        call=({"fault": "redirect", "location": "OTHER_HOST/", **ALWAYS},),
    ),
    Fault(
        "redirect_307",
        "redirect to another host that keeps method and content (307)",
        unreadable(done=False),
        call=({"fault": "redirect", "location": "OTHER_HOST/", "status": 307, **ALWAYS},),
    ),
)

CREDENTIAL_FAULTS = (
    Fault(
        "http_401",
        "HTTP 401 without content",
        refused(AUTHENTICATION),
        call=({"fault": "status", "status": 401, **ALWAYS},),
    ),
    Fault(
        "http_403", "HTTP 403 without content", refused(DENIED), call=({"fault": "status", "status": 403, **ALWAYS},)
    ),
    Fault("unknown_key", "the API does not know the key (401, or an error code of the API)", refused(AUTHENTICATION)),
    Fault("not_allowed", "the API denies the operation (403, or an error code of the API)", refused(DENIED)),
    Fault(
        "echo",
        "a bad signature, and an error that repeats the whole request",
        refused(AUTHENTICATION),
        call=({"fault": "echo_request", **ALWAYS},),
    ),
    Fault(
        "clock_skew",
        "a clock that is wrong by an hour (at the first call)",
        at_once(AUTHENTICATION),
        modes=everywhere(clock_skew_seconds=3600),
    ),
    Fault("clock_skew_call", "a clock that is set wrong in the middle of the task", refused(AUTHENTICATION)),
    Fault("expired_token", "temporary credentials that have expired (at the first call)", at_once(AUTHENTICATION)),
    Fault("expired_token_call", "temporary credentials that expire in the middle of the task", refused(AUTHENTICATION)),
    Fault("expired_session", "a session or token that has expired (at the first call)", at_once(AUTHENTICATION)),
    Fault(
        "session_ends",
        "the session of the task ends before the change",
        every(succeeds(2), read=nothing("there is no change"), poll=nothing("a job is polled without a session")),
        is_rejection=True,
    ),
    Fault("netrc", "~/.netrc has a password for the host", every(succeeds()), neighbour="passage"),
)

UNAFFECTED = "a change by someone else does not affect the operation"
CLOUD_FAULTS = (
    Fault(
        "invisible",
        "a new object is not visible at first",
        every(nothing(NO_NEW), create=succeeds(), poll=succeeds()),
        modes=everywhere(visibility_delay_seconds=1),
    ),
    Fault(
        "invisible_inactive",
        "a new object is not visible at first, and its status has to be set after the creation",
        only(CREATE, succeeds(), NO_NEW),
        modes=everywhere(visibility_delay_seconds=1),
        options={"status": "inactive"},
    ),
    Fault(
        "invisible_lost",
        "a new object is not visible at first, and the reply to the creation is lost",
        only(CREATE, ambiguous(appears=False, done=True), NO_NEW),
        call=({"fault": "reset_after", **ONCE},),
        modes=everywhere(visibility_delay_seconds=2),
    ),
    Fault(
        "other_user_creates",
        "someone else creates an object with the same name or marker between reading and writing",
        only(
            CREATE,
            replace(
                succeeds(why="there are two objects with one marker, and the next run reports them"), again=REFUSED
            ),
            UNAFFECTED,
        ),
        call=({"fault": "hold", **ONCE},),
        meanwhile="another user creates",
    ),
    Fault(
        "other_user_deletes",
        "someone else deletes the object between reading and writing",
        every(fails(NOT_FOUND, again=REFUSED), read=nothing(UNAFFECTED), create=nothing(UNAFFECTED), delete=succeeds()),
        call=({"fault": "hold", **ONCE},),
        meanwhile="another user deletes",
    ),
    Fault(
        "other_user_updates",
        "someone else changes another attribute of the object between reading and writing",
        only(UPDATE, succeeds(), UNAFFECTED),
        call=({"fault": "hold", **ONCE},),
        meanwhile="another user updates",
    ),
    Fault(
        "limit",
        "someone else reaches the key limit of the owner between reading and writing",
        only(CREATE, fails(QUOTA), "only a new key can exceed the limit"),
    ),
)

PLACE_FAULTS = (
    Fault("self_signed", "a certificate from an unknown CA (at the first call)", at_once(CERTIFICATE), neighbour="tls"),
    Fault(
        "no_certificates",
        "a file of CA certificates that contains none (at the first call)",
        at_once(CERTIFICATE),
        neighbour="tls",
        options={"api_ca_path": "/dev/null"},
    ),
    Fault("no_tls", "a port that does not speak TLS (at the first call)", at_once(CERTIFICATE), neighbour="no tls"),
    Fault(
        "proxy_502",
        "a proxy that replies with 502 (at the first call)",
        at_once(UNAVAILABLE),
        neighbour="proxy 502",
        status=502,
    ),
    Fault(
        "proxy_407",
        "a proxy that rejects its password (at the first call)",
        at_once(PROXY),
        neighbour="proxy 407",
        status=407,
    ),
    Fault(
        "proxy_reset",
        "a proxy that closes the connection (at the first call)",
        at_once(NETWORK),
        neighbour="proxy resetting",
    ),
    Fault(
        "proxy_silent",
        "a proxy that never replies (at the first call)",
        at_once(NETWORK),
        neighbour="proxy silent",
        options={"api_timeout": 1, "api_retries": 1},
    ),
    Fault(
        "tunnel_502",
        "a proxy that opens no tunnel, and replies with 502 (at the first call)",
        at_once(NETWORK),
        neighbour="tunnel 502",
    ),
    Fault(
        "tunnel_407",
        "a proxy that opens no tunnel, because it rejects its password (at the first call)",
        at_once(PROXY),
        neighbour="tunnel 407",
        status=407,
    ),
    Fault(
        "tunnel_reset",
        "a proxy that closes the connection instead of opening a tunnel (at the first call)",
        at_once(NETWORK),
        neighbour="tunnel resetting",
    ),
    Fault(
        "proxy_502_call",
        "a proxy that replies with 502 in the middle of the task",
        RETRIED,
        call=({"fault": "html", **ONCE},),
        neighbour="forward",
    ),
    Fault(
        "proxy_407_call",
        "a proxy that begins to reject its password in the middle of the task",
        refused(PROXY),
        call=({"fault": "status", "status": 407, **ONCE},),
        neighbour="forward",
    ),
    Fault(
        "proxy_reset_before_call",
        "a proxy that closes the connection before it passes on a call",
        RETRIED,
        call=({"fault": "reset_before", **ONCE},),
        neighbour="forward",
    ),
    Fault(
        "proxy_reset_after_call",
        "a proxy that closes the connection after it has passed on a call",
        RETRIED_AFTER_EFFECT,
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

    return (
        Fault(
            f"{name}_before",
            f"{title} before the call is processed",
            interrupted(appears=False),
            call=({"fault": "hold", **ONCE},),
            meanwhile=number,
            runtimes=runtimes,
        ),
        Fault(
            f"{name}_after",
            f"{title} after the call is processed",
            interrupted(appears=True),
            call=({"fault": "hold", **PROCESSED, **ONCE},),
            meanwhile=number,
            runtimes=runtimes,
        ),
    )


INTERRUPTS = (
    *_interrupt("task_timeout", "the timeout of the task", signal.SIGALRM, (IN_PROCESS,)),
    *_interrupt("sigint", "SIGINT", signal.SIGINT),
    *_interrupt("sigterm", "SIGTERM", signal.SIGTERM),
)

NO_CREATION = "only a creation takes the lock"


def _while_it_waits(becomes: Expected) -> Outcomes:
    return {**only(CREATE, becomes, NO_CREATION), **dict.fromkeys((UPDATE, DELETE), succeeds())}


LOCK_FAULTS = (
    Fault("lock_unusable", "the directory of the lock is a link", _while_it_waits(fails(REFUSED, 0)), lock=UNUSABLE),
    Fault(
        "lock_held",
        "another task holds the creation lock for longer than a task waits",
        _while_it_waits(fails(UNAVAILABLE, 0)),
        lock=HELD,
        options={"api_timeout": 1, "api_retries": 1},
    ),
    Fault(
        "lock_holder_killed",
        "the task that holds the creation lock is killed (SIGKILL)",
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
            ("task_timeout", "the timeout of the task", signal.SIGALRM, (IN_PROCESS,)),
            ("sigint", "SIGINT", signal.SIGINT, RUNTIMES),
            ("sigterm", "SIGTERM", signal.SIGTERM, RUNTIMES),
        )
    ),
)


def _at_clouds(fault: Fault) -> Fault:
    """Add the special cases of the clouds to a fault."""
    special = {cloud: faults[fault.name] for cloud, faults in AT_CLOUDS.items() if fault.name in faults}
    errors = tuple(
        {"fault": "error", "cloud": cloud, **each.error, **ALWAYS} for cloud, each in special.items() if each.error
    )
    return replace(
        fault,
        unusual={key: expected for each in special.values() for key, expected in each.unusual.items()},
        call=fault.call + errors,
        signing={cloud: each.signing for cloud, each in special.items()},
        seed={cloud: each.seed for cloud, each in special.items() if each.seed},
        modes={**fault.modes, **{cloud: each.modes for cloud, each in special.items() if each.modes}},
    )


_GROUPS: Mapping[str, tuple[Fault, ...]] = {
    "Network": NETWORK_FAULTS,
    "Service": SERVICE_FAULTS,
    "Replies": REPLY_FAULTS,
    "Credentials": CREDENTIAL_FAULTS,
    "State of the cloud": CLOUD_FAULTS,
    "Proxies and certificates": PLACE_FAULTS,
    "Interrupts": INTERRUPTS,
    "Concurrent creations": LOCK_FAULTS,
}
GROUPS = {title: tuple(map(_at_clouds, faults)) for title, faults in _GROUPS.items()}
FAULTS = tuple(fault for group in GROUPS.values() for fault in group)
UNKNOWN = {name for special in AT_CLOUDS.values() for name in special} - {fault.name for fault in FAULTS}
if UNKNOWN:
    raise ValueError(f"tests/faults/clouds names faults that are not in the table: {UNKNOWN}")

CELLS = {
    cell.name: cell
    for cell in (
        Cell(fault, operation, thing) for fault in FAULTS for operation in OPERATIONS for thing in OBJECTS.values()
    )
}
TRIED = {name: cell for name, cell in CELLS.items() if cell.expected.outcome != NOTHING}
