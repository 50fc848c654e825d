"""UDC007: headerless files and readers by name, then positions on a table that has names."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Site
from analyzer.scan import graph_of_texts
from rules.positional_schema_reader import PositionalSchemaReader

FILE = "data/interim/clicks_clean.csv"
WRITE = f"import pandas as pd\n\npd.read_csv('raw/clicks.csv').to_csv('{FILE}', index=False)\n"


def found(reader, writer=WRITE, path="train.py", **more):
    return list(PositionalSchemaReader().check(graph_of_texts({"prepare.py": writer, path: reader, **more})))


def pandas(line):
    return f"import pandas as pd\n\n{line}\n"


@pytest.mark.parametrize(
    "line",
    [
        f"rows = pd.read_csv('{FILE}')",
        f"rows = pd.read_csv('{FILE}', usecols=['a', 'b'])",
        f"rows = pd.read_csv('{FILE}')\nhead = rows.iloc[:10]",
        f"rows = pd.read_csv('{FILE}')\nlast = rows.iloc[:, -1]",  # the label stands last
        f"rows = pd.read_csv('{FILE}')\nnames = list(rows.columns)",
        "rows = pd.read_csv('other/table.csv', header=None)",
    ],
)
def test_names_or_rows(line):
    assert found(pandas(line)) == []


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_a_reader_of_text_never_reads_a_binary_table(suffix):
    name = FILE.replace("csv", suffix)
    assert found(pandas(f"rows = pd.read_csv('{name}', header=None)"), WRITE.replace(FILE, name).replace("to_csv", f"to_{suffix}")) == []


@pytest.mark.parametrize(
    "writer",
    [WRITE.replace("index=False", "header=False"), WRITE.replace("index=False", "header=None"), f"open('{FILE}', 'w').write('1,2')\n"],
)
def test_a_file_without_names(writer):
    assert found(pandas(f"rows = pd.read_csv('{FILE}', header=None)"), writer) == []


@pytest.mark.parametrize("path", ["tests/test_train.py", "examples/train.py", "docs/train.py"])
def test_tests_and_teaching(path):
    assert found(pandas(f"rows = pd.read_csv('{FILE}', header=None)"), path=path) == []


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (f"rows = pd.read_csv('{FILE}', header=None)", 3),
        (f"rows = pd.read_csv('{FILE}', usecols=[0, 3])", 3),
        (f"rows = pd.read_csv('{FILE}', header=0, names=['a', 'b'])", 3),
        (f"rows = pd.read_csv('{FILE}')\ny = rows.iloc[:, 3]", 4),
        (f"rows = pd.read_csv('{FILE}')\nkey = rows.columns[2]", 4),
        (f"import numpy as np\nrows = np.loadtxt('{FILE}', skiprows=1)", 4),
    ],
)
def test_a_position(line, place):
    (finding,) = found(pandas(line))
    assert (finding.locations[0].path, finding.locations[0].line) == ("train.py", place)
    assert finding.locations[-1].path == "prepare.py"
    assert finding.confidence == Confidence.C


@pytest.mark.parametrize("line", ["cut -d, -f3 {} | sort > out.txt", "awk -F, '{{print $3}}' {} > out.txt"])
def test_a_position_in_a_shell_script(line):
    (finding,) = found("#!/bin/bash\n" + line.format(FILE) + "\n", path="sum.sh")
    assert finding.locations[0] == Site("sum.sh", 2)


def test_another_component_is_surer():
    components = '[components]\nclicks = ["prepare.py"]\nranking = ["train.py"]\n'
    from analyzer.settings import Settings

    graph = graph_of_texts(
        {"prepare.py": WRITE, "train.py": pandas(f"rows = pd.read_csv('{FILE}', header=None)"), "mldebt.toml": components},
        Settings(components={"clicks": ("prepare.py",), "ranking": ("train.py",)}),
    )
    (finding,) = PositionalSchemaReader().check(graph)
    assert finding.confidence == Confidence.B
