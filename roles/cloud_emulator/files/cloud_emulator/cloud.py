# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface by which a cloud plugs into the emulator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from .exchange import Call, Reply, Request
from .modes import Modes
from .secret_log import SecretLog


class Cloud(ABC):
    """One emulated cloud. The emulator calls it by one thread at a time."""

    name: ClassVar[str]
    throttle_code: ClassVar[str]
    bad_signature_code: ClassVar[str]

    modes: Modes

    @abstractmethod
    def __init__(self, secret_log: SecretLog) -> None:
        """Make the cloud empty; every secret it meets goes to the log."""

    @property
    @abstractmethod
    def revision(self) -> int:
        """A number that grows with every change of state; it tells what was committed."""

    @abstractmethod
    def claims(self, request: Request) -> bool:
        """Tell whether the request is meant for this cloud."""

    @abstractmethod
    def describe(self, request: Request) -> Call:
        """Tell what the request claims to be, with its secrets replaced."""

    @abstractmethod
    def handle(self, request: Request) -> Reply:
        """Authenticate and perform the request."""

    @abstractmethod
    def failure(self, code: str, message: str) -> Reply:
        """Wrap an error in the cloud's envelope."""

    def echo(self, request: Request, text: str) -> Reply:
        """Answer a bad signature with the request in the text. A cloud that echoes in its own way says so here."""
        return self.failure(self.bad_signature_code, text)

    @abstractmethod
    def seed(self, data: Mapping[str, Any]) -> None:
        """Merge objects of a seed, which is empty when the seed does not name the cloud."""

    @abstractmethod
    def snapshot(self) -> dict[str, Any]:
        """All objects, without any secret."""
