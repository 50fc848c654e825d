"""Whole small repositories, scanned as a user does; the text report is compared with expected.txt beside the story.

`pytest tests/test_repos.py --accept` rewrites the expected texts: read the difference before you commit it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

REPOS = Path(__file__).resolve().parent / "repos"
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "churn-scoring"
STORIES = sorted(path for path in REPOS.iterdir() if path.is_dir())
CODE = re.compile(r"\b[A-Z]{3}\d{3}\b")


def scrubbed(text: str, root: Path) -> str:
    """Without what differs from machine to machine: the path, the seconds."""
    return re.sub(r"\d+(\.\d+)? ?s(econds)?\b", "N s", text.replace(str(root), "STORY"))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_story(mldebt, story: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    # Away from this checkout, whose git history would become part of the story.
    root = tmp_path / story.name
    shutil.copytree(story, root, ignore=shutil.ignore_patterns("expected.txt", "__pycache__"))
    outcome = mldebt("scan", root, "--all", "--no-history")
    assert outcome.code in (0, 1) and outcome.err == ""
    text = f"exit code {outcome.code}\n\n{scrubbed(outcome.out, root)}"
    expected = story / "expected.txt"
    if pytestconfig.getoption("--accept"):
        expected.write_text(text, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_a_story_is_about_what_its_lines_say(story: Path, mldebt, tmp_path: Path) -> None:
    """Accepting a wrong output must not make it right: lines marked `# CODE` are where that rule, and no other line is."""
    root = tmp_path / story.name
    shutil.copytree(story, root, ignore=shutil.ignore_patterns("expected.txt", "__pycache__"))
    assert found_in(mldebt, root) == marked_in(root)


def found_in(mldebt, root: Path) -> set[tuple[str, str, int]]:
    import json

    report = json.loads(mldebt("scan", root, "--json", "-", "--no-history").out)
    firsts = [(finding["rule"], finding["locations"][0]) for finding in report["findings"]]
    return {(rule, site["path"] + (f" cell {site['cell']}" if "cell" in site else ""), site["line"]) for rule, site in firsts}


def marked_in(root: Path) -> set[tuple[str, str, int]]:
    import json

    marks = set()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        texts = {name: path.read_text(encoding="utf-8")}
        if path.suffix == ".ipynb":
            cells = json.loads(texts[name])["cells"]
            texts = {f"{name} cell {index}": "".join(cell["source"]) for index, cell in enumerate(cells) if cell["cell_type"] == "code"}
        for where, text in texts.items():
            for number, line in enumerate(text.splitlines(), 1):
                mark = re.search(r"#((?: [A-Z]{3}\d{3})+)$", line)
                marks |= {(code, where, number) for code in CODE.findall(mark[1])} if mark else set()
    return marks


def table_of(title: str) -> list[tuple[str, str, str]]:
    """(code, place, words) of the rows under a title of DEBTS.md."""
    section = (EXAMPLE / "DEBTS.md").read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [row.strip("|").split("|") for row in section.splitlines() if row.startswith("| `")]
    return [(row[0].strip().strip("`"), row[1].strip().strip("`"), row[2].strip()) for row in rows]


@pytest.fixture(scope="session")
def example_report(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, set[str]]]:
    """(rule, every `path:text of the line` that it names) of the example's findings."""
    import json

    from mldebt.cli import run

    target = tmp_path_factory.mktemp("example") / "debt.json"
    assert run(["scan", str(EXAMPLE), "--quiet", "--no-history", "--json", str(target)]) == 1
    found = []
    for finding in json.loads(target.read_text())["findings"]:
        sites = [*finding["locations"], *finding["evidence"]]
        found.append((finding["rule"], {line_at(site) for site in sites if site.get("path")}))
    return found


def line_at(site: dict) -> str:
    path = EXAMPLE / site["path"]
    text = path.read_text(encoding="utf-8")
    if "cell" in site and site["cell"] is not None:
        import json

        text = "".join(json.loads(text)["cells"][site["cell"]]["source"])
    lines = text.splitlines()
    return f"{site['path']}: {lines[site['line'] - 1].strip()}" if 1 <= site["line"] <= len(lines) else site["path"]


@pytest.mark.parametrize(("code", "place", "words"), table_of("Planted"))
def test_every_planted_debt_of_the_example_is_found(example_report, code: str, place: str, words: str) -> None:
    assert any(rule == code and any(line.startswith(place) for line in lines) for rule, lines in example_report), words


@pytest.mark.parametrize(("code", "place", "words"), table_of("Innocent"))
def test_no_innocent_line_of_the_example_is_accused(example_report, code: str, place: str, words: str) -> None:
    path, _, text = place.partition(": ")
    assert text in (EXAMPLE / path).read_text(encoding="utf-8").replace('\\"', '"'), "the row names a line that is not there"
    assert not any(rule == code and place in lines for rule, lines in example_report), words


def test_the_example_has_no_debt_that_is_not_listed(example_report) -> None:
    planted = [(code, place) for code, place, _ in table_of("Planted")]
    for rule, lines in example_report:
        assert any(code == rule and any(line.startswith(place) for line in lines) for code, place in planted), (rule, lines)
