# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test jobs: how they are announced, polled, chosen, delayed and dropped."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from cloud_emulator.zstack.jobs import Job, Jobs

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.zstack import (
    ACCOUNT,
    EXPIRED_SESSION,
    KEY_UUID,
    SESSION,
    UNKNOWN_UUID,
    Client,
)

KEYS = "/v1/accesskeys"
CREATE = {"params": {"accountUuid": ACCOUNT["carol"], "userUuid": ACCOUNT["carol"]}}
NO_ACTION = {"changeAccessKeyState": {"stateEvent": "disable"}}


def jobs_path(reply: Any) -> str:
    """Return the path of a reply's job below the context path."""
    return "/v1/api-jobs/" + str(reply.json()["location"]).rpartition("/")[2]


def test_the_announcement(admin: Client) -> None:
    reply = admin.send("POST", KEYS, CREATE)
    assert reply.status_code == 202
    assert "Location" not in reply.headers
    body = reply.json()
    assert body.keys() == {"location", "apiTimeout"}
    assert re.fullmatch(rf"{admin.url}/zstack/v1/api-jobs/[0-9a-f]{{32}}", body["location"])
    assert body["apiTimeout"] == 1800000
    reply = admin.send("POST", KEYS, CREATE, headers={"X-API-Timeout": "60"})
    assert reply.json()["apiTimeout"] == 60000


@pytest.mark.parametrize("headers", [{}, {"Authorization": "nonsense"}, {"Authorization": f"OAuth {EXPIRED_SESSION}"}])
def test_polls_need_no_proof(admin: Client, headers: dict[str, str]) -> None:
    reply = admin.send("POST", KEYS, CREATE)
    poll = replace(admin, key=None).send("GET", jobs_path(reply), headers=headers)
    assert (poll.status_code, poll.json().keys()) == (200, {"inventory"})
    again = admin.send("GET", jobs_path(reply))
    assert again.json() == poll.json()


def test_other_polls(admin: Client) -> None:
    assert admin.text("GET", f"/v1/api-jobs/{UNKNOWN_UUID}") == (404, "the job has been expired")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        expected = (405, "only GET method is allowed for querying job status")
        assert admin.text(method, f"/v1/api-jobs/{UNKNOWN_UUID}") == expected


def test_a_chosen_job(admin: Client) -> None:
    job = {"X-Job-UUID": uuid4().hex}
    reply = admin.send("POST", KEYS, CREATE, headers=job)
    assert reply.json()["location"].endswith(f"/{job['X-Job-UUID']}")
    duplicate = (400, f"Duplicate job uuid[{job['X-Job-UUID']}]")
    assert admin.text("POST", KEYS, CREATE, headers=job) == duplicate
    assert admin.text("DELETE", f"{KEYS}/{KEY_UUID['bob']}", headers=job) == duplicate
    assert admin.text("PUT", f"{KEYS}/{KEY_UUID['bob']}/actions", NO_ACTION, headers=job) == duplicate
    assert admin.text("PUT", "/v1/accounts/login", {}, headers=job) == duplicate
    assert admin.send("GET", KEYS, headers=job).status_code == 200
    assert len(admin.listed(f"accountUuid={ACCOUNT['carol']}")) == 1


@pytest.mark.parametrize("job", ["x", "x" * 31, "x" * 33, str(UUID(int=1))])
def test_a_chosen_job_has_a_length(emulator: Emulator, admin: Client, job: str) -> None:
    text = "Invalid header[X-Job-UUID], it must be a UUID with '-' stripped"
    assert admin.text("POST", KEYS, CREATE, headers={"X-Job-UUID": job}) == (400, text)
    assert emulator.journal()[-1]["committed"] is False


def test_queries_do_not_look_at_a_chosen_job(admin: Client) -> None:
    assert admin.send("GET", KEYS, headers={"X-Job-UUID": "x"}).status_code == 200
    assert admin.send("GET", "/v1/management-nodes/platform-timezone", headers={"X-Job-UUID": "x"}).status_code == 400


def test_a_chosen_job_survives_a_lost_reply(emulator: Emulator, admin: Client) -> None:
    emulator.fault("reset_after", "CreateAccessKey", cloud="zstack", times=1)
    job = uuid4().hex
    with pytest.raises(OSError, match="reset"):
        admin.send("POST", KEYS, CREATE, headers={"X-Job-UUID": job})
    made = admin.call("GET", f"/v1/api-jobs/{job}")["inventory"]
    assert admin.listed(f"accountUuid={ACCOUNT['carol']}") == [made]


def test_schemas_are_shown_to_those_who_ask(admin: Client) -> None:
    ask = {"X-JSON-Schema": "true"}
    reply = admin.send("POST", KEYS, CREATE)
    schema = admin.send("GET", jobs_path(reply), headers=ask).json()["schema"]
    assert schema == {"inventory": "org.zstack.accessKey.AccessKeyInventory"}
    assert admin.call("DELETE", f"{KEYS}/{KEY_UUID['bob']}", headers=ask) == {}


def test_delayed_work(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", job_delay_seconds=1.0)
    began = time.monotonic()
    created = admin.send("POST", KEYS, CREATE)
    disabled = admin.send("PUT", f"{KEYS}/{KEY_UUID['bob']}/actions", NO_ACTION)
    refused = admin.send("DELETE", f"{KEYS}/x")
    for reply in (created, disabled, refused):
        poll = admin.send("GET", jobs_path(reply))
        assert (poll.status_code, poll.json()) == (202, {})
    assert admin.listed(f"accountUuid={ACCOUNT['carol']}") == []
    assert admin.listed(f"uuid={KEY_UUID['bob']}")[0]["state"] == "Enabled"
    assert len(emulator.state("zstack")["accounts"][-1]["keys"]) == 0
    time.sleep(max(0.0, began + 1.5 - time.monotonic()))
    assert len(emulator.state("zstack")["accounts"][-1]["keys"]) == 1
    made = admin.poll(created).json()["inventory"]
    assert admin.listed(f"accountUuid={ACCOUNT['carol']}") == [made]
    assert admin.poll(disabled).json()["inventory"]["state"] == "Disabled"
    assert admin.poll(refused).status_code == 503
    calls = emulator.journal()
    # A delayed write counts when it is accepted, and not when a later call finds it done.
    assert [call["action"] for call in calls if call["committed"]] == [
        "CreateAccessKey",
        "ChangeAccessKeyState",
        "DeleteAccessKey",
    ]


def test_delayed_work_is_done_in_order() -> None:
    jobs = Jobs()
    done: list[float] = []

    def work(now: float) -> dict[str, Any]:
        done.append(now)
        return {}

    for due in (3.0, 1.0, 9.0, 2.0):
        jobs.add(Job(str(due), due, work), 0.0)
    jobs.settle(3.0)
    assert done == [1.0, 2.0, 3.0]
    jobs.settle(9.0)
    assert done == [1.0, 2.0, 3.0, 9.0]


@pytest.mark.parametrize(
    ("modes", "location"),
    [
        ({"foreign_host_in_location": True}, "http://10.0.0.9:8080/zstack/v1/api-jobs/"),
        ({"location_without_context_path": True}, "{url}/v1/api-jobs/"),
        (
            {"foreign_host_in_location": True, "location_without_context_path": True},
            "http://10.0.0.9:8080/v1/api-jobs/",
        ),
    ],
)
def test_odd_locations(emulator: Emulator, admin: Client, modes: dict[str, bool], location: str) -> None:
    emulator.modes("zstack", **modes)
    reply = admin.send("POST", KEYS, CREATE)
    assert reply.json()["location"].startswith(location.format(url=admin.url))
    assert admin.poll(reply).status_code == 200


def test_jobs_may_be_forgotten(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", jobs_expire=True)
    reply = admin.send("POST", KEYS, CREATE)
    assert admin.text("GET", jobs_path(reply)) == (404, "the job has been expired")
    assert len(admin.listed(f"accountUuid={ACCOUNT['carol']}")) == 1


def test_jobs_are_kept_for_three_hours() -> None:
    jobs = Jobs()
    jobs.add(Job("x", 0.0, lambda _now: {}), 0.0)
    assert jobs.find("x", 10800.0) is not None
    assert jobs.find("x", 10800.1) is None
    assert "x" in jobs


def test_sessions_may_expire_before_the_work(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", session_expires_in_job=1)
    bob = replace(admin, session_uuid=admin.log_in("bob"))
    assert bob.send("GET", KEYS).status_code == 200
    path = f"{KEYS}/{KEY_UUID['bob']}"
    assert bob.details("DELETE", path) == ("ID.1001", "Session expired")
    assert bob.send("GET", KEYS).status_code == 503
    bob = replace(admin, session_uuid=admin.log_in("bob"))
    assert bob.details("DELETE", path) is None


def test_faults_hit_polls_apart_from_calls(emulator: Emulator, admin: Client) -> None:
    emulator.fault("error", "QueryJob", cloud="zstack", code="SYS.1006", message="broken", times=1)
    reply = admin.send("POST", KEYS, CREATE)
    poll = admin.send("GET", jobs_path(reply))
    assert poll.status_code == 503
    assert poll.json()["error"] == {"code": "SYS.1006", "description": "An operation failed", "details": "broken"}
    made = admin.send("GET", jobs_path(reply)).json()["inventory"]
    assert admin.listed(f"accountUuid={ACCOUNT['carol']}") == [made]
    emulator.fault("html", "QueryJob", cloud="zstack", times=1)
    assert replace(admin, session_uuid=SESSION).send("GET", jobs_path(reply)).status_code == 502
