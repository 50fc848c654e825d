from __future__ import annotations

SERVICE = {
    "pyproject.toml": '[project]\nname = "ranker"\n',
    "Dockerfile": "FROM python:3.12\nCMD python app.py\n",
    "app.py": """
        from flask import Flask
        app = Flask(__name__)

        @app.route("/<model>/predict/batch", methods=["POST"])
        def predict(model):
            return ""
    """,
}


def test_a_route_behind_a_host_with_the_services_name(linked) -> None:
    client = {
        "call.py": """
            import os
            import requests

            SERVER = os.environ.get("RANKER", "https://ranker.acme.org")

            def ask(model):
                return requests.post(f"{SERVER}/{model}/predict/batch")

            def other():
                return requests.get(SERVER + "/nothing/here")
        """
    }
    links, edges = linked({"ranker": SERVICE, "client": client})
    (link,) = links
    assert (link.kind, link.what, link.declared) == ("calls", "route /*/predict/batch at ranker.acme.org", False)
    assert str(link.origin) == "ranker/app.py:4"
    assert (edges[0].source, edges[0].target, edges[0].kind) == ("client/call.py", "ranker/app.py", "calls")


def test_the_same_route_elsewhere_is_somebody_elses(told) -> None:
    client = {"call.py": "import requests\nrequests.post('https://other.acme.org/m/predict/batch')\n"}
    assert told({"ranker": SERVICE, "client": client}) == []


def test_an_image_that_carries_the_repositorys_name(told) -> None:
    dag = {"dag.py": "IMAGE = 'ghcr.io/acme/ranker-app:1.2'\nOTHER = 'acme/ranker-app'\n"}
    assert told({"acme+ranker-app": SERVICE, "dags": dag}) == [
        ("acme+ranker-app", "dags", "invokes", "image ghcr.io/acme/ranker-app", False)
    ]
    assert told({"acme+ranker-app": {"app.py": "x = 1\n"}, "dags": dag}) == []


def test_an_image_that_is_built_and_one_that_both_only_run(told) -> None:
    maker = {**SERVICE, "Makefile": "image:\n\tdocker build -t registry.acme.org/ml/rank:3 .\n"}
    compose = "services:\n  rank:\n    image: registry.acme.org/ml/rank:4\n  db:\n    image: acme/postgres:1\n"
    other = {"docker-compose.yml": "services:\n  db:\n    image: acme/postgres:1\n"}
    assert told({"maker": maker, "stack": {"compose.yaml": compose}, "other": other}) == [
        ("maker", "stack", "invokes", "image registry.acme.org/ml/rank", False)
    ]


def test_workflows_build_what_they_tag_not_what_they_run_in(told) -> None:
    workflow = """
        jobs:
          image:
            container:
              image: acme/ci-tools:1
            steps:
              - uses: docker/build-push-action@v5
                with:
                  tags: |
                    ghcr.io/${{ github.repository }}:latest
                    acme/rank-service:2
    """
    users = {"k8s/job.yaml": "spec:\n  image: acme/rank-service:9\n", "k8s/ci.yaml": "spec:\n  image: acme/ci-tools:1\n"}
    assert told({"acme+rank": {".github/workflows/image.yml": workflow}, "user": users}) == [
        ("acme+rank", "user", "invokes", "image acme/rank-service", False)
    ]


def test_ci_artifacts_by_index_route(told) -> None:
    maker = {"infra/tasks.yml": "tasks:\n  - routes:\n      - index.project.rank.train.latest\n"}
    user = {
        "get.py": "import requests\n"
        "requests.get('https://tc.acme.org/api/index/v1/task/project.rank.train.latest/artifacts/public/model.zst')\n"
        "requests.get('https://tc.acme.org/api/index/v1/task/project.other.train.latest/artifacts/public/model.zst')\n"
    }
    assert told({"maker": maker, "user": user}) == [
        ("maker", "user", "reads", "CI artifact public/model.zst of project.rank.train.latest", False)
    ]


def test_a_host_that_is_known_in_part_needs_a_longer_path(told) -> None:
    server = {
        "pyproject.toml": '[project]\nname = "ranker"\n',
        "app.py": """
            import falcon
            api = falcon.App()
            api.add_route("/api/v1/predict", object())
            api.add_route("/ask", object())
        """,
    }
    client = {
        "call.py": """
            import sys
            import requests
            requests.post(f"https://ranker.{sys.argv[1]}/api/v1/predict")
            requests.get(f"https://ranker.{sys.argv[1]}/ask")
        """
    }
    assert [link[3].split(" ")[1] for link in told({"ranker": server, "client": client})] == ["/api/v1/predict"]


def test_a_file_that_says_which_route_it_was_copied_from(told) -> None:
    copied = "# taken from https://ranker.acme.org/m1/predict/batch\n# see https://ranker.acme.org/docs/index\nmodels: 3\n"
    assert told({"ranker": SERVICE, "legacy": {"models.yaml": copied}}) == [
        ("ranker", "legacy", "refers", "route /*/predict/batch at ranker.acme.org", False)
    ]
