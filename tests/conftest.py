"""Fixtures: one server and one Chromium for all browser tests, and hypothesis without deadlines.

Where there is no Chromium the browser tests are skipped, and the end of the run says so in red; in CI nothing is.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests import harness
from tests.harness import chromium_path, serve

NO_CHROMIUM = "no Chromium: install it (Debian: apt-get install chromium) or name it in REGVIZ_CHROMIUM"

settings.register_profile("regviz", deadline=None, print_blob=True)
settings.load_profile("regviz")


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What uses Chromium, itself or by another fixture, is marked so; of many seeds the first four are quick."""
    for item in items:
        if "driver" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("seed", 0) >= 4:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of a server that runs the app."""
    with serve() as url:
        yield url


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What starts Debian's Chromium; it is installed if it is missing and we may."""
    with (Path(tempfile.gettempdir()) / "regviz-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one worker installs, the others wait
        if chromium_path() is None and (os.environ.get("CI") or os.geteuid() == 0):
            subprocess.run(["apt-get", "update"], check=True, stdout=subprocess.DEVNULL)
            install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
            subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    if chromium_path() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    """A browser whose contexts know nothing of each other."""
    with harness.chromium(driver) as found:
        yield found


@pytest.fixture(scope="session")
def laptop(driver: Playwright) -> Iterator[BrowserContext]:
    """A reader's laptop; every tab of it is a visitor of its own."""
    with harness.laptop(driver) as found:
        yield found


@pytest.fixture
def page(laptop: BrowserContext) -> Iterator[Page]:
    """A fresh visitor."""
    visitor = laptop.new_page()
    errors: list[str] = []
    visitor.on("pageerror", lambda error: errors.append(str(error)))
    yield visitor
    visitor.close()
    assert not errors, errors


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The last thing that one reads: what was not tested."""
    skipped = terminalreporter.stats.get("skipped", [])
    unseen = [report for report in skipped if NO_CHROMIUM in str(report.longrepr)]
    if unseen:
        terminalreporter.section("NOT TESTED: the app in a browser", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"{len(unseen)} browser tests were skipped: {NO_CHROMIUM}", red=True)
    if skipped and os.environ.get("CI"):
        terminalreporter.section("IN CI NOTHING IS SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"{len(skipped)} tests were: the run has failed", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    whole_run = not hasattr(session.config, "workerinput")
    if whole_run and reporter is not None and reporter.stats.get("skipped") and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
