"""Several repositories as one workspace, from the command line to the reports."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reports.json_report import json_schema

TRAINER = {
    "pyproject.toml": '[project]\nname = "acme-trainer"\n',
    "acme_trainer/__init__.py": "",
    "acme_trainer/train.py": "import joblib\n\ndef train(model):\n    joblib.dump(model, 's3://acme-models/churn/model.pkl')\n",
    "load.py": "import pandas as pd\nframe = pd.read_csv('/home/alice/churn/raw.csv')\nframe.to_csv('data/clean.csv')\n",
    "use.py": "import pandas as pd\nframe = pd.read_csv('data/clean.csv')\n",
}
SERVICE = {
    "requirements.txt": "acme-trainer==1.0\n",
    "serve.py": "import joblib\nfrom acme_trainer.train import train, gone\nmodel = joblib.load('s3://acme-models/churn/model.pkl')\n",
    "load.py": "import pandas as pd\nframe = pd.read_csv('/home/alice/churn/raw.csv')\nframe.to_csv('data/clean.csv')\n",
}


@pytest.fixture
def scanned(mldebt, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """The JSON report of a scan."""

    def scan(*arguments: str | Path) -> dict[str, Any]:
        done = mldebt("scan", *map(str, arguments), "--json", "-", "--fail-on", "never")
        assert done.code == 0, done.err
        report = json.loads(done.out)
        Draft202012Validator(json.loads(json_schema())).validate(report)
        return report

    return scan


def test_a_workspace_has_both_repositories_and_what_lies_between(scanned, repository) -> None:
    report = scanned(repository(TRAINER, "trainer"), repository(SERVICE, "service"))
    assert [(each["name"], each["files"] > 0) for each in report["repositories"]] == [("trainer", True), ("service", True)]
    assert {(link["from"], link["to"], link["kind"], link["declared"]) for link in report["links"]} == {
        ("trainer", "service", "imports", True),
        ("trainer", "service", "reads", False),
    }
    assert next(link["missing"] for link in report["links"] if link["kind"] == "imports")[0].startswith("acme_trainer.train.gone")
    edges = {(edge["from"], edge["to"], edge["kind"]) for edge in report["edges"]}
    assert ("trainer/acme_trainer/train.py", "artifact:s3://acme-models/churn/model.pkl", "writes") in edges
    assert ("artifact:s3://acme-models/churn/model.pkl", "service/serve.py", "reads") in edges
    assert ("service/serve.py", "trainer/acme_trainer/train.py", "imports") in edges
    (model,) = [artifact for artifact in report["artifacts"] if artifact["id"] == "s3://acme-models/churn/model.pkl"]
    assert [use["path"] for use in model["writers"] + model["readers"]] == ["trainer/acme_trainer/train.py", "service/serve.py"]


def test_local_artifacts_of_two_repositories_stay_two(scanned, repository) -> None:
    report = scanned(repository(TRAINER, "trainer"), repository(SERVICE, "service"))
    names = {artifact["id"] for artifact in report["artifacts"]}
    assert {"trainer/data/clean.csv", "service/data/clean.csv"} <= names
    assert {"trainer:/home/alice/churn/raw.csv", "service:/home/alice/churn/raw.csv"} <= names
    assert len(names) == len(report["artifacts"])


def without(name: str, value: Any) -> Any:
    """`value` of a workspace's report as the repository called `name` alone would give it."""
    if isinstance(value, str):
        if value == name:
            return ""
        return value.removeprefix(f"artifact:{name}/").removeprefix(f"artifact:{name}:").removeprefix(f"{name}/").removeprefix(f"{name}:")
    if isinstance(value, list):
        return [without(name, each) for each in value]
    if isinstance(value, dict):
        return {key: without(name, each) for key, each in value.items()}
    return value


def parts(report: dict[str, Any], name: str, *, is_alone: bool) -> dict[str, list[Any]]:
    """What a report says of one repository, comparable: sorted, without prefixes, messages and fingerprints left out."""

    def mine(path: str) -> bool:
        return is_alone or path.startswith(f"{name}/")

    def plain(value: Any) -> Any:
        value = without(name, value)
        return without("artifact", value) if isinstance(value, str) else value

    told = {"fingerprint", "message", "evidence"}
    found: dict[str, list[Any]] = {
        "accesses": [a for a in report["accesses"] if mine(a["path"])],
        "findings": [
            {k: v for k, v in f.items() if k not in told}
            for f in report["findings"]
            if mine(f["locations"][0]["path"]) and f["rule"] != "UDC003"  # a workspace knows more of who reads whom
        ],
        "units": [{key: value for key, value in u.items() if without(name, value)} for u in report["units"] if mine(u["path"])],
        "edges": [
            {key: plain(value).removeprefix("artifact:") if isinstance(value, str) else value for key, value in e.items()}
            for e in report["edges"]
            if mine(e["path"]) and e["kind"] not in ("requires",) and (is_alone or not crosses(e))
        ],
        "not_analysed": [n for n in report["not_analysed"] if mine(n["path"])],
    }
    return {
        key: sorted((without(name, each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
        for key, value in found.items()
    }


def crosses(edge: dict[str, Any]) -> bool:
    names = {end.split("/")[0] for end in (edge["from"], edge["to"]) if not end.startswith("artifact:")}
    return len(names) > 1


@pytest.fixture
def sample(tmp_path: Path) -> Callable[[str], Path]:
    """One of the small repositories that are full of debt, in a folder of its own."""
    return lambda name: shutil.copytree(Path(__file__).parent / "repos" / name, tmp_path / name)


def test_every_repository_is_what_it_is_alone(scanned, repository, sample) -> None:
    folders = {"trainer": repository(TRAINER, "trainer"), "service": repository(SERVICE, "service")}
    folders |= {"empty": repository({"a.md": "x"}, "empty")}
    folders |= {name: sample(name) for name in ("undeclared-consumer", "served-from-research", "dead-experiments")}
    order = list(folders)
    random.Random(3).shuffle(order)
    together = scanned(*(folders[name] for name in order))
    for name, folder in folders.items():
        assert parts(together, name, is_alone=False) == parts(scanned(folder), name, is_alone=True)
    assert len(together["findings"]) >= 2


def test_what_one_repository_writes_and_another_reads_is_a_finding_with_both_sides(scanned, repository) -> None:
    writer = {"score.py": "import pandas as pd\n\npd.DataFrame().to_csv('gs://acme-scores/out/churn.csv')\n"}
    reader = {"uplift.py": "import pandas as pd\n\nrows = pd.read_csv('gs://acme-scores/out/churn.csv')\n"}
    report = scanned(repository(writer, "churn"), repository(reader, "marketing"))
    (finding,) = [each for each in report["findings"] if each["rule"] == "UDC003"]
    assert finding["confidence"] == "A"
    assert [site["path"] for site in finding["locations"]] == ["marketing/uplift.py", "churn/score.py"]


def test_findings_name_their_repository(scanned, sample) -> None:
    findings = scanned(sample("undeclared-consumer"), sample("served-from-research"))["findings"]
    assert len(findings) > 1 and len({finding["fingerprint"] for finding in findings}) == len(findings)
    for finding in findings:
        name = finding["locations"][0]["path"].split("/")[0]
        assert name in ("undeclared-consumer", "served-from-research")
        assert finding["subject"]["id"].startswith(name)
        assert all(place["path"].startswith(f"{name}/") for place in finding["locations"])


def test_a_workspace_file(mldebt, scanned, repository, sample, tmp_path: Path) -> None:
    sample("served-from-research")
    repository({**SERVICE, "mldebt.toml": 'exclude = ["load.py"]\n'}, "service")
    entries = '["served-from-research", {path = "service", name = "api"}]'
    (tmp_path / "mldebt.toml").write_text(f'select = ["UDC"]\n[workspace]\nrepositories = {entries}\n')
    report = scanned(tmp_path)
    assert [each["name"] for each in report["repositories"]] == ["served-from-research", "api"]
    assert {finding["rule"][:3] for finding in report["findings"]} == {"UDC"}
    assert {unit["path"] for unit in report["units"] if unit["path"].startswith("api/")} == {"api/serve.py"}
    assert mldebt("scan", str(tmp_path), "--fail-on", "never").code == 0
    assert mldebt("scan", str(tmp_path), "--select", "UDC001,UDC006").code == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[workspace]\n", "lacks the key"),
        ("[workspace]\nrepositories = []\n", "takes a list"),
        ('[workspace]\nrepos = ["a"]\n', 'unknown key "workspace.repos"'),
        ('exclude = ["x"]\n[workspace]\nrepositories = ["a"]\n', '"exclude" belongs into the configuration of a repository'),
        ('[workspace]\nrepositories = ["gone"]\n', "gone: "),
    ],
)
def test_a_workspace_file_that_cannot_be_used_is_an_error(mldebt, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "mldebt.toml").write_text(text)
    done = mldebt("scan", str(tmp_path))
    assert done.code == 2 and told in done.err and "Traceback" not in done.err


def test_a_repository_that_cannot_be_scanned_does_not_end_the_others(mldebt, repository, tmp_path: Path) -> None:
    broken = repository({"mldebt.toml": "selct = []\n"}, "broken")
    good = repository(TRAINER, "trainer")
    done = mldebt("scan", str(good), str(broken), str(tmp_path / "gone"), "--json", "-", "--fail-on", "never")
    report = json.loads(done.out)
    assert done.code == 0
    assert [each["name"] for each in report["repositories"]] == ["trainer"]
    assert {entry["path"] for entry in report["not_analysed"]} == {"broken", "gone"}
    assert "broken was not scanned" in done.err and "selct" in done.err


def test_nothing_to_scan_is_an_error(mldebt, tmp_path: Path) -> None:
    done = mldebt("scan", str(tmp_path / "a"), str(tmp_path / "b"))
    assert done.code == 2 and "no such folder" in done.err


def test_text_and_page_tell_what_lies_between(mldebt, repository, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    folders = [str(repository(TRAINER, "trainer")), str(repository(SERVICE, "service"))]
    done = mldebt("scan", *folders, "--html", str(page), "--fail-on", "never")
    assert "Between repositories · 2 links" in done.out and "trainer → service" in done.out
    assert "not there (any more): acme_trainer.train.gone" in done.out
    shown = page.read_text()
    assert 'id="links"' in shown and "s3://acme-models/churn/model.pkl" in shown
    alone = mldebt("scan", folders[0], "--html", str(page), "--fail-on", "never")
    assert "Between repositories" not in alone.out and 'id="links"' not in page.read_text()


def test_repositories_with_one_name_are_told_apart(scanned, repository) -> None:
    report = scanned(repository(TRAINER, "alice/model"), repository(SERVICE, "bob/model"))
    assert [each["name"] for each in report["repositories"]] == ["alice-model", "bob-model"]
    assert any("several repositories are called model" in note for note in report["notes"])
