"""Data under version control that something makes or tells of; then what only lies there: JGL009's case for what is held."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence
from analyzer.scan import graph_of_texts
from rules.input_without_producer import InputWithoutProducer

READ = 'import numpy as np\n\ngrid = np.load("maps/target_grid.npy")\n'


def found(files, *held):
    graph = graph_of_texts(files)
    graph.tracked_files = frozenset({*files, *(held or ("maps/target_grid.npy",))})
    return list(InputWithoutProducer().check(graph))


@pytest.mark.parametrize(
    "more",
    [
        {"make.py": 'import numpy as np\n\nnp.save("maps/target_grid.npy", np.zeros(3))\n'},
        {"make.py": 'import numpy as np\n\nnp.save("out/target_grid.npy", np.zeros(3))\n'},
        {"make.sh": "python make.py --output maps/target_grid.npy\n"},
        {"README.md": "`target_grid.npy` is the grid of the weather service.\n"},
        {"maps/README.md": "The grids of the weather service.\n"},
        {"maps/README.md": "Rows: `rows.csv`. The original source of the data is the weather service.\n", "maps/rows.py": "ROWS = 1\n"},
        {"README.md": "The weather service drew `target_grid` in spring.\n"},
    ],
)
def test_what_something_makes_or_tells_of(more):
    assert found({"look.py": READ, **more}) == []


@pytest.mark.parametrize(
    "path",
    ["maps/shops.csv", "maps/example_grid.npy", "data/raw/target_grid.npy", "tests/target_grid.npy", "maps/synthetic.nc", "maps/v2023.csv"],
)
def test_tables_to_read_raw_data_and_what_is_made_up(path):
    assert found({"look.py": f'import pandas as pd\n\nrows = pd.read_csv("{path}")\n'}, path) == []


def test_a_model_of_a_repository_that_trains():
    files = {
        "serve.py": 'import joblib\n\nmodel = joblib.load("models/ranker.joblib")\n',
        "train.py": "from sklearn.linear_model import Ridge\n\nRidge().fit([[1]], [1])\n",
    }
    assert found(files, "models/ranker.joblib") == []
    del files["train.py"]
    assert len(found(files, "models/ranker.joblib")) == 1


@pytest.mark.parametrize("path", ["maps/target_grid.npy", "maps/capacities_2026_02_04.csv", "maps/mask.nc"])
def test_binary_or_dated_data_that_only_lies_there(path):
    [finding] = found({"look.py": READ.replace("maps/target_grid.npy", path), "run.sh": f"python look.py\ncp {path} out\n"}, path)
    assert finding.confidence is Confidence.C
    assert [(site.path, site.line) for site in finding.locations] == [("look.py", 3), ("run.sh", 2)]


def test_what_its_reader_makes_when_asked_to():
    grids = (
        "import numpy as np\n\n\ndef grid(read_grid='', write_grid=''):\n    values = np.load(read_grid) if read_grid else np.zeros(3)\n"
        "    if write_grid:\n        np.save(write_grid, values)\n    return values\n"
    )
    look = 'from grids import grid\n\nprint(grid(read_grid="maps/target_grid.npy"))\n'
    assert found({"grids.py": grids, "look.py": look}) == []
    assert len(found({"grids.py": grids.replace("write_grid", "twice"), "look.py": look})) == 1


def test_what_a_library_ships_with_its_code():
    files = {
        "pyproject.toml": '[project]\nname = "games"\nversion = "1.0"\nclassifiers = ["Topic :: Software Development :: Libraries"]\n',
        "games/__init__.py": "",
        "games/boards.py": 'import numpy as np\n\n\ndef boards():\n    return np.load("games/data/boards.npy")\n',
    }
    graph = graph_of_texts(files)
    graph.tracked_files = frozenset({*files, "games/data/boards.npy"})
    assert graph.archetype_of("games/boards.py") == "library"
    assert list(InputWithoutProducer().check(graph)) == []
