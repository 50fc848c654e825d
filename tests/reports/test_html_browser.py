"""The HTML report in a real browser: it runs, asks the network for nothing, filters, and can be used with the keyboard alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analyzer.result import ScanResult
from reports.html import Html

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the report was not opened in a browser")
pytestmark = pytest.mark.slow

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Open = Callable[..., "playwright.Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with playwright.sync_playwright() as started:
        try:
            opened = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        except playwright.Error as error:
            pytest.skip(f"no browser to open the report in: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: playwright.Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the report of a result; at the end nothing may have been asked of the network, said on the console or thrown."""
    trouble: list[str] = []
    contexts = []

    def opened(result: ScanResult, fragment: str = "", **options: object) -> playwright.Page:
        file = tmp_path / "report.html"
        file.write_text(Html().render(result), encoding="utf-8")
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"thrown: {error}"))
        page.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))

        def route(asked: playwright.Route) -> None:
            if asked.request.url.startswith(file.as_uri()):
                asked.continue_()
            else:
                trouble.append(f"request: {asked.request.url}")
                asked.abort()

        page.route("**/*", route)
        page.goto(file.as_uri() + fragment)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


def shown(page: playwright.Page) -> int:
    return int(page.locator("details.finding:visible").count())


def test_hostile_names_run_nothing(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    page.get_by_role("button", name="Open all").click()
    page.wait_for_timeout(100)
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert page.locator("img").count() == 0
    assert page.get_by_text("onerror=alert(1)").count() > 0


def test_an_injected_script_would_be_refused(browser: playwright.Browser, tmp_path: Path, result: ScanResult) -> None:
    file = tmp_path / "report.html"
    file.write_text(Html().render(result).replace("<main", "<script>window.pwned = 1</script><main", 1), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.evaluate("typeof window.pwned") == "undefined"
    page.close()


def test_an_empty_report_opens(open_page: Open, empty_result: ScanResult) -> None:
    page = open_page(empty_result)
    assert page.get_by_role("heading", name="No debt found in what could be seen.").is_visible()
    page.keyboard.press("j")


def test_search_and_selects_filter_and_count(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    assert shown(page) == 17
    page.get_by_label("Search").fill("export_billing")
    playwright.expect(page.locator("#count")).to_contain_text("1 of 17 shown: 1 high · 1–4 h")
    assert shown(page) == 1
    assert "query=export_billing" in page.url
    page.get_by_label("Search").fill("")
    page.get_by_label("Severity").select_option("medium")
    playwright.expect(page.locator("#count")).to_contain_text("5 of 17 shown: 5 medium")
    page.get_by_label("Dimension").select_option("glue-code")
    assert shown(page) == 1
    page.get_by_label("Confidence").select_option("A")
    assert shown(page) == 0
    assert "None of 17 findings matches." in page.locator("#count").inner_text()
    page.get_by_role("button", name="Clear").click()
    playwright.expect(page.locator("details.finding:visible")).to_have_count(17)


def test_a_filtered_view_can_be_sent_to_somebody(open_page: Open, result: ScanResult) -> None:
    page = open_page(result, "#findings?severity=high&order=hours")
    assert shown(page) == 4
    assert page.get_by_label("Severity").input_value() == "high"


def test_a_dimension_leads_to_its_findings(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    page.locator("#dimensions").get_by_role("link", name="dead-experiment").click()
    playwright.expect(page.locator("details.finding:visible")).to_have_count(3)


def test_findings_are_ordered_by_hours(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    page.get_by_label("Order").select_option("hours")
    hours = page.locator("details.finding").evaluate_all("all => all.map(each => Number(each.dataset.high))")
    assert hours == sorted(hours, reverse=True)


def test_a_permalink_opens_its_finding(open_page: Open, result: ScanResult) -> None:
    target = f"F-{result.findings[8].fingerprint}"
    page = open_page(result, f"#{target}")
    assert page.locator(f"#{target}").get_attribute("open") is not None
    assert page.locator("details.finding[open]").count() == 1


def test_keys_walk_the_findings_and_can_be_switched_off(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    current = "document.activeElement.closest('.finding')?.id ?? document.activeElement.id"
    ids = page.locator("details.finding").evaluate_all("all => all.map(each => each.id)")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(current) == ids[1]
    page.keyboard.press("k")
    assert page.evaluate(current) == ids[0]
    page.keyboard.press("?")
    assert page.get_by_label("single-key shortcuts").is_visible()
    page.get_by_label("single-key shortcuts").uncheck()
    page.locator("#verdict").focus()
    page.keyboard.press("/")
    assert page.evaluate(current) == "verdict"
    page.get_by_label("single-key shortcuts").check()
    page.locator("#verdict").focus()
    page.keyboard.press("/")
    assert page.evaluate(current) == "query"
    page.keyboard.type("jk?")
    assert page.get_by_label("Search").input_value() == "jk?"


def test_every_node_of_the_map_is_reached_by_keyboard(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    nodes = page.locator("svg.map a.node")
    total = nodes.count()
    assert total > 15
    page.locator("#map").focus()
    reached = set()
    for _ in range(total + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.node ?? ''"))
    assert set(nodes.evaluate_all("all => all.map(each => each.dataset.node)")) <= reached
    assert nodes.evaluate_all("all => all.every(each => each.getAttribute('aria-label'))")
    named = page.locator("svg.map").get_by_role("link")
    assert named.count() == total


def test_arrow_keys_walk_along_edges(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    page.get_by_role("link", name="component ingest").focus()
    page.keyboard.press("ArrowDown" if page.locator("svg.map").get_attribute("data-flow") == "down" else "ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("artifact data/")
    assert page.locator("svg.map.focus .edge.near").count() >= 1


def test_a_node_leads_to_its_row(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    page.get_by_role("link", name="component serving").focus()
    page.keyboard.press("Enter")
    playwright.expect(page.get_by_role("rowheader", name="serving")).to_be_visible()
    assert "#C-" in page.url


def test_artifacts_are_sorted_by_a_click(open_page: Open, result: ScanResult) -> None:
    page = open_page(result)
    head = page.locator("#artifact-table thead th").first
    names = "all => all.map(each => each.cells[0].textContent)"
    head.get_by_role("button").click()
    first = page.locator("#artifact-table tbody tr").evaluate_all(names)
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#artifact-table tbody tr").evaluate_all(names) == first[::-1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1400])
def test_the_page_never_scrolls_sideways(open_page: Open, big_result: ScanResult, width: int, scheme: str) -> None:
    page = open_page(big_result, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.locator("details.finding summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_everything_is_still_there(open_page: Open, result: ScanResult) -> None:
    page = open_page(result, java_script_enabled=False)
    assert page.locator(".filter").is_hidden()
    assert shown(page) == 17
    third = page.locator("details.finding").nth(3)
    third.locator("summary").click()
    assert third.get_by_text("Remedy", exact=True).is_visible()
    assert page.locator("svg.map").is_visible()


def test_paper_shows_every_finding_opened(open_page: Open, result: ScanResult) -> None:
    page = open_page(result, java_script_enabled=False)
    page.emulate_media(media="print")
    assert page.locator(".sums:visible").count() == 17
    assert page.locator(".bar").is_hidden()
