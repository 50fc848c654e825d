"""Commands that programs run, and words that choose a module."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

JOB = (
    "import argparse\nimport pandas as pd\np = argparse.ArgumentParser()\np.add_argument('--data')\n"
    "args = p.parse_args()\npd.read_csv(args.data)\n"
)


def read(texts: dict[str, str], path: str = "job.py") -> list[str]:
    return [a.artifact for a in graph_of_texts(texts).accesses if a.site.path == path and a.op == "read" and a.artifact]


@pytest.mark.parametrize(
    "body",
    [
        "import subprocess\ndef go(words):\n    subprocess.run(words)\n",
        "import subprocess\nsubprocess.run(['git', 'add', 'data/a.csv'])\n",
        "class Job:\n    def run(self, x):\n        pass\nJob().run('python job.py --data data/a.csv')\n",
        "run = print\nrun('python job.py --data data/a.csv')\n",
    ],
)
def test_no_command(body: str) -> None:
    assert read({"job.py": JOB, "main.py": body}) == []


@pytest.mark.parametrize(
    "body",
    [
        "import os\nos.system('python job.py --data data/a.csv')\n",
        "import os\nD = 'data'\nos.system(f'python job.py --data {D}/a.csv')\n",
        "import subprocess, sys\nsubprocess.run([sys.executable, 'job.py', '--data', 'data/a.csv'], check=True)\n",
        "import subprocess\ncmd = ['python', 'job.py']\ncmd = cmd + ['--data', 'data/a.csv']\nsubprocess.check_call(cmd)\n",
        "from subprocess import Popen\nPopen('cd . && python job.py --data data/a.csv', shell=True)\n",
        "import subprocess\nsubprocess.run(['bash', '-c', 'python job.py --data data/a.csv'])\n",
        "import subprocess, shlex\nsubprocess.run(shlex.split('python job.py --data data/a.csv'))\n",
    ],
)
def test_a_command_passes_its_words(body: str) -> None:
    assert read({"job.py": JOB, "main.py": body}) == ["data/a.csv"]


def test_the_working_directory_of_the_call() -> None:
    body = "import subprocess\nsubprocess.run(['python', 'job.py', '--data', 'a.csv'], cwd='sub')\n"
    assert read({"sub/job.py": JOB, "main.py": body}, "sub/job.py") == ["sub/a.csv"]


def test_what_a_test_passes_is_no_value() -> None:
    body = "import os\ndef test_it():\n    os.system('python job.py --data fixtures/a.csv')\n"
    assert read({"job.py": JOB, "tests/test_job.py": body}) == []


def test_tools_that_a_program_runs_read_and_write() -> None:
    body = "import subprocess\nB = 's3://bucket'\nsubprocess.run(['aws', 's3', 'cp', f'{B}/a.csv', 'data/a.csv'])\n"
    graph = graph_of_texts({"main.py": body})
    assert [(a.site.line, a.op, a.artifact, a.unit) for a in graph.accesses] == [
        (3, "read", "s3://bucket/a.csv", "main.py"),
        (3, "write", "data/a.csv", "main.py"),
    ]


DISPATCHER = (
    "import sys\nfrom importlib import import_module\ndef main():\n    module = import_module('.jobs.' + sys.argv[1], package='p')\n"
    "    module.main(sys.argv[2:])\n"
)
DISPATCHED = (
    '"""Usage:\n    load <source> [--out=<path>]\n"""\nimport docopt\nimport pandas as pd\ndef main(argv=None):\n'
    '    args = docopt.docopt(__doc__, argv=argv)\n    pd.read_csv(args["<source>"])\n'
)


def test_the_first_word_chooses_a_module() -> None:
    texts = {
        "p/__init__.py": "", "p/cli.py": DISPATCHER, "p/jobs/__init__.py": "", "p/jobs/load.py": DISPATCHED,
        "tool.py": "from p import cli\ncli.main()\n", "Makefile": "out.csv: in.csv\n\tpython tool.py load in.csv > $@\n",
    }  # fmt: skip
    graph = graph_of_texts(texts)
    assert [a.artifact for a in graph.accesses if a.site.path == "p/jobs/load.py"] == ["in.csv"]
    assert ("Makefile::out.csv", "p/jobs/load.py") in {(e.source, e.target) for e in graph.edges if e.kind == "invokes"}
    assert [a.artifact for a in graph_of_texts({**texts, "Makefile": "x:\n\tpython tool.py other in.csv\n"}).accesses] == [None]
