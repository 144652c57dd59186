# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill rotations at their points, in every situation, on every cloud, with both stores.

A kill leaves what the cloud, the store and the consumers have at that moment: a state. A run that is not killed shows the
state at each of its points, and each kill is compared with it. Most points have the state of the point before them, so the
next run cannot know at which of them the run was killed.

`make test` kills one life three times, each time in another way. With TEST_EVERY_STEP, each situation is killed in every
state, at the last point that has it, in one way; the first situation at the first and the last one, in all ways. And each
point is killed that no situation before was killed at. TEST_KILLS=20 kills 20 of these points in each situation. A kill
between a creation and its escrow is always among them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from ansible_collections.multicloud.iam.tests.kills.gates import Point
from ansible_collections.multicloud.iam.tests.kills.harness import MOMENTS, ROLE, WAYS, End, Life, Reached, Situation
from ansible_collections.multicloud.iam.tests.kills.situations import situations
from ansible_collections.multicloud.iam.tests.support.counts import note, noted
from ansible_collections.multicloud.iam.tests.support.openbao import OpenBao
from ansible_collections.multicloud.iam.tests.tooling import rotation_proof

LIMIT = int(os.environ.get("TEST_KILLS", "0")) or None
EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP") or LIMIT)
SITUATIONS = list(situations())
PROMOTED = End("promoted", True, ("active", "active"))
# Here, the only trace of a new key is in the memory of a run.
UNESCROWED = ("task", f"{ROLE}steps | create | Make the record with the new key", "before")
Boundary = tuple[str, str, str]


class Kill(NamedTuple):
    """Name a kill: the stage, the point in it, the way, and when the worker finishes if it lives on."""

    stage: int
    point: Point
    way: str
    moment: str


class Stage(NamedTuple):
    """Describe a stage without a kill: the state it begins with, its points, and its end."""

    begin: str
    reached: list[Reached]
    end: End


@dataclass
class Tally:
    """Count the kills of a situation, and collect what was wrong."""

    killed: list[Kill] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    compared: int = 0
    named: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    most: int = 0

    def compare(self, kill: Kill, stage: Stage, begin: str, left: str) -> None:
        """Compare what a kill has left with what the run without a kill has shown there, if both began with the same.

        If only the main process was killed, its worker is still there.
        """
        if kill.way != "main" and begin == stage.begin:
            self.compared += 1
            if Reached(kill.point, left) not in stage.reached:
                self.different.append(f"{kill}: {left}")

    @property
    def distinct(self) -> set[tuple[str, str, str]]:
        """Return the distinct points: task, call, request or step of a write, and side."""
        return {kill.point[:3] for kill in self.killed}


def is_named(life: Life) -> bool:
    """Return whether a cloud without descriptions has an unproven key, which the output names to the user."""
    if life.situation.rotated.site != "international":
        return False
    _lost, orphans = life.judge()
    return bool(orphans) and all(key in life.output for key in orphans)


def effective(reached: list[Reached]) -> list[Reached]:
    """Return the points without those of skipped tasks. To kill these is to kill the task before."""
    left: list[Reached] = []
    for each in reached:
        if each.point.kind == "skipped":
            before = ("task", each.point.label, "before")
            del left[max(place for place, earlier in enumerate(left) if earlier.point[:3] == before)]
        else:
            left.append(each)
    return left


def planned(stages: list[list[Reached]], place: int, known: Container[Boundary] = ()) -> list[Kill]:
    """Return the kills that a whole test consists of, without chance.

    place: of the situation. The first one is killed most. known: the points that other situations were killed at.
    """
    kills: list[Kill] = []
    for stage, reached in enumerate(stages):
        chosen = [{each.state: each.point for each in reached}]  # the last point of each state
        if place == 0:
            chosen.append({each.state: each.point for each in reversed(reached)})
        ends = {point for points in chosen for point in points.values()}
        done = {kill.point[:3] for kill in kills} | {point[:3] for point in ends}
        for point, _state in reached:
            boundary = point[:3]
            if point in ends:
                ways: tuple[str, ...] = WAYS if place == 0 else (WAYS[(len(kills) + place) % 3],)
            elif boundary == UNESCROWED or (boundary not in done and boundary not in known):
                done.add(boundary)
                ways = (WAYS[(len(kills) + place) % 3],)
            else:
                continue
            kills += [Kill(stage, point, way, MOMENTS[(len(kills) + each) % 3]) for each, way in enumerate(ways)]
    return kills


def spread(kills: list[Kill], number: int | None, place: int) -> list[Kill]:
    """Return so many of them, of each kind as evenly as possible. place: of the situation. It shifts them."""
    if number is None or number >= len(kills):
        return kills
    groups: dict[str, list[Kill]] = {}
    for kill in kills:
        groups.setdefault(kill.point.kind, []).append(kill)
    chosen = {kill for kill in kills if kill.point[:3] == UNESCROWED}
    for rank, group in enumerate(groups.values()):
        share = (number + len(groups) - 1 - rank) // len(groups)
        chosen |= {group[(each * len(group) // share + 7 * place) % len(group)] for each in range(share)}
    return sorted(chosen, key=kills.index)


def rehearse(life: Life) -> list[Stage]:
    """Run all stages without a kill."""
    life.reset()
    stages: list[Stage] = []
    for day in life.situation.days:
        life.day = day
        begin = life.fingerprint()
        reached = effective(life.dry())
        if life.situation.disturbances:
            runs = life.again([PROMOTED], is_named)
            assert runs, f"{life.end()} {life.output[-3000:]}"
            stages.append(Stage(begin, reached, PROMOTED))
        else:
            stages.append(Stage(begin, reached, life.end()))
    if not is_named(life):
        assert life.judge() == ([], [])
    assert life.early == []
    assert stages[-1].end == PROMOTED or len(life.keys()) == 1
    return stages


def exercise(life: Life, stages: Sequence[Stage], kills: list[Kill], tally: Tally) -> None:
    """Kill at each point, run again, and judge.

    A run sees only the cloud, the store and the consumers. So if these are as they were before the killed run, or
    as after an earlier kill, it is known already how the next run ends.
    """
    waiting = list(kills)
    goals = [stage.end for stage in stages]
    ended: set[tuple[int, str]] = set()
    while waiting:
        life.reset()
        stage = 0
        while any(kill.stage >= stage for kill in waiting):
            life.day = max(life.day, life.situation.days[stage])
            begin = life.fingerprint()
            reached = None
            for kill in [kill for kill in waiting if kill.stage == stage]:
                assert life.kill(kill.point, kill.way, kill.moment), f"{kill} was not reached"
                waiting.remove(kill)
                tally.killed.append(kill)
                print(life.run, kill, flush=True)
                left = life.fingerprint()
                tally.compare(kill, stages[stage], begin, left)
                if kill.way != "main" and left == begin:
                    continue
                if kill.way != "main" and (stage, left) in ended and not any(each.stage > stage for each in waiting):
                    reached = len(goals)
                    break
                reached = converge(life, goals, kill, tally)
                ended.add((stage, left))
                break
            else:
                life.play()
                assert life.end() == goals[stage], life.output[-3000:]
                reached = stage
            if reached is None or (stage := reached + 1) >= len(goals):
                break


def converge(life: Life, goals: list[End], kill: Kill, tally: Tally) -> int | None:
    """Run again until the stage has ended, or a later one. Return which, or None if the life is over."""
    runs = life.again(goals[kill.stage :], is_named)
    lost, orphans = life.judge()
    tally.lost += [f"{kill}: {each}" for each in lost]
    if runs and orphans and is_named(life):
        tally.most = max(tally.most, runs)
        tally.named += orphans
        # The user follows the advice.
        life.replace(orphans[0])
        runs = life.again(goals[kill.stage :], lambda life: False)
        lost, orphans = life.judge()
        tally.lost += [f"{kill}: {each}" for each in lost]
    if runs is None:
        tally.stuck.append(f"{kill}: {life.end()} {life.output[-1500:]}")
        return None
    tally.most = max(tally.most, runs)
    tally.orphans += [f"{kill}: {each}" for each in orphans]
    return kill.stage + goals[kill.stage :].index(life.end())


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def killed_elsewhere(life: Life) -> set[Boundary]:
    """Return the points that the situations before this one were killed at."""
    entries = noted("points")
    return {tuple(json.loads(name)) for name, entry in entries.items() if entry["situation"] != life.name}


def write_down(life: Life, tally: Tally, stages: Sequence[Stage], kills: int) -> None:
    """Write the counts down. kills: how many a whole test has."""
    reached = [each for stage in stages for each in stage.reached]
    entry = {
        "situation": life.situation.name,
        "cloud": life.situation.cloud,
        "store": life.store.name,
        "planned": kills,
        "kills": len(tally.killed),
        "ways": Counter(kill.way for kill in tally.killed),
        "points": len(reached),
        "states": sum(len({each.state for each in stage.reached}) for stage in stages),
        "runs": life.runs,
        "most_runs": tally.most,
        "lost": len(tally.lost),
        "orphans": len(tally.orphans),
        "named": len(tally.named),
        "early": len(life.early),
        "compared": tally.compared,
        "different": len(tally.different),
        "stuck": len(tally.stuck) + len(life.hung),
    }
    note("kills", {life.name: entry})
    note("points", {json.dumps(boundary): {"situation": life.name} for boundary in tally.distinct})


def judge(life: Life, tally: Tally) -> None:
    assert tally.lost == []
    assert tally.orphans == []
    assert tally.different == []
    assert life.early == []
    assert tally.stuck == []
    assert life.hung == []


@pytest.mark.skipif(not EVERY_STEP, reason="runs in the matrix only")
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    ("place", "situation", "store"),
    [(place, *each) for place, each in enumerate(SITUATIONS)],
    ids=[f"{situation.cloud}, {situation.name}, {store}" for situation, store in SITUATIONS],
)
def test_a_killed_rotation_goes_on(
    stack: ExitStack, place: int, situation: Situation, store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    openbao: OpenBao | None = request.getfixturevalue("openbao") if store == "vault_kv2" else None
    life = Life(stack, situation, tmp_path, openbao)
    stages, tally = rehearse(life), Tally()
    kills = planned([stage.reached for stage in stages], place, killed_elsewhere(life))
    try:
        exercise(life, stages, spread(kills, LIMIT, place), tally)
    finally:
        write_down(life, tally, stages, len(kills))
    judge(life, tally)
    # Nothing proves there that the key is ours, so the user must learn of it.
    if situation.rotated.site == "international" and UNESCROWED in tally.distinct:
        assert tally.named


# The creation is not answered, and its worker finishes later. Then everything is killed when the old key is disabled, and
# that is not written yet. Then the worker that has deleted the old key is killed before it can report that.
SAMPLE = [
    Kill(0, Point("call", "CreateAccessKey", "after"), "main", MOMENTS[1]),
    Kill(1, Point("file", "rename", "before"), "tree", MOMENTS[0]),
    Kill(2, Point("task", f"{ROLE}tencent | delete | Delete the key", "after"), "worker", MOMENTS[0]),
]
ENDS = [
    Stage("", [], PROMOTED),
    Stage("", [], End("disabled", True, ("active", "inactive"))),
    Stage("", [], End("idle", False, ("active",))),
]


def test_the_tasks_that_these_tests_name_exist() -> None:
    disturbed = {each.task for situation, _store in SITUATIONS for each in situation.disturbances if each.task}
    killed = {kill.point.label.removeprefix(ROLE) for kill in SAMPLE if kill.point.kind == "task"}
    assert disturbed | killed | {*MOMENTS, UNESCROWED[1].removeprefix(ROLE)} <= rotation_proof.role_tasks()


def reached(*points: Point, state: str = "") -> list[Reached]:
    return [Reached(point, state) for point in points]


def test_the_points_of_a_skipped_task_are_left_out() -> None:
    """The second time, it is not skipped."""
    before = [Point("task", "other", "after"), Point("task", "some", "before")]
    skipped = [Point("skipped", "some", "after"), Point("call", "some", "before")]
    ran = [Point("task", "some", "before", 1), Point("file", "write", "before"), Point("task", "some", "after")]
    assert effective(reached(*before, *skipped, *ran)) == reached(before[0], skipped[1], *ran)


def a_run() -> list[Reached]:
    """Return 7 states. A file is written by three steps in each of the last six."""
    points = reached(*(Point("task", f"task {number}", side) for number in range(9) for side in ("before", "after")))
    points.insert(7, Reached(Point(*UNESCROWED), ""))
    for write in range(6):
        points += reached(*(Point("file", f"step {step}", "before", write) for step in range(3)), state=str(write))
    return points


def test_each_state_and_each_point_is_killed() -> None:
    kills = planned([a_run()], 1)
    assert len(kills) == 18 + 1 + 2 + 6
    assert {kill.point[:3] for kill in kills} == {each.point[:3] for each in a_run()}
    known = {("task", f"task {number}", side) for number in range(9) for side in ("before", "after")}
    # The last point of a state is killed again, and so is the moment before the escrow.
    few = planned([a_run()], 1, known)
    assert [kill.point.label for kill in few[:2]] == [UNESCROWED[1], "task 8"]
    assert len(few) == len(kills) - 17
    assert {kill.way for kill in few} == {"tree", "main", "worker"}
    every = planned([a_run()], 0, known)
    assert len(every) == 3 * 2 * 7 + 2
    assert [kill.point for kill in every[:4]] == [Point("task", "task 0", "before")] * 3 + [Point(*UNESCROWED)]


@pytest.mark.parametrize("place", range(1, 6))
def test_a_part_of_the_kills_has_each_kind_and_the_moment_before_the_escrow(place: int) -> None:
    kills = planned([a_run()], place)
    chosen = spread(kills, 6, place)
    assert len(chosen) in {6, 7}
    assert {kill.point.kind for kill in chosen} == {"task", "file"}
    assert UNESCROWED[1] in {kill.point.label for kill in chosen}
    assert chosen != spread(kills, 6, place + 1)
    assert spread(kills, None, place) == kills


def tencent_key(stack: ExitStack, directory: Path) -> Life:
    situation = next(each for each, _store in SITUATIONS if (each.cloud, each.name) == ("tencent", "one key"))
    return Life(stack, situation, directory)


def test_what_a_broken_rotation_leaves_is_noticed(stack: ExitStack, tmp_path: Path) -> None:
    """Without a run of the role: a key in use is disabled, a key is unknown to the record, and a secret is missing."""
    life = tencent_key(stack, tmp_path)
    life.reset()
    assert life.judge() == ([], [])
    life.call("cam_access_key", target_uin=life.situation.owner, access_key_id=life.situation.key, status="inactive")
    assert [each.partition(":")[0] for each in life.early] == ["UpdateAccessKey"] * 2
    made = life.call(
        "cam_access_key",
        target_uin=life.situation.owner,
        create="always",
        description="new",
        allow_unregistered_secret=True,
    )
    assert not made.get("failed"), made["msg"]
    new = made["access_key"]["id"]
    assert life.judge() == ([], [new])
    rotation = json.dumps({"phase": "promoted", "current": {"access_key_id": new}})
    for secret, is_lost in ((made["secret"], False), ("Example-Wrong-Secret", True), ("", True)):
        life.store.reset({"access_key_id": new, "secret_access_key": secret, "rotation": rotation})
        lost, orphans = life.judge()
        assert (bool(lost), orphans) == (is_lost, [])


@pytest.mark.timeout(900)
@pytest.mark.skipif(EVERY_STEP, reason="the matrix kills at all points")
def test_a_rotation_that_is_killed_in_each_way_goes_on(stack: ExitStack, tmp_path: Path) -> None:
    life, tally = tencent_key(stack, tmp_path), Tally()
    exercise(life, ENDS, SAMPLE, tally)
    judge(life, tally)
    assert tally.killed == SAMPLE
    assert len(life.keys()) == 1
