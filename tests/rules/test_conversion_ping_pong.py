from __future__ import annotations

import json

import pytest

from analyzer.model import Site
from analyzer.scan import graph_of_texts
from rules.conversion_ping_pong import ConversionPingPong

HEAD = "import json\nimport numpy as np\nimport pandas as pd\nimport torch\n\n\n"


def found(body: str, head: str = HEAD):  # type: ignore[no-untyped-def]
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return list(ConversionPingPong().check(graph_of_texts({"a.py": f"{head}def f(df, x, rows, names):\n{lines}"})))


@pytest.mark.parametrize(
    "body",
    [
        "return pd.DataFrame(df.values, columns=names)",
        "return pd.DataFrame(df.values)",
        "return pd.DataFrame(df.values, columns=x.columns)",
        "return pd.DataFrame(df.values, columns=df.columns, dtype=float)",
        "return pd.DataFrame(df.to_dict('records'))",
        "a = df['config'].map(str).apply(ast.literal_eval)\nreturn pd.DataFrame(a.to_dict()).T",
        "return pd.DataFrame(df['config'].map(json.loads).to_dict())",
        "a = df.to_numpy()\na[0] = 1\nreturn pd.DataFrame(a, columns=df.columns)",
        "a = df.to_numpy()\nif x:\n    a = x\nreturn pd.DataFrame(a, columns=df.columns)",
        "a = df.to_numpy()\nb = lambda: a\nreturn pd.DataFrame(a, columns=df.columns), b",
        "return torch.from_numpy(np.flip(x.cpu().numpy()))",
        "return torch.tensor(x.numpy(), dtype=torch.float32)",
        "return json.loads(json.dumps(x))",
        "return pl.from_pandas(self.to_pandas())",
        "for fold in range(1):\n    print(x.tolist())",
        "return x.Config.from_dict(x.to_dict())",
        "for row in rows:\n    print(row.tolist())",
        "for row in rows:\n    x = x + row\n    print(x.tolist())",
        "for row in rows:\n    x[row] = 1\n    print(x.tolist())",
        "for row in rows:\n    x.add_(row)\n    print(x.tolist())",
        "for row in rows:\n    y = x.to_dict()\n    y['a'] = row",
        "for row in rows:\n    print(row.apply(lambda x: x.tolist()))",
        "for attempt in range(x.max_retries):\n    print(x.tolist())",
        "for row in rows:\n    if row:\n        print(x.tolist())\n        break",
        "for row in rows:\n    print(torch.tensor(x))",
        "for mode in ['a', 'b']:\n    if mode == 'b':\n        print(x.tolist())\n    else:\n        print(x.to_dict())",
        "for mode in ['a', 'b']:\n    print(x.tolist() if mode == 'b' else x)",
        "for row in rows:\n    began = time.perf_counter()\n    print(x.tolist(), time.perf_counter() - began)",
    ],
)
def test_silent(body: str) -> None:
    assert found(body) == []


def test_an_export_makes_constants_through_arrays() -> None:
    assert found("return torch.from_numpy(x.cpu().numpy())", HEAD + "import torch.onnx\n") == []


@pytest.mark.parametrize("head", ["from columns import Nullable\n\n\n", "class Nullable(Columns):\n    LABEL = 'label'\n\n\n"])
def test_what_a_class_lists_is_no_conversion(head: str) -> None:
    body = "for row in rows:\n    for column in Nullable.tolist():\n        print(row[column])"
    assert found(body, head) == []
    assert len(found(body.replace("Nullable", "x"), head)) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("a = df.values\nreturn pd.DataFrame(a, columns=df.columns)", "sends `df` from frame to array and straight back"),
        ("return pd.DataFrame(df.values, df.index, df.columns)", ""),
        ("return pd.DataFrame(df.to_numpy(), columns=list(df.columns), index=df.index)", "sends `df`"),
        ("c = df.columns.tolist()\nreturn pd.DataFrame(data=df.to_numpy(), columns=c)", "sends `df`"),
        ("return pd.DataFrame(list(df)), pd.DataFrame.from_dict(df.to_dict())", "from frame to dict"),
        ("return torch.from_numpy(x.detach().cpu().numpy())", "sends `x` from tensor to array"),
        ("a = x.numpy()\nreturn torch.tensor(a, device=x.device)", "from tensor to array"),
        ("return pl.from_pandas(x.to_pandas())", "from arrow table to pandas frame"),
        ("return x.createDataFrame(df.toPandas())", "from Spark frame to pandas frame"),
        ("for row in rows:\n    print(row, x.tolist())", "converts `x` to a list in every round of a loop that leaves it alone"),
        ("x = [1, 2]\nfor row in rows:\n    print(row + np.array(x))", "converts `x` to an array"),
    ],
)
def test_found(body: str, says: str) -> None:
    messages = [finding.message for finding in found(body)]
    assert len(messages) == bool(says)
    assert all(says in message for message in messages)


def test_the_places_of_one_function_are_one_finding() -> None:
    (finding,) = found("a = torch.from_numpy(x.numpy())\nfor row in rows:\n    print(a, row, x.tolist())")
    assert finding.message == "`f` sends `x` from tensor to array and straight back, and 1 more"
    assert finding.locations == (Site("a.py", 8), Site("a.py", 10), Site("a.py", 9))
    assert finding.members == 2


def test_in_a_notebook_it_is_the_cell_and_its_line() -> None:
    cells = [{"cell_type": "code", "source": s} for s in ("import torch", "x = f()", "y = x.numpy()\nz = torch.from_numpy(y)")]
    (finding,) = ConversionPingPong().check(graph_of_texts({"n.ipynb": json.dumps({"cells": cells, "metadata": {}})}))
    assert [(site.cell, site.line) for site in finding.locations] == [(2, 1), (2, 2)]
