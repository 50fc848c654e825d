from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.history.log import start_history

ANN, BOB = "Ann Lee <ann@one.org>", "Bob Ray <bob@two.org>"


def test_a_folder_without_git_has_no_history(tmp_path: Path) -> None:
    assert start_history(tmp_path).result() == (None, "not a git repository: no history")


def test_without_git_there_is_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert start_history(tmp_path).result() == (None, "git is not installed: no history")


def test_a_repository_without_commits(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert start_history(tmp_path).result() == (None, "the repository has no commits yet")


def test_whole_history(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(
        told(ANN, 0, {"a b.py": "1", "ü.py": "1"}),
        told(BOB, 1, {"a b.py": "2", "ü.py": None}, "Fix (#12)"),
        told(ANN, 2, {"c.py": "1"}, "Pair\n\nCo-authored-by: Bob Ray <bob@two.org>\nCo-authored-by: dependabot[bot] <x@y.z>\n"),
    )
    history, gap = start_history(root, names=True).result()
    assert history is not None
    assert gap == history.gap == ""
    assert [(c.author, c.coauthors, c.files, c.added, c.is_squashed) for c in history.commits] == [
        ("author 1", ("author 2",), ("c.py",), ("c.py",), False),
        ("author 2", (), ("a b.py", "ü.py"), (), True),
        ("author 1", (), ("a b.py", "ü.py"), ("a b.py", "ü.py"), False),
    ]
    assert history.newest == history.commits[0].time
    assert history.deleted == {"ü.py"}
    assert history.names == {"author 1": "Ann Lee", "author 2": "Bob Ray"}


def test_pairs_sign_in_the_subject(story: Callable[..., Path], told: Callable[..., object]) -> None:
    subjects = ("|Ann, Bob| Read both", "[bob/ann] Sort", "[Docs/Tests] Say more", "Ann, Bob: sort", "[Ann] Sort")
    history, _ = start_history(story(*(told(ANN, day, {"a.py": str(day)}, text) for day, text in enumerate(subjects)))).result()
    assert history is not None
    assert [commit.is_paired for commit in reversed(history.commits)] == [True, True, False, False, False]


def test_files_that_were_moved(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(
        told(ANN, 0, {"a/x.py": "1", "a/__init__.py": "", "b/__init__.py": ""}),
        told(BOB, 1, {"a/x.py": None, "c/x.py": "1", "a/__init__.py": None, "b/__init__.py": None, "c/__init__.py": ""}),
    )
    history, _ = start_history(root).result()
    assert history is not None
    assert [commit.moved for commit in history.commits] == [(("a/x.py", "c/x.py"),), ()]
    assert history.with_former(["c/x.py"]) == {"a/x.py", "c/x.py"}


def test_a_file_that_was_renamed_where_it_stands(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(
        told(ANN, 0, {"main.py": "1", "a/x.py": "1", "a/y.py": "1", "LICENSE": "1"}),
        told(BOB, 1, {"main.py": None, "app.py": "1", "notes.md": "1", "LICENSE": None, "COPYING": "1"}),
        told(BOB, 2, {"a/x.py": None, "a/y.py": None, "a/z.py": "1"}),
    )
    history, _ = start_history(root).result()
    assert history is not None
    assert [commit.moved for commit in history.commits] == [(), (("main.py", "app.py"),), ()], "of two it could be either"


def test_addresses_stay_inside(story: Callable[..., Path], told: Callable[..., object]) -> None:
    history, _ = start_history(story(told(ANN, 0, {"a.py": "1"}))).result()
    assert "ann@one.org" not in repr(history)


def test_the_mailmap_of_the_repository_is_applied(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(
        told("Somebody Else <else@three.org>", 0, {"a.py": "1"}),
        told(ANN, 1, {"a.py": "2", ".mailmap": "Ann Lee <ann@one.org> <else@three.org>\n"}),
    )
    history, _ = start_history(root).result()
    assert history is not None
    assert history.touches(["a.py"]) == {"author 1": 2.0}


def test_merges_are_told_apart(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(
        told(ANN, 0, {"a.py": "1"}),
        told(BOB, 1, {"b.py": "1"}, base=0),
        told(ANN, 2, {"a.py": "2"}, base=0),
        told(ANN, 3, {"b.py": "1"}, "Merge", merges=1),
    )
    history, _ = start_history(root).result()
    assert history is not None
    assert [commit.is_merge for commit in history.commits] == [True, False, False, False]
    assert history.touches(["b.py"]) == {"author 2": 1.0}


def test_a_subfolder_has_its_own_part_of_the_history(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(
        told(ANN, 0, {"svc/app.py": "1", "lib/x.py": "1"}),
        told(BOB, 1, {"svc/app.py": "2"}),
        told(BOB, 400, {"lib/x.py": "2"}),
    )
    history, gap = start_history(root / "svc", "svc").result()
    assert history is not None
    assert gap == ""
    assert [commit.files for commit in history.commits] == [("app.py",), ("app.py",)]
    assert history.commits_touching(["app.py"], 365) == 0, "the window hangs on the newest commit of the repository"
    assert history.commits_touching(["app.py"], None) == 2


def test_reformatting_that_blame_ignores_is_nobodys_work(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(told(ANN, 0, {"svc/a.py": "1"}), told(BOB, 1, {"svc/a.py": "2"}))
    reformatted = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    (root / ".git-blame-ignore-revs").write_text(f"# black\n{reformatted}  # all files\n")
    for folder, top, path in ((root, "", "svc/a.py"), (root / "svc", "svc", "a.py")):
        history, _ = start_history(folder, top).result()
        assert history is not None
        assert history.touches([path]) == {"author 1": 1.0}
        assert history.last_change(path) == history.newest


def test_a_shallow_clone_says_so(story: Callable[..., Path], told: Callable[..., object], tmp_path: Path) -> None:
    root = story(*(told(ANN, day, {f"f{day}.py": "1"}) for day in range(4)))
    shallow, tip = tmp_path / "shallow", tmp_path / "tip"
    subprocess.run(["git", "clone", "-q", "--depth=2", root.as_uri(), shallow], check=True)
    subprocess.run(["git", "clone", "-q", "--depth=1", root.as_uri(), tip], check=True)
    history, gap = start_history(shallow).result()
    assert history is not None
    assert gap.startswith("shallow clone: only 2 commits")
    assert [commit.files for commit in history.commits] == [("f3.py",)], "the commit at the edge only seems to bring in every file"
    assert start_history(tip).result()[0] is None


def test_a_partial_clone_needs_no_contents(story: Callable[..., Path], told: Callable[..., object], tmp_path: Path) -> None:
    root = story(*(told(ANN, day, {"a.py": str(day), "d/b.py": str(day)}) for day in range(4)))
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=root, check=True)
    partial = tmp_path / "partial"
    subprocess.run(["git", "clone", "-q", "--filter=blob:none", "--no-checkout", root.as_uri(), partial], check=True)
    history, gap = start_history(partial).result()
    assert history is not None
    assert gap == ""
    assert history.commits_touching(["a.py"]) == 4


def test_a_history_with_a_hole_is_used_as_far_as_it_goes(story: Callable[..., Path], told: Callable[..., object]) -> None:
    root = story(*(told(ANN, day, {"a.py": str(day)}) for day in range(6)))
    tree = subprocess.run(["git", "rev-parse", "HEAD~3^{tree}"], cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(["git", "unpack-objects", "-q"], cwd=root, check=False, input=_packed(root))
    (root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    history, gap = start_history(root).result()
    assert history is not None
    assert gap.startswith("git log ended with status 128 after 1 commits")
    assert [commit.files for commit in history.commits] == [("a.py",)]


def _packed(root: Path) -> bytes:
    """The repository's pack, taken out of the way so that its objects can be unpacked (and one of them lost)."""
    packs = sorted((root / ".git" / "objects" / "pack").glob("*.pack"))
    content = packs[0].read_bytes() if packs else b""
    for file in (root / ".git" / "objects" / "pack").iterdir():
        file.chmod(0o644)
        file.unlink()
    return content


def test_messages_cannot_forge_commits(story: Callable[..., Path], told: Callable[..., object]) -> None:
    forged = "x\x1f\x01\x02\n\nCo-authored-by: no address\nCo-authored-by: Eve <eve@x.org>\x1fFay <fay@x.org>\n"
    root = story(told(ANN, 0, {"a" * 40: "1", "M": "1"}, "0" * 40), told(BOB, 1, {"M": "2"}, forged))
    history, gap = start_history(root).result()
    assert history is not None
    assert gap == ""
    assert [commit.files for commit in history.commits] == [("M",), ("M", "a" * 40)]


def test_the_answer_can_be_asked_for_again(story: Callable[..., Path], told: Callable[..., object]) -> None:
    job = start_history(story(told(ANN, 0, {"a.py": "1"})))
    assert job.result() is job.result()
