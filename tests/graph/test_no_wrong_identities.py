"""What is no access, or not that artifact: a wrong identity costs more than a missing one."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

ARGPARSE = (
    "import argparse\nimport os\np = argparse.ArgumentParser()\np.add_argument('--out', default={default})\na = p.parse_args()\n{use}\n"
)


def found(texts: dict[str, str] | str, path: str = "m.py") -> list[tuple[str, str, str | None]]:
    graph = graph_of_texts({"m.py": texts} if isinstance(texts, str) else texts)
    return [(a.op, a.kind, a.artifact) for a in graph.accesses if a.site.path == path and not a.borrowed]


def names(texts: dict[str, str] | str, path: str = "m.py") -> set[str | None]:
    return {artifact for _, _, artifact in found(texts, path)}


# ---- command lines and parameters that say "nothing" ---------------------------------------------------------------------


@pytest.mark.parametrize("default", ["''", "'-'", "'<stdout>'", "None"])
def test_defaults_that_are_no_path(default: str) -> None:
    assert names(ARGPARSE.format(default=default, use="open(a.out, 'w')")) == {None}
    assert names(ARGPARSE.format(default=default, use="open(os.path.join(a.out, 'x.csv'), 'w')")) == {"{args.out}/x.csv"} or {"{out}/x.csv"}
    assert not names(ARGPARSE.format(default=default, use="open(f'{a.out}/x.csv', 'w')")) & {"/x.csv", "x.csv", "-/x.csv"}


def test_an_empty_folder_that_callers_or_defaults_pass_is_not_the_root() -> None:
    text = "from pathlib import Path\ndef load(folder=''):\n    open(Path(folder) / 'x.csv')\nload('')\n"
    assert "/x.csv" not in names(text)


def test_other_defaults_count() -> None:
    assert names(ARGPARSE.format(default="'data'", use="open(os.path.join(a.out, 'x.csv'), 'w')")) == {"data/x.csv"}


# ---- which value reaches a use -------------------------------------------------------------------------------------------


def test_the_other_arm_of_a_test_does_not_reach() -> None:
    text = "def f(x):\n    p = 'a.csv'\n    if x == 1:\n        p = 'b.csv'\n    elif x == 2:\n        p = 'c.csv'\n        open(p)\n"
    text += "    else:\n        open(p)\n"
    assert [a for _, _, a in found(text)] == ["c.csv", "a.csv"]


def test_after_both_arms_both_reach() -> None:
    assert names("if x:\n    p = 'b.csv'\nelse:\n    p = 'c.csv'\nopen(p)\n") == {"b.csv", "c.csv"}


def test_items_of_a_tuple_keep_their_places() -> None:
    text = "def both(x):\n    url = 'https://a.b/' if x else 'https://c.d/'\n    return url, 'f.csv'\n"
    text += "import requests\nurl, name = both(1)\nrequests.get(url + name)\n"
    assert names(text) == {"https://a.b/f.csv", "https://c.d/f.csv"}


def test_keys_of_a_table_with_unknown_keys_are_not_known() -> None:
    text = "def cached(files):\n    x = {}\n    for f in files:\n        x[f] = 1\n    x['results'] = 2\n    return x\n"
    assert names(text + "for name in cached(unknown()).keys():\n    open(name + '.npy')\n").isdisjoint({"results.npy"})


def test_what_a_class_passes_to_its_base_decides_for_its_own_methods() -> None:
    text = "class Base:\n    def __init__(self, key):\n        self.key = key\n"
    for name in "ab":
        text += f"class {name.upper()}(Base):\n    def __init__(self):\n        super().__init__('{name}')\n"
        text += "    def load(self):\n        open(f'data/{self.key}.csv')\n"
    graph = graph_of_texts({"m.py": text})
    assert [(a.site.line, a.artifact) for a in graph.accesses] == [(8, "data/a.csv"), (13, "data/b.csv")]


# ---- folders ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["Path(__file__).parent.parent", "Path(__file__).parents[1]"])
def test_outside_the_repository(folder: str) -> None:
    assert names(f"from pathlib import Path\nopen({folder} / 'datasets' / 'x.csv')\n") == {None}


def test_above_the_working_folder() -> None:
    text = "import os\nopen(os.path.join(os.path.dirname(os.getcwd()), 'data', 'x.csv'))\n"
    assert names({"src/m.py": text}, "src/m.py") == {"data/x.csv"}


def test_a_prefix_is_no_folder() -> None:
    text = "def load(prefix):\n    open(prefix + '_a.csv')\n    open(prefix + '_b.csv')\nload('data/x')\n"
    assert names(text) >= {"data/x_a.csv", "data/x_b.csv"}
    assert "data/x" not in names(text)


# ---- hubs --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["org/bert", "bert-base", "google/flan-t5-large"])
@pytest.mark.parametrize(
    "text",
    ["load('{}')", "load(name='{}')", "class A:\n    def __init__(self, name):\n        self.m = AutoModel.from_pretrained(name)\nA('{}')"],
)
def test_hub_names_stay_hub_names_through_wrappers(name: str, text: str) -> None:
    head = "from transformers import AutoModel\ndef load(name):\n    return AutoModel.from_pretrained(name)\n"
    texts = {"model/x.txt": "", "model/m.py": head + text.format(name) + "\n"}
    assert names(texts, "model/m.py") - {None} == {f"model:{name}"}


@pytest.mark.parametrize(
    "name", ["output/best", "saved_models/bert", "bert_output/checkpoint-5", "checkpoint-500", "zoo/bert", "./bert", "a/b/c"]
)
def test_local_folders_are_no_hub_names(name: str) -> None:
    texts = {"zoo/bert/config.json": "{}", "m.py": f"from transformers import AutoModel\nAutoModel.from_pretrained('{name}')\n"}
    assert names(texts) == {name.removeprefix("./")}


def test_an_open_name_of_a_known_owner() -> None:
    text = "from transformers import AutoModel\ndef load(size):\n    AutoModel.from_pretrained(f'EleutherAI/pythia-{size}')\n"
    assert names(text) == {"model:EleutherAI/pythia-{size}"}


def test_a_download_of_the_hub_is_never_a_folder() -> None:
    assert names("from huggingface_hub import snapshot_download\nsnapshot_download(repo_id='output/model')\n") == {"model:output/model"}


def test_data_sets_that_are_pushed_are_no_models() -> None:
    text = "from datasets import Dataset\nds = Dataset.from_json('a.json').map(f)\nds.push_to_hub('me/jokes')\nds.to_csv('b.csv')\n"
    assert found(text)[-2:] == [("write", "dataset", "https://huggingface.co/datasets/me/jokes"), ("write", "file", "b.csv")]


def test_data_sets_of_kaggle_are_not_on_another_hub() -> None:
    assert names("import kagglehub\nkagglehub.dataset_download('me/set')\n") == {"dataset:me/set"}


# ---- calls that are something else ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "from scipy import stats\nstats.zscore(data['x'])\n",
        "client.touch('key')\n",
        "x = unknown()\nx.touch()\n",
    ],
)
def test_no_access_at_all(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("url", ["'data/x.yaml'", "'/api/items'", "'x.yaml'"])
def test_what_is_no_address_is_not_fetched(url: str) -> None:
    assert names(f"import urllib.request\nurllib.request.urlopen({url})\n") == {None}


def test_mlflow_models_without_a_registered_name_are_artifacts_of_a_run() -> None:
    assert names("import mlflow\nmlflow.sklearn.log_model(m, 'clf')\n") == {"runs:/{run}/clf"}
    text = "import mlflow\nmlflow.sklearn.log_model(m, 'clf', registered_model_name='best')\n"
    assert names(text) == {"runs:/{run}/clf", "model:best"}


def test_touch_writes() -> None:
    assert found("from pathlib import Path\n(Path('out') / 'done').touch()\n") == [("write", "file", "out/done")]


def test_files_of_databricks_are_named_first() -> None:
    assert found("dbutils.fs.put('dbfs:/a.sh', 'pip install x')\n") == [("write", "file", "dbfs:/a.sh")]


def test_a_folder_for_a_rendered_graph() -> None:
    text = "import graphviz\ng = graphviz.Digraph()\ng.render(filename='g.gv', directory='plots')\ng.render('h.gv')\n"
    assert names(text) == {"plots/g.gv", "h.gv"}


def test_commands_behind_pipe_are_what_they_fetch() -> None:
    text = "import webdataset as wds\nwds.WebDataset('pipe:gsutil cat gs://bucket/x.tar')\nwds.WebDataset('pipe:cat x')\n"
    assert found(text) == [("read", "object", "gs://bucket/x.tar"), ("read", "file", None)]


# ---- other files ---------------------------------------------------------------------------------------------------------------


def test_patterns_of_grep_are_no_files() -> None:
    assert names({"run.sh": "grep -v 'file://' a.txt | grep b.csv > c.txt\ngrep -e x.csv d.txt\n"}, "run.sh") == {"a.txt", "c.txt", "d.txt"}


def test_a_rule_that_matches_anything_makes_nothing() -> None:
    texts = {"Makefile": "%: Makefile\n\t@$(SPHINX) -M $@ src\n"}
    assert [a for op, _, a in found(texts, "Makefile") if op == "write"] == []


def test_a_variable_that_a_cell_writes_to() -> None:
    cell = '{"cell_type": "code", "source": "%%writefile $TRAIN_FILE\\nprint(1)"}'
    assert names({"n.ipynb": f'{{"cells": [{cell}], "nbformat": 4}}'}, "n.ipynb") == {None}


@pytest.mark.parametrize("url", ["git@github.com:me/zoo.git", "ssh://git@github.com/me/zoo", "https://github.com/me/zoo.git"])
def test_addresses_of_imported_data(url: str) -> None:
    text = f"deps:\n- path: data/x\n  repo:\n    url: {url}\nouts:\n- path: x\n"
    assert "https://github.com/me/zoo/data/x" in names({"raw/x.dvc": text}, "raw/x.dvc")


SWEEP = "program: train.py\nmethod: random\nparameters:\n  lr:\n    values: [1, 2]\n  data:\n    value: b.csv\n"
PROGRAM = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', default='a.csv')\nopen(p.parse_args().data)\n"


@pytest.mark.parametrize("text", [SWEEP.replace("random", "other"), SWEEP.replace("method: random\n", "")])
def test_other_yaml_runs_no_program(text: str) -> None:
    assert names({"exp/sweep.yaml": text, "exp/train.py": PROGRAM}, "exp/train.py") == {"exp/a.csv"}


def test_a_sweep_runs_its_program_beside_it() -> None:
    assert names({"exp/sweep.yaml": SWEEP, "exp/train.py": PROGRAM}, "exp/train.py") == {"exp/b.csv"}


# ---- what tests and calls say of a value ---------------------------------------------------------------------------------------

BY_SUFFIX = """import pandas as pd
def read(name):
    if name.endswith('.csv'):
        return pd.read_csv(name)
    return pd.read_parquet(name)
"""


def test_an_ending_is_not_added_to_a_name_that_has_one() -> None:
    graph = graph_of_texts({"m.py": BY_SUFFIX + "read('a.parquet')\nread('b.csv')\n"})
    assert {a.artifact for a in graph.accesses if a.op == "read"} == {"a.parquet", "b.csv"}
    assert {a.artifact for a in graph.accesses if a.site.line == 4} == {"b.csv"}


def test_an_open_end_is_closed_by_a_test_inside_its_suite_only() -> None:
    graph = graph_of_texts({"m.py": BY_SUFFIX})
    assert [(a.site.line, a.artifact) for a in graph.accesses] == [(4, "{name}.csv"), (5, None)]


def test_text_has_no_items_to_get() -> None:
    text = "def f(config):\n    open(config.get('path', 'x.csv'))\nf('conf.yaml')\n"
    assert "conf.yaml" not in names(text)


def test_what_cannot_open_an_address_does_not() -> None:
    text = "import zipfile\ndef unpack(url, here):\n    f = url if here else 'a.zip'\n    zipfile.ZipFile(f)\n"
    text += "unpack('https://x.y/a.zip', False)\n"
    assert names(text) - {None} == {"a.zip"}


def test_a_temporary_folder_is_no_hub_name() -> None:
    text = "import tempfile\nfrom huggingface_hub import snapshot_download\nd = tempfile.mkdtemp()\nsnapshot_download(d)\n"
    assert names(text) == {None}


def test_files_of_a_hub_data_set_are_not_here() -> None:
    text = "from datasets import load_dataset\nload_dataset('me/set', data_files='a.json')\nload_dataset('json', data_files='b.json')\n"
    assert names(text) - {None} == {"https://huggingface.co/datasets/me/set", "b.json"}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("/vsigzip/data/a.tif.gz", "data/a.tif.gz"),
        ("/vsizip//vsicurl/https://x.y/a.zip", "https://x.y/a.zip"),
        ("/vsis3/bucket/a.tif", "s3://bucket/a.tif"),
        ("/vsimem/a.tif", None),
    ],
)
def test_virtual_file_systems_of_gdal(said: str, name: str | None) -> None:
    assert names(f"import rasterio\nrasterio.open('{said}')\n") == {name}


def test_what_a_notebook_passes_starts_at_the_notebook() -> None:
    cell = '{"cell_type": "code", "source": "from lib.deep.io import save\\nsave(\'../../out/x.csv\')"}'
    texts = {
        "lib/__init__.py": "", "lib/deep/__init__.py": "", "lib/deep/io.py": "def save(path):\n    open(path, 'w')\n",
        "examples/a/n.ipynb": f'{{"cells": [{cell}], "nbformat": 4}}',
    }  # fmt: skip
    graph = graph_of_texts(texts)
    assert {a.artifact for a in graph.accesses} == {"out/x.csv"}


def test_who_runs_a_neighbour_by_its_bare_name_runs_in_their_folder() -> None:
    texts = {
        "tools/a.py": "import subprocess\nsubprocess.run(['python', 'b.py'])\nopen('x.csv', 'w')\n",
        "tools/b.py": "open('y.csv')\n",
        "tools/c.py": "import subprocess\nsubprocess.run(['python', 'tools/b.py'])\nopen('z.csv')\n",
    }
    graph = graph_of_texts(texts)
    assert {a.artifact for a in graph.accesses if a.site.path == "tools/a.py"} == {"tools/x.csv"}
    assert "z.csv" in {a.artifact for a in graph.accesses if a.site.path == "tools/c.py"}


def test_a_bunch_of_data_is_saved_below_its_path() -> None:
    text = "from fastai.text import TextLMDataBunch as B\nd = B.from_df(path='model', train_df=x, valid_df=y)\nd.save()\nd.save('z.pkl')\n"
    assert names(text) == {"model/data_save.pkl", "model/z.pkl"}


def test_hub_calls_from_the_module_that_defines_them() -> None:
    text = "from huggingface_hub.file_download import hf_hub_download\nhf_hub_download('me/m', 'w.bin')\n"
    assert names(text) == {"model:me/m"}


def test_what_the_working_folder_is_called_is_not_known() -> None:
    text = "from pathlib import Path\nopen(f'out/{Path.cwd().name}-x.yaml', 'w')\nopen(f'{Path(__file__).parent.name}.yaml')\n"
    assert names({"src/m.py": text}, "src/m.py") == {"out/{name}-x.yaml", "src.yaml"}


@pytest.mark.parametrize("name", ["a.tar.gz/model.bin", "w.pt/*.xml", "x.csv/y.csv"])
def test_nothing_is_below_a_file(name: str) -> None:
    assert names(f"open('{name}')\n") == {None}


@pytest.mark.parametrize("name", ["a.zarr/0.0", "part.parquet/x", "v1.2/x.csv"])
def test_folders_may_have_dots(name: str) -> None:
    assert names(f"open('{name}')\n") == {name}


def test_stores_of_pandas_are_opened_for_writing() -> None:
    assert found("import pandas as pd\npd.HDFStore('a.h5')\npd.HDFStore('b.h5', mode='r')\n") == [
        ("write", "file", "a.h5"),
        ("read", "file", "b.h5"),
    ]


def test_a_short_query_is_not_named_in_another_one() -> None:
    text = 'def f(cur):\n    make = """\n    CREATE TABLE t AS\n    SELECT 1\n    """\n    cur.execute(make)\n'
    text += '    cur.execute("SELECT a FROM t")\n'
    graph = graph_of_texts({"m.py": text})
    assert {(a.site.line, a.op) for a in graph.accesses if a.artifact == "t"} == {(6, "write"), (3, "write"), (7, "read")}


def test_dvc_pulls_what_belongs_to_its_own_root() -> None:
    stage = "stages:\n  a:\n    cmd: x\n    outs: [out.csv]\n"
    texts = {
        "one/.dvc/config": "",
        "two/.dvc/config": "",
        "one/dvc.yaml": stage,
        "two/dvc.yaml": stage,
        "one/Makefile": "pull:\n\tdvc pull\n",
    }
    assert names(texts, "one/Makefile") == {"one/out.csv"}
