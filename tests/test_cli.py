"""The command line as a contract: commands, options, streams, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analyzer.model import FAMILIES
from reports.registry import formats
from rules.registry import all_rules

TOP = Path(__file__).resolve().parents[1]
CLEAN = {"train.py": "import pandas as pd\n\nframe = pd.read_csv('data/train.csv')\nprint(frame.shape)\n"}
DEBT = {"train.py": "import pandas as pd\n\nframe = pd.read_csv('/home/ann/train.csv')\nprint(frame.shape)\n"}  # JGL007, medium


def test_help_teaches(mldebt) -> None:
    code, out, err = mldebt("--help")
    assert (code, err) == (0, "")
    for word in ("scan", "rules", "explain", "graph", "Examples:", "Exit codes:", "--html debt.html", "python -I -m mldebt"):
        assert word in out


def test_help_of_scan_names_every_format_and_the_examples(mldebt) -> None:
    code, out, _ = mldebt("scan", "--help")
    assert code == 0
    assert "Examples:" in out
    for name in formats():
        assert (f"--{name} F" in out) == (name != "text")


def test_version(mldebt) -> None:
    from mldebt import __version__

    assert mldebt("--version") == (0, f"mldebt {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_a_start_without_work_imports_nothing_heavy(arguments: list[str]) -> None:
    heavy = ("pydantic", "networkx", "rich", "jinja2", "libcst", "msgspec", "yaml", "analyzer", "rules", "reports", "asyncio")
    program = (
        "import sys; from mldebt.cli import run; code = run(sys.argv[1:]); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=TOP, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_the_folders_of_pythonpath_come_last(monkeypatch, tmp_path: Path) -> None:
    import mldebt_main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["/bin", str(tmp_path), str(tmp_path / "src"), "/lib", "/lib/site-packages"])
    mldebt_main.put_last("")
    assert sys.path[1] == str(tmp_path)
    mldebt_main.put_last(f".{os.pathsep}src{os.pathsep}/nowhere")
    assert sys.path == ["/bin", "/lib", "/lib/site-packages", str(tmp_path), str(tmp_path / "src")]


@pytest.mark.slow
def test_help_costs_less_than_three_times_importing_click(installed, tmp_path: Path) -> None:
    def fastest(*command: str | Path) -> float:
        times = []
        for _ in range(7):
            started = time.perf_counter()
            installed.run(*command, cwd=tmp_path)
            times.append(time.perf_counter() - started)
        return min(times)

    fastest(installed.mldebt, "--help")  # byte code is written once
    assert fastest(installed.mldebt, "--help") < 3 * fastest(installed.python, "-c", "import click")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["scna"], "No such command"),
        (["scan", "--fail-on", "hgih"], "--fail-on"),
        (["scan", "--select", "JGLL"], 'did you mean "JGL"?'),
        (["scan", "--select", "JGL999"], 'no rule has the code "JGL999"'),
        (["scan", "--jobs", "0"], "--jobs"),
        (["scan", "a", "b"], "a: "),
        (["scan", "--json", "-", "--html", "-"], "only one report can go to stdout"),
        (["scan", "--html", "no/such/folder/a.html"], "the folder no/such/folder does not exist"),
        (["scan", "--html", "."], "it is a folder"),
        (["scan", "--config", "no-such.toml"], "no-such.toml: cannot be read"),
        (["explain", "JGL999"], "did you mean"),
        (["explain"], "Missing argument"),
        (["explain", "data/trian.csv"], 'no artifact or unit of repo is called "data/trian.csv"; nearest: data/train.csv'),
        (["explain", "model.pkl", "--repo", "no-such"], "no-such: no such folder"),
        (["graph", "no-such"], "no-such: no such folder"),
        (["graph", "--format", "svg"], "--format"),
        (["graph", "--up"], "--up needs a --focus"),
        (["graph", "--focus", "train.cvs"], 'no artifact or unit of repo is called "train.cvs"; nearest: data/train.csv'),
        (["graph", "-o", "no/such/folder/a.dot"], "the folder no/such/folder does not exist"),
    ],
)
def test_wrong_usage_is_2_and_says_so_on_stderr(mldebt, repository, monkeypatch, arguments: list[str], words: str) -> None:
    monkeypatch.chdir(repository(CLEAN))
    code, out, err = mldebt(*arguments)
    assert (code, out) == (2, "")
    assert words in err and "Traceback" not in err


def test_rules_lists_every_rule(mldebt) -> None:
    code, out, err = mldebt("rules")
    assert (code, err) == (0, "")
    for rule in all_rules():
        (line,) = [line for line in out.splitlines() if line.startswith(f"{rule.code} ")]
        assert rule.name in line and rule.severity.name in line and rule.card().summary in line


def test_rules_as_json(mldebt) -> None:
    cards = json.loads(mldebt("rules", "--json").out)
    assert {card["code"] for card in cards} >= {rule.code for rule in all_rules()}
    assert all(card["family"] == FAMILIES[card["code"][:3]] and card["severity"].islower() for card in cards)


def test_explain_shows_the_page_by_code_or_name(mldebt) -> None:
    for rule in all_rules():
        code, out, err = mldebt("explain", rule.code.lower())
        assert (code, err) == (0, "")
        assert mldebt("explain", rule.name).out == out
        assert all(part in out for part in (rule.code, rule.name, rule.remedy, rule.source))
        assert ("\nFound in\n" in out, "\nNot found in\n" in out) == (bool(rule.BAD), bool(rule.GOOD))


FLOW = CLEAN | {"make.py": "import pandas as pd\nframe.to_csv('data/train.csv')\n"}


def test_explain_shows_who_writes_and_reads_an_artifact(mldebt, repository, monkeypatch) -> None:
    root = repository(FLOW)
    code, out, err = mldebt("explain", "data/train.csv", "--repo", root)
    assert (code, err) == (0, "")
    assert "Written by\n  make.py:2" in out and "Read by\n  train.py:3" in out and "\nDeclared\n  nowhere" in out
    monkeypatch.chdir(root)
    assert mldebt("explain", "train.csv").out == mldebt("explain", "*.csv").out == out


def test_explain_as_json_is_nothing_but_json(mldebt, repository) -> None:
    root = repository(FLOW)
    code, out, err = mldebt("explain", "train.csv", "--repo", root, "--json")
    assert (code, err) == (0, "")
    (artifact,) = json.loads(out)["artifacts"]
    assert [writer["path"] for writer in artifact["writers"]] == ["make.py"]
    assert json.loads(mldebt("explain", "train.py", "--repo", root, "--json").out)["reads"][0]["artifact"] == "data/train.csv"


def test_explain_names_a_few_whole_and_the_rest_by_name(mldebt, repository) -> None:
    root = repository({"a.py": "".join(f"open('data/x{number:02}.csv')\n" for number in range(40))})
    out = mldebt("explain", "*.csv", "--repo", root).out
    assert out.count("Written by") == 5 and "35 more artifacts named so" in out and "data/x05.csv" in out
    assert len(json.loads(mldebt("explain", "*.csv", "--repo", root, "--json").out)["others"]) == 35


@pytest.mark.parametrize("asked", ["train.py:3", "./train.py:3"])
def test_explain_tells_what_a_line_does_and_what_is_found_there(mldebt, repository, asked: str) -> None:
    root = repository(DEBT)
    code, out, err = mldebt("explain", asked, "--repo", root)
    assert (code, err) == (0, "")
    assert "reads /home/ann/train.csv: pandas.read_csv, named literally" in out and "- JGL007 " in out
    assert [finding["rule"] for finding in json.loads(mldebt("explain", asked, "--repo", root, "--json").out)["findings"]] == ["JGL007"]
    other = mldebt("explain", "train.py:1", "--repo", root).out
    assert "reads and writes nothing" in other and "none is about this line" in other


def test_explain_counts_lines_of_a_notebook_inside_the_cell(mldebt, repository) -> None:
    cells = [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": "import pandas as pd\npd.read_csv('a.csv')"}]
    root = repository({"a.ipynb": json.dumps({"cells": cells, "nbformat": 4})})
    out = mldebt("explain", "a.ipynb:1:2", "--repo", root).out
    assert "reads a.csv" in out
    assert mldebt("explain", "a.ipynb:cell 1:2", "--repo", root).out == out


@pytest.mark.parametrize(("name", "start"), [("json", "{\n"), ("dot", "digraph mldebt {"), ("graphml", "<?xml version='1.0'")])
def test_the_graph_goes_to_stdout_or_to_a_file(mldebt, repository, tmp_path: Path, name: str, start: str) -> None:
    root = repository(FLOW)
    code, out, err = mldebt("graph", root, "--format", name)
    assert (code, err) == (0, "")
    assert out.startswith(start) and "data/train.csv" in out
    target = tmp_path / f"graph.{name}"
    assert mldebt("graph", root, "-o", target) == (0, "", "")
    assert target.read_text(encoding="utf-8") == out, "the ending says the format"


def test_the_graph_around_something(mldebt, repository) -> None:
    root = repository(FLOW | {"other.py": "open('other.txt')\n"})

    def nodes(*options: str) -> set[str]:
        return {node["id"] for node in json.loads(mldebt("graph", root, *options).out)["nodes"]}

    assert "other.py" in nodes()
    assert nodes("--focus", "train.csv") == {"artifact:data/train.csv", "make.py", "train.py"}
    assert nodes("--focus", "train.csv", "--depth", "0") == {"artifact:data/train.csv"}
    assert nodes("--focus", "train.csv", "--up") == {"artifact:data/train.csv", "make.py"}
    assert nodes("--focus", "make.py", "--down") == nodes("--focus", "ma*.py")
    assert nodes("--focus", "other.txt", "--focus", "make.py", "--depth", "0") == {"artifact:other.txt", "make.py"}


def test_a_graph_is_written_whole_or_not_at_all(mldebt, repository, tmp_path: Path) -> None:
    root = repository(FLOW)
    target = tmp_path / "graph.dot"
    target.write_text("yesterday's")
    assert mldebt("graph", root, "-o", target, "--focus", "nothing like it").code == 2
    assert target.read_text() == "yesterday's"


def test_questions_do_not_ask_for_history(mldebt, repository, monkeypatch) -> None:
    root = repository(FLOW)

    def asked(*_: object) -> None:
        raise AssertionError("the history was asked for")

    monkeypatch.setattr("analyzer.history.log.start_history", asked)
    assert mldebt("graph", root).code == mldebt("explain", "train.csv", "--repo", root).code == 0


def test_a_clean_repository_is_0_and_debt_is_1(mldebt, repository) -> None:
    assert mldebt("scan", repository(CLEAN, "clean")).code == 0
    code, out, err = mldebt("scan", repository(DEBT, "debt"))
    assert (code, err) == (1, "")
    assert "JGL007" in out and "train.py:3" in out


def test_the_current_folder_is_the_default(mldebt, repository, monkeypatch) -> None:
    monkeypatch.chdir(repository(DEBT))
    assert "JGL007" in mldebt("scan").out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--fail-on", "high"], 0),
        (["--fail-on", "medium"], 1),
        (["--ignore", "JGL"], 0),
        (["--ignore", "pipeline-jungle"], 0),
        (["--select", "DXP,GLU"], 0),
        (["--select", "DXP", "--select", "JGL007"], 1),
        (["--min-severity", "high"], 0),
        (["--min-confidence", "A"], 1),
        (["--no-history"], 1),
        (["--jobs", "2"], 1),
    ],
)
def test_options_decide_the_exit_code(mldebt, repository, options: list[str], code: int) -> None:
    assert mldebt("scan", repository(DEBT), *options).code == code


def test_an_option_beats_the_configuration(mldebt, repository) -> None:
    root = repository(DEBT | {"mldebt.toml": 'fail_on = "never"\n'})
    assert mldebt("scan", root).code == 0
    assert mldebt("scan", root, "--fail-on", "low").code == 1


def test_a_suppressed_finding_does_not_fail(mldebt, repository) -> None:
    text = DEBT["train.py"].replace("csv')", "csv')  # mldebt: ignore[JGL007] the test machine of the lab")
    assert mldebt("scan", repository({"train.py": text})).code == 0


def test_json_on_stdout_is_nothing_but_json(mldebt, repository) -> None:
    code, out, err = mldebt("scan", repository(DEBT), "--json", "-")
    assert (code, err) == (1, "")
    assert [finding["rule"] for finding in json.loads(out)["findings"]] == ["JGL007"]


def test_quiet_prints_nothing(mldebt, repository, tmp_path: Path) -> None:
    assert mldebt("scan", repository(DEBT), "--quiet", "--json", tmp_path / "a.json") == (1, "", "")
    assert json.loads((tmp_path / "a.json").read_text())["schema_version"] == 1


def test_any_number_of_reports_in_one_run(mldebt, repository, tmp_path: Path) -> None:
    names = [name for name in formats() if name != "text"]
    targets = [part for name in names for part in (f"--{name}", str(tmp_path / f"debt.{name}"))]
    code, out, _ = mldebt("scan", repository(DEBT), *targets)
    assert code == 1 and "JGL007" in out
    for name in names:
        assert "JGL007" in (tmp_path / f"debt.{name}").read_text(encoding="utf-8")


def test_a_report_is_written_whole_or_not_at_all(mldebt, repository, tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "out" / "debt.json"
    target.parent.mkdir()
    target.write_text("yesterday's")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    code, _, err = mldebt("scan", repository(DEBT), "--json", target)
    assert code == 2 and "No space left on device" in err
    assert target.read_text() == "yesterday's"
    assert [path.name for path in target.parent.iterdir()] == ["debt.json"]


def test_a_report_keeps_the_mode_of_the_file_it_replaces(mldebt, repository, tmp_path: Path) -> None:
    target = tmp_path / "debt.json"
    target.touch(mode=0o640)
    target.chmod(0o640)
    mldebt("scan", repository(DEBT), "--quiet", "--json", target)
    assert target.stat().st_mode & 0o777 == 0o640 and target.stat().st_size


def test_an_internal_error_is_3_and_one_line(mldebt, repository, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect\nof ours")

    monkeypatch.setattr("mldebt.running.run", broken)
    monkeypatch.delenv("MLDEBT_DEBUG", raising=False)
    code, out, err = mldebt("scan", repository(CLEAN))
    assert (code, out) == (3, "")
    assert err.count("\n") == 1 and "RuntimeError: a defect of ours" in err and "--debug" in err and "report" in err
    monkeypatch.setenv("MLDEBT_DEBUG", "")
    assert "Traceback" in mldebt("--debug", "scan", repository(CLEAN)).err


def test_ctrl_c_is_130_and_no_traceback(mldebt, repository, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mldebt.running.run", interrupted)
    code, out, err = mldebt("scan", repository(CLEAN))
    assert (code, out) == (130, "") and err.strip() == "mldebt: interrupted"


def test_a_reader_that_goes_away_is_no_error(repository) -> None:
    start = f"'{sys.executable}' -m mldebt"
    command = f"{start} rules --json | head -n 1; {start} scan '{repository(DEBT)}' --json - | head -c 1"
    done = subprocess.run(["bash", "-c", command], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_file_names_that_are_no_text_do_not_break_the_output(mldebt, repository) -> None:
    root = repository(DEBT)
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.py")).write_text(DEBT["train.py"])
    except OSError:
        pytest.skip("this file system takes only text")
    done = subprocess.run([sys.executable, "-m", "mldebt", "scan", root], cwd=TOP, capture_output=True, check=False)
    assert done.returncode == 1 and done.stderr == b""
    report = subprocess.run([sys.executable, "-m", "mldebt", "scan", root, "--json", "-"], cwd=TOP, capture_output=True, check=False)
    assert [entry["path"].endswith(".py") for entry in json.loads(report.stdout)["not_analysed"]] == [True]


def test_the_bar_waits_and_only_a_terminal_sees_it(monkeypatch, capsys) -> None:
    from mldebt import progress

    with progress.Bar(wanted=True) as bar:
        bar("read", 1, 2)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress.Bar(wanted=True) as bar:
        bar("read", 1, 2)
    with progress.Bar(wanted=False) as bar:
        bar("read", 1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.Bar(wanted=True) as bar:
        bar("read", 1, 2)
    captured = capsys.readouterr()
    assert "read" in captured.err and captured.out == ""
