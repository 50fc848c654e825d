from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

DOCKERFILE = "FROM python\nWORKDIR /app\nCOPY src /app/src\nCOPY requirements.txt ./\n"


def accesses(graph: SystemGraph, path: str) -> set[tuple[str, str | None]]:
    return {(a.op, a.artifact) for a in graph.accesses if a.site.path == path and a.call != "COPY"}


def ran(graph: SystemGraph, path: str) -> set[str]:
    return {edge.target for edge in graph.edges if edge.kind == "invokes" and edge.source.startswith(path)}


def test_paths_of_an_unknown_image_stay() -> None:
    graph = graph_of_texts({"compose.yml": "services:\n  a:\n    image: x\n    command: cp /app/a.csv /tmp/b.csv", "a.csv.txt": ""})
    assert accesses(graph, "compose.yml") == {("read", "/app/a.csv"), ("write", "/tmp/b.csv")}


def test_mounted_folders_are_those_of_the_repository() -> None:
    compose = """\
services:
  serve:
    image: server
    entrypoint: "server --model=/models/m.bin --log=/models/server.log --port 80"
    volumes:
      - ./store:/models
  move:
    image: busybox
    command: cp /data/raw/a.csv /data/b.csv
    volumes: ["./data:/data", "./raw:/data/raw"]
"""
    found = accesses(graph_of_texts({"deploy/compose.yml": compose}), "deploy/compose.yml")
    assert {("read", "deploy/store/m.bin"), ("read", "deploy/raw/a.csv"), ("write", "deploy/data/b.csv")} <= found
    assert ("read", "deploy/store/server.log") not in found


def test_a_built_image_starts_in_its_folder() -> None:
    texts = {
        "Dockerfile": DOCKERFILE,
        "requirements.txt": "",
        "src/train.py": "",
        "src/serve.py": "",
        "compose.yml": "services:\n  t: {build: ., command: python src/train.py}\n  s: {build: ., command: [python, /app/src/serve.py]}",
    }
    assert ran(graph_of_texts(texts), "compose.yml") == {"src/train.py", "src/serve.py"}


def test_the_context_of_a_dockerfile_is_where_its_sources_are() -> None:
    texts = {"docker/train/Dockerfile": DOCKERFILE + "CMD python src/train.py", "requirements.txt": "", "src/train.py": ""}
    graph = graph_of_texts(texts)
    assert ran(graph, "docker/train/Dockerfile") == {"src/train.py"}
    assert {a.artifact for a in graph.accesses} == {"src", "requirements.txt"}


def test_an_entrypoint_script_runs_its_arguments() -> None:
    texts = {
        "Dockerfile": 'FROM a\nWORKDIR /app\nCOPY . /app\nENTRYPOINT ["/app/start.sh"]\nCMD ["python", "serve.py"]',
        "start.sh": 'set -e\nexec "$@"\n',
        "serve.py": "",
    }
    assert {"start.sh", "serve.py"} <= ran(graph_of_texts(texts), "Dockerfile")
    assert "serve.py" not in ran(graph_of_texts({**texts, "start.sh": "sleep 1"}), "Dockerfile")
