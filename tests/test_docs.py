"""Documents are promises: each of them is compared with what is true."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from analyzer.settings import Contract, IoRow, Limits, Settings, WorkspaceTable
from mldebt.cli import SHORT_HELP
from rules.registry import all_rules

TOP = Path(__file__).resolve().parents[1]
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md"), *(TOP / "examples").rglob("*.md")])
README = (TOP / "README.md").read_text(encoding="utf-8")


def test_the_page_of_rules_is_what_the_rules_say_today() -> None:
    expected = runpy.run_path(str(TOP / "docs" / "make_rules.py"))["page"]()
    assert (TOP / "docs" / "rules.md").read_text(encoding="utf-8") == expected, "run: python docs/make_rules.py"


def test_the_page_of_io_calls_is_what_the_table_says_today() -> None:
    expected = runpy.run_path(str(TOP / "docs" / "make_io_calls.py"))["page"]()
    assert (TOP / "docs" / "io-calls.md").read_text(encoding="utf-8") == expected, "run: python docs/make_io_calls.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def command(name: str) -> str:
    found = re.search(rf"<!-- command: {name} -->\n```sh\n(.+?)\n```\n", README, flags=re.DOTALL)
    assert found, f"README has no command {name!r}"
    return found[1]


def test_the_readmes_two_commands_are_the_ones_that_ci_runs() -> None:
    script = (TOP / ".ci" / "run").read_text()
    assert "for name in demo test; do" in script and "command_of" in script
    for name in ("demo", "test"):
        assert len(command(name).splitlines()) == 1
        assert command(name).startswith("python3 -m venv .venv && .venv/bin/pip install -q -e ")
    assert "mldebt scan examples/churn-scoring --html debt.html" in command("demo")
    assert command("test").endswith("&& ./check")


@pytest.mark.parametrize("tool", ["ruff", "mypy", "lint-imports", "pytest"])
def test_one_command_runs_every_check(tool: str) -> None:
    assert re.search(rf"^\"\$bin/.*{tool}", (TOP / "check").read_text(), flags=re.MULTILINE)


def test_the_readme_names_every_rule_under_its_family() -> None:
    table = README.split("### What it finds")[1].split("###")[0]
    for rule in all_rules():
        (line,) = [line for line in table.splitlines() if f"`{rule.code}`" in line]
        assert rule.card().family.replace("-", " ") in line


def test_every_key_of_the_configuration_is_documented_with_its_default() -> None:
    text = (TOP / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = {row.split("`")[1]: row for row in text.split("## Calls of your own")[0].splitlines() if row.startswith("| `")}
    assert set(rows) == set(Settings.model_fields)
    for table, key in ((Contract, "contract"), (IoRow, "io"), (Limits, "limits"), (WorkspaceTable, "workspace")):
        for field in table.model_fields:
            assert f"`{field}`" in rows[key]
    assert f"| `{Settings().fail_on}` |" in rows["fail_on"]
    assert f"| `{Settings().min_severity.name}` |" in rows["min_severity"]
    assert f"| `{Settings().min_confidence.name}` |" in rows["min_confidence"]


def test_the_example_configuration_is_valid() -> None:
    import tomllib

    from analyzer.settings import settings_of

    text = (TOP / "docs" / "configuration.md").read_text(encoding="utf-8")
    first, second, third = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    assert settings_of(tomllib.loads(first), "example").contract
    assert len(settings_of(tomllib.loads(second), "example").io) == 2
    workspace = settings_of(tomllib.loads(third), "example").workspace
    assert workspace is not None and len(workspace.repositories) == 3


def test_the_exit_codes_are_told_where_people_look(mldebt) -> None:
    help_text = mldebt("--help").out
    for code in ("0", "1", "2", "3"):
        assert re.search(rf"^ +{code}  ", help_text, flags=re.MULTILINE)
        assert f"\n| {code} | " in README


@pytest.mark.parametrize("page", ["README.md", "docs/lineage.md"])
def test_every_option_that_a_page_shows_exists(mldebt, page: str) -> None:
    shown = re.findall(r"mldebt ([a-z]*)([^\n`|]*)", (TOP / page).read_text(encoding="utf-8"))
    for name, rest in shown:
        options = re.findall(r"(?<= )--[a-z-]+", rest)
        known = (mldebt(name, "--help").out if options and name in SHORT_HELP else "") + mldebt("scan", "--help").out + mldebt("--help").out
        for option in options:
            assert option in known, option


def test_the_rule_of_the_guide_works(mldebt, repository) -> None:
    """The example in docs/adding-a-rule.md is taken as it stands there, put beside the rules, and finds what it says."""
    from analyzer.scan import graph_of_texts

    text = (TOP / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")
    source = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)[0]
    namespace: dict[str, object] = {"__name__": "guide"}
    exec(compile(source, "adding-a-rule.md", "exec", dont_inherit=True), namespace)
    rule = namespace["SelfFeedingStep"]
    for example in rule.GOOD:
        assert list(rule().check(graph_of_texts(example))) == []
    for example in rule.BAD:
        (finding,) = rule().check(graph_of_texts(example))
        path, line = finding.locations[0].path, finding.locations[0].line
        assert example[path].splitlines()[line - 1].endswith("# JGL042")


def test_the_changelog_has_the_rules_of_this_version() -> None:
    text = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    assert all(f"`{rule.code}`" in text for rule in all_rules())
