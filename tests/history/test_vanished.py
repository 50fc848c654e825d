from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.history.vanished import MAX_NAMES, when_vanished

ANN, BOB = "Ann Lee <ann@one.org>", "Bob Ray <bob@two.org>"
OLD = "import os\n\ndef load(path):\n    return path\n\ndef save(path):\n    return load(path)\n"


def sha_of(root: Path, revision: str) -> str:
    return subprocess.run(["git", "rev-parse", revision], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def load(path):\n    return path\n", ""),
        ("async def load(path):\n    return path\n", "x = 1\n"),
        ("class load:\n    pass\n", "class loader:\n    pass\n"),
        ("load = 1\n", "loads = 1\n"),
        ("load: int = 1\n", "print('load')\n"),
        ("from io import load, save\n", "from io import save\n"),
    ],
)
def test_the_commit_that_removed_a_definition(story: Callable[..., Path], told: Any, before: str, after: str) -> None:
    root = story(told(ANN, 0, {"a.py": before}), told(BOB, 3, {"a.py": after}), told(BOB, 9, {"a.py": after + "# load\n"}))
    (gone,) = when_vanished(root, [("a.py", "load")]).values()
    assert gone.sha == sha_of(root, "HEAD~1")
    assert gone.time == 1_600_000_000 + 3 * 86_400


def test_a_name_that_was_never_there(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": OLD}), told(BOB, 3, {"a.py": OLD + "x = 1\n"}))
    assert when_vanished(root, [("a.py", "loads"), ("b.py", "load"), ("a.py", "path")]) == {}


def test_a_name_that_still_stands_there_did_not_vanish(story: Callable[..., Path], told: Any) -> None:
    assert when_vanished(story(told(ANN, 0, {"a.py": OLD})), [("a.py", "load")]) == {}


def test_names_are_no_patterns_and_no_options(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": OLD}), told(BOB, 3, {"a.py": ""}))
    assert when_vanished(root, [("a.py", ".*"), ("a.py", "--output=x"), ("--output=x", "load"), (":(glob)*", "load")]) == {}
    assert not (root / "x").exists()


def test_contents_that_are_not_at_hand_are_not_guessed_around(story: Callable[..., Path], told: Any) -> None:
    root = story(told(ANN, 0, {"a.py": OLD}), told(BOB, 3, {"a.py": ""}))
    blob = sha_of(root, "HEAD~1:a.py")
    loose = root / ".git" / "objects" / blob[:2] / blob[2:]
    loose.unlink()
    assert when_vanished(root, [("a.py", "load")]) == {}


def test_no_repository(tmp_path: Path) -> None:
    assert when_vanished(tmp_path, [("a.py", "load")]) == {}


def test_it_is_bounded(story: Callable[..., Path], told: Any) -> None:
    text = "".join(f"def f{n}():\n    pass\n" for n in range(MAX_NAMES + 3))
    root = story(told(ANN, 0, {"a.py": text}), told(BOB, 3, {"a.py": ""}))
    wanted = [("a.py", f"f{n}") for n in range(MAX_NAMES + 3)]
    assert set(when_vanished(root, wanted)) == set(wanted[:MAX_NAMES])
    assert when_vanished(root, wanted, deadline=0.0) == {}


def test_a_scan_knows_when_what_is_imported_in_vain_vanished(story: Callable[..., Path], told: Any) -> None:
    from analyzer.scan import scan_graph
    from analyzer.settings import Settings
    from rules.bit_rotted_entry import BitRottedEntry

    kept = {"lib/__init__.py": "", "lib/io.py": OLD, "lib/old.py": "x = 1\n", "run.py": "from lib.io import load\nimport lib.old\n"}
    root = story(told(ANN, 0, kept), told(BOB, 3, {"lib/io.py": "import os\n", "lib/old.py": None}))
    graph = scan_graph(root, Settings())
    assert list(graph.vanished) == [("lib/io.py", "load")]
    (found,) = BitRottedEntry().check(graph)
    sha = sha_of(root, "HEAD")[:10]
    texts = [evidence.text for evidence in found.evidence]
    assert f"`load` vanished from `lib/io.py` on 2020-09-16 (commit {sha})" in texts
    assert any(text.endswith(f"`lib/old.py` was removed on 2020-09-16 (commit {sha})") for text in texts)
    assert not scan_graph(root, Settings(history=False)).vanished
