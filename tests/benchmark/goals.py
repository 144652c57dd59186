# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the goals. Each one compares figures of one run of the benchmark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.multicloud.iam.tests.benchmark.measuring import Calls, Figure

Figures = Mapping[str, Figure]

EMPTY = "empty playbook"
RENAMED = "another name of the same Python"
# Calls per second that the emulator accepts, like the cloud.
PER_SECOND = {"ListUsers": 20, "ListAccessKeys": 20, "GetSecurityLastUsed": 20, "UpdateAccessKey": 5}


DUE = "some keys due"
LOOPS = 1000
CALLS_OF_LOOPS = f"the calls to predictions of {LOOPS} loops"
ROUND_TRIP = 0.1  # additional seconds of each call where one account is compared with a declared list
LATENCY = 0.15  # additional seconds of each call of a creation, as over a network


@dataclass(frozen=True)
class Goal:
    """Compare a measured value with its maximum, both in the unit. text: their description."""

    row: str
    text: str
    measured: float
    at_most: float
    unit: str = "s"

    @property
    def reached(self) -> bool:
        return self.measured <= self.at_most


def net(figures: Figures, key: str) -> float:
    """Return the median time of a scenario minus that of an empty playbook, in seconds."""
    return figures[key].seconds - figures[EMPTY].seconds


def floor(calls: Calls) -> float:
    """Return the minimum seconds for the calls under the rate limits. Each operation has a separate limit."""
    return max(count / PER_SECOND[action] for action, count in calls.performed.items() if action in PER_SECOND)


def goals(figures: Figures) -> list[Goal]:
    """Return the goals of the rows that were measured."""
    rows = {figure.row for figure in figures.values()}
    return [goal for row, of_row in _GOALS.items() if row in rows for goal in of_row(figures)]


def _unchanged(figures: Figures) -> Iterator[Goal]:
    own, peer = net(figures, "a cam_access_key"), net(figures, "a amazon.aws.iam_access_key")
    yield Goal("a", "net time; at most 1/40 of the net time of `amazon.aws.iam_access_key`", own, peer / 40)
    least = 3 * net(figures, "a debug") + figures["a reads alone"].seconds
    yield Goal("a", "net time; at most 3 times the net time of `debug`, plus the time of the reads alone", own, least)
    renamed = net(figures, f"a cam_access_key, {RENAMED}")
    yield Goal("a", f"net time with {RENAMED}; at most 1.2 times the net time with this one", renamed, 1.2 * own)


def _cold(figures: Figures) -> Iterator[Goal]:
    own, peer = figures["c cam_access_key"].seconds, figures["c uri"].seconds
    sdk = figures["c python, import of the SDK"].seconds - figures["c python, nothing"].seconds
    yield Goal("c", "time; at most the time of `uri` plus the import of the SDK", own, peer + sdk)


def _report(figures: Figures) -> Iterator[Goal]:
    figure = figures["d cam_access_key_info"]
    least = floor(figure.calls)
    yield Goal(
        "d", f"net time; at most 1.2 times the {least:.0f} s of the rate limit", net(figures, figure.key), 1.2 * least
    )
    yield Goal("d", "memory of the working process; less than 200 MB", figure.megabytes, 200, "MB")


def _hosts(figures: Figures) -> Iterator[Goal]:
    figure = figures["e cam_access_key"]
    least = floor(figure.calls)
    yield Goal(
        "e", f"net time; at most 1.25 times the {least:.0f} s of the rate limit", net(figures, figure.key), 1.25 * least
    )


def _makers(figures: Figures) -> Iterator[Goal]:
    figure = figures["g cam_access_key"]
    # The second read and the creation, one host after the other.
    in_turn = 2 * LATENCY * figure.calls.performed["CreateAccessKey"]
    text = f"net time; at most half of the {in_turn:.0f} s that all creations take one after the other"
    yield Goal("g", text, net(figures, figure.key), in_turn / 2)


def _predictions(figures: Figures) -> Iterator[Goal]:
    calls, imports = (figures[f"h python, {what}"].seconds for what in (CALLS_OF_LOOPS, "import of the predictions"))
    text = f"time of the calls of {LOOPS} loops, without the import; at most the net time of one loop"
    yield Goal("h", text, calls - imports, net(figures, "h cam_access_key"))


def _rotations(figures: Figures) -> Iterator[Goal]:
    own, least = net(figures, "i rotate_access_key"), net(figures, "i cam_access_key_info")
    yield Goal("i", "net time with nothing due; at most 1.2 times that of the listing alone", own, 1.2 * least)
    yield Goal("i", "memory with nothing due; less than 200 MB", figures["i rotate_access_key"].megabytes, 200, "MB")


def _declared(figures: Figures) -> Iterator[Goal]:
    own, listing = figures["j reconcile_access_keys"], figures["j cam_access_key_info"]
    least = floor(own.calls)
    text = f"net time of the role; at most 1.2 times the {least:.0f} s of the rate limit"
    yield Goal("j", text, net(figures, own.key), 1.2 * least)
    yield Goal(
        "j",
        "net time of the role; at most 1.2 times that of the listing alone",
        net(figures, own.key),
        1.2 * net(figures, listing.key),
    )
    yield Goal("j", "memory of the role; less than 200 MB", own.megabytes, 200, "MB")


def _accounts(figures: Figures) -> Iterator[Goal]:
    own = figures["k access_key_report"]
    least = floor(own.calls)
    yield Goal(
        "k", f"net time; at most 1.2 times the {least:.0f} s of the rate limit", net(figures, own.key), 1.2 * least
    )
    yield Goal("k", "memory; less than 300 MB", own.megabytes, 300, "MB")


def _first_stops(figures: Figures) -> Iterator[Goal]:
    slowest = max(figure.seconds for figure in figures.values() if figure.row == "l")
    yield Goal("l", "time from the start of the role until the first key is disabled; less than 2 s", slowest, 2.0)


_GOALS: Mapping[str, Callable[[Figures], Iterator[Goal]]] = {
    "a": _unchanged,
    "c": _cold,
    "d": _report,
    "e": _hosts,
    "g": _makers,
    "h": _predictions,
    "i": _rotations,
    "j": _declared,
    "k": _accounts,
    "l": _first_stops,
}
