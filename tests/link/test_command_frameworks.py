"""Options of every command-line package: silence without a value, the default, and what a checked-in command passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]
READ = "import pandas as pd\n"


def artifacts(found: list[tuple[str, str, str, str]], path: str = "train.py") -> list[tuple[str, str]]:
    return list(dict.fromkeys((artifact, via) for site, _, artifact, via in found if site.startswith(path + ":") and via != "wrapper"))


PROGRAMS = {
    "click path": (
        "import click\n@click.command()\n@click.option('--data', type=click.Path(), {default})\n"
        "def main(data):\n    pd.read_csv(data)\nmain()\n"
    ),
    "click group": (
        "import click\n@click.group()\ndef cli():\n    pass\n@cli.command()\n@click.option('-d', '--data', {default})\n"
        "def go(data):\n    pd.read_csv(data)\ncli()\n"
    ),
    "typer annotated": (
        "import typer\nfrom typing import Annotated\napp = typer.Typer()\n@app.command()\n"
        "def main(data: Annotated[str, typer.Option(help='x')] = {value}):\n    pd.read_csv(data)\napp()\n"
    ),
    "typer plain": "import typer\ndef main(data: str = {value}):\n    pd.read_csv(data)\ntyper.run(main)\n",
    "fire function": "import fire\ndef main(data={value}):\n    pd.read_csv(data)\nfire.Fire(main)\n",
    "fire table": "import fire\ndef go(data={value}):\n    pd.read_csv(data)\nfire.Fire({{'go': go}})\n",
    "fire class": (
        "import fire\nclass Job:\n    def __init__(self, data={value}):\n        self.data = data\n"
        "    def go(self):\n        pd.read_csv(self.data)\nfire.Fire(Job)\n"
    ),
    "fire module": "import fire\ndef main(data={value}):\n    pd.read_csv(data)\nfire.Fire()\n",
    "plac": "import plac\ndef main(data={value}):\n    pd.read_csv(data)\nplac.call(main)\n",
    "tyro function": "import tyro\ndef main(data: str = {value}):\n    pd.read_csv(data)\ntyro.cli(main)\n",
    "tyro dataclass": (
        "import tyro\nfrom dataclasses import dataclass\n@dataclass\nclass Args:\n    data: str = {value}\n"
        "args = tyro.cli(Args)\npd.read_csv(args.data)\n"
    ),
    "HfArgumentParser": (
        "from transformers import HfArgumentParser\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    rate: float = 0.1\n"
        "@dataclass\nclass B:\n    data: str = {value}\nparser = HfArgumentParser((A, B))\n"
        "a, b = parser.parse_args_into_dataclasses()\npd.read_csv(b.data)\n"
    ),
    "simple-parsing": (
        "from simple_parsing import ArgumentParser\nfrom dataclasses import dataclass\n@dataclass\nclass B:\n    data: str = {value}\n"
        "parser = ArgumentParser()\nparser.add_arguments(B, dest='b')\nargs = parser.parse_args()\npd.read_csv(args.b.data)\n"
    ),
    "Tap": "from tap import Tap\nclass B(Tap):\n    data: str = {value}\nargs = B().parse_args()\npd.read_csv(args.data)\n",
    "absl": "from absl import flags\nFLAGS = flags.FLAGS\nflags.DEFINE_string('data', {value}, 'x')\npd.read_csv(FLAGS.data)\n",
    "absl value": "from absl import flags\nD = flags.DEFINE_string('data', {value}, 'x')\npd.read_csv(D.value)\n",
    "tf": "import tensorflow as tf\ntf.app.flags.DEFINE_string('data', {value}, 'x')\npd.read_csv(tf.app.flags.FLAGS.data)\n",
    "configargparse": (
        "import configargparse\np = configargparse.ArgParser()\np.add('--data', {default})\nargs = p.parse_args()\npd.read_csv(args.data)\n"
    ),
    "argparse known": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', {default})\n"
        "args, rest = p.parse_known_args()\npd.read_csv(args.data)\n"
    ),
    "argparse spread": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', {default})\n"
        "def main(data):\n    pd.read_csv(data)\nargs = p.parse_args()\nmain(data=vars(args).get('data'))\n"
    ),
    "argparse subclass": (
        "import argparse\nclass P(argparse.ArgumentParser):\n    pass\np = P()\np.add_argument('--data', {default})\n"
        "args = p.parse_args()\npd.read_csv(args.data)\n"
    ),
    "argparse set_defaults": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data')\np.set_defaults(data={value})\n"
        "args = p.parse_args()\npd.read_csv(args.data)\n"
    ),
    "argparse sub-command": (
        "import argparse\ndef go(args):\n    pd.read_csv(args.data)\np = argparse.ArgumentParser()\ns = p.add_subparsers()\n"
        "a = s.add_parser('go')\na.add_argument('--data', {default})\na.set_defaults(func=go)\nargs = p.parse_args()\nargs.func(args)\n"
    ),
}


def program(name: str, value: str) -> str:
    return READ + PROGRAMS[name].format(value=value, default=f"default={value}")


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_default_is_no_value(accesses: Accesses, name: str) -> None:
    assert artifacts(accesses({"train.py": program(name, "None")})) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_default(accesses: Accesses, name: str) -> None:
    assert artifacts(accesses({"train.py": program(name, "'data/a.csv'")})) == [("data/a.csv", "cli-default")]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_command_beats_the_default(accesses: Accesses, name: str) -> None:
    command = (
        "go " if name in ("click group", "fire table", "fire class", "argparse sub-command") else "main " if name == "fire module" else ""
    )
    runner = f"python train.py {command}--data data/b.csv\n"
    assert artifacts(accesses({"train.py": program(name, "'data/a.csv'"), "run.sh": runner})) == [("data/b.csv", "config")]


# ---- docopt ------------------------------------------------------------------------------------------------------------

DOCOPT = '''"""Trains.

Usage:
    train.py <source> [<more>...] [--data=<path>] [--fast]
    train.py -h

Options:
    -d --data=<path>   Where the data
                       lies [default: data/a.csv]
    --fast             Be quick
"""
import pandas as pd
from docopt import docopt
args = docopt(__doc__)
pd.read_csv(args["{key}"])
'''


def test_docopt(accesses: Accesses) -> None:
    option, argument, flag = (DOCOPT.replace("{key}", key) for key in ("--data", "<source>", "--fast"))
    assert artifacts(accesses({"train.py": option})) == [("data/a.csv", "cli-default")]
    assert artifacts(accesses({"train.py": argument})) == []
    assert artifacts(accesses({"train.py": flag, "run.sh": "./train.py x --fast\n"})) == []
    run = {"run.sh": "python train.py --fast raw/x.csv raw/y.csv -d data/b.csv\n"}
    assert artifacts(accesses({"train.py": option, **run})) == [("data/b.csv", "config")]
    assert artifacts(accesses({"train.py": argument, **run})) == [("raw/x.csv", "config")]


# ---- across modules ----------------------------------------------------------------------------------------------------

USE = "import pandas as pd\nfrom opts import {name}\n{body}"


@pytest.mark.parametrize(
    ("options", "use"),
    [
        (
            "import argparse\ndef parse():\n    p = argparse.ArgumentParser()\n    p.add_argument('--data', default='data/a.csv')\n"
            "    return p.parse_args()\n",
            USE.format(name="parse", body="args = parse()\npd.read_csv(args.data)\n"),
        ),
        (
            "def add(p):\n    p.add_argument('--data', default='data/a.csv')\n",
            "import argparse\n" + USE.format(name="add", body="p = argparse.ArgumentParser()\nadd(p)\npd.read_csv(p.parse_args().data)\n"),
        ),
        (
            "import argparse\ncommon = argparse.ArgumentParser(add_help=False)\ncommon.add_argument('--data', default='data/a.csv')\n",
            "import argparse\n"
            + USE.format(
                name="common", body="p = argparse.ArgumentParser(parents=[common])\nargs = p.parse_args()\npd.read_csv(args.data)\n"
            ),
        ),
        (
            "from absl import flags\nFLAGS = flags.FLAGS\nflags.DEFINE_string('data', 'data/a.csv', 'x')\n",
            USE.format(name="FLAGS", body="pd.read_csv(FLAGS.data)\n"),
        ),
    ],
    ids=["parse in another module", "options added elsewhere", "parents", "flags"],
)
def test_options_of_another_module(accesses: Accesses, options: str, use: str) -> None:
    assert artifacts(accesses({"opts.py": options, "train.py": use})) == [("data/a.csv", "cli-default")]
    run = {"run.sh": "python train.py --data data/b.csv\n"}
    assert artifacts(accesses({"opts.py": options, "train.py": use, **run})) == [("data/b.csv", "config")]


def test_flags_that_two_programs_define_are_not_mixed(accesses: Accesses) -> None:
    one = "from absl import flags\nimport pandas as pd\nflags.DEFINE_string('data', 'data/{}.csv', 'x')\npd.read_csv(flags.FLAGS.data)\n"
    found = accesses({"one.py": one.format("one"), "two.py": one.format("two")})
    assert artifacts(found, "one.py") == [("data/one.csv", "cli-default")]
    assert artifacts(found, "two.py") == [("data/two.csv", "cli-default")]


# ---- sys.argv ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "pd.read_csv(sys.argv[2])",
        "_, first, data = sys.argv\npd.read_csv(data)",
        "first, data = sys.argv[1:]\npd.read_csv(data)",
        "words = sys.argv[1:]\npd.read_csv(words[1])",
        "pd.read_csv(sys.argv[-1])",
        "data = sys.argv[2] if len(sys.argv) > 2 else None\npd.read_csv(data)",
    ],
)
def test_words_by_position(accesses: Accesses, body: str) -> None:
    source = {"train.py": f"import sys\nimport pandas as pd\n{body}\n"}
    assert artifacts(accesses(source)) == []
    assert artifacts(accesses({**source, "run.sh": "python train.py x data/a.csv\n"})) == [("data/a.csv", "config")]


def test_a_loop_over_the_words(accesses: Accesses) -> None:
    source = {"train.py": "import sys\nimport pandas as pd\nfor f in sys.argv[1:]:\n    pd.read_csv(f)\n"}
    assert artifacts(accesses({**source, "run.sh": "python train.py a.csv b.csv\n"})) == [("a.csv", "config"), ("b.csv", "config")]


# ---- how words are told apart --------------------------------------------------------------------------------------------

ARGPARSE = "import argparse\nimport pandas as pd\np = argparse.ArgumentParser()\n{options}\nargs = p.parse_args()\n{use}\n"
OPTIONS = (
    "p.add_argument('-v', action='store_true')\np.add_argument('--files', nargs='*')\np.add_argument('-o', '--data', default='d.csv')\n"
    "p.add_argument('rest', nargs='?')"
)


@pytest.mark.parametrize(
    ("words", "use", "found"),
    [
        ("-v x.csv", "pd.read_csv(args.rest)", ["x.csv"]),
        ("--unknown x.csv", "pd.read_csv(args.rest)", []),
        ("--data x.csv --data y.csv", "pd.read_csv(args.data)", ["y.csv"]),
        ("-ox.csv", "pd.read_csv(args.data)", ["x.csv"]),
        ("--dat x.csv", "pd.read_csv(args.data)", ["x.csv"]),
        ("--files a.csv b.csv -v", "for f in args.files:\n    pd.read_csv(f)", ["a.csv", "b.csv"]),
        ("--help", "pd.read_csv(args.data)", ["d.csv"]),
        ("--data $UNSET", "pd.read_csv(args.data)", ["d.csv"]),
        ("--data out", "pd.read_csv(f'{args.data}/x.csv')", ["out/x.csv"]),
    ],
)
def test_words(accesses: Accesses, words: str, use: str, found: list[str]) -> None:
    texts = {"train.py": ARGPARSE.format(options=OPTIONS, use=use), "run.sh": f"python train.py {words}\n"}
    assert [name for name, _ in artifacts(accesses(texts))] == found


def test_a_word_starts_in_the_working_directory_only_where_a_path_starts(accesses: Accesses) -> None:
    source = ARGPARSE.format(
        options="p.add_argument('--name', default='d')\np.add_argument('--dir')",
        use="pd.read_csv('out/' + args.name)\npd.read_csv(args.dir + '/x.csv')",
    )
    texts = {"sub/train.py": source, "sub/dvc.yaml": "stages:\n  a:\n    cmd: python train.py --name n.csv --dir data\n"}
    assert {name for name, _ in artifacts(accesses(texts), "sub/train.py")} == {"sub/out/n.csv", "sub/data/x.csv"}


def test_options_of_another_sub_command_do_not_count(accesses: Accesses) -> None:
    options = (
        "s = p.add_subparsers()\na = s.add_parser('one')\na.add_argument('--data', default='one.csv')\n"
        "b = s.add_parser('two')\nb.add_argument('--data', default='two.csv')"
    )
    texts = {"train.py": ARGPARSE.format(options=options, use="pd.read_csv(args.data)"), "run.sh": "python train.py two\n"}
    assert artifacts(accesses(texts)) == [("two.csv", "cli-default")]


def test_an_empty_default_is_no_folder(accesses: Accesses) -> None:
    texts = {"train.py": ARGPARSE.format(options="p.add_argument('--dir', default='')", use="pd.read_csv(args.dir + '/x.csv')")}
    assert artifacts(accesses(texts)) == [("{args.dir}/x.csv", "concat")]


def test_a_folder_that_only_the_runner_has_is_not_where_words_start(accesses: Accesses) -> None:
    texts = {
        "train.py": ARGPARSE.format(options="p.add_argument('--data')", use="pd.read_csv(args.data)"),
        "pkg/__init__.py": "",
        "run.sh": "git clone https://example.org/pkg && cd pkg && python train.py --data data/a.csv\n",
    }
    assert [name for name, _ in artifacts(accesses(texts))] == ["data/a.csv"]
