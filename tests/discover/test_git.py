import os
import stat
import subprocess
from pathlib import Path

import pytest

from analyzer.discover.git import NO_GIT, TIMED_OUT, clean_environment, run_git, start_git


def git(root: Path, *args: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *identity, *args], cwd=root, check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q")
    (root / "a.txt").write_text("one\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    (root / "a.txt").write_text("two\n")
    git(root, "commit", "-q", "-a", "-m", "second")
    return root


def trap(root: Path, name: str) -> tuple[str, Path]:
    """A program that leaves a mark when it runs."""
    mark = root.parent / f"{name}-ran"
    program = root.parent / f"{name}.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\nexit 0\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program), mark


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("core.fsmonitor", ("ls-files", "--others", "--exclude-standard")),
        ("core.fsmonitor", ("status", "--porcelain")),
        ("diff.external", ("diff", "HEAD~1", "HEAD")),
        ("diff.trap.textconv", ("log", "-p", "-1")),
        ("diff.trap.textconv", ("show", "HEAD")),
        ("diff.trap.textconv", ("blame", "a.txt")),
        ("diff.trap.command", ("diff", "HEAD~1", "HEAD")),
    ],
)
def test_nothing_that_a_repository_configures_is_run(repository: Path, key: str, command: tuple[str, ...]) -> None:
    program, mark = trap(repository, "configured")
    git(repository, "config", key, program)
    (repository / ".gitattributes").write_text("*.txt diff=trap\n")
    git(repository, *command)
    assert mark.exists(), "the trap does not work"
    mark.unlink()
    run_git(repository, *command)
    assert not mark.exists()


def test_a_signature_check_starts_no_program(repository: Path) -> None:
    program, mark = trap(repository, "gpg")
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "gpg.program", program)
    head = subprocess.run(["git", "cat-file", "commit", "HEAD"], cwd=repository, capture_output=True, text=True, check=True).stdout
    signed = head.replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1)
    made = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"], cwd=repository, input=signed, capture_output=True, text=True, check=True
    )
    git(repository, "update-ref", "HEAD", made.stdout.strip())
    git(repository, "log", "-1")
    assert mark.exists(), "the trap does not work"
    mark.unlink()
    assert run_git(repository, "log", "-1").ok
    assert not mark.exists()


def test_a_missing_object_is_not_fetched(repository: Path) -> None:
    program, mark = trap(repository, "transport")
    for key, value in {
        "extensions.partialclone": "origin",
        "remote.origin.url": f"ext::sh {program}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
        "core.repositoryformatversion": "1",
    }.items():
        git(repository, "config", key, value)
    blob = subprocess.run(["git", "rev-parse", "HEAD:a.txt"], cwd=repository, capture_output=True, text=True, check=True).stdout.strip()
    stored = repository / ".git" / "objects" / blob[:2] / blob[2:]
    stored.chmod(stat.S_IWUSR)
    stored.unlink()
    subprocess.run(["git", "cat-file", "blob", blob], cwd=repository, capture_output=True, check=False)
    assert mark.exists(), "the trap does not work"
    mark.unlink()
    assert not run_git(repository, "cat-file", "blob", blob).ok
    assert not mark.exists()


def test_the_answer_and_the_status_are_told(repository: Path) -> None:
    answer = run_git(repository, "log", "--format=%s")
    assert answer.ok and answer.out == b"second\nfirst\n" and answer.text == "second\nfirst\n"
    failed = run_git(repository, "rev-parse", "--verify", "no-such-thing")
    assert failed.status == 128 and "fatal" in failed.err


def test_a_git_can_run_while_something_else_happens(repository: Path) -> None:
    process = start_git(repository, "log", "--format=%s")
    assert process.finish().out == b"second\nfirst\n"
    assert process.finish().ok


def test_without_git_the_status_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert run_git(repository, "log").status == NO_GIT


def test_a_program_named_git_in_the_scanned_folder_is_not_taken(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = repository.parent / "ran"
    (repository / "git").write_text(f"#!/bin/sh\ntouch {mark}\n")
    (repository / "git").chmod(0o755)
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))
    assert run_git(repository, "log", "-1").ok
    assert not mark.exists()


def test_git_is_ended_when_it_takes_too_long(repository: Path) -> None:
    assert run_git(repository, "log", timeout=0).status in (0, TIMED_OUT)


def test_a_folder_that_is_not_there_is_a_status(tmp_path: Path) -> None:
    assert run_git(tmp_path / "gone", "log").status == 126


def test_nothing_of_the_callers_git_variables_is_inherited(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    assert "GIT_DIR" not in clean_environment() and "GIT_CONFIG_COUNT" not in clean_environment()
    assert run_git(repository, "log", "-1").ok
