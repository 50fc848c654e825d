import os
import subprocess
from pathlib import Path

import pytest

from analyzer.discover.discovery import DiscoverError, Discovery, UnreadableFileError, read_file
from analyzer.discover.listing import discover
from analyzer.settings import Limits

LIMITS = Limits()


def git(root: Path, *args: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *identity, *args], cwd=root, check=True, capture_output=True, env=environment)


def put(root: Path, path: str, text: str = "") -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


def paths(found: Discovery) -> list[str]:
    return [file.path for file in found.files]


def reasons(found: Discovery) -> dict[str, str]:
    return {entry.path: entry.reason for entry in found.not_analysed}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    git(root, "init", "-q")
    return root


@pytest.fixture(params=["git", "walk"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder under git or not: what is found must not depend on it."""
    root = tmp_path / "folder"
    root.mkdir()
    if request.param == "git":
        git(root, "init", "-q")
    return root


def test_files_are_listed_sorted_with_their_kind_and_size(either: Path) -> None:
    put(either, "b.py", "x = 1\n")
    put(either, "a/run.sh", "echo\n")
    put(either, "data.csv")
    put(either, "x.png")
    found = discover(either, LIMITS)
    assert [(file.path, file.kind, file.size) for file in found.files] == [("a/run.sh", "shell", 5), ("b.py", "python", 6)]
    assert dict(found.skipped) == {"binary": 1, "data": 1}
    assert found.not_analysed == () and "data.csv" in found.paths


def test_ignored_files_are_not_there(either: Path) -> None:
    put(either, ".gitignore", "build/\n*.tmp.py\n!keep.tmp.py\n")
    put(either, "sub/.gitignore", "/local.py\n!b.tmp.py\n")
    for path in ["build/x.py", "a.tmp.py", "keep.tmp.py", "sub/local.py", "sub/b.tmp.py", "sub/deep/local.py", "main.py"]:
        put(either, path)
    assert paths(discover(either, LIMITS)) == [
        ".gitignore",
        "keep.tmp.py",
        "main.py",
        "sub/.gitignore",
        "sub/b.tmp.py",
        "sub/deep/local.py",
    ]


def test_a_tracked_file_is_there_although_a_pattern_ignores_it(checkout: Path) -> None:
    put(checkout, "a.py")
    git(checkout, "add", ".")
    put(checkout, ".gitignore", "*.py\n")
    put(checkout, "b.py")
    assert paths(discover(checkout, LIMITS)) == [".gitignore", "a.py"]


def test_tool_folders_are_left_out_without_git(tmp_path: Path) -> None:
    for path in ["node_modules/a.py", ".venv/lib/b.py", "myenv/pyvenv.cfg", "myenv/lib/c.py", "env/environment.py", "__pycache__/d.py"]:
        put(tmp_path, path)
    assert paths(discover(tmp_path, LIMITS)) == ["env/environment.py"]


def test_a_repository_without_commits_has_no_commit(checkout: Path) -> None:
    put(checkout, "a.py")
    found = discover(checkout, LIMITS)
    assert found.is_git and found.commit is None and paths(found) == ["a.py"]


def test_the_commit_is_told(checkout: Path) -> None:
    put(checkout, "a.py")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "x")
    assert len(discover(checkout, LIMITS).commit or "") == 40


def test_a_folder_inside_a_checkout_is_its_own_root(checkout: Path) -> None:
    put(checkout, "a.py")
    put(checkout, "sub/deep/b.py")
    git(checkout, "add", ".")
    found = discover(checkout / "sub", LIMITS)
    assert paths(found) == ["deep/b.py"] and found.top == "sub" and found.is_git


def test_a_folder_that_the_outer_repository_ignores_is_walked(checkout: Path) -> None:
    put(checkout, ".gitignore", "/work/\n")
    put(checkout, "work/project/a.py")
    found = discover(checkout / "work" / "project", LIMITS)
    assert paths(found) == ["a.py"] and not found.is_git


def test_submodules_are_told_apart(checkout: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    put(other, "x.py")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "x")
    git(checkout, "submodule", "add", "-q", str(other), "libs/other")
    found = discover(checkout, LIMITS)
    assert found.submodules == ("libs/other",) and paths(found) == [".gitmodules"]


def test_another_repository_inside_is_named(either: Path) -> None:
    put(either, "a.py")
    inner = either / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    put(inner, "x.py")
    git(inner, "add", ".")
    git(inner, "commit", "-q", "-m", "x")
    found = discover(either, LIMITS)
    assert paths(found) == ["a.py"] and "another git repository" in reasons(found)["inner"]


def test_a_tracked_file_that_is_not_on_disk_is_listed(checkout: Path) -> None:
    put(checkout, "a.py")
    put(checkout, "sub/b.py")
    put(checkout, "c.csv")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "x")
    git(checkout, "update-index", "--skip-worktree", "sub/b.py")
    for path in ["a.py", "sub/b.py", "c.csv"]:
        (checkout / path).unlink()
    found = discover(checkout, LIMITS)
    assert reasons(found) == {
        "a.py": "is tracked by git but not in the checkout",
        "sub/b.py": "is tracked by git but left out of this sparse checkout",
    }


def test_shallow_and_partial_clones_are_told(checkout: Path, tmp_path: Path) -> None:
    put(checkout, "a.py")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "x")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "y")
    git(checkout, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{checkout}", "shallow")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{checkout}", "partial")
    whole, shallow, partial = (discover(path, LIMITS) for path in (checkout, tmp_path / "shallow", tmp_path / "partial"))
    assert (whole.shallow, whole.partial) == (False, False)
    assert (shallow.shallow, shallow.partial) == (True, False)
    assert (partial.shallow, partial.partial) == (False, True)
    assert paths(whole) == paths(shallow) == paths(partial) == ["a.py"]


def test_links_are_never_followed(either: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "outside/secret.py", "password = 1\n")
    put(either, "a.py")
    (either / "same.py").symlink_to("a.py")
    (either / "out.py").symlink_to(secret)
    (either / "gone.py").symlink_to("nothing.py")
    (either / "loop").symlink_to(".")
    (either / "self.py").symlink_to("self.py")
    found = discover(either, LIMITS)
    assert paths(found) == ["a.py"]
    assert dict(found.skipped)["link to a file of the same tree"] == 1
    told = reasons(found)
    assert "out of the scanned folder" in told["out.py"] and "not there" in told["gone.py"] and "self.py" in told


def test_a_tracked_folder_that_became_a_link_is_not_followed(checkout: Path, tmp_path: Path) -> None:
    put(checkout, "sub/a.py")
    put(checkout, "sub/tool", "#!/bin/sh\n")
    git(checkout, "add", ".")
    put(tmp_path, "outside/a.py", "secret\n")
    put(tmp_path, "outside/tool", "#!/bin/sh\n")
    (checkout / "sub" / "a.py").unlink()
    (checkout / "sub" / "tool").unlink()
    (checkout / "sub").rmdir()
    (checkout / "sub").symlink_to(tmp_path / "outside")
    found = discover(checkout, LIMITS)
    assert paths(found) == [] and "below a link" in reasons(found)["sub/a.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this platform")
def test_a_pipe_is_not_opened(either: Path) -> None:
    os.mkfifo(either / "pipe.py")
    os.mkfifo(either / "pipe")
    put(either, "a.py")
    assert paths(discover(either, LIMITS)) == ["a.py"]


def test_what_is_too_large_is_listed_and_large_json_is_data(either: Path) -> None:
    limits = Limits(max_file_bytes=100, max_notebook_bytes=200)
    put(either, "a.py", "#" * 101)
    put(either, "b.py", "#" * 100)
    put(either, "c.ipynb", " " * 150)
    put(either, "d.json", " " * 101)
    put(either, "e.yaml", " " * 101)
    found = discover(either, limits)
    assert paths(found) == ["b.py", "c.ipynb"]
    assert reasons(found) == dict.fromkeys(["a.py", "e.yaml"], "is larger than 100 bytes (limits.max_file_bytes)")
    assert dict(found.skipped) == {"data": 1}


def test_beyond_the_largest_number_of_files_each_is_listed(either: Path) -> None:
    for number in range(5):
        put(either, f"{number}.py")
    found = discover(either, Limits(max_files=3))
    assert paths(found) == ["0.py", "1.py", "2.py"] and list(reasons(found)) == ["3.py", "4.py"]


def test_names_of_all_sorts(either: Path) -> None:
    names = ["with space.py", "ümlaut.py", 'quo"te.py', "new\nline.py", "-dash.py", "[b].py"]
    for name in names:
        put(either, name)
    assert paths(discover(either, LIMITS)) == sorted(names)


def test_a_name_that_is_no_utf8_is_listed(either: Path) -> None:
    try:
        with open(os.fsencode(either) + b"/bad\xff.py", "wb"):  # noqa: PTH123 - the name is bytes
            pass
    except OSError:
        pytest.skip("the file system takes no such name")
    assert reasons(discover(either, LIMITS)) == {"bad\\xff.py": "its name is not UTF-8"}


def test_an_empty_folder_has_no_files(either: Path) -> None:
    assert discover(either, LIMITS).files == ()


def test_a_damaged_repository_is_walked_and_said_so(checkout: Path) -> None:
    put(checkout, "a.py")
    (checkout / ".git" / "HEAD").write_text("garbage")
    (checkout / ".git" / "config").write_text("[broken")
    found = discover(checkout, LIMITS)
    assert paths(found) == ["a.py"] and not found.is_git and "git could not be asked" in found.notes[0]


def test_a_damaged_index_is_walked_and_said_so(checkout: Path) -> None:
    put(checkout, "a.py")
    git(checkout, "add", ".")
    (checkout / ".git" / "index").write_bytes(b"garbage")
    found = discover(checkout, LIMITS)
    assert paths(found) == ["a.py"] and "walked" in found.notes[0]


def test_without_git_installed_the_folder_is_walked(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(checkout, "a.py")
    monkeypatch.setenv("PATH", str(checkout))
    found = discover(checkout, LIMITS)
    assert paths(found) == ["a.py"] and "git is not installed" in found.notes[0]


def test_a_folder_outside_every_repository_needs_no_note(tmp_path: Path) -> None:
    put(tmp_path, "a.py")
    assert discover(tmp_path, LIMITS).notes == ()


def test_what_is_no_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(DiscoverError, match="there is no such folder; give"):
        discover(tmp_path / "gone", LIMITS)
    with pytest.raises(DiscoverError, match="is a file, not a folder"):
        discover(put(tmp_path, "a.py"), LIMITS)
    with pytest.raises(DiscoverError):
        discover(Path("a\0b"), LIMITS)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_listed(tmp_path: Path) -> None:
    put(tmp_path, "closed/a.py")
    put(tmp_path, "b.py")
    (tmp_path / "closed").chmod(0)
    try:
        found = discover(tmp_path, LIMITS)
        assert paths(found) == ["b.py"] and reasons(found) == {"closed": "permission denied"}
        with pytest.raises(DiscoverError, match="permission denied"):
            discover(tmp_path / "closed", LIMITS)
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_hostile_patterns_take_no_time(tmp_path: Path) -> None:
    put(tmp_path, ".gitignore", "*a" * 40 + "b\n" + "**/" * 40 + "x\n[\n!\n\\\n")
    put(tmp_path, "a" * 200 + ".py")
    assert len(discover(tmp_path, LIMITS).files) == 2


def test_reading_a_file_refuses_links_and_what_is_missing(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "x = 1\n")
    (tmp_path / "b.py").symlink_to("a.py")
    assert read_file(tmp_path, "a.py") == b"x = 1\n" and read_file(tmp_path, "a.py", 1) == b"x"
    for path in ["b.py", "gone.py", "", "a\0b"]:
        with pytest.raises(UnreadableFileError):
            read_file(tmp_path, path)
