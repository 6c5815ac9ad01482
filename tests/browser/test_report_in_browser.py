"""The report in a real browser: what unit tests of its text cannot show."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from anwei.baseline.result import Assessment, Judgement, Outcome
from anwei.report.check_json import write_json
from anwei.report.earlier_file import load_earlier
from anwei.report.figures import judgements
from anwei.report.html import JUDGED_CLASSES, render, write_page
from tests.browser.conftest import Opened, Opener
from tests.sample_assessments import hostile, large, sample

A4_PIXELS = 711  # 210 mm less the margins of the style sheet, at 96 pixels an inch
LARGEST_PAGE = 6_000_000
# A quarter of the largest estate. Measured on two busy cores: 1 s to render, 2 s to DOM ready.
LARGE, RENDER_SECONDS, DOM_READY_MILLISECONDS = 250, 4, 8_000
CELLS = 477  # of the sample: 475 units on objects, and the supplementary checks of two


def unfold(page: Page, *, open_: bool = True) -> None:
    page.evaluate("open => document.querySelectorAll('details').forEach(block => { block.open = open; })", open_)


def cell(page: Page, about: str, unit: str) -> Locator:
    """The cell of an object and a unit."""
    row = page.locator(".map tbody tr", has=page.locator(f'th a.host:text-is("{about}")'))
    block = page.locator(f'.block[data-clause*="{unit} "]').first.get_attribute("id")
    return row.locator(f'a[href="#{block}"]')


def quiet(opened: Opened) -> bool:
    """Whether the page neither complained nor asked for anything."""
    asked = [url for url in opened.requests if not url.endswith("/report.html") and not url.startswith("data:")]
    return opened.complaints == [] and asked == []


@pytest.mark.parametrize("run", [sample(), hostile()], ids=["ordinary", "hostile"])
def test_the_page_is_quiet_and_never_wider_than_the_window(open_page: Opener, run: Assessment) -> None:
    opened = open_page(run)
    for width in (1440, 400):
        opened.page.set_viewport_size({"width": width, "height": 900})
        unfold(opened.page, open_=False)
        assert opened.overflow() == 0
        unfold(opened.page)
        assert opened.overflow() == 0
        opened.page.locator(".map td a").first.evaluate("cell => cell.click()")
        expect(opened.page.locator("#panel")).to_be_visible()
        assert opened.overflow() == 0
        opened.page.keyboard.press("Escape")
    opened.page.mouse.move(200, 400)
    assert quiet(opened)
    assert opened.page.evaluate("window.owned") is None


def test_hostile_text_neither_hides_nor_covers_the_rest(open_page: Opener) -> None:
    page = open_page(hostile()).page
    assert page.locator("h1").all_inner_texts() == ["等级保护技术核查报告"]
    expect(page.locator("footer")).to_be_visible()
    unfold(page)
    tallest = page.evaluate("Math.max(...[...document.querySelectorAll('.raw')].map(box => box.offsetHeight))")
    assert tallest <= 300
    widths = "[...document.querySelectorAll('.sightings .raw')].map(box => box.scrollWidth - box.clientWidth)"
    assert max(page.evaluate(widths)) <= 0


def test_hostile_text_stays_text_in_the_panel(open_page: Opener) -> None:
    opened = open_page(hostile())
    cells = opened.page.locator(".map td a")
    for number in range(0, cells.count(), 7):
        cells.nth(number).evaluate("cell => cell.click()")
    panel = opened.page.locator("#panel")
    expect(panel).to_be_visible()
    assert panel.locator("script, img, style, h1").count() == 0
    assert opened.page.evaluate("window.owned") is None
    assert quiet(opened)


def test_the_policy_stops_a_script_that_should_ever_get_in(open_page: Opener, tmp_path: Path) -> None:
    opened = open_page(sample(2, 0))
    smuggled = tmp_path / "smuggled.html"
    smuggled.write_text(render(sample(2, 0)).replace("<main>", "<main><script>window.owned=1</script>"))
    opened.page.goto(smuggled.as_uri())
    assert opened.page.evaluate("window.owned") is None
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)


def test_a_cell_opens_what_is_known_of_its_unit_on_its_object_alone(open_page: Opener) -> None:
    run = sample()
    page = open_page(run).page
    about = next(each for each in run.objects if each.name == "jydb-002")
    own = [each for each in about.results if each.check.unit.id == "L3-CES1-01"]
    others = [each.observed for each in about.results if each not in own]
    cell(page, "jydb-002", "L3-CES1-01").click()
    panel = page.locator("#panel")
    expect(panel).to_be_visible()
    said = panel.inner_text()
    unit = next(each for each in about.units if each.unit.id == "L3-CES1-01")
    assert unit.judgement.value in said
    for result in own:
        for words in (result.check.id, result.check.expected, result.observed, result.outcome.value):
            assert words in said
        if result.outcome is Outcome.NOT_MET:
            assert result.check.fix in said
    assert not [each for each in others if len(each) > 12 and each in said]
    for words in ("登录时确实进行鉴别", "访谈：口令多久更换一次", "2026-11-21 09:30:05", about.transcript_digest[7:19]):
        assert words in said
    signs = panel.locator(".subs .o").all_inner_texts()
    assert len(signs) == len(unit.sub_checks)


def test_the_panel_tells_a_waiver_and_supplementary_checks(open_page: Opener) -> None:
    run = sample()
    page = open_page(run).page
    (about,) = [each for each in run.objects if each.waived]
    cell(page, about.name, about.waived[0].check.unit.id).click()
    assert "已豁免至 2027-03-31" in page.locator("#panel").inner_text()
    page.keyboard.press("Escape")
    page.locator('.map td a[href="#x2"]').click()
    extra = [each for each in run.objects[12].results if not each.check.scored]
    said = page.locator("#panel").inner_text()
    assert all(each.check.id in said and each.observed in said for each in extra)


def test_every_cell_opens_a_panel_with_all_results_of_its_unit(open_page: Opener) -> None:
    whole = sample(4, 0)
    first = replace(whole.objects[0], results=whole.objects[0].results[1:])  # one check fewer than the others
    run = replace(whole, objects=(first, *whole.objects[1:]))
    opened = open_page(run)
    told = opened.page.evaluate(
        """() => [...document.querySelectorAll('.map tbody tr')].map(row => [
             row.cells[0].textContent.trim(),
             [...row.querySelectorAll('td a')].map(cell => {
               cell.click();
               return document.querySelectorAll('#panel .observation').length; }).reduce((a, b) => a + b, 0)])"""
    )
    assert dict(told) == {each.name: len(each.results) for each in run.objects}
    assert quiet(opened)


def test_the_map_is_walked_by_keys(open_page: Opener) -> None:
    opened = open_page(sample())
    page = opened.page
    cells = page.locator(".map").first.locator("tbody tr").first.locator("td a")
    stops = "[...document.querySelectorAll('.map td a')].filter(cell => cell.tabIndex === 0).length"
    assert page.evaluate(stops) == page.locator(".map").count()
    cells.first.focus()
    for key, block, row in (("ArrowRight", "#u1-2", "1"), ("ArrowDown", "#u1-2", "2"), ("ArrowLeft", "#u1-1", "2")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.hash") == block
        assert page.evaluate("document.activeElement.closest('tr').dataset.o") == row
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.hash") == "#u1-1"
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('#panel') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.hash") == "#u1-1"
    assert page.evaluate(stops) == page.locator(".map").count()
    assert quiet(opened)


def test_the_keys_pass_over_rows_that_the_filter_hides(open_page: Opener) -> None:
    page = open_page(sample()).page
    page.fill("input[name=object]", "jyapp")
    expect(page.locator("#shown")).not_to_have_text(str(CELLS))
    visible = page.locator(".map").first.locator("tbody tr:visible")
    visible.first.locator("td a").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').dataset.o") == visible.nth(1).get_attribute("data-o")


def test_a_link_from_the_panel_shuts_it_and_a_link_into_a_closed_block_opens_it(open_page: Opener) -> None:
    page = open_page(sample()).page
    cell(page, "jyapp-001", "L3-CES1-03").click()
    page.locator("#panel a").first.click()
    expect(page.locator("#panel")).to_be_hidden()
    block = page.locator(".map thead a").nth(3)
    block.click()
    expect(page.locator(f".block{block.get_attribute('href')}")).to_have_attribute("open", "")


def test_the_filter_by_object_leaves_that_object_everywhere(open_page: Opener) -> None:
    run = sample()
    page = open_page(run).page
    page.fill("input[name=object]", "JYDB-008")
    about = next(each for each in run.objects if each.name == "jydb-008")
    expect(page.locator("#shown")).to_have_text(str(len(about.units)))
    for place in (".map tbody tr", ".objects tr[data-o]"):
        assert page.locator(f"{place}:visible").count() == 1
    assert set(page.locator(".finding .host:visible").all_text_contents()) == {"jydb-008"}
    assert page.locator(".finding:visible").count() == len(about.findings)
    page.click("#filter button[type=reset]")
    expect(page.locator("#shown")).to_have_text(str(CELLS))
    assert page.locator(".map tbody tr:visible").count() == 14


def test_the_filter_by_type_leaves_its_map_its_blocks_and_its_findings(open_page: Opener) -> None:
    page = open_page(sample()).page
    page.select_option("select[name=type]", label="Nginx")
    assert page.locator(".map:visible").count() == 1
    assert page.locator(".block:visible").count() == 25
    assert set(page.locator(".finding .host:visible").all_text_contents()) == {"jydb-002/nginx"}


def test_the_filter_by_clause_leaves_that_unit(open_page: Opener) -> None:
    page = open_page(sample()).page
    for words in ("8.1.4.1 b", "l3-ces1-02"):
        page.fill("input[name=clause]", words)
        expect(page.locator("#shown")).to_have_text("14")
        assert page.locator(".map td a:not(.off)").count() == 14
        assert page.locator("#questions tr[data-clause]:visible").count() == 1
        clauses = page.locator(".finding:visible").evaluate_all("all => all.map(one => one.dataset.clause)")
        assert clauses
        assert all(each.startswith("8.1.4.1 b ") for each in clauses)
        page.fill("input[name=clause]", "")


def test_a_clause_is_not_found_in_one_that_begins_like_it(open_page: Opener) -> None:
    page = open_page(sample()).page
    page.fill("input[name=clause]", "8.1.4.1")
    rows = page.locator("#questions tr[data-clause]:visible")
    expect(rows.first).to_be_visible()
    expect(page.locator("#shown")).not_to_have_text(str(CELLS))
    clauses = rows.evaluate_all("rows => rows.map(row => row.dataset.clause.split(' ')[0])")
    assert set(clauses) == {"8.1.4.1"}


@pytest.mark.parametrize("judgement", [each for each in Judgement if each is not Judgement.NOT_APPLICABLE])
def test_the_filter_by_verdict_leaves_that_judgement(open_page: Opener, judgement: Judgement) -> None:
    run = sample()
    page = open_page(run).page
    page.select_option("select[name=verdict]", JUDGED_CLASSES[judgement])
    shown = page.locator(".map td a:not(.off)")
    signs = set(shown.evaluate_all("cells => cells.map(cell => cell.classList[0])"))
    assert signs == {JUDGED_CLASSES[judgement]}
    units = page.locator(".map td a:not(.off)[href^='#u']").count()
    assert units == judgements(run.objects)[judgement]
    if judgement in (Judgement.MET, Judgement.OPEN):
        bad = page.locator(".finding:visible .host:visible").count()
        assert bad == (0 if judgement is Judgement.MET else bad)


def test_the_filter_by_text_searches_what_was_seen(open_page: Opener) -> None:
    run = sample()
    page = open_page(run).page
    seen = "PermitRootLogin YES"
    names = [about.name for about, result in run.findings if result.observed == seen.lower()]
    assert names
    page.fill("input[name=text]", seen)
    expect(page.locator(".finding:visible")).to_have_count(1)
    assert sorted(page.locator(".finding .host:visible").all_text_contents()) == sorted(names)
    expect(page.locator("#shown")).to_have_text(str(len(names)))
    page.fill("input[name=text]", "no such words")
    expect(page.locator("#shown")).to_have_text("0")


def test_a_comparison_is_shown(open_page: Opener, tmp_path: Path) -> None:
    before, now = sample(13, 1), sample()
    earlier = load_earlier(write_json(before, tmp_path / "before.json"), 3)
    opened = open_page.file(write_page(now, tmp_path / "report.html", earlier))
    page = opened.page
    assert page.locator("#comparison details").count() == 5
    page.locator("#comparison summary").last.click()
    expect(page.locator("#comparison .unchanged table")).to_be_visible()
    assert quiet(opened)


def test_without_script_the_page_is_complete(open_page: Opener) -> None:
    run = sample()
    page = open_page(run, script=False).page
    for tool in ("#filter", "#unfold", "#panel"):
        expect(page.locator(tool)).to_be_hidden()
    assert page.locator(".finding:visible").count() > 10
    cell(page, "jyapp-001", "L3-CES1-01").click()
    block = page.locator(".block").first
    expect(block).to_be_in_viewport()
    block.locator("summary").click()
    for result in run.objects[0].results:
        if result.check.unit.id == "L3-CES1-01" and not result.is_finding:
            line = block.locator("tr", has_text=result.observed).first
            expect(line).to_be_visible()
            assert "jyapp-001" in line.inner_text()


def test_printed_on_a4_nothing_is_cut_off(open_page: Opener) -> None:
    opened = open_page(sample(), width=A4_PIXELS)
    opened.page.emulate_media(media="print")
    assert opened.overflow() == 0
    for table in opened.page.locator("table.map").all():
        assert table.evaluate("table => table.getBoundingClientRect().right") <= A4_PIXELS
    expect(opened.page.locator("#filter")).to_be_hidden()
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", opened.page.pdf(prefer_css_page_size=True))
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}


def test_signs_and_words_stand_out_from_their_colours(open_page: Opener) -> None:
    page = open_page(sample()).page
    for style in JUDGED_CLASSES.values():
        ink, ground = page.locator(f".map td .{style}").first.evaluate(
            "cell => [getComputedStyle(cell).color, getComputedStyle(cell).backgroundColor]"
        )
        assert contrast(ink, ground) >= 4.5, style


def test_words_fit_into_their_cells(open_page: Opener) -> None:
    page = open_page(sample()).page
    wide = "[...document.querySelectorAll('.map td a')].filter(cell => cell.scrollWidth > cell.clientWidth).length"
    assert page.evaluate(wide) == 0


def contrast(ink: str, ground: str) -> float:
    """The contrast ratio of two `rgb()` colours, as the accessibility guidelines define it."""
    dark, light = sorted((luminance(ink), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_large_estate_stays_small_and_opens_quickly(open_page: Opener) -> None:
    run = large(LARGE)
    started = time.process_time()
    opened = open_page(run)
    assert time.process_time() - started < RENDER_SECONDS
    assert opened.size < LARGEST_PAGE
    timing = "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"
    assert 0 < opened.page.evaluate(timing) < DOM_READY_MILLISECONDS
    assert opened.page.locator(".map tbody tr").count() == LARGE
