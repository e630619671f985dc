"""Fixtures: one server and one Chromium for all browser tests, and hypothesis without deadlines."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page

from tests.harness import chromium, chromium_path, serve

settings.register_profile("regviz", deadline=None, print_blob=True)
settings.load_profile("regviz")


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of a server that runs the app."""
    with serve() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; installed if it is missing and we may."""
    if chromium_path() is None and (os.environ.get("CI") or os.geteuid() == 0):
        subprocess.run(["apt-get", "update"], check=True, stdout=subprocess.DEVNULL)
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    if chromium_path() is None:
        pytest.skip("no Chromium: install it (Debian: apt-get install chromium) or name it in REGVIZ_CHROMIUM")
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def laptop(browser: Browser) -> Iterator[BrowserContext]:
    """A laptop that keeps the app's files and lets it use the clipboard; every tab of it is a visitor of its own."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(laptop: BrowserContext) -> Iterator[Page]:
    """A fresh visitor."""
    visitor = laptop.new_page()
    errors: list[str] = []
    visitor.on("pageerror", lambda error: errors.append(str(error)))
    yield visitor
    visitor.close()
    assert not errors, errors
