# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can become of a task that a fault hits, and what is special about a fault at one cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.multicloud.iam.tests.faults.objects import OPERATIONS

SUCCEEDS, FAILS, AMBIGUOUS, INTERRUPTED, NOTHING = "succeeds", "fails", "ambiguous", "interrupted", "not applicable"

NETWORK, THROTTLED, UNAVAILABLE, REPLY = "network", "throttled", "unavailable", "reply"
AUTHENTICATION, DENIED, CERTIFICATE, NOT_FOUND = "authentication", "denied", "certificate", "not_found"
PROXY = "proxy"
INVALID, QUOTA, REFUSED = "invalid", "quota", "refused"
MAY_CHANGE = (NETWORK, THROTTLED, UNAVAILABLE, NOT_FOUND)

HELD, UNUSABLE = "held", "unusable"

RETRIES = 2


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


NO_SESSION = "every call is signed on its own"
NO_OTHER_ATTRIBUTE = "there is no other attribute to change"
NO_LIMIT = "there is no limit for each owner"
NO_NEW = "the task does not look for a new object"
ONLY_AN_ID = "the reply contains only its request ID"
PAST = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class AtCloud:
    """Hold what is special about a fault at one cloud.

    error: the code of the error that means this fault there, and its message where the code is not enough. signing: the
    options that sign then. seed, modes: of the emulator. unusual: what becomes of an object, or of an operation on it,
    if it is not what becomes of most.
    """

    unusual: Mapping[tuple[str, str], Expected] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    signing: Mapping[str, Any] = field(default_factory=dict)
    seed: Mapping[str, Any] = field(default_factory=dict)
    modes: Mapping[str, Any] = field(default_factory=dict)
