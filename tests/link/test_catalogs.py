from analyzer.graph.system import SystemGraph
from analyzer.link.catalogs import Catalogs
from analyzer.read.configuration_facts import CatalogFacts, ConfigFacts
from analyzer.read.dispatch import read_facts
from analyzer.scan import graph_of_texts


def catalogs(texts: dict[str, str]) -> Catalogs:
    configs = {
        path: facts for path, text in texts.items() if isinstance(facts := read_facts("config", path, text.encode())[0], ConfigFacts)
    }
    return Catalogs({p: f.declared for p, f in configs.items() if isinstance(f.declared, CatalogFacts)}, configs)


def csv(name: str, path: str) -> str:
    return f"{name!r}:\n  type: pandas.CSVDataset\n  filepath: {path}\n"


def artifact(found: Catalogs, name: str, importer: str = "src/p/pipeline.py") -> str | None:
    dataset = found.dataset(importer, name)
    return dataset.artifact if dataset else None


def test_unknown_names_stay_unknown() -> None:
    found = catalogs({"shop/conf/base/catalog.yml": csv("cars", "data/cars.csv")})
    assert artifact(found, "bikes", "shop/src/p.py") is None
    assert artifact(found, "cars", "other/src/p.py") is None
    assert not catalogs({"conf/base/parameters.yml": "a: 1"})


def test_paths_start_at_the_folder_that_holds_conf() -> None:
    found = catalogs({"shop/conf/base/catalog.yml": csv("cars", "data/cars.csv") + csv("far", "s3://b/k.csv")})
    assert artifact(found, "cars", "shop/src/p/pipeline.py") == "shop/data/cars.csv"
    assert artifact(found, "far", "shop/src/p/pipeline.py") == "s3://b/k.csv"


def test_local_replaces_base_and_others_come_last() -> None:
    base, local, prod = (csv("a", f"{name}/a.csv") for name in ("base", "local", "prod"))
    texts = {"conf/base/catalog.yml": base, "conf/local/catalog.yml": local, "conf/prod/catalog.yml": prod + csv("b", "prod/b.csv")}
    found = catalogs(texts)
    assert (artifact(found, "a"), artifact(found, "b")) == ("local/a.csv", "prod/b.csv")


def test_interpolation() -> None:
    text = "_root: data/${_layer}\n_layer: raw\n" + csv("a", "${_root}/a.csv") + csv("g", "${globals:bucket.name}/g.csv")
    text += csv("d", "${globals:none,backup}/d.csv") + csv("old", "${folder}/o.csv") + csv("u", "data/${runtime_params:day}/u.csv")
    found = catalogs({"conf/base/catalog.yml": text, "conf/base/globals.yml": "bucket: {name: 's3://b'}\nfolder: data/old"})
    assert {name: artifact(found, name) for name in "a g d old u".split()} == {
        "a": "data/raw/a.csv",
        "g": "s3://b/g.csv",
        "d": "backup/d.csv",
        "old": "data/old/o.csv",
        "u": "data/{day}/u.csv",
    }


def test_endless_interpolation_ends() -> None:
    found = catalogs({"conf/base/catalog.yml": "_a: ${_b}${_b}\n_b: ${_a}${_a}\n" + csv("x", "data/${_a}/x.csv")})
    assert len(artifact(found, "x") or "") < 100_000


def test_factories_and_transcoding() -> None:
    text = csv("{name}_data", "data/{name}.csv") + csv("{space}.{name}_data", "data/{space}/{name}.csv") + csv("{other}", "tmp/{other}.csv")
    found = catalogs({"conf/base/catalog.yml": text + csv("cars@spark", "data/cars.parquet") + csv("big_data", "data/huge.csv")})
    assert artifact(found, "sales_data") == "data/sales.csv"
    assert artifact(found, "eu.sales_data") == "data/eu/sales.csv"
    assert artifact(found, "big_data") == "data/huge.csv"
    assert artifact(found, "cars@spark") == "data/cars.parquet"
    assert artifact(found, "anything") == "tmp/anything.csv"
    assert artifact(found, "bikes@pandas") == "tmp/bikes@pandas.csv"


def accesses(graph: SystemGraph) -> list[tuple[str, int, str, str | None, bool]]:
    return [(a.site.path, a.site.line, a.op, a.artifact, a.declared) for a in graph.accesses]


def test_entries_are_listed_where_they_stand() -> None:
    graph = graph_of_texts({"conf/base/catalog.yml": csv("cars", "data/cars.csv") + "m:\n  type: MemoryDataset\n"})
    assert accesses(graph) == [("conf/base/catalog.yml", 3, "read", "data/cars.csv", True)]


def test_an_entry_that_a_step_writes_is_a_write() -> None:
    stage = "stages:\n  s:\n    cmd: python s.py\n    outs: [data/cars.csv]\n"
    graph = graph_of_texts({"conf/base/catalog.yml": csv("cars", "data/cars.csv"), "dvc.yaml": stage})
    assert ("conf/base/catalog.yml", 3, "write", "data/cars.csv", True) in accesses(graph)
