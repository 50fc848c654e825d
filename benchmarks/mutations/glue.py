"""Glue code put in: copies that drift, round trips between representations, own programs run by shell strings, path hacks."""

from __future__ import annotations

import ast
import re

from mutations.checkout import Checkout, Injected, Source, after_imports, indent_of, spliced

ADAPTER = '''

def collect_frame_records(frame, columns, limit=10):
    """Rows of a frame as the service wants them."""
    kept = frame.rename(columns=columns).astype(str)
    array = kept.to_numpy().reshape(-1, len(columns))
    records = [dict(zip(columns, row.tolist())) for row in array[:{limit}]]
    text = json.dumps({{"rows": records, "unit": "{unit}"}})
    payload = json.loads(text)
    values = np.asarray(payload["rows"]).astype(str)
    table = pd.DataFrame(values.tolist(), columns=list(columns))
    table = table.rename(columns={{v: k for k, v in columns.items()}})
    with open("{target}", "w") as handle:
        json.dump(table.to_dict(), handle)
    return table.to_dict()
'''
ASIDE = re.compile(r"(^|/)(\w*experiment\w*|notebooks?|attic|research|sandbox|scratch|tutorials?|deploy\w*|infra\w*|ci|requirements)/")
HEAD = "import json\n\nimport numpy as np\nimport pandas as pd\n"


def drifted_clone(checkout: Checkout) -> Injected | None:
    """GLU004: an adapter function in two components, one literal and one unit apart."""
    by_component: dict[str, Source] = {}
    components = {unit["path"]: unit["component"] for unit in checkout.report["units"]}
    for source in checkout.sources():
        by_component.setdefault(components.get(source.path, ""), source)
    if len(by_component) < 2:
        return None
    first, second = list(by_component.values())[:2]
    for source, limit, unit in ((first, 500, "metre"), (second, 50, "foot")):
        added = HEAD + ADAPTER.format(limit=limit, unit=unit, target="frame_records.json")
        checkout.write(source.path, spliced(source, after_imports(source), added))
    return Injected("GLU004", (first.path, second.path), "collect_frame_records twice")


def many_backends(checkout: Checkout) -> Injected | None:
    """GLU002: one function speaks three modelling libraries in turn."""
    added = """

def train_all_families(features, labels):
    from sklearn.linear_model import LogisticRegression
    import tensorflow as tf
    import torch

    linear = LogisticRegression().fit(features.to_numpy(), labels.to_numpy())
    tensor = tf.convert_to_tensor(linear.predict_proba(features.to_numpy()))
    dense = tf.keras.layers.Dense(4)(tensor).numpy()
    weights = torch.from_numpy(dense)
    return torch.nn.functional.softmax(weights, dim=1)
"""
    for source in checkout.sources("TRAIN", "FEATURE", "EVAL"):
        checkout.write(source.path, source.text.rstrip("\n") + "\n" + added)
        return Injected("GLU002", (source.path,), "train_all_families")
    return None


def ping_pong(checkout: Checkout) -> Injected | None:
    """GLU003: a frame becomes an array and a frame again, for nothing."""
    for source in checkout.sources():
        if not re.search(r"^import pandas as pd$", source.text, re.MULTILINE):
            continue
        added = """

def normalise_column_order(frame: pd.DataFrame) -> float:
    matrix = frame.to_numpy()
    again = pd.DataFrame(matrix, columns=frame.columns)
    return again.groupby(list(again.columns)[:1]).mean()
"""
        checkout.write(source.path, source.text.rstrip("\n") + "\n" + added)
        return Injected("GLU003", (source.path,), "normalise_column_order")
    return None


def process_call(checkout: Checkout) -> Injected | None:
    """GLU005: a training module runs another script of the repository through the shell."""
    scripts = [
        source for source in checkout.sources() if "__main__" in source.text and "/" in source.path and not ASIDE.search(source.path)
    ]
    orchestrating = {unit["path"] for unit in checkout.report["units"] if "ORCH" in unit.get("roles", [unit["role"]])}
    for source in checkout.sources("TRAIN", "FEATURE", "SCORE"):
        if source.path in orchestrating:
            continue  # to start programs is their work
        target = next((script for script in scripts if script.path != source.path), None)
        place = next((f for f in source.functions() if f.body and not source.lines[f.body[0].lineno - 1].lstrip().startswith('"""')), None)
        if target is not None and place is not None:
            line = source.lines[place.body[0].lineno - 1]
            added = f'{indent_of(line)}import os\n\n{indent_of(line)}os.system("python {target.path} --limit 100")\n'
            checkout.write(source.path, spliced(source, place.body[0].lineno, added))
            checkout.taken.add(target.path)
            return Injected("GLU005", (source.path,), f"os.system of {target.path}")
    return None


def path_hack(checkout: Checkout) -> Injected | None:
    """GLU006: a script puts the folder above its own on the import path and imports from there."""
    for source in checkout.sources():
        parts = source.path.split("/")
        if len(parts) == 2 and not source.path.endswith("__init__.py") and "sys.path" not in source.text:
            neighbour = next((s for s in checkout.sources() if "/" not in s.path and s.path[:-3].isidentifier()), None)
            if neighbour is None:
                continue
            added = (
                f'import os\nimport sys\n\nsys.path.append(os.path.join(os.path.dirname(__file__), ".."))\nimport {neighbour.path[:-3]}\n'
            )
            checkout.write(source.path, spliced(source, after_imports(source), added))
            return Injected("GLU006", (source.path,), f"sys.path for {neighbour.path}")
    return None


def vendor_everywhere(checkout: Checkout) -> Injected | None:
    """GLU001: a vendor's SDK called from four components, no adapter between."""
    components = {unit["path"]: unit["component"] for unit in checkout.report["units"]}
    chosen: dict[str, Source] = {}
    for source in checkout.sources():
        if ASIDE.search(source.path) or checkout.archetype_of(source.path) == "tutorial" or source.path.endswith("__init__.py"):
            continue  # nobody misses an adapter there, or it would be one
        chosen.setdefault(components.get(source.path, ""), source)
    if len(chosen) < 4 or checkout.find_text(r"\bboto3\b"):
        return None
    for number, source in enumerate(list(chosen.values())[:4]):
        added = f"""
import boto3


def exchange_with_store_{number}(name, folder):
    client = boto3.client("s3")
    client.download_file("assets", name, folder + "/in")
    client.upload_file(folder + "/out", "assets", name)
    found = client.list_objects_v2(Bucket="assets", Prefix=name)
    client.put_object(Bucket="assets", Key=name, Body=b"")
    return found
"""
        checkout.write(source.path, spliced(source, after_imports(source), added))
    return Injected("GLU001", tuple(source.path for source in list(chosen.values())[:4]), "boto3 in four components")


def undefined_name(checkout: Checkout) -> Injected | None:
    """DXP013: the definition that a later cell needs is gone from a notebook."""
    import json

    for path in sorted(checkout.root.rglob("*.ipynb")):
        relative = path.relative_to(checkout.root).as_posix()
        if relative in checkout.taken or ".ipynb_checkpoints" in relative:
            continue
        try:
            book = json.loads(path.read_text(encoding="utf-8"))
            cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
            texts = ["".join(cell["source"]) for cell in cells]
            trees = [ast.parse(text) for text in texts]
        except (OSError, ValueError, KeyError, SyntaxError, TypeError):
            continue
        if len(cells) > 3 and trees[-1].body and "import *" not in "".join(texts):
            cells[-1]["source"] = ["recalibrated_threshold_table.describe()\n"]
            checkout.write(relative, json.dumps(book, indent=1))
            return Injected("DXP013", (relative,), "a name no cell defines")
    return None


def patched_source(checkout: Checkout) -> Injected | None:
    """GLU007: the head of a module says that it is another project's file, changed."""
    for source in checkout.sources():
        if len(source.lines) > 40 and "://" not in source.text[:2000] and not source.path.endswith("__init__.py"):
            name = source.path.rpartition("/")[2]
            head = f"# Adapted from https://github.com/rowwise-labs/rowtools/blob/master/rowtools/{name}\n# with changes of our own.\n"
            checkout.write(source.path, head + source.text)
            return Injected("GLU007", (source.path,), "rowtools, changed")
    return None


INJECTORS = (patched_source, drifted_clone, many_backends, ping_pong, process_call, path_hack, vendor_everywhere, undefined_name)
