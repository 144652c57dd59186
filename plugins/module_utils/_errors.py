# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the only exception type: a failure of any cloud, with all that a user needs to act on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

# Categories of failures, the same for all clouds.
THROTTLED = "throttled"  # rejected by the gateway before any work was done
UNAVAILABLE = "unavailable"  # the service is faulty at the moment
NETWORK = "network"  # no usable connection, or no reply
PROXY = "proxy"  # the proxy did not accept the user or password for it
CERTIFICATE = "certificate"  # the certificate of the server was not accepted, or TLS failed
INTERRUPTED = "interrupted"  # by a signal, or by the timeout of the task
REPLY = "reply"  # a reply that is not what the API promises
AUTHENTICATION = "authentication"  # the credentials were not accepted
DENIED = "denied"  # the caller may not do this
NOT_FOUND = "not_found"
QUOTA = "quota"
INVALID = "invalid"  # the API rejects the request
REFUSED = "refused"  # this collection refuses to do it
DEFECT = "defect"  # a bug in this collection
USAGE = "usage"  # options that are wrong, or do not work together

_TRANSIENT = frozenset({THROTTLED, UNAVAILABLE, NETWORK, INTERRUPTED})
# An object that was created seconds ago may not be visible yet.
_MAY_CHANGE = _TRANSIENT | {NOT_FOUND}


E = TypeVar("E", bound="CloudError")


@dataclass(eq=False, repr=False)
class CloudError(Exception):
    """Represent a failure of one operation on one object. It is immutable; dataclasses.replace returns another one.

    category: one of the constants of this module.
    reason: what went wrong, in the API's own text where there is one.
    attempted, object_label: what was attempted, on which object; filled in by the layer that knows them.
    api_operation: the API operation that failed.
    code, request_id, http_status: as the API returned them; None without a reply.
    advice: what to do about it.
    maybe_done: the request may have taken effect although there was no valid reply.
    retry_after: seconds that the API asks to wait.
    details: further fields of the failed result.
    retry_helps: whether a retry of the task may succeed; None if that follows from the category.
    is_taken: the object to create exists already, as its name proves.
    """

    category: str
    reason: str
    attempted: str | None = None
    object_label: str | None = None
    api_operation: str | None = None
    code: str | None = None
    request_id: str | None = None
    http_status: int | None = None
    advice: str | None = None
    maybe_done: bool = False
    retry_after: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    retry_helps: bool | None = None
    is_taken: bool = False

    def __setattr__(self, name: str, value: Any) -> None:
        # Not a frozen dataclass: Python itself sets the traceback.
        if name in vars(self):
            raise AttributeError(f"{name} of a CloudError cannot be changed; replace() makes another error")
        super().__setattr__(name, value)

    def during(self: E, attempted: str, object_label: str) -> E:
        """Return the error with what was attempted, on which object, unless a deeper layer has said it already."""
        return replace(self, attempted=self.attempted or attempted, object_label=self.object_label or object_label)

    @property
    def retryable(self) -> bool:
        """Return whether a retry of the task may succeed."""
        return self.category in _MAY_CHANGE if self.retry_helps is None else self.retry_helps

    @property
    def is_transient(self) -> bool:
        """Return whether another attempt of the same call may succeed."""
        return self.category in _TRANSIENT

    def __str__(self) -> str:
        attempt = ""
        if self.attempted:
            attempt = f"Could not {self.attempted}" + (f" {self.object_label}" if self.object_label else "") + ": "
        code = f"{self.code}: " if self.code else ""
        facts = {"": self.api_operation, "request ID ": self.request_id, "HTTP status ": self.http_status}
        known = ", ".join(f"{name}{value}" for name, value in facts.items() if value)
        reply = f" ({known})" if known else ""
        sentences = [f"{attempt}{code}{self.reason.rstrip('. ')}{reply}."]
        if self.category not in (USAGE, REFUSED):
            sentences.append("A retry may help." if self.retryable else "A retry will not help.")
        if self.advice:
            sentences.append(self.advice)
        return " ".join(sentences)

    def as_result(self) -> dict[str, Any]:
        """Return the failed result of a task."""
        return {
            "failed": True,
            "changed": False,
            "msg": str(self),
            "error": {
                "category": self.category,
                "attempted": self.attempted,
                "object": self.object_label,
                "api_operation": self.api_operation,
                "code": self.code,
                "message": self.reason,
                "request_id": self.request_id,
                "http_status": self.http_status,
                "retryable": self.retryable,
                "advice": self.advice,
            },
            **self.details,
        }


class NoValueError(CloudError):
    """Refuse a null or empty value, which only a real run may know."""
