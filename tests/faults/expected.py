# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the possible outcomes of a task with a fault, and the special cases of a fault at one cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .objects import OPERATIONS

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
    """Describe the expected outcome of a cell.

    outcome: one of the constants above. AMBIGUOUS: a creation with an unknown outcome, whose message names new objects.
    sent: how often the call that the fault hits is sent; None if that depends on time.
    done: whether the operation has taken effect in the end.
    category: the category of a failure. appears: whether the object of an ambiguous creation was listed afterwards.
    again: the category of the failure of the next run, without the fault. why: the reason for an unusual outcome.
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
    """Return the outcome of a creation if the fault never ends."""
    return every(
        fails(category, sent),
        create=ambiguous(appears=False, done=False, category=category),
        poll=fails(category, done=True),
    )


def refused(category: str) -> Outcomes:
    """Return the outcome if the call was certainly not processed, and a retry does not help."""
    return every(fails(category), poll=fails(category, done=True))


def unreadable(done: bool) -> Outcomes:
    """Return the outcome if the reply is useless, and the network is not the cause."""
    return every(
        fails(REPLY, done=done),
        read=fails(REPLY),
        create=ambiguous(appears=done, done=done, category=REPLY),
        poll=fails(REPLY, done=True),
    )


def at_once(category: str) -> Outcomes:
    """Return the outcome if the fault hits every call. The first one is a read, so nothing is written."""
    return every(fails(category, 0), read=fails(category, None), poll=nothing("the first call of the task fails"))


def only(operation: str, expected: Expected, why: str) -> Outcomes:
    return {**every(nothing(why)), operation: expected}


ONCE, ALWAYS = {"times": 1}, {"times": None}
PROCESSED = {"commit": True}
IN_A_HURRY = {"api_timeout": 2.5, "api_retries": 2}
TOO_LATE = 3.2  # seconds


NO_SESSION = "every call is signed on its own"
NO_OTHER_ATTRIBUTE = "no other attribute can change"
NO_LIMIT = "there is no limit per owner"
NO_NEW = "the task does not look for a new object"
NO_DATA = "the reply contains no data that could be missing"
PAST = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class AtCloud:
    """Hold what is special about a fault at one cloud.

    error: the error code for this fault, and its message if the code is not enough. signing: the options that sign.
    seed, modes: settings of the emulator. unusual: the outcome for an object, or for an operation on it, if it differs
    from the usual one.
    """

    unusual: Mapping[tuple[str, str], Expected] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    signing: Mapping[str, Any] = field(default_factory=dict)
    seed: Mapping[str, Any] = field(default_factory=dict)
    modes: Mapping[str, Any] = field(default_factory=dict)
