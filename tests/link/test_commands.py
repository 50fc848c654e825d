"""Commands: which file they run, and which data they touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.link.command_data import accesses
from analyzer.link.command_words import unwrapped
from analyzer.link.commands import invocation
from analyzer.link.program import Program
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command

FILES = {
    "train.py": "", "src/p/__init__.py": "", "src/p/cli.py": "", "src/p/__main__.py": "", "sub/job.py": "", "run.sh": "", "data/a.csv": "",
}  # fmt: skip


def command(text: str) -> Command:
    (found,) = shell_commands(text, 1)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "python -c 'import train'",
        "python missing.py",
        "python $SCRIPT",
        "echo train.py",
        "pip install train.py",
        "cat train.py",
        "git add train.py",
        "ls",
        "python",
        "python data/a.csv",
    ],
)
def test_what_runs_no_file(program: Callable[..., Program], text: str) -> None:
    assert invocation(program(FILES), command(text), "") is None


@pytest.mark.parametrize(
    ("text", "folder", "path", "arguments"),
    [
        ("python train.py --epochs 3", "", "train.py", ("--epochs", "3")),
        ("python3.11 -u train.py", "", "train.py", ()),
        ("CUDA_VISIBLE_DEVICES=0 nohup python train.py a", "", "train.py", ("a",)),
        ("./train.py x", "", "train.py", ("x",)),
        ("torchrun --nproc_per_node=8 train.py x", "", "train.py", ("x",)),
        ("uv run python train.py", "", "train.py", ()),
        ("poetry run python -m p.cli x", "", "src/p/cli.py", ("x",)),
        ("python -m p", "", "src/p/__main__.py", ()),
        ("accelerate launch train.py -- --x 1", "", "train.py", ("--x", "1")),
        ("python job.py", "sub", "sub/job.py", ()),
        ("python ../train.py", "sub", "train.py", ()),
        ("python sub/job.py", "sub", "sub/job.py", ()),
        ("bash run.sh a", "", "run.sh", ("a",)),
        ("python $PROJECT_ROOT/train.py", "sub", "train.py", ()),
    ],
)
def test_the_file_that_a_command_runs(
    program: Callable[..., Program], text: str, folder: str, path: str, arguments: tuple[str, ...]
) -> None:
    found = invocation(program(FILES), command(text), folder)
    assert found is not None
    assert (found.path, found.arguments, found.serves) == (path, arguments, False)


@pytest.mark.parametrize("text", ["uvicorn p.cli:app --port 80", "gunicorn -w 4 'p.cli:create()'", "python -m uvicorn p.cli:app"])
def test_a_served_application(program: Callable[..., Program], text: str) -> None:
    found = invocation(program(FILES), command(text), "")
    assert found is not None
    assert (found.path, found.serves) == ("src/p/cli.py", True)


def test_wrappers_and_settings_in_front_of_a_command() -> None:
    assert unwrapped(("sudo", "A=1", "env", "B=2", "python", "x.py")) == ("python", "x.py")
    assert unwrapped(("A=1",)) == ()


# ---- data -------------------------------------------------------------------------------------------------------------


def touched(text: str, folder: str = "", known: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    return [(found.op, found.artifact) for c in shell_commands(text, 1) for found in accesses(c, folder, known)]


@pytest.mark.parametrize(
    "text",
    [
        "echo data/a.csv",
        "ls data/a.csv",
        "mkdir -p data",
        "python train.py data/a.csv",
        "x > /dev/null",
        "x 2>&1",
        "git add data/a.csv",
        "tar",
    ],
)
def test_no_data(text: str) -> None:
    assert touched(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x < in.txt > out.txt", [("read", "in.txt"), ("write", "out.txt")]),
        ("cp a.csv b.csv", [("read", "a.csv"), ("write", "b.csv")]),
        ("cp a.csv b.csv folder/", [("read", "a.csv"), ("read", "b.csv"), ("write", "folder/")]),
        ("cat a.csv | sort > b.csv", [("read", "a.csv"), ("write", "b.csv")]),
        ("aws s3 cp s3://b/a.csv data/a.csv --quiet", [("read", "s3://b/a.csv"), ("write", "data/a.csv")]),
        ("gsutil -m rsync -r data gs://b/data", [("read", "data"), ("write", "gs://b/data")]),
        ("hadoop fs -put a.csv /data/a.csv", [("read", "a.csv"), ("write", "/data/a.csv")]),
        ("wget https://x.org/d/a.zip", [("read", "https://x.org/d/a.zip"), ("write", "a.zip")]),
        ("wget -O b.zip https://x.org/a.zip", [("write", "b.zip"), ("read", "https://x.org/a.zip")]),
        ("curl https://x.org/a.zip -o b.zip", [("read", "https://x.org/a.zip"), ("write", "b.zip")]),
        ("tar xzf a.tar.gz", [("read", "a.tar.gz")]),
        ("tar czf a.tar.gz data", [("write", "a.tar.gz"), ("read", "data")]),
        ("unzip a.zip", [("read", "a.zip")]),
        ("rm -f a.csv", [("write", "a.csv")]),
        ("x | tee log.txt", [("write", "log.txt")]),
    ],
)
def test_data(text: str, found: list[tuple[str, str]]) -> None:
    assert sorted(touched(text)) == sorted(found)


def test_relative_paths_start_in_the_folder() -> None:
    assert touched("cp a.csv /abs/b.csv", "sub") == [("read", "sub/a.csv"), ("write", "/abs/b.csv")]
    assert touched("cp $HOME/a.csv s3://b/c.csv", "sub") == [("read", "~/a.csv"), ("write", "s3://b/c.csv")]


def test_an_argument_of_an_unknown_tool_is_data_only_when_known() -> None:
    assert touched("mytool data/a.csv other/b.csv", "", frozenset(["data/a.csv"])) == [("read", "data/a.csv")]


def test_appending() -> None:
    (found,) = accesses(command("x >> log.txt"), "")
    assert (found.op, found.append) == ("write", True)
