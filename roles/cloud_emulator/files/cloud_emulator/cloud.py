# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the interface between a cloud and the emulator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from .exchange import Call, Reply, Request
from .modes import Modes
from .secret_log import SecretLog


class Cloud(ABC):
    """Emulate one cloud. The emulator calls it from one thread at a time."""

    name: ClassVar[str]
    key_variables: ClassVar[tuple[str, str]]
    """Environment variables for the ID and the secret of a key."""
    throttle_code: ClassVar[str]
    bad_signature_code: ClassVar[str]

    modes: Modes

    @abstractmethod
    def __init__(self, secret_log: SecretLog) -> None:
        """Create an empty cloud. It adds every secret that it receives to the log."""

    @property
    @abstractmethod
    def revision(self) -> int:
        """Return a number that grows with every change of state. It shows whether a call was committed."""

    @abstractmethod
    def claims(self, request: Request) -> bool:
        """Return whether the request is for this cloud."""

    @abstractmethod
    def describe(self, request: Request) -> Call:
        """Return what the request claims to be, with its secrets replaced."""

    @abstractmethod
    def handle(self, request: Request) -> Reply:
        """Authenticate and perform the request."""

    @abstractmethod
    def failure(self, code: str, message: str) -> Reply:
        """Wrap an error in the cloud's envelope."""

    def echo(self, request: Request, text: str) -> Reply:
        """Reply to a bad signature with the request in the text. A cloud with its own form of echo overrides this."""
        return self.failure(self.bad_signature_code, text)

    @abstractmethod
    def seed(self, data: Mapping[str, Any]) -> None:
        """Merge objects of a seed. The seed is empty if it does not name the cloud."""

    @abstractmethod
    def administrator_keys(self) -> Iterable[tuple[str, str]]:
        """Return the ID and the secret of each active key that may do everything."""

    @abstractmethod
    def snapshot(self) -> dict[str, Any]:
        """Return all objects, without any secret."""
