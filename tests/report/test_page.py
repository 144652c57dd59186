# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Use the page of a report in Chromium: sort, filter, keyboard, print, small and large, without a network.

`make test` skips these tests if there is no Chromium.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ansible_collections.multicloud.iam.tests.report.reports import page_of, sample

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("TEST_EVERY_STEP"), reason="no Chromium on this machine"
    ),
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "the matrix needs a Chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class View:
    """Show a report in a browser, and note everything that it should not do."""

    def __init__(self, browser: Browser, directory: Path, report: dict[str, Any], **options: Any) -> None:
        self.report = report
        file = directory / "report.html"
        file.write_text(page_of(report), encoding="utf-8")
        self.page: Page = browser.new_page(**options)
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        # The machine may be busy, so the time that the thread of the page has worked is measured.
        self._measuring = self.page.context.new_cdp_session(self.page)
        self._measuring.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.page.goto(file.as_uri())
        self.page.wait_for_function("document.getElementById('count').textContent !== ''")

    @property
    def seconds(self) -> float:
        """Return for how long the page has worked since it was opened."""
        metrics = self._measuring.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    def column(self, name: str) -> list[str]:
        """Return the texts of a column of the shown rows."""
        place = ["Key", "Account", "Owner", "Status", "Age", "Last use", "Findings"].index(name)
        script = "(rows, place) => rows.filter((row) => row.className !== 'detail').map((row) => row.children[place].innerText)"
        texts: list[str] = self.page.locator("#rows > tr").evaluate_all(script, place)
        return [text.split("\n")[0] for text in texts]

    @property
    def count(self) -> str:
        return str(self.page.locator("#count").inner_text())

    def sort(self, name: str) -> None:
        self.page.locator("#head button", has_text=name).click()


@pytest.fixture
def view(browser: Browser, tmp_path: Path) -> Iterator[View]:
    shown = View(browser, tmp_path, sample(40, 4), viewport=DESKTOP)
    yield shown
    assert shown.problems == []
    # Only the file itself was loaded, and no text in it was executed.
    assert len(shown.requests) == 1
    assert shown.page.title().startswith("Access keys")
    shown.page.close()


def test_a_column_is_sorted_up_and_down_with_unknown_values_last(view: View) -> None:
    known = sorted(key["age_days"] for key in view.report["keys"] if key["age_days"] is not None)
    unknown = ["unknown"] * (40 - len(known))
    view.sort("Age")
    assert view.column("Age") == [*map(str, known[::-1]), *unknown]
    assert view.page.locator("#head th[aria-sort=descending]").inner_text().startswith("Age")
    view.sort("Age")
    assert view.column("Age") == [*map(str, known), *unknown]
    assert view.page.locator("#head th[aria-sort=ascending]").inner_text().startswith("Age")
    view.sort("Key")
    assert view.column("Key") == sorted(view.column("Key"))


def test_filters_select_keys_together(view: View) -> None:
    keys = view.report["keys"]
    view.page.fill("#f-text", keys[7]["id"].lower())
    assert (view.column("Key"), view.count) == ([keys[7]["id"]], "1 of 40 keys")
    view.page.fill("#f-text", "no such key")
    assert view.column("Key") == []
    assert view.page.locator("#nothing").inner_text() == "No key passes the filters."
    view.page.locator("#filters button[type=reset]").click()
    view.page.wait_for_function("document.getElementById('count').textContent === '40 keys'")

    view.page.select_option("#f-status", "inactive")
    inactive = {key["id"] for key in keys if key["status"] == "inactive"}
    assert set(view.column("Key")) == inactive
    account = keys[0]["account"]
    view.page.select_option("#f-account", label=account)
    assert set(view.column("Key")) == inactive & {key["id"] for key in keys if key["account"] == account}


def test_a_finding_and_a_result_select_keys(view: View) -> None:
    keys = view.report["keys"]
    excepted = {found["access_key_id"] for found in view.report["findings"] if found["exception"] is not None}
    failing = {key["id"] for key in keys if key["results"].get("disabled_but_kept") == "fail"}
    view.page.locator("[data-finding]", has_text="Disabled but kept").click()
    assert set(view.column("Key")) == failing - excepted
    view.page.select_option("#f-result", "e")
    assert set(view.column("Key")) == failing & excepted != set()
    view.page.select_option("#f-finding", label="Unused")
    view.page.select_option("#f-result", "o")
    assert set(view.column("Key")) == {key["id"] for key in keys if key["results"].get("unused") == "open"}


def test_a_bar_of_the_ages_selects_keys(view: View) -> None:
    button = view.page.locator("[data-age='31 to 90']")
    button.click()
    expected = {key["id"] for key in view.report["keys"] if 30 < (key["age_days"] or 0) <= 90}
    assert set(view.column("Key")) == expected
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert len(view.column("Key")) == 40


def test_everything_works_with_the_keyboard_alone(view: View) -> None:
    press, active = view.page.keyboard.press, "document.activeElement"
    press("Tab")
    assert view.page.evaluate(f"{active}.className") == "skip"
    press("Enter")
    press("Tab")
    assert view.page.evaluate(f"{active}.id") == "f-text"
    view.page.keyboard.type("ci-deploy")
    matching = [key["id"] for key in view.report["keys"] if "ci-deploy" in (key["owner_name"] or "")]
    assert set(view.column("Key")) == set(matching) != set()
    while view.page.evaluate(f"{active}.parentElement.getAttribute('role')") != "columnheader":
        press("Tab")
    press("Enter")
    assert view.column("Key") == sorted(matching)
    while view.page.evaluate(f"{active}.className") != "more":
        press("Tab")
    press("Space")
    assert view.page.evaluate(f"{active}.getAttribute('aria-expanded')") == "true"
    assert view.page.locator("tr.detail").count() == 1
    press("Space")
    assert view.page.locator("tr.detail").count() == 0


def test_a_key_says_why_it_fails_and_what_to_do(view: View) -> None:
    found = next(each for each in view.report["findings"] if each["finding"] == "too_old" and each["exception"] is None)
    view.page.fill("#f-text", found["access_key_id"])
    view.page.locator("#rows .more").click()
    text = view.page.locator("tr.detail").inner_text()
    assert found["reason"] in text
    assert "Rotate the key" in text


def test_controls_have_names_and_enough_contrast(view: View) -> None:
    nameless = """() => [...document.querySelectorAll("button, input, select, summary")].filter((each) =>
        !(each.innerText.trim() || each.labels?.length || each.getAttribute("aria-label"))).map((each) => each.outerHTML)"""
    assert view.page.evaluate(nameless) == []
    # WCAG 2 AA: 4.5 for text.
    contrast = """() => {
        const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        const light = (color) => {
          canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
          const part = (value) => { value /= 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
          const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
          return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
        };
        const behind = (each) => {
          while (each && getComputedStyle(each).backgroundColor === "rgba(0, 0, 0, 0)") each = each.parentElement;
          return getComputedStyle(each ?? document.body).backgroundColor;
        };
        return [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility() && [...each.childNodes].some(
          (node) => node.nodeType === 3 && node.textContent.trim())).map((each) => {
          const [a, b] = [light(getComputedStyle(each).color), light(behind(each))].sort((x, y) => y - x);
          return [(a + 0.05) / (b + 0.05), each.outerHTML.slice(0, 80)];
        }).filter((each) => each[0] < 4.5);
    }"""
    for scheme in ("light", "dark"):
        view.page.emulate_media(color_scheme=scheme)
        assert view.page.evaluate(contrast) == []


def test_a_phone_shows_everything_without_scrolling_sideways(browser: Browser, tmp_path: Path) -> None:
    view = View(browser, tmp_path, sample(40, 4), viewport=PHONE)
    assert view.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert view.page.evaluate("document.getElementById('table').scrollWidth") <= PHONE["width"]
    view.page.select_option("#s-by", label="Age")
    known = sorted((key["age_days"] for key in view.report["keys"] if key["age_days"] is not None), reverse=True)
    assert view.column("Age")[0].endswith(str(known[0]))
    assert view.problems == []
    view.page.close()


def test_a_page_without_keys_says_so(browser: Browser, tmp_path: Path) -> None:
    view = View(browser, tmp_path, sample(0, 1, failed=0), viewport=DESKTOP)
    assert view.page.locator("#nothing").inner_text() == "The accounts have no keys."
    assert view.page.locator(".failed").count() == 0
    failed = View(browser, tmp_path, sample(0, 1, failed=1), viewport=DESKTOP)
    assert failed.page.locator("#nothing").inner_text() == "No account with keys could be listed."
    assert "failed-0" in failed.page.locator(".failed").inner_text()


def test_the_page_says_without_javascript_where_the_keys_are(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(page_of(sample(40, 4)), encoding="utf-8")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(file.as_uri())
    assert "needs JavaScript" in page.locator("#keys").inner_text()
    assert "failed-0" in page.locator(".failed").inner_text()


def test_all_keys_that_pass_the_filters_are_printed(browser: Browser, tmp_path: Path) -> None:
    view = View(browser, tmp_path, sample(130, 4), viewport=DESKTOP)
    assert len(view.column("Key")) == 50
    view.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(view.column("Key")) == 130
    view.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(view.column("Key")) == 50
    view.page.locator("#p-last").click()
    assert len(view.column("Key")) == 30
    assert len(view.page.pdf()) > 10_000


def test_ten_thousand_keys_are_small_and_fast(browser: Browser, tmp_path: Path) -> None:
    view = View(browser, tmp_path, sample(10_000, 40), viewport=DESKTOP)
    assert (tmp_path / "report.html").stat().st_size < 5_000_000
    assert view.seconds < 1
    assert view.count == "10000 keys"
    opened = view.seconds
    view.sort("Owner")
    sorted_after = view.seconds - opened
    view.page.fill("#f-text", "backup")
    assert sorted_after < 1
    assert view.seconds - opened - sorted_after < 1
    view.page.close()
