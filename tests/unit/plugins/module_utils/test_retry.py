# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the retry loop, with a clock that only sleeping moves. Tests with sockets are in tests/modules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils._endpoint import Settings, check_url
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._parallel import Pace, in_parallel
from ansible_collections.multicloud.iam.plugins.module_utils._retry import Retry
from ansible_collections.multicloud.iam.tests.support.clock import Time


class Service:
    """Fail with the given errors, then reply."""

    def __init__(self, time, *errors, takes=0.0):
        self.time, self.errors, self.takes = time, list(errors), takes
        self.timeouts = []

    def __call__(self, timeout):
        self.timeouts.append(timeout)
        self.time.now += min(self.takes, timeout)
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def loop(time, timeout=30.0, retries=5, jitter=lambda low, high: high):
    return Retry(Settings("https://x", timeout=timeout, retries=retries), time, jitter)


def throttle(**more):
    return CloudError(categories.THROTTLED, "slow down", **more)


def lost():
    return CloudError(categories.NETWORK, "reset", maybe_done=True)


def refused():
    return CloudError(categories.NETWORK, "refused")


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("error", [throttle, refused])
def test_a_failure_without_effect_is_retried_even_for_a_creation(error, repeatable):
    time = Time()
    service = Service(time, error(), error())
    assert loop(time).run(service, repeatable) == "answer"
    assert len(service.timeouts) == 3


def test_a_lost_reply_is_retried_only_if_that_is_safe():
    time = Time()
    assert loop(time).run(Service(time, lost()), repeatable=True) == "answer"
    service = Service(time, lost())
    with pytest.raises(CloudError, match=r"reset"):
        loop(time).run(service, repeatable=False)
    assert len(service.timeouts) == 1


@pytest.mark.parametrize(
    "category",
    [
        categories.AUTHENTICATION,
        categories.DENIED,
        categories.NOT_FOUND,
        categories.QUOTA,
        categories.INVALID,
        categories.REPLY,
        categories.CERTIFICATE,
    ],
)
def test_a_permanent_failure_is_not_retried(category):
    time = Time()
    service = Service(time, CloudError(category, "no"))
    with pytest.raises(CloudError, match=r"^no"):
        loop(time).run(service, repeatable=True)
    assert (len(service.timeouts), time.pauses) == (1, [])


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_retries_are_further_attempts(retries):
    time = Time()
    service = Service(time, *[refused() for _unused in range(9)])
    with pytest.raises(CloudError, match=r"refused"):
        loop(time, retries=retries).run(service, repeatable=True)
    assert len(service.timeouts) == retries + 1


def test_throttling_is_retried_until_the_deadline():
    time = Time()
    service = Service(time, *[throttle() for _unused in range(60)])
    assert loop(time, timeout=20.0, retries=5).run(service, repeatable=False) == "answer"
    time = Time()
    with pytest.raises(CloudError, match=r"slow down \(attempt \d+, after \d+ s\)"):
        loop(time, timeout=10.0, retries=5).run(
            Service(time, *[throttle() for _unused in range(1000)]), repeatable=False
        )
    assert 50 - 4 <= time.now <= 50


def test_throttling_does_not_use_up_the_attempts():
    time = Time()
    errors = [refused(), throttle(), throttle(), throttle(), refused()]
    assert loop(time, retries=2).run(Service(time, *errors), repeatable=False) == "answer"


def test_without_retries_throttling_is_not_retried():
    time = Time()
    service = Service(time, throttle())
    with pytest.raises(CloudError, match=r"slow down"):
        loop(time, retries=0).run(service, repeatable=True)
    assert len(service.timeouts) == 1


@given(st.floats(0.1, 60), st.integers(0, 9), st.floats(0, 100), st.one_of(st.none(), st.floats(0, 500)))
def test_all_attempts_together_keep_the_deadline(timeout, retries, takes, retry_after):
    time = Time()
    service = Service(time, *[throttle(retry_after=retry_after)] * 5000, takes=takes)
    with pytest.raises(CloudError):
        loop(time, timeout, retries).run(service, repeatable=True)
    assert time.now <= timeout * max(1, retries) + 0.001  # the shortest attempt
    # A creation that is cut short is in doubt, where one that is not sent is certainly not carried out.
    assert all(0.2 * timeout < given <= timeout for given in service.timeouts)


def test_the_pause_is_random_up_to_a_bound_that_doubles_and_then_shrinks():
    time = Time()
    bounds = []

    def record(low, high):
        bounds.append((low, high))
        return 0.0

    with pytest.raises(CloudError):
        loop(time, retries=3000, jitter=record).run(
            Service(time, *[throttle() for _unused in range(2000)], CloudError(categories.DENIED, "no")),
            repeatable=True,
        )
    highs = [high for low, high in bounds]
    assert {low for low, high in bounds} == {0}
    assert highs[:4] == [0.5, 1, 2, 4] == sorted(highs[:4])
    assert highs[3:] == sorted(highs[3:], reverse=True)
    assert highs[15] == highs[-1] == 0.5


def test_the_pauses_of_two_calls_differ():
    """This tests the default source of random numbers: with equal pauses, all calls would come back together."""
    time = Time()
    retry = Retry(Settings("https://x"), time)
    for _unused in range(50):
        retry.run(Service(time, throttle()), repeatable=False)
    assert len(set(time.pauses)) > 40
    assert all(0 <= pause <= 0.5 for pause in time.pauses)
    assert min(time.pauses) < 0.2
    assert max(time.pauses) > 0.3


def test_retry_after_is_honoured():
    time = Time()
    loop(time).run(Service(time, throttle(retry_after=7.0)), repeatable=False)
    assert time.pauses == [7.0]


def test_the_failure_contains_the_number_of_attempts():
    time = Time()
    with pytest.raises(CloudError, match=r"refused \(attempt 3, after"):
        loop(time, retries=1).run(Service(time, throttle(), refused(), refused()), repeatable=True)


@pytest.mark.parametrize(
    ("errors", "is_doubtful"),
    [
        ([lost(), CloudError(categories.DENIED, "no")], True),
        ([lost(), throttle(), CloudError(categories.INVALID, "no")], True),
        ([refused(), throttle(), CloudError(categories.DENIED, "no")], False),
        ([CloudError(categories.DENIED, "no")], False),
    ],
)
def test_a_definite_failure_mentions_an_earlier_attempt_in_doubt(errors, is_doubtful):
    time = Time()
    with pytest.raises(CloudError, match=r"^no") as caught:
        loop(time).run(Service(time, *errors), repeatable=True)
    assert ("an earlier one may have been carried out" in str(caught.value)) == is_doubtful


@given(st.floats(0.1, 60), st.integers(0, 9), st.floats(0, 100), st.floats(-5, 400))
def test_a_shorter_time_limit_than_that_of_the_settings_is_kept(timeout, retries, takes, seconds):
    """Only the last poll may take a second longer."""
    time = Time()
    service = Service(time, *[lost()] * 100, takes=takes)
    with pytest.raises(CloudError):
        loop(time, timeout, retries).run(service, repeatable=True, seconds=seconds)
    assert time.now <= min(timeout * max(1, retries), max(seconds, 1)) + 0.001  # the shortest attempt


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_is_never_swallowed(interrupt):
    time = Time()
    with pytest.raises(interrupt):
        loop(time).run(Service(time, interrupt()), repeatable=True)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://user:pass@host", "user information"),
        ("https://user@host", "user information"),
        ("https://user:a/b@host", "user information"),
        ("http://[", "not a URL"),
        ("host:443", "not a URL"),
        ("ftp://host", "not a URL"),
        ("https://", "not a URL"),
        ("https://host:port", "not a URL"),
        ("https://host/?a=b", "not a URL"),
        ("https://host/#part", "not a URL"),
        ("", "not a URL"),
    ],
)
def test_a_url_is_scheme_host_and_port(url, problem):
    with pytest.raises(CloudError, match=f"api_endpoint.*{problem}") as caught:
        check_url("api_endpoint", url)
    assert "pass" not in str(caught.value).replace("password", "")


def test_calls_begin_at_an_even_pace():
    time = Time()
    pace = Pace(10, time)
    begins = []
    for _unused in range(5):
        pace.wait()
        begins.append(round(time.now, 6))
    assert begins == [0.0, 0.1, 0.2, 0.3, 0.4]
    time.now += 10
    pace.wait()
    assert time.now == pytest.approx(10.4)


def test_parallel_results_keep_the_order_and_a_failure_is_raised():
    assert in_parallel(lambda number: number * 2, range(20), workers=4) == [number * 2 for number in range(20)]

    def fail_at_three(number):
        if number == 3:
            raise CloudError(categories.NETWORK, "third")
        return number

    with pytest.raises(CloudError, match=r"third"):
        in_parallel(fail_at_three, range(20), workers=2)
