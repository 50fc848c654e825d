from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

RULES = "$(OUT)/model.pkl: $(FILES)\n\tcp $(FILES) $(OUT)/\n\tpython train.py\n"


def declared(graph: SystemGraph, path: str) -> set[tuple[str, str]]:
    return {(d.op, d.artifact) for d in graph.declarations if d.site.path == path}


def test_a_file_that_nobody_includes_keeps_its_holes() -> None:
    graph = graph_of_texts({"mk/rules.mk": RULES, "Makefile": "OUT = models\n"})
    assert ("write", "{OUT}/model.pkl") in declared(graph, "mk/rules.mk")


def test_variables_and_folder_of_the_including_file() -> None:
    texts = {"Makefile": "OUT = models\nFILES = a.csv data/b.csv\ninclude mk/rules.mk\n", "mk/rules.mk": RULES, "train.py": ""}
    graph = graph_of_texts(texts)
    assert declared(graph, "mk/rules.mk") == {("write", "models/model.pkl"), ("read", "a.csv"), ("read", "data/b.csv")}
    assert {a.artifact for a in graph.accesses if a.op == "read" and a.site.path == "mk/rules.mk"} == {"a.csv", "data/b.csv"}
    assert {edge.target for edge in graph.edges if edge.kind == "invokes"} == {"train.py"}


def test_definitions_in_an_included_file_and_settings() -> None:
    texts = {
        "Makefile": "-include defs.mk .env none.mk\nout.csv: $(IN)\n\tcp $(IN) $(STORE)/x.csv\n",
        "defs.mk": "IN := raw.csv\ninclude Makefile\n",
        ".env": "STORE=s3://b\n",
    }
    graph = graph_of_texts(texts)
    assert ("read", "raw.csv") in declared(graph, "Makefile")
    assert "s3://b/x.csv" in {a.artifact for a in graph.accesses}


def test_a_makefile_of_its_own_keeps_its_folder() -> None:
    texts = {"Makefile": "include sub/Makefile\n", "sub/Makefile": "a.csv: b.csv\n\tcp b.csv a.csv\n"}
    assert declared(graph_of_texts(texts), "sub/Makefile") == {("write", "sub/a.csv"), ("read", "sub/b.csv")}
