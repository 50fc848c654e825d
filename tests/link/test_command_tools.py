"""Tools of the table: what their words are to them, and what is none of their data."""

from __future__ import annotations

import pytest

from analyzer.link.command_data import accesses
from analyzer.link.command_table import shipped_tools, tool_rows
from analyzer.link.command_words import tool_words, unwrapped
from analyzer.read.shell import shell_commands
from analyzer.scan import graph_of_texts


def touched(text: str, folder: str = "", known: frozenset[str] = frozenset(), outs: frozenset[str] = frozenset()) -> list[tuple[str, ...]]:
    return [(found.op, found.kind, found.artifact) for c in shell_commands(text, 1) for found in accesses(c, folder, known, outs)]


@pytest.mark.parametrize(
    "text",
    [
        "sort -k 2 -t , ",
        "grep -v '^#'",
        "sed 's/data/model/' ",
        "awk '{print $1}'",
        "jq '.data'",
        "curl -X POST -H 'Accept: a/b' -d @-",
        "aws s3 cp s3://only/one",
        "cp lonely.csv",
        "tee",
        "tar --version",
        "psql -U me -h host",
        "aws ec2 describe-instances --output json",
        "gcloud auth login",
        "bq ls",
        "bq mk --dataset some_set",
        "kaggle --version",
        "dvc status",
        "dvc repro train",
        "git clone https://example.org/tool.git",
        "pytest -k data/model tests",
        "uv run",
        "docker run image",
        "zip",
        "unknown --output plain",
    ],
)
def test_nothing(text: str) -> None:
    assert touched(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cp -t out a.csv b.csv", [("write", "out"), ("read", "a.csv"), ("read", "b.csv")]),
        ("sort -t, -k1 a.csv -o b.csv", [("write", "b.csv"), ("read", "a.csv")]),
        ("sed -i s/a/b/ data/x.csv", [("read", "data/x.csv"), ("write", "data/x.csv")]),
        ("sed s/a/b/ data/x.csv", [("read", "data/x.csv")]),
        ("gzip data/x.csv", [("read", "data/x.csv"), ("write", "data/x.csv.gz")]),
        ("gunzip x.csv.gz", [("read", "x.csv.gz"), ("write", "x.csv")]),
        ("gzip -d x.csv.gz", [("read", "x.csv.gz"), ("write", "x.csv")]),
        ("zip -r out.zip data notes.txt", [("write", "out.zip"), ("read", "data"), ("read", "notes.txt")]),
        ("unzip a.zip -d raw", [("write", "raw"), ("read", "a.zip")]),
        ("tar -xzf a.tgz -C raw", [("read", "a.tgz"), ("write", "raw")]),
        ("tar -C data -cf - raw | aws s3 cp - s3://b/raw.tar", [("write", "s3://b/raw.tar")]),
        ("dd if=a.img of=b.img bs=4M", [("read", "a.img"), ("write", "b.img")]),
        ("curl -fsSL -o a.json https://x.org/a", [("write", "a.json"), ("read", "https://x.org/a")]),
        ("curl -OL https://x.org/a.json", [("read", "https://x.org/a.json"), ("write", "a.json")]),
        ("curl -T a.json https://x.org/up", [("read", "a.json"), ("write", "https://x.org/up")]),
        ("wget -qO- https://x.org/a > b.json", [("write", "b.json"), ("read", "https://x.org/a")]),
        ("wget -P raw https://x.org/a.zip", [("read", "https://x.org/a.zip"), ("write", "raw/a.zip")]),
        ("gdown 'https://drive.google.com/uc?id=1' -O m.pt", [("write", "m.pt"), ("read", "https://drive.google.com/uc?id=1")]),
        ("gdown --id ABC -O m.pt", [("write", "m.pt"), ("read", "https://drive.google.com/uc?id=ABC")]),
        ("aws --profile p s3 sync s3://b/d data --exclude '*.tmp'", [("read", "s3://b/d"), ("write", "data")]),
        ("aws s3 rm s3://b/old --recursive", [("write", "s3://b/old")]),
        ("aws s3api get-object --bucket b --key k/a.csv a.csv", [("write", "a.csv"), ("read", "s3://b/k/a.csv")]),
        ("gsutil -m cp -r gs://b/m/* models", [("read", "gs://b/m/*"), ("write", "models")]),
        ("gcloud storage cp a.csv gs://b/a.csv", [("read", "a.csv"), ("write", "gs://b/a.csv")]),
        ("azcopy copy data https://acc.blob.core.windows.net/c", [("read", "data"), ("write", "https://acc.blob.core.windows.net/c")]),
        ("az storage blob upload -c box -n a.csv -f data/a.csv", [("read", "data/a.csv"), ("write", "az://box/a.csv")]),
        ("rclone sync remote:b/d data", [("read", "remote:b/d"), ("write", "data")]),
        ("scp -i key host:/d/a.csv data/", [("read", "host:/d/a.csv"), ("write", "data/")]),
        ("hdfs dfs -get /d/a.csv a.csv", [("read", "/d/a.csv"), ("write", "a.csv")]),
        ("kaggle datasets download -d me/set -p raw", [("read", "dataset:me/set"), ("write", "raw")]),
        ("kaggle competitions download -c titanic", [("read", "dataset:titanic")]),
        ("huggingface-cli download me/net --local-dir m", [("write", "m"), ("read", "model:me/net")]),
        ("hf upload me/set data --repo-type dataset", [("write", "https://huggingface.co/datasets/me/set"), ("read", "data")]),
        ("git clone https://huggingface.co/me/net", [("read", "https://huggingface.co/me/net")]),
        ("dvc get https://h.org/r.git d/a.csv -o b.csv", [("write", "b.csv"), ("read", "https://h.org/r/d/a.csv")]),
        ("cml comment create --publish report.md", [("read", "report.md")]),
        ("python -m pytest tests --junit-xml=out/r.xml", [("write", "out/r.xml")]),
        ("uv run pytest --junitxml out/r.xml", [("write", "out/r.xml")]),
        ("ffmpeg -y -i a.mp4 -r 1 b.mp4", [("read", "a.mp4"), ("write", "b.mp4")]),
        ("fasttext supervised -input t.txt -output models/net", [("read", "t.txt"), ("write", "models/net")]),
        ("python -m spacy train conf.cfg --paths.train t.spacy -o out", [("read", "conf.cfg"), ("read", "t.spacy"), ("write", "out")]),
        ("docker cp box:/a.csv a.csv", [("read", "box:/a.csv"), ("write", "a.csv")]),
        ("sudo -u me cp a.csv b.csv", [("read", "a.csv"), ("write", "b.csv")]),
        ("timeout 60s cp a.csv b.csv", [("read", "a.csv"), ("write", "b.csv")]),
        ("ls | xargs -n 1 cat data/a.csv", [("read", "data/a.csv")]),
    ],
)
def test_what_a_tool_touches(text: str, found: list[tuple[str, str]]) -> None:
    assert sorted((op, name) for op, _, name in touched(text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bq load --source_format=CSV ds.t gs://b/a.csv", [("read", "object", "gs://b/a.csv"), ("write", "table", "ds.t")]),
        ("bq extract p:ds.t gs://b/a.csv", [("read", "table", "p.ds.t"), ("write", "object", "gs://b/a.csv")]),
        ("bq query --destination_table ds.u 'SELECT 1 FROM ds.t'", [("read", "sql", "SELECT 1 FROM ds.t"), ("write", "table", "ds.u")]),
        ("psql -d x -c 'DELETE FROM t'", [("read", "sql", "DELETE FROM t")]),
        ("sqlite3 a.db 'SELECT * FROM t'", [("read", "file", "a.db"), ("read", "sql", "SELECT * FROM t")]),
        ("mongoimport --db d --collection c --file a.json", [("read", "file", "a.json"), ("write", "table", "d.c")]),
        ("dvc pull data/x -r origin", [("read", "dvc", "data/x")]),
        ("dvc push", [("write", "dvc", "")]),
    ],
)
def test_kinds(text: str, found: list[tuple[str, str, str]]) -> None:
    assert sorted(touched(text)) == sorted(found)


def test_an_unknown_tool_writes_what_its_option_or_its_step_says() -> None:
    assert touched("mytool --in data/a.csv --out data/b.csv", "", frozenset({"data/a.csv"})) == [
        ("read", "file", "data/a.csv"),
        ("write", "file", "data/b.csv"),
    ]
    assert touched("mytool m.bin", "", frozenset({"m.bin"}), frozenset({"m.bin"})) == [("write", "file", "m.bin")]


def test_a_later_command_of_the_same_recipe_reads_what_an_earlier_one_wrote() -> None:
    graph = graph_of_texts({"Makefile": "m.model: d.csv\n\tmake_it < $< > $@\n\tdescribe $@ > info.md\n"})
    found = [(a.site.line, a.op, a.artifact) for a in graph.accesses if a.via != "declaration"]
    assert found == [(2, "read", "d.csv"), (2, "write", "m.model"), (3, "read", "m.model"), (3, "write", "info.md")]


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("uv run --with x python a.py", "python a.py"),
        ("poetry run python a.py", "python a.py"),
        ("conda run -n env python a.py", "python a.py"),
        ("srun -n 4 --gres=gpu:1 python a.py", "python a.py"),
        ("docker run --rm -v /a:/b image python a.py", "python a.py"),
        ("nohup env A=1 nice -n 5 python a.py", "python a.py"),
        ("coverage run -m pytest", "python -m pytest"),
        ("uv pip install x", "uv pip install x"),
        ("A=1", ""),
    ],
)
def test_what_stands_in_front_of_a_command(words: str, rest: str) -> None:
    assert unwrapped(tuple(words.split())) == tuple(rest.split())


def test_a_module_run_by_python_is_the_tool() -> None:
    assert tool_words(("python", "-u", "-m", "spacy", "train")) == ("spacy", "train")
    assert tool_words(("python", "a.py", "-m", "x")) == ("python", "a.py", "-m", "x")


def test_every_row_says_something_and_can_be_reached() -> None:
    for tool, rows in shipped_tools().items():
        assert all(row.name[0] == tool for row in rows)
        assert all(row.positional or row.options or row.reads or row.writes for row in rows), tool


def test_a_row_with_a_token_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="no positional token: X"):
        tool_rows('[[tool]]\nnames = ["a"]\npositional = "X"\n')


def test_targets_of_dvc() -> None:
    files = {
        "data/a.csv.dvc": "outs:\n- path: a.csv\n  md5: x\n",
        "dvc.yaml": "stages:\n  train:\n    cmd: make_it\n    outs:\n    - m.bin\n",
        "ci.sh": "dvc pull data/a.csv.dvc\ndvc push train\ndvc pull data/b\ndvc fetch\n",
    }
    found = [(a.site.line, a.op, a.artifact) for a in graph_of_texts(files).accesses if a.site.path == "ci.sh"]
    assert found == [
        (1, "read", "data/a.csv"),
        (2, "write", "m.bin"),
        (3, "read", "data/b"),
        (4, "read", "data/a.csv"),
        (4, "read", "m.bin"),
    ]


def test_tables_in_the_query_of_a_command() -> None:
    graph = graph_of_texts({"run.sh": "psql -c 'SELECT a FROM shop.orders'\n"})
    assert [(a.op, a.kind, a.artifact) for a in graph.accesses] == [("read", "table", "shop.orders")]


def test_a_console_script_runs_its_module() -> None:
    files = {
        "pyproject.toml": '[project]\nname = "p"\n[project.scripts]\np-train = "p.cli:main"\n',
        "p/__init__.py": "",
        "p/cli.py": "import sys\nimport pandas as pd\ndef main():\n    pd.read_csv(sys.argv[1])\n",
        "Makefile": "go:\n\tp-train data/a.csv\n",
    }
    graph = graph_of_texts(files)
    assert [(a.site.path, a.artifact) for a in graph.accesses if a.site.path == "p/cli.py"] == [("p/cli.py", "data/a.csv")]
