from __future__ import annotations

RANKING = {
    "pyproject.toml": '[project]\nname = "acme-ranking"\n\n[project.scripts]\nrank-all = "acme_ranking.cli:main"\n',
    "src/acme_ranking/__init__.py": "",
    "src/acme_ranking/cli.py": "def main():\n    pass\n",
    "src/acme_ranking/score.py": "class Scorer:\n    pass\n",
}


def test_equal_generic_names_link_nothing(told) -> None:
    setup = "from setuptools import setup\nsetup(name='utils')\n"
    common = {"setup.py": setup, "utils/__init__.py": "", "utils/io.py": "def load(): pass\n"}
    assert told({"one": common, "two": {"job.py": "from utils.io import load\n", "requirements.txt": "utils\n"}}) == []


def test_a_name_of_ones_own_is_never_somebody_elses(told) -> None:
    package = {"acme_ranking/__init__.py": "", "acme_ranking/score.py": "class Scorer: pass\n"}
    client = {**package, "run.py": "from acme_ranking.score import Scorer\n"}
    assert told({"ranking": RANKING, "client": client}) == []


def test_a_package_that_two_publish_belongs_to_neither(told) -> None:
    user = {"job.py": "from acme_ranking.score import Scorer\n"}
    assert told({"a": RANKING, "b": RANKING, "c": user}) == []


def test_an_import_that_leads_nowhere_proves_nothing(told) -> None:
    assert told({"ranking": RANKING, "user": {"job.py": "from acme_ranking.other import Thing\n"}}) == []


def test_an_undeclared_import_is_a_link(linked) -> None:
    links, edges = linked({"ranking": RANKING, "user": {"jobs/night.py": "import os\nfrom acme_ranking.score import Scorer\n"}})
    (link,) = links
    assert (link.producer, link.consumer, link.kind, link.declared, link.level) == ("ranking", "user", "imports", False, 3)
    assert str(link.site) == "user/jobs/night.py:2" and str(link.origin) == "ranking/pyproject.toml:2"
    (edge,) = edges
    assert (edge.source, edge.target, edge.kind, edge.declared) == (
        "user/jobs/night.py", "ranking/src/acme_ranking/score.py", "imports", False,
    )  # fmt: skip


def test_a_requirement_declares_the_imports(linked) -> None:
    user = {"requirements.txt": "numpy\nacme_ranking[fast]>=1.2 # pinned below\n", "job.py": "from acme_ranking.score import Scorer\n"}
    links, edges = linked({"ranking": RANKING, "user": user})
    (link,) = links
    assert link.declared and str(link.site) == "user/requirements.txt:2" and ">=1.2" in link.via
    assert {(e.kind, e.declared) for e in edges} == {("imports", True), ("requires", True)}


def test_a_requirement_alone_is_a_link(told) -> None:
    assert told({"ranking": RANKING, "user": {"requirements.txt": "acme-ranking==1\n"}}) == [
        ("ranking", "user", "requires", "package acme-ranking", True)
    ]


def test_what_the_producer_no_longer_has_is_told(linked) -> None:
    user = {"job.py": "from acme_ranking.score import Scorer, Gone\nfrom acme_ranking.left import x\n"}
    (link,) = linked({"ranking": RANKING, "user": user})[0]
    assert [name.partition(" ")[0] for name in link.missing] == ["acme_ranking.left.x", "acme_ranking.score.Gone"]


def test_a_vcs_requirement_names_the_repository_by_its_address(told) -> None:
    user = {"requirements.txt": "git+https://github.com/acme/ranking-engine.git@v1#egg=something\n"}
    assert told({"acme+ranking-engine": RANKING, "user": user}) == [
        ("acme+ranking-engine", "user", "requires", "package acme-ranking", True)
    ]
    assert told({"other+ranking-engine": RANKING, "user": user}) == []


def test_pip_install_in_a_job_is_a_requirement(told) -> None:
    workflow = "jobs:\n  run:\n    steps:\n      - run: pip install 'acme-ranking[all]==2' pandas\n"
    assert told({"ranking": RANKING, "user": {".github/workflows/x.yml": workflow}})[0][2:] == ("requires", "package acme-ranking", True)


def test_names_in_configuration_link(linked) -> None:
    user = {"conf/model.yaml": "model:\n  _target_: acme_ranking.score.Scorer\n", "conf/other.yaml": "x: acme_ranking.score.Nothing\n"}
    links, edges = linked({"ranking": RANKING, "user": user})
    assert [(link.kind, str(link.site)) for link in links] == [("imports", "user/conf/model.yaml:2")]
    assert edges[0].target == "ranking/src/acme_ranking/score.py"


def test_console_scripts_of_another_repository(linked) -> None:
    user = {"Makefile": "scores.csv:\n\trank-all --out scores.csv\n\t./rank-all\n"}
    links, edges = linked({"ranking": RANKING, "user": user})
    (link,) = links
    assert (link.kind, link.what, link.places, link.declared) == ("invokes", "command rank-all", 1, False)
    assert edges[0].target == "ranking/src/acme_ranking/cli.py"


def test_scripts_with_common_names_are_nobodys(told) -> None:
    trainer = {**RANKING, "pyproject.toml": '[project]\nname = "acme-ranking"\n[project.scripts]\ntrain = "acme_ranking.cli:main"\n'}
    assert told({"ranking": trainer, "user": {"run.sh": "train --epochs 3\n"}}) == []


def test_of_several_distributions_the_one_that_is_used_is_named(told) -> None:
    several = {
        **RANKING,
        "extras/setup.py": "from setuptools import setup\nsetup(name='acme-extras')\n",
        "extras/acme_extras/__init__.py": "",
        "extras/acme_extras/plot.py": "def plot(): pass\n",
    }
    for module, what in (("acme_ranking.score", "acme-ranking"), ("acme_extras.plot", "acme-extras")):
        assert told({"mono": several, "user": {"job.py": f"import {module}\n"}}) == [("mono", "user", "imports", f"package {what}", False)]
