"""The page of a record in a real browser: what unit tests of its text cannot show."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from anwei.record.heads import Verdict
from anwei.record.reading import story_of
from anwei.report.record_page import render, write_page
from tests.browser.conftest import Opened, Opener
from tests.browser.test_report_in_browser import A4_PIXELS, LARGEST_PAGE, contrast, unfold
from tests.sample_records import SAMPLES, Entries, emergency, failing, hostile, large

# Measured on two busy cores: 0.3 s to render, 1.1 s to DOM ready. The limits leave room for a slower machine.
RENDER_SECONDS = 2
DOM_READY_MILLISECONDS = 5_000
CLICK_SECONDS = 2

OpenRecord = Callable[..., Opened]


def verdict(entries: Entries) -> Verdict:
    return Verdict(1, len(entries), 2, "SHA256:" + "abc" * 14, (), (), len(entries) - 1)


@pytest.fixture
def open_record(open_page: Opener, tmp_path: Path) -> OpenRecord:
    def opened(entries: Entries, *, width: int = 1366, script: bool = True) -> Opened:
        path = write_page(story_of("2026-11-sshd", entries), verdict(entries), tmp_path / "record.html")
        return open_page.file(path, width=width, script=script)

    return opened


@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_is_quiet_and_never_wider_than_the_window(open_record: OpenRecord, name: str) -> None:
    opened = open_record(SAMPLES[name]())
    for width in (1366, 800, 390):
        opened.page.set_viewport_size({"width": width, "height": 900})
        for open_ in (False, True):
            unfold(opened.page, open_=open_)
            assert opened.overflow() == 0, (width, open_)
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.endswith("/record.html") and not url.startswith("data:")] == []
    assert opened.page.evaluate("window.owned") is None


def test_hostile_text_neither_hides_nor_covers_the_rest(open_record: OpenRecord) -> None:
    page = open_record(hostile()).page
    unfold(page)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("footer")).to_be_visible()
    tallest = page.evaluate("Math.max(...[...document.querySelectorAll('.raw, pre')].map(box => box.offsetHeight))")
    assert tallest <= 450


def test_the_policy_stops_a_script_that_should_ever_get_in(open_record: OpenRecord, tmp_path: Path) -> None:
    opened = open_record(failing())
    smuggled = tmp_path / "smuggled.html"
    source = render(story_of("x", failing()), verdict(failing()))
    smuggled.write_text(source.replace("<main>", '<main style="color:red"><script>window.owned=1</script>'))
    opened.page.goto(smuggled.as_uri())
    assert opened.page.evaluate("window.owned") is None
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)


def test_a_square_opens_its_host_with_a_copy_of_each_change(open_record: OpenRecord) -> None:
    page = open_record(failing()).page
    host = page.locator("#h2")
    expect(host.locator(".of-host")).to_be_hidden()
    page.locator('.squares a[title^="jyweb-2-a"]').first.click()
    expect(host.locator(".of-host")).to_be_visible()
    expect(host).to_be_in_viewport()
    expect(host.locator(".content")).to_have_count(4)
    expect(host.locator("ins", has_text="+PermitRootLogin no")).to_be_visible()
    page.locator("#h2 > summary").click()
    page.locator("#h2 > summary").click()
    expect(host.locator(".content")).to_have_count(4)  # laid there once


def test_a_link_in_a_host_leads_to_the_change_and_its_hosts(open_record: OpenRecord) -> None:
    page = open_record(failing()).page
    page.locator("#h2 > summary").click()
    page.locator("#h2 .changed a").nth(1).click()
    block = page.locator("details.block[open]")
    expect(block).to_have_count(1)
    expect(block.locator("summary")).to_contain_text("4 台：canary-1、jyweb-2-a")


def test_hosts_are_filtered_by_state_wave_and_name(open_record: OpenRecord) -> None:
    page = open_record(failing()).page
    shown, visible = page.locator("#shown"), page.locator(".hosts-list > details:visible")
    expect(shown).to_have_text("10")
    page.select_option("select[name=state]", "returned")
    expect(shown).to_have_text("3")
    assert visible.locator(".host").all_inner_texts() == ["jyweb-2-a", "jydb-3-a", "file-4"]
    page.fill("input[name=host]", "JYWEB")
    expect(shown).to_have_text("1")
    page.select_option("select[name=wave]", "3")
    expect(shown).to_have_text("0")
    page.click("#filter button[type=reset]")
    expect(shown).to_have_text("10")
    page.select_option("select[name=state]", "waiting")
    page.locator('.squares a[title^="canary-1"]').click()  # a link to a hidden host shows it
    expect(page.locator("#h1 .of-host")).to_be_visible()


def test_without_script_the_page_is_complete(open_record: OpenRecord) -> None:
    page = open_record(failing(), script=False).page
    expect(page.locator("#filter")).to_be_hidden()
    page.locator("#h2 > summary").click()
    expect(page.locator("#h2")).to_contain_text("状态 502，应为 200")
    page.locator("#h2 .changed a").first.click()
    block = page.locator("details.block").first
    block.locator("summary").click()
    expect(block.locator("table, pre").first).to_be_visible()


def test_the_picture_of_the_waves_is_drawn(open_record: OpenRecord) -> None:
    page = open_record(failing()).page
    drawn = page.evaluate(
        """[...document.querySelectorAll('.picture rect')].map(bar => {
            const box = bar.getBoundingClientRect();
            return [box.left, box.right, box.height, getComputedStyle(bar).fill];
        })"""
    )
    assert len(drawn) == 10
    assert all(right - left >= 4 and height == 20 for left, right, height, _ in drawn)
    assert [left for left, *_ in drawn] == sorted(left for left, *_ in drawn)
    assert len({fill for *_, fill in drawn}) == 6
    assert page.locator(".picture text").all_text_contents() == ["×"]


def test_signs_and_words_stand_out_from_their_colours(open_record: OpenRecord) -> None:
    page = open_record(emergency()).page
    unfold(page)
    places = [".conclusion .o", ".kind .o", ".squares a", "pre ins", "pre del", ".steps .warn", ".hint", "pre i"]
    for place in places:
        ink, ground = page.locator(f"{place}:visible").first.evaluate(
            """cell => {
                let under = cell;
                const ground = () => getComputedStyle(under).backgroundColor;
                while (under.parentElement && ground() === 'rgba(0, 0, 0, 0)') { under = under.parentElement; }
                return [getComputedStyle(cell).color, ground()];
            }"""
        )
        white = "rgb(255, 255, 255)"
        assert contrast(ink, white if ground == "rgba(0, 0, 0, 0)" else ground) >= 4.5, place


def printed(page: Page) -> bytes:
    """The page as it comes out of the printer."""
    return page.pdf(prefer_css_page_size=True)


def test_printed_on_a4_nothing_is_cut_off(open_record: OpenRecord) -> None:
    opened = open_record(failing(), width=A4_PIXELS)
    unfold(opened.page)
    opened.page.emulate_media(media="print")
    assert opened.overflow() == 0
    wide = "[...document.querySelectorAll('table, pre, .cells')].map(box => box.getBoundingClientRect().right)"
    assert max(opened.page.evaluate(wide)) <= A4_PIXELS + 1
    for hidden in ("#filter", "nav", "#unfold"):
        expect(opened.page.locator(hidden)).to_be_hidden()
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed(opened.page))
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}


def test_what_is_folded_is_not_printed_and_the_rest_is(open_record: OpenRecord) -> None:
    page = open_record(failing()).page
    folded = len(re.findall(rb"/MediaBox", printed(page)))
    unfold(page)
    assert folded <= 4
    assert len(re.findall(rb"/MediaBox", printed(page))) > folded + 2


def test_five_hundred_hosts_open_without_lag(open_record: OpenRecord) -> None:
    entries = large()
    started = time.process_time()
    opened = open_record(entries)
    assert time.process_time() - started < RENDER_SECONDS
    assert opened.size < LARGEST_PAGE
    page = opened.page
    timing = "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"
    assert 0 < page.evaluate(timing) < DOM_READY_MILLISECONDS
    assert page.locator(".hosts-list > details").count() == 500
    started = time.monotonic()
    page.locator(".squares a").nth(400).click()
    expect(page.locator(".hosts-list > details[open] pre").first).to_be_visible()
    page.select_option("select[name=state]", "returned")
    expect(page.locator("#shown")).to_have_text("250")
    assert time.monotonic() - started < CLICK_SECONDS
