# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Combine clouds, faults and journal, without any web framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from threading import RLock
from typing import Any

from .cloud import Cloud
from .clouds import CLOUDS
from .exchange import Call, Reply, Request
from .faults import Faults
from .input_error import InputError
from .journal import Journal
from .misbehaviour import Scene
from .secret_log import SecretLog


class Emulator:
    """Hold all emulated clouds. A lock protects every access to their state."""

    def __init__(
        self,
        seed: Mapping[str, Any],
        *,
        rate_limits: bool = False,
        journal_file: Path | None = None,
        secrets_file: Path | None = None,
    ) -> None:
        self._seed = seed
        self._rate_limits = rate_limits
        self._secret_log = SecretLog(secrets_file)
        self._lock = RLock()
        self.journal = Journal(journal_file)
        self.faults = Faults({cloud.name for cloud in CLOUDS})
        self._clouds = self._fresh_clouds()

    def reset(self) -> None:
        """Restore the objects and modes of the seed, and clear faults and journal. Calls in progress leave no trace."""
        clouds = self._fresh_clouds()
        with self._lock:
            self._clouds = clouds
            self.faults.clear()
            self.journal.clear()

    def seed(self, data: Any) -> None:
        """Merge more objects and modes."""
        with self._lock:
            _apply_seed(self._clouds, data)

    def environment(self, url: str) -> dict[str, str]:
        """Return environment variables that let a program call each cloud at this URL as its administrator."""
        values = {}
        with self._lock:
            for name, cloud in self._clouds.items():
                values[f"MULTICLOUD_IAM_{name.upper()}_ENDPOINT"] = url
                for key in [*cloud.administrator_keys()][:1]:
                    values.update(zip(cloud.key_variables, key, strict=True))
        return values

    def set_modes(self, data: Any) -> None:
        """Set modes, given by cloud."""
        with self._lock:
            for name, values in _by_cloud(self._clouds, data).items():
                self._clouds[name].modes.change(values)

    def modes(self) -> dict[str, Any]:
        """Return the modes by cloud."""
        with self._lock:
            return {name: cloud.modes.snapshot() for name, cloud in self._clouds.items()}

    def state(self) -> dict[str, Any]:
        """Return all objects by cloud, without secrets."""
        with self._lock:
            return {name: cloud.snapshot() for name, cloud in self._clouds.items()}

    def serve(self, request: Request) -> Reply:
        """Perform a call, with the fault that hits it, and record the call."""
        clouds = self._clouds
        cloud = next((each for each in clouds.values() if each.claims(request)), None)
        if cloud is None:
            return self._unclaimed(request)
        with self._lock:
            call = cloud.describe(request)
        fault = self.faults.take(cloud.name, call.action)
        committed = False
        performed: Reply | None = None

        def process() -> Reply:
            nonlocal committed, performed
            if performed is None:
                with self._lock:
                    before = cloud.revision
                    performed = cloud.handle(request)
                    committed = cloud.revision != before
            return performed

        reply = fault.act(Scene(cloud, request, process, fault.disarmed)) if fault else process()
        date = formatdate(request.arrived + cloud.modes.clock_skew_seconds, usegmt=True)
        reply = replace(reply, headers={"Date": date, **reply.headers})
        with self._lock:
            if clouds is self._clouds:  # no reset in the meantime
                self.journal.record(
                    arrived=request.arrived,
                    cloud=cloud.name,
                    call=call,
                    reply=reply,
                    committed=committed,
                    fault=fault.name if fault else None,
                )
        return reply

    def _unclaimed(self, request: Request) -> Reply:
        reply = Reply(
            404,
            {"Content-Type": "application/json"},
            b'{"error":"no emulated cloud recognises this request"}',
        )
        self.journal.record(
            arrived=request.arrived,
            cloud=None,
            call=Call(action=f"{request.method} {request.path}"),
            reply=reply,
            committed=False,
            fault=None,
        )
        return reply

    def _fresh_clouds(self) -> dict[str, Cloud]:
        clouds = {cloud.name: cloud(self._secret_log) for cloud in CLOUDS}
        for cloud in clouds.values():
            cloud.modes.rate_limits = self._rate_limits
        _apply_seed(clouds, {**{name: {} for name in clouds}, **self._seed})
        return clouds


def _by_cloud(clouds: Mapping[str, Cloud], data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise InputError("expected a mapping with cloud names as keys")
    for name in data:
        if name not in clouds:
            raise InputError(f"unknown cloud {name!r}, choose one of {', '.join(clouds)}")
    return data


def _apply_seed(clouds: Mapping[str, Cloud], data: Any) -> None:
    for name, section in _by_cloud(clouds, data).items():
        if not isinstance(section, Mapping):
            raise InputError(f"the section {name} is not a mapping")
        objects = dict(section)
        clouds[name].modes.change(objects.pop("modes", {}))
        clouds[name].seed(objects)
