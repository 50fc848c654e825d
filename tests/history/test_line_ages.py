from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.history.line_ages import MAX_FILES, LineAge, line_ages
from analyzer.scan import scan_graph
from analyzer.settings import Settings
from rules.stale_flag import StaleFlag

ANN, BOB = "Ann Lee <ann@one.org>", "Bob Ray <bob@two.org>"
START, DAY = 1_600_000_000, 86_400


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def blob_file(root: Path, revision: str) -> Path:
    blob = git(root, "rev-parse", revision)
    return root / ".git" / "objects" / blob[:2] / blob[2:]


def days(ages: Any, path: str) -> dict[int, int]:
    return {line: (age.time - START) // DAY for line, age in ages.lines[path].items()}


def test_each_line_has_the_commit_that_wrote_it(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": "x = 1\ny = 2\n"}), told(BOB, 3, {"a.py": "x = 1\ny = 3\nz = 4\n"}))
    ages = line_ages(root, {"a.py": ((1, 3),)})
    assert days(ages, "a.py") == {1: 0, 2: 3, 3: 3}
    assert ages.lines["a.py"][1] == LineAge(git(root, "rev-parse", "HEAD~1"), START)
    assert ages.unanswered == ()
    assert days(line_ages(root, {"a.py": ((2, 2), (3, 3))}), "a.py") == {2: 3, 3: 3}


def test_white_space_is_no_change(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": "if x:\n  y = 2\n"}), told(BOB, 3, {"a.py": "if x:\n    y = 2\n"}))
    assert days(line_ages(root, {"a.py": ((1, 2),)}), "a.py") == {1: 0, 2: 0}


def test_commits_that_only_reformat_do_not_count_when_the_repository_names_them(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": "x = 'a'\n"}), told(BOB, 3, {"a.py": 'x = "a"\n'}))
    assert days(line_ages(root, {"a.py": ((1, 1),)}), "a.py") == {1: 3}
    (root / ".git-blame-ignore-revs").write_text(git(root, "rev-parse", "HEAD") + "\n")
    assert days(line_ages(root, {"a.py": ((1, 1),)}), "a.py") == {1: 0}


def test_what_git_is_configured_to_ignore_changes_nothing(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": "x = 'a'\n"}), told(BOB, 3, {"a.py": 'x = "a"\n'}))
    (root / "list").write_text(git(root, "rev-parse", "HEAD") + "\n")
    git(root, "config", "blame.ignoreRevsFile", "list")
    assert days(line_ages(root, {"a.py": ((1, 1),)}), "a.py") == {1: 3}
    git(root, "config", "blame.ignoreRevsFile", "nowhere")  # git gives up
    assert line_ages(root, {"a.py": ((1, 1),)}).unanswered == ("a.py",)


@pytest.mark.parametrize("path", ["b.py", "--output=x", "../a.py", ":(glob)*"])
def test_a_file_that_is_not_there_is_unanswered(story: Callable[..., Path], told: Any, path: str) -> None:
    root = story(told(ANN, 0, {"a.py": "x = 1\n"}))
    assert line_ages(root, {path: ((1, 1),)}).unanswered == (path,)


def test_lines_that_are_not_there_are_unanswered(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": "x = 1\n"}))
    assert line_ages(root, {"a.py": ((5, 9),)}).unanswered == ("a.py",)


def test_old_contents_that_are_not_at_hand_are_not_guessed_around(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": "x = 1\n", "b.py": "y = 1\n"}), told(BOB, 3, {"a.py": "x = 2\ny = 1\n"}))
    blob_file(root, "HEAD~1:a.py").unlink()
    ages = line_ages(root, {"a.py": ((1, 2),), "b.py": ((1, 1),)})
    assert (list(ages.lines), ages.unanswered) == (["b.py"], ("a.py",))


def test_few_files_are_asked_for_and_the_others_told(story: Callable[..., Path], told: Any) -> None:
    files = {f"m{n:02}.py": "x = 1\n" for n in range(MAX_FILES + 2)}
    ages = line_ages(story(told(ANN, 0, files)), dict.fromkeys(files, ((1, 1),)))
    assert (len(ages.lines), ages.unanswered) == (MAX_FILES, (f"m{MAX_FILES}.py", f"m{MAX_FILES + 1}.py"))
    assert line_ages(Path("nowhere"), {}).unanswered == ()


def test_no_time_no_answer(story: Callable[..., Path], told: Any) -> None:
    assert line_ages(story(told(ANN, 0, {"a.py": "x = 1\n"})), {"a.py": ((1, 1),)}, deadline=0).unanswered == ("a.py",)


# ---- the whole way -------------------------------------------------------------------------------------------------------------------


def train(steps: int) -> str:
    body = "".join(f"    model.set(depth_{n}={n})\n" for n in range(steps))
    arm = "    if mix:\n        data = mixup(data)\n        data = shuffle(data)\n        model.train(data)\n"
    return f"def fit(model, data, mix=False):\n{arm}{body}    return model.fit(data)\n"


CALLS = "from train import fit\n\nfit(a, b, mix=config.mix)\nfit(a, b)\n"


def others(number: int) -> dict[str, str]:
    return {f"part{number}.py": f"x = {number}\n"}


def a_year(told: Any) -> list[Any]:
    """A switch and six changes of its function over two years."""
    start = [told(ANN, 0, {"train.py": train(0), **others(0)}), told(BOB, 1, {"run.py": CALLS, **others(1)})]
    return start + [told(BOB, 100 * n, {"train.py": train(n), **others(n + 1)}) for n in range(1, 7)]


def test_a_flag_is_stale_when_git_says_so(story: Callable[..., Path], told: Any) -> None:
    graph = scan_graph(story(*a_year(told)), Settings())
    (finding,) = StaleFlag().check(graph)
    assert finding.message == "`mix` of `fit` is undecided for 85 weeks: 6 commits changed `fit`, none the 3 statements behind it"
    assert [str(site) for site in finding.locations] == ["train.py:2", "train.py:1"]
    assert graph.notes == []


def test_without_git_nothing_is_asked(story: Callable[..., Path], told: Any) -> None:
    root = story(*a_year(told))
    graph = scan_graph(root, Settings(history=False))
    assert (list(StaleFlag().check(graph)), graph.line_ages, graph.notes) == ([], None, [])


def test_a_partial_history_is_told(story: Callable[..., Path], told: Any) -> None:
    root = story(*a_year(told))
    blob_file(root, "HEAD~3:train.py").unlink()
    graph = scan_graph(root, Settings())
    assert list(StaleFlag().check(graph)) == []
    assert graph.notes == [
        "DXP008: git did not tell the ages of the lines of 1 file: old contents are not here, or it would take too long",
    ]


def test_a_shallow_history_is_told(story: Callable[..., Path], told: Any, tmp_path: Path) -> None:
    root = story(*a_year(told))
    git(tmp_path, "clone", "-q", "--depth", "3", f"file://{root}", "shallow")
    graph = scan_graph(tmp_path / "shallow", Settings())
    assert list(StaleFlag().check(graph)) == []
    assert any(note.startswith("DXP008: shallow clone") for note in graph.notes)
