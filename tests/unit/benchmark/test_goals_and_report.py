# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.benchmark import report
from ansible_collections.multicloud.iam.tests.benchmark.goals import EMPTY, RENAMED, Goal, floor, goals, net
from ansible_collections.multicloud.iam.tests.benchmark.measuring import Calls, Figure, Taken
from ansible_collections.multicloud.iam.tests.benchmark.sizes import FULL


def figure(key: str, *seconds: float, megabytes: float = 60.0, calls: Calls | None = None) -> Figure:
    row, _blank, name = ("", "", key) if key == EMPTY else key.partition(" ")
    return Figure(row, name, True, [Taken(each, megabytes) for each in seconds], calls or Calls())


def figures(*more: Figure) -> dict[str, Figure]:
    return {each.key: each for each in (figure(EMPTY, 1.0), *more)}


def unchanged(own: float, alone: float = 0.5, renamed: float = 1.0) -> dict[str, Figure]:
    reads = Figure("a", "reads alone", False, [Taken(alone)])
    return figures(
        figure("a cam_access_key", own),
        figure(f"a cam_access_key, {RENAMED}", renamed),
        figure("a debug", 1.5),
        figure("a amazon.aws.iam_access_key", 81.0),
        reads,
    )


def test_the_floor_is_that_of_the_operation_with_the_most_calls_for_its_own_limit() -> None:
    assert floor(Calls({"ListAccessKeys": 500, "UpdateAccessKey": 500}, throttled=9999)) == 100
    assert floor(Calls({"ListUsers": 1, "ListAccessKeys": 1000, "GetSecurityLastUsed": 100})) == 50


def test_the_net_time_is_the_median_minus_that_of_the_empty_playbook() -> None:
    assert net(figures(figure("a debug", 9.0, 2.0, 3.0)), "a debug") == 2.0


@pytest.mark.parametrize(
    ("own", "of_peer", "of_floor"), [(2.9, True, True), (3.0, True, True), (3.01, False, False), (1.0, True, True)]
)
def test_a_loop_is_compared_with_the_peer_and_the_floor_in_net_times(own: float, of_peer: bool, of_floor: bool) -> None:
    # 80 s / 40 = 2 s for the one, 3 * 0.5 s + 0.5 s = 2 s for the other, above the second of an empty playbook.
    assert [goal.reached for goal in goals(unchanged(own))] == [of_peer, of_floor, True]


def test_the_time_of_the_reads_counts_in_favour_of_the_loop() -> None:
    assert [goal.reached for goal in goals(unchanged(2.9, alone=0.3))] == [True, False, True]


@pytest.mark.parametrize(("renamed", "reached"), [(2.1, True), (2.3, False)])
def test_another_name_of_the_same_python_may_cost_a_fifth(renamed: float, reached: bool) -> None:
    *_others, goal = goals(unchanged(2.0, renamed=renamed))
    assert goal.reached == reached


@pytest.mark.parametrize(("own", "reached"), [(2.5, True), (2.6, False)])
def test_a_cold_task_may_take_the_import_of_the_sdk_longer_than_uri(own: float, reached: bool) -> None:
    python = [
        Figure("c", name, False, [Taken(seconds)])
        for name, seconds in (("python, nothing", 0.25), ("python, import of the SDK", 0.75))
    ]
    (goal,) = goals(figures(figure("c cam_access_key", own), figure("c uri", 2.0), *python))
    assert goal.reached == reached


@pytest.mark.parametrize(
    ("seconds", "megabytes", "reached"), [(61.0, 199.0, [True, True]), (61.5, 201.0, [False, False])]
)
def test_a_report_is_compared_with_the_limit_and_200_megabytes(
    seconds: float, megabytes: float, reached: list[bool]
) -> None:
    calls = Calls({"ListUsers": 1, "ListAccessKeys": 1000, "GetSecurityLastUsed": 100})
    found = goals(figures(figure("d cam_access_key_info", seconds, megabytes=megabytes, calls=calls)))
    assert [goal.reached for goal in found] == reached


@pytest.mark.parametrize(("seconds", "reached"), [(126.0, True), (126.5, False)])
def test_hosts_are_compared_with_the_limit_of_the_writes(seconds: float, reached: bool) -> None:
    calls = Calls({"ListAccessKeys": 500, "UpdateAccessKey": 500}, throttled=800)
    (goal,) = goals(figures(figure("e cam_access_key", seconds, calls=calls)))
    assert goal.reached == reached


@pytest.mark.parametrize(("seconds", "reached"), [(16.0, True), (16.1, False)])
def test_creations_for_many_users_run_in_parallel(seconds: float, reached: bool) -> None:
    calls = Calls({"GetUser": 100, "ListAccessKeys": 200, "CreateAccessKey": 100})
    (goal,) = goals(figures(figure("g cam_access_key", seconds, calls=calls)))
    assert goal.reached == reached


@pytest.mark.parametrize(
    ("seconds", "megabytes", "reached"), [(61.0, 199.0, [True, True]), (61.1, 201.0, [False, False])]
)
def test_a_rotation_with_nothing_due_is_compared_with_its_listing(
    seconds: float, megabytes: float, reached: list[bool]
) -> None:
    own = figure("i rotate_access_key", seconds, megabytes=megabytes)
    found = goals(figures(own, figure("i cam_access_key_info", 51.0)))
    assert [goal.reached for goal in found] == reached


@pytest.mark.parametrize(
    ("seconds", "megabytes", "reached"), [(61.0, 299.0, [True, True]), (61.1, 301.0, [False, False])]
)
def test_a_report_of_many_accounts_is_compared_with_the_limit_that_they_share(
    seconds: float, megabytes: float, reached: list[bool]
) -> None:
    calls = Calls({"ListAccessKeys": 1000, "ListPermanentAccessKeys": 5000}, throttled=9)
    found = goals(figures(figure("k access_key_report", seconds, megabytes=megabytes, calls=calls)))
    assert [goal.reached for goal in found] == reached


@pytest.mark.parametrize(("slowest", "reached"), [(2.0, True), (2.1, False)])
def test_the_first_key_is_disabled_within_two_seconds_on_each_cloud(slowest: float, reached: bool) -> None:
    (goal,) = goals(figures(figure("l disable_access_key, x", 1.0), figure("l disable_access_key, y", slowest)))
    assert goal.reached == reached


def test_rows_that_were_not_measured_have_no_goals() -> None:
    assert goals(figures(figure("b cam_access_key", 2.0))) == []


def test_the_table_compares_net_times_and_gives_tasks_and_calls() -> None:
    calls = Calls({"UpdateAccessKey": 100, "ListAccessKeys": 100}, throttled=3)
    own = figure("b cam_access_key", 2.0, calls=calls)
    peer = figure("b peer", 4.0, 6.0)
    peer.runs[-1] = Taken(6.0, 60.0, "\nPLAY [x] **\n\nTASK [one] **\nok\n\nTASK [role : two] **\nok\n")
    _title, _rule, _empty, first, second = report.figure_table(figures(own, peer))
    shown = "100 ListAccessKeys, 100 UpdateAccessKey, 3 throttled"
    assert first == f"| b | cam_access_key | 1 | 2.00 s | 1.00 s | - | 60 MB | - | {shown} |"
    assert second == "| b | peer | 2 | 5.00 s | 4.00 s | 4.00 | 60 MB | 2 | - |"


def test_the_table_says_which_goal_was_missed() -> None:
    _title, _rule, missed, reached = report.goal_table([Goal("a", "x", 2.0, 1.0), Goal("d", "y", 1.0, 2.0, "MB")])
    assert missed == "| a | x | 2.00 s | 1.00 s | **no** |"
    assert reached == "| d | y | 1.00 MB | 2.00 MB | yes |"


def test_the_page_holds_both_tables_the_sizes_and_the_conditions() -> None:
    own = figures(figure("b cam_access_key", 2.0))
    missed = [Goal("a", "x", 2.0, 1.0)]
    conditions = {"date": "2026-01-02", "system": "Linux", "processors": "2", "Python": "3.12.1"}
    conditions.update((package, "1.2.3") for package in report.PACKAGES)
    lines = report.page(own, missed, FULL, conditions).splitlines()
    assert {*report.figure_table(own), *report.goal_table(missed)} <= set(lines)
    assert "| a | a loop over 100 keys that need no change |" in lines
    assert "Python 3.12.1, with these packages: ansible-core 1.2.3, " in " ".join(lines)
