"""A real Chromium, which the page is opened in, and a page that notes everything it should not do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from anwei.baseline.result import Assessment
from anwei.report.html import write_page

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install --no-install-recommends chromium fonts-wqy-zenhei")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)
        yield chromium
        chromium.close()


@dataclass
class Opened:
    """A page in the browser, with what it asked for and what it complained about."""

    page: Page
    size: int
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


class Opener:
    """Opens pages, each in a fresh context."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser, self._folder = browser, folder

    def __call__(self, assessment: Assessment, *, width: int = 1366, script: bool = True) -> Opened:
        return self.file(write_page(assessment, self._folder / "report.html"), width=width, script=script)

    def file(self, target: Path, *, width: int = 1366, script: bool = True) -> Opened:
        """Open a page that was written."""
        context = self._browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        opened = Opened(context.new_page(), target.stat().st_size)
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
        opened.page.goto(target.as_uri())
        return opened


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    yield Opener(browser, tmp_path)
    for context in browser.contexts:
        context.close()
