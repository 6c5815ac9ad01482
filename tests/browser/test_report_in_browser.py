"""The report in a real browser: what unit tests of its text cannot show."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from anwei.baseline.result import Assessment
from anwei.report.html import render
from tests.browser.conftest import Opener
from tests.sample_assessments import hostile, sample

A4_PIXELS = 711  # 210 mm less the margins of the style sheet, at 96 pixels an inch
LARGEST_PAGE = 5_000_000
# Measured on two busy cores: 1 s to render, 2.5 s to DOM ready. The limits leave room for a slower machine.
RENDER_SECONDS = 8
DOM_READY_MILLISECONDS = 10_000


def unfold(page: Page, *, open_: bool = True) -> None:
    page.evaluate("open => document.querySelectorAll('details').forEach(host => { host.open = open; })", open_)


@pytest.mark.parametrize("run", [sample(), hostile()], ids=["ordinary", "hostile"])
def test_the_page_is_quiet_and_never_wider_than_the_window(open_page: Opener, run: Assessment) -> None:
    opened = open_page(run)
    for width in (1366, 390):
        opened.page.set_viewport_size({"width": width, "height": 900})
        unfold(opened.page, open_=False)
        assert opened.overflow() == 0
        unfold(opened.page)
        assert opened.overflow() == 0
    opened.page.mouse.move(200, 400)
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.endswith("/report.html") and not url.startswith("data:")] == []
    assert opened.page.evaluate("window.owned") is None


def test_hostile_text_neither_hides_nor_covers_the_rest(open_page: Opener) -> None:
    page = open_page(hostile()).page
    assert page.locator("h1").all_inner_texts() == ["等级保护技术核查报告"]
    expect(page.locator("footer")).to_be_visible()
    tallest = page.evaluate("Math.max(...[...document.querySelectorAll('.raw')].map(box => box.offsetHeight))")
    assert tallest <= 300
    widths = "[...document.querySelectorAll('.sightings .raw')].map(box => box.scrollWidth - box.clientWidth)"
    assert max(page.evaluate(widths)) <= 0


def test_the_policy_stops_a_script_that_should_ever_get_in(open_page: Opener, tmp_path: Path) -> None:
    opened = open_page(sample(2, 0))
    smuggled = tmp_path / "smuggled.html"
    smuggled.write_text(render(sample(2, 0)).replace("<main>", "<main><script>window.owned=1</script>"))
    opened.page.goto(smuggled.as_uri())
    assert opened.page.evaluate("window.owned") is None
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)


def test_a_cell_opens_the_detail_that_it_leads_to(open_page: Opener) -> None:
    page = open_page(sample()).page
    row = page.locator('[id="3-2"]')
    expect(row).to_be_hidden()
    page.locator('.map a[href="#3-2"]').click()
    expect(row).to_be_visible()
    expect(row).to_be_in_viewport()


def test_the_filter_by_host_leaves_that_host_everywhere(open_page: Opener) -> None:
    page = open_page(sample()).page
    page.fill("input[name=host]", "JYDB-002")
    expect(page.locator("#shown")).to_have_text("40")
    for place in (".map tbody tr", "#hosts tr[data-host]", "details"):
        assert page.locator(f"{place}:visible").count() == 1
    assert set(page.locator(".finding .host:visible").all_inner_texts()) == {"jydb-002"}
    page.click("#filter button[type=reset]")
    expect(page.locator("#shown")).to_have_text("480")
    assert page.locator("details:visible").count() == 12


def test_the_filter_by_outcome_leaves_that_outcome(open_page: Opener) -> None:
    run = sample()
    page = open_page(run).page
    page.select_option("select[name=outcome]", "n")
    expect(page.locator("#shown")).to_have_text(str(len(list(run.findings))))
    unfold(page)
    signs = page.locator(".results tbody tr:visible td:first-child").all_inner_texts()
    assert set(signs) == {"×"}
    assert page.locator(".map td a:not(.off)").count() == len(signs)
    page.select_option("select[name=outcome]", "q")
    expect(page.locator(".finding:visible")).to_have_count(0)


def test_the_filter_by_text_searches_what_was_seen(open_page: Opener) -> None:
    run = sample()
    page = open_page(run).page
    seen = "PermitRootLogin YES"
    hosts = [host.name for host, result in run.findings if result.observed == seen.lower()]
    assert hosts
    page.fill("input[name=text]", seen)
    expect(page.locator(".finding:visible")).to_have_count(1)
    assert sorted(page.locator(".finding .host:visible").all_inner_texts()) == sorted(hosts)
    unfold(page)
    assert page.locator(".results tbody tr:visible").count() == len(hosts)
    page.fill("input[name=text]", "no such words")
    expect(page.locator("#shown")).to_have_text("0")


def test_without_script_the_page_is_complete(open_page: Opener) -> None:
    page = open_page(sample(), script=False).page
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator("#unfold")).to_be_hidden()
    assert page.locator(".finding:visible").count() > 10
    page.locator("summary").first.click()
    expect(page.locator("details").first.locator("tbody tr")).to_have_count(40)
    expect(page.locator('[id="1-1"]')).to_be_visible()


def test_printed_on_a4_nothing_is_cut_off(open_page: Opener) -> None:
    opened = open_page(sample(), width=A4_PIXELS)
    opened.page.emulate_media(media="print")
    assert opened.overflow() == 0
    edge = opened.page.locator("table.map").evaluate("table => table.getBoundingClientRect().right")
    assert edge <= A4_PIXELS
    expect(opened.page.locator("#filter")).to_be_hidden()
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", opened.page.pdf(prefer_css_page_size=True))
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}


def test_signs_stand_out_from_their_colours(open_page: Opener) -> None:
    page = open_page(sample()).page
    for style in ("m", "n.high", "n.medium", "n.low", "a", "q"):
        ink, ground = page.locator(f".map td .{style}").first.evaluate(
            "cell => [getComputedStyle(cell).color, getComputedStyle(cell).backgroundColor]"
        )
        assert contrast(ink, ground) >= 4.5, style


def contrast(ink: str, ground: str) -> float:
    """The contrast ratio of two `rgb()` colours, as the accessibility guidelines define it."""
    dark, light = sorted((luminance(ink), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_five_hundred_hosts_stay_small_and_open_quickly(open_page: Opener) -> None:
    run = sample(500, 5)
    started = time.process_time()
    opened = open_page(run)
    assert time.process_time() - started < RENDER_SECONDS
    assert opened.size < LARGEST_PAGE
    timing = "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"
    assert 0 < opened.page.evaluate(timing) < DOM_READY_MILLISECONDS
    assert opened.page.locator(".map tbody tr").count() == 500
