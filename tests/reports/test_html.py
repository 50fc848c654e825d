"""The HTML report as text: self-contained, escaped, bounded, complete. What a browser makes of it is test_html_browser.py's matter."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.model import Confidence, Finding, Severity, Site, Subject
from analyzer.result import NotAnalysed, ScanResult
from reports.html import Html

LIMIT = 600_000


class Elements(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    return Elements(text).found


def test_an_empty_result_says_what_was_looked_at(empty_result: ScanResult) -> None:
    text = Html().render(empty_result)
    assert "No debt found in what could be seen." in text
    assert "14 rules looked at 12 files." in text
    assert "12 files, 640 lines read · 5 of 5 file accesses resolved (100 %)" in text
    assert 'class="finding' not in text
    assert '<svg class="map"' not in text


def test_nothing_is_fetched_from_anywhere(result: ScanResult) -> None:
    for tag, attributes in elements(Html().render(result)):
        assert tag not in {"iframe", "object", "embed", "base", "img", "audio", "video", "source"}
        for name in ("src", "href", "action", "poster", "data", "xlink:href"):
            value = attributes.get(name)
            assert value is None or value.startswith("#") or (tag, value) == ("link", "data:,"), (tag, name, value)
    style, script = (files("reports") / name for name in ("html.css", "html.js"))
    assert not re.search(r"https?:|//[a-z]|@import|url\(", style.read_text(encoding="utf-8"))
    assert not re.search(
        r"https?:|fetch\(|XMLHttpRequest|import\(|eval\(|innerHTML|sendBeacon|WebSocket", script.read_text(encoding="utf-8")
    )


def test_the_policy_allows_our_own_blocks_and_nothing_else(result: ScanResult) -> None:
    text = Html().render(result)
    policy = next(a["content"] for tag, a in elements(text) if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(blocks) == 1
        assert f"'sha256-{b64encode(sha256(blocks[0].encode()).digest()).decode()}'" in policy
    assert not [
        attributes for _, attributes in elements(text) if "style" in attributes or any(name.startswith("on") for name in attributes)
    ]


def test_hostile_text_stays_text(result: ScanResult) -> None:
    text = Html().render(result)
    assert "onerror=alert(1)&gt;" in text
    assert "<img" not in text
    assert text.count("<script") == text.count("</script>") == 1
    assert "{{ 7*7 }}" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)


@given(st.text(st.characters(exclude_categories=()), max_size=40))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_of_the_repository_adds_an_element(result: ScanResult, odd: str) -> None:
    def named(name: str) -> str:
        finding = replace(
            result.findings[0], message=name, name=name, remedy=name, subject=Subject(name, name), owners=(name,), snippet=(name,),
            locations=(Site(name, 1),), suppressed=name,
        )  # fmt: skip
        return Html().render(replace(
            result, findings=(finding, finding.hidden_by(name)), notes=(name,), not_analysed=(NotAnalysed(name, name),),
            artifacts=(replace(result.artifacts[6], id="data/" + name),), skipped=((name, 1),),
            units=tuple(replace(unit, component=name + unit.component) for unit in result.units),
        ))  # fmt: skip

    def shape(text: str) -> Counter[str]:
        return Counter(tag for tag, _ in elements(text) if tag not in {"p", "li", "h4", "code", "pre"})

    assert shape(named(odd)) == shape(named("x"))


def test_every_finding_has_its_parts_and_a_permalink(result: ScanResult) -> None:
    text = Html().render(result)
    ids = [str(attributes["id"]) for _, attributes in elements(text) if "id" in attributes]
    assert max(Counter(ids).values()) == 1
    shown = [finding for finding in result.findings if not finding.is_suppressed]
    assert {f"F-{finding.fingerprint}" for finding in shown} <= set(ids)
    targets = {str(a["href"])[1:] for _, a in elements(text) if str(a.get("href", "")).startswith("#")}
    assert targets - set(ids) == set()
    for part in (
        "principal = 120 min ÷ 60 × [0.5, 2] = 1–4 h",
        "interest = 44 commits in 365 days × 10 min ÷ 60 = 7.3 h a year",
        "payback = 4 h ÷ 7.3 h a year = 6.5 months, so: watch",
        "Measured: right in 19 of 20 findings read on real repositories; at first sight, before mending, in 7 of 9.",
        "<code>serving/batch_score.py:72</code>",
        "notebooks/offline eval.ipynb:cell 4:9",
        "kept for the audit until spring",
        "@research, @platform",
        "Not drawn: 28 artifacts that only one component touches.",
        "shallow clone: only the last 50 commits are known",
    ):
        assert part in text, part


def test_the_line_that_is_meant_is_marked(result: ScanResult) -> None:
    text = Html().render(replace(result, findings=(replace(result.findings[0], locations=(Site("a.py", 42, 43),), snippet_line=40),)))
    hits = re.findall(r'<span class="line hit"><span class="no">(\d+)</span>', text)
    assert hits == ["42", "43"]
    assert re.findall(r'<span class="line"><span class="no">(\d+)</span>', text) == ["40", "41", "44", "45"]


def test_backticks_become_code_and_stay_escaped(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    text = Html().render(replace(empty_result, findings=(make_finding(message="uses `<b>x</b>` and ` alone", touches=0),)))
    assert "uses <code>&lt;b&gt;x&lt;/b&gt;</code> and ` alone" in text


def test_settings_in_a_remedy_are_set_apart(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    remedy = 'Declare it in mldebt.toml:\n[[contract]]\nartifact = "x.csv"\n\nThen run again.'
    text = Html().render(replace(empty_result, findings=(make_finding(remedy=remedy),)))
    assert _blocks(text) == ["[[contract]]\nartifact = &#34;x.csv&#34;"]
    assert "<p>Then run again.</p>" in text


def _blocks(text: str) -> list[str]:
    return re.findall(r'<pre class="setting"[^>]*><code>(.*?)</code></pre>', text, re.DOTALL)


@pytest.mark.parametrize(
    "block",
    [
        "stages:\n  clean:\n    cmd: python clean.py\n    deps:\n      - clean.py\n\n  train:\n    cmd: python train.py",
        "clean.csv: clean.py raw.csv\n\tpython clean.py\n\n.PHONY: train\ntrain: train.py clean.csv\n\tpython train.py",
    ],
)
def test_what_can_be_pasted_keeps_its_lines_and_its_indentation(
    empty_result: ScanResult, make_finding: Callable[..., Finding], block: str
) -> None:
    text = Html().render(replace(empty_result, findings=(make_finding(remedy=f"Add to a file:\n\n{block}\n\nDeclare it. Then run it."),)))
    assert _blocks(text) == [block]


def test_a_block_that_is_too_long_says_how_much_is_missing(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    remedy = "Add to a file:\n" + "\n".join(f"  - step {n}" for n in range(100))
    text = Html().render(replace(empty_result, findings=(make_finding(remedy=remedy),)))
    assert "41 more lines: see the JSON report." in text


def test_findings_of_one_fingerprint_get_their_own_ids(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    text = Html().render(replace(empty_result, findings=(make_finding(message="one"), make_finding(message="two"))))
    ids = [attributes["id"] for tag, attributes in elements(text) if tag == "details" and "id" in attributes]
    assert len(ids) == len(set(ids)) == 2


def test_suppressed_and_known_findings_are_told_apart(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    findings = (make_finding(path="known.py", is_new=False), make_finding(path="hidden.py").hidden_by("agreed"))
    text = Html().render(replace(empty_result, findings=findings))
    assert "Nothing new: no finding outside the baseline." in text
    assert text.count('class="finding ') == 1
    assert 'data-age="known"' in text
    assert "1 suppressed, with the reason given" in text


def test_start_here_leaves_out_dormant_and_tentative_findings(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    findings = (
        make_finding(message="worth it", touches=9),
        make_finding(path="b.py", message="nobody touches it", touches=0),
        make_finding(path="c.py", message="not sure", confidence=Confidence.C, severity=Severity.high),
    )
    start = re.search(r'<ol class="start">(.*?)</ol>', Html().render(replace(empty_result, findings=findings)), re.DOTALL)
    assert start is not None
    assert "worth it" in start[1]
    assert "nobody touches it" not in start[1]
    assert "not sure" not in start[1]


def test_tentative_findings_are_marked_and_never_urgent(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    sure, unsure = make_finding(touches=50), make_finding(path="c.py", confidence=Confidence.C, touches=50)
    text = Html().render(replace(empty_result, findings=(sure, replace(unsure, report_only=True))))
    rows = re.findall(r'<details class="finding ([^"]*)".*?<summary>(.*?)</summary>', text, re.DOTALL)
    assert ["tentative" in kind.split() for kind, _ in rows] == [False, True]
    assert ["pay now" in summary for _, summary in rows] == [True, False]
    assert '<span class="chip">tentative</span>' in rows[1][1]


def test_a_huge_result_stays_small_and_says_what_was_cut(big_result: ScanResult) -> None:
    text = Html().render(big_result)
    assert len(text.encode()) <= LIMIT
    shown = text.count('class="finding ')
    assert 20 < shown <= 500
    assert f"{4000 - shown:,} more findings of lower rank are not in this file" in text
    rows = len(re.findall(r'<tr id="A-', text))
    assert f"{3000 - rows:,} less used artifacts are not in this file" in text
    assert "more files, for other reasons" in text


def test_many_ordinary_findings_stay_small_too(result: ScanResult) -> None:
    many = tuple(replace(result.findings[n % 15], subject=Subject("n", str(n))) for n in range(3000))
    artifacts = tuple(replace(result.artifacts[n % 13], id=f"data/{n}.csv") for n in range(2000))
    text = Html().render(replace(result, findings=many, artifacts=artifacts))
    assert len(text.encode()) <= LIMIT
    assert text.count('class="finding ') > 100


def test_the_same_result_gives_the_same_page(result: ScanResult) -> None:
    turned = replace(
        result,
        findings=result.findings[::-1],
        artifacts=result.artifacts[::-1],
        units=result.units[::-1],
        not_analysed=result.not_analysed[::-1],
        cards=result.cards[::-1],
        seconds=99.0,
    )
    assert Html().render(turned) == Html().render(result)


def luminance(color: str) -> float:
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(theme: int) -> None:
    style = (files("reports") / "html.css").read_text(encoding="utf-8")
    colors = {name: pair[theme] for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style)}
    grounds = ["page", "panel", "code"]
    pairs = [(ink, ground) for ink in ("ink", "quiet", "link", "open") for ground in grounds]
    pairs += [(ink, f"{ink}-bg") for ink in ("critical", "high", "medium", "low", "info", "good", "open")]
    pairs += [("ink", "hit"), ("quiet", "hit"), ("link", "hit"), ("ink", "low-bg"), ("quiet", "low-bg")]
    for ink, ground in pairs:
        light, dark = sorted((luminance(colors[ink]), luminance(colors[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
    for line in ("strong",):
        light, dark = sorted((luminance(colors[line]), luminance(colors["panel"])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, f"{line} on panel"


def test_what_another_finding_explains_stands_below_it(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    root = make_finding(path="old.py", message="the cause", severity=Severity.low, minutes=60)
    inside = make_finding(path="inside.py", message="inside", severity=Severity.high, folded_under=root.fingerprint, minutes=60)
    other = make_finding(path="other.py", message="another", severity=Severity.medium, minutes=60)
    text = Html().render(replace(empty_result, findings=(inside, root, other)))
    places = [text.index(f'<span class="what">{message}') for message in ("another", "the cause", "inside")]
    assert places == sorted(places)
    assert "explains 1</span>" in text and ">folded</span>" in text
    assert f'<a href="#F-{root.fingerprint}">the finding above</a>' in text
    assert "3 findings" in text and "1–4 h to fix" in text
