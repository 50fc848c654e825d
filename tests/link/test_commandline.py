"""Values from the command line: checked-in command lines win over defaults, and without either nothing is claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]

ARGPARSE = "import argparse\nimport pandas as pd\np = argparse.ArgumentParser()\n{options}\nargs = p.parse_args()\npd.read_csv({use})\n"
CLICK = "import click\nimport pandas as pd\n@click.command()\n@click.{}\ndef main(data):\n    pd.read_csv(data)\n"


def argparse(options: str, use: str = "args.data") -> str:
    return ARGPARSE.format(options=options, use=use)


def artifacts(found: list[tuple[str, str, str, str]], path: str = "train.py") -> list[tuple[str, str]]:
    return [(artifact, via) for site, _, artifact, via in found if site.startswith(path + ":")]


# ---- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        "p.add_argument('--data')",
        "p.add_argument('data')",
        "p.add_argument('--data', default=None)",
        "p.add_argument('--data', action='store_true')",
        "p.add_argument('--other', default='data/a.csv')",
    ],
)
def test_an_option_without_a_default_is_unknown(accesses: Accesses, options: str) -> None:
    assert artifacts(accesses({"train.py": argparse(options)})) == []


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nimport pandas as pd\npd.read_csv(sys.argv[1])\n",
        CLICK.format("option('--data')"),
        "import typer\nimport pandas as pd\ndef main(data: str = typer.Option(...)):\n    pd.read_csv(data)\n",
        "from docopt import docopt\nimport pandas as pd\npd.read_csv(docopt(__doc__)['--data'])\n",
    ],
)
def test_other_command_lines_without_a_default_are_unknown(accesses: Accesses, source: str) -> None:
    assert artifacts(accesses({"train.py": source})) == []


# ---- defaults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "use"),
    [
        ("p.add_argument('--data', default='data/a.csv')", "args.data"),
        ("p.add_argument('-d', '--data', default='data/a.csv')", "args.data"),
        ("p.add_argument('--my-data', default='data/a.csv')", "args.my_data"),
        ("p.add_argument('-d', dest='data', default='data/a.csv')", "args.data"),
        ("p.add_argument('data', nargs='?', default='data/a.csv')", "args.data"),
        ("D = 'data'\np.add_argument('--data', default=D + '/a.csv')", "args.data"),
        ("g = p.add_argument_group('io')\ng.add_argument('--data', default='data/a.csv')", "args.data"),
        ("p.add_argument('--data', default='data')", "args.data + '/a.csv'"),
        ("p.add_argument('--data', default='data/a.csv')", "vars(args)['data']"),
    ],
)
def test_argparse_defaults(accesses: Accesses, options: str, use: str) -> None:
    assert artifacts(accesses({"train.py": argparse(options, use)})) == [("data/a.csv", "cli-default")]


@pytest.mark.parametrize(
    "source",
    [
        CLICK.format("option('--data', '-d', default='data/a.csv')"),
        CLICK.format("option('--in', 'data', default='data/a.csv')"),
        CLICK.format("argument('data', default='data/a.csv')"),
        "import typer\nimport pandas as pd\ndef main(data: str = typer.Option('data/a.csv')):\n    pd.read_csv(data)\ntyper.run(main)\n",
        "import typer\nimport pandas as pd\ndef main(data: str = typer.Argument('data/a.csv')):\n    pd.read_csv(data)\ntyper.run(main)\n",
        "from absl import flags\nimport pandas as pd\nflags.DEFINE_string('data', 'data/a.csv', 'help')\npd.read_csv(flags.FLAGS.data)\n",
    ],
)
def test_other_defaults(accesses: Accesses, source: str) -> None:
    assert artifacts(accesses({"train.py": source})) == [("data/a.csv", "cli-default")]


def test_options_in_a_function_of_their_own(accesses: Accesses) -> None:
    source = (
        "import argparse\nimport pandas as pd\ndef options():\n    p = argparse.ArgumentParser()\n"
        "    p.add_argument('--data', default='data/a.csv')\n    return p.parse_args()\n"
        "def main(args):\n    pd.read_csv(args.data)\nif __name__ == '__main__':\n    main(options())\n"
    )
    assert {artifact for artifact, _ in artifacts(accesses({"train.py": source}))} == {"data/a.csv"}


def test_options_of_two_scripts_are_not_mixed(accesses: Accesses) -> None:
    texts = {name: argparse(f"p.add_argument('--data', default='data/{name}.csv')") for name in ("one.py", "two.py")}
    found = accesses(texts)
    assert [artifacts(found, name) for name in texts] == [[("data/one.py.csv", "cli-default")], [("data/two.py.csv", "cli-default")]]


# ---- command lines win ------------------------------------------------------------------------------------------------

DEFAULTED = argparse("p.add_argument('--data', default='data/default.csv')")


@pytest.mark.parametrize(
    "runner",
    [
        {"dvc.yaml": "stages:\n  train:\n    cmd: python train.py --data data/a.csv\n"},
        {"dvc.yaml": "stages:\n  train:\n    cmd: python train.py --data=data/a.csv\n"},
        {"Makefile": "train:\n\tpython train.py --data data/a.csv\n"},
        {"Makefile": "D = data/a.csv\ntrain:\n\tpython train.py --data $(D)\n"},
        {"run.sh": "python train.py --data data/a.csv\n"},
        {"run.sh": "D=data/a.csv\npython -m train --data $D\n"},
        {".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: python train.py --data data/a.csv\n"},
    ],
    ids=["dvc", "dvc=", "make", "make variable", "shell", "shell variable", "workflow"],
)
def test_a_checked_in_command_line_wins_over_the_default(accesses: Accesses, runner: dict[str, str]) -> None:
    assert artifacts(accesses({"train.py": DEFAULTED, **runner})) == [("data/a.csv", "config")]


def test_two_command_lines_are_two_values(accesses: Accesses) -> None:
    found = accesses({"train.py": DEFAULTED, "run.sh": "python train.py --data data/a.csv\npython train.py --data data/b.csv\n"})
    assert [a for a, _ in artifacts(found)] == ["data/a.csv", "data/b.csv"]


def test_a_command_line_that_leaves_the_option_out_keeps_the_default(accesses: Accesses) -> None:
    found = accesses({"train.py": DEFAULTED, "run.sh": "python train.py --epochs 3\n"})
    assert artifacts(found) == [("data/default.csv", "cli-default")]


def test_positional_arguments(accesses: Accesses) -> None:
    source = argparse("p.add_argument('first')\np.add_argument('data')")
    assert artifacts(accesses({"train.py": source, "run.sh": "python train.py x data/a.csv --epochs 3\n"})) == [("data/a.csv", "config")]
    assert artifacts(accesses({"train.py": source, "run.sh": "python train.py --epochs 3 x data/a.csv\n"})) == []


def test_positions_of_sys_argv(accesses: Accesses) -> None:
    source = "import sys\nimport pandas as pd\npd.read_csv(sys.argv[2])\n"
    assert artifacts(accesses({"train.py": source, "run.sh": "python train.py x data/a.csv\n"})) == [("data/a.csv", "config")]


def test_click_options_from_a_command_line(accesses: Accesses) -> None:
    source = CLICK.format("option('--data', default='d.csv')")
    assert artifacts(accesses({"train.py": source, "Makefile": "a:\n\tpython train.py --data data/a.csv\n"})) == [("data/a.csv", "config")]


def test_a_relative_path_starts_where_the_command_runs(accesses: Accesses) -> None:
    texts = {"sub/train.py": DEFAULTED, "sub/dvc.yaml": "stages:\n  train:\n    cmd: python train.py --data data/a.csv\n"}
    assert artifacts(accesses(texts), "sub/train.py") == [("sub/data/a.csv", "config")]


def test_unknown_words_leave_holes(accesses: Accesses) -> None:
    found = accesses({"train.py": DEFAULTED, "run.sh": 'for f in $(ls); do\n  python train.py --data "data/$f.csv"\ndone\n'})
    assert [a for a, _ in artifacts(found)] == ["data/{f}.csv"]
