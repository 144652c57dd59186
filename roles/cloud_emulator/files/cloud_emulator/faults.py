# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide which fault hits which call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from .exchange import Reply
from .input_error import InputError
from .misbehaviour import MISBEHAVIOURS, REQUIRED, Scene

_COMMON = {"fault", "cloud", "action", "times", "after", "commit"}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "action": (str, type(None)),
    "after": (int,),
    "code": (str,),
    "commit": (bool,),
    "drop": (bool,),
    "field": (str,),
    "head": (bool,),
    "headers": (Mapping,),
    "keep_length": (bool,),
    "location": (str,),
    "message": (str,),
    "seconds": (int, float),
    "status": (int,),
    "times": (int, type(None)),
    "value": (str,),
}


@dataclass
class Fault:
    """Represent one armed fault. ``matched`` counts the calls that match it, ``fired`` the calls that it hit."""

    name: str
    arguments: Mapping[str, Any]
    cloud: str | None
    action: str | None
    times: int | None
    after: int
    commit: bool
    matched: int = 0
    fired: int = 0
    disarmed: Event = field(default_factory=Event)

    def matches(self, cloud: str, action: str) -> bool:
        """Return whether such a call matches the fault."""
        return self.cloud in (None, cloud) and self.action in (None, action)

    def due(self) -> bool:
        """Return whether the fault hits the call that was counted last."""
        return self.matched > self.after and (self.times is None or self.fired < self.times)

    def act(self, scene: Scene) -> Reply:
        """Misbehave. With ``commit``, perform the call first."""
        if self.commit:
            scene.process()
        return MISBEHAVIOURS[self.name].act(scene, self.arguments)


class Faults:
    """Hold the armed faults. The first one that is due hits a call."""

    def __init__(self, clouds: set[str]) -> None:
        self._clouds = clouds
        self._armed: list[Fault] = []
        self._lock = Lock()

    def arm(self, specs: Any) -> None:
        """Arm one fault or a list of them, all or none."""
        faults = [self._parse(spec) for spec in (specs if isinstance(specs, list) else [specs])]
        with self._lock:
            self._armed += faults

    def clear(self) -> None:
        """Disarm all faults, and release the calls that they hold."""
        with self._lock:
            for fault in self._armed:
                fault.disarmed.set()
            self._armed.clear()

    def snapshot(self) -> list[dict[str, Any]]:
        """Return the armed faults in the order of arming, with the number of calls that each has hit."""
        with self._lock:
            return [
                {"fault": fault.name, "cloud": fault.cloud, "action": fault.action, "hits": fault.fired}
                for fault in self._armed
            ]

    def take(self, cloud: str, action: str) -> Fault | None:
        """Count a call for every fault that it matches, and return the fault that hits it, or None."""
        with self._lock:
            looking = [fault for fault in self._armed if fault.matches(cloud, action)]
            for fault in looking:
                fault.matched += 1
            hit = next((fault for fault in looking if fault.due()), None)
            if hit is not None:
                hit.fired += 1
            return hit

    def _parse(self, spec: Any) -> Fault:
        if not isinstance(spec, Mapping):
            raise InputError("a fault must be an object")
        name = str(spec.get("fault"))
        if name not in MISBEHAVIOURS:
            raise InputError(f"unknown fault {name!r}, choose one of {', '.join(MISBEHAVIOURS)}")
        if spec.get("cloud") not in (None, *self._clouds):
            raise InputError(f"unknown cloud {spec['cloud']!r}")
        defaults = MISBEHAVIOURS[name].arguments
        unknown = set(spec) - _COMMON - set(defaults)
        if unknown:
            raise InputError(f"the fault {name} does not have {', '.join(sorted(unknown))}")
        arguments = {key: spec.get(key, default) for key, default in defaults.items()}
        missing = [key for key, value in arguments.items() if value is REQUIRED]
        if missing:
            raise InputError(f"the fault {name} requires {', '.join(missing)}")
        for key, value in spec.items():
            _check_type(key, value)
        return Fault(
            name=name,
            arguments=arguments,
            cloud=spec.get("cloud"),
            action=spec.get("action"),
            times=spec.get("times"),
            after=spec.get("after", 0),
            commit=spec.get("commit", False),
        )


def _check_type(name: str, value: Any) -> None:
    # In Python, true and false are numbers. In JSON they are not.
    kinds = _TYPES.get(name)
    if kinds and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        raise InputError(f"{name} of a fault cannot be {value!r}")
