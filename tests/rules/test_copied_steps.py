"""The same commands in several steps."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding, Severity, Site
from analyzer.scan import graph_of_texts
from rules.diverged_adapter_clone import DivergedAdapterClone

REPORT = "".join(
    f"dvc plots diff $BASE workspace --targets {name} | vl2svg > {name}.svg\ncml comment {name}.svg\n" for name in ("roc", "prc", "lift")
)
REPORT += "dvc exp diff --md > report.md\ncml publish report.md\n"


def commands(texts: dict[str, str]) -> list[Finding]:
    return [finding for finding in DivergedAdapterClone().check(graph_of_texts(texts)) if finding.subject.kind == "copied steps"]


def test_set_up_is_what_every_script_has() -> None:
    script = "".join(f"pip install part{n}\ncd part{n}\nexport PART={n}\n" for n in range(8))
    assert commands({"a/run.sh": script, "b/run.sh": script}) == []


@pytest.mark.parametrize("path", ["third_party/report.sh", "examples/report.sh", "a/templates/report.sh"])
def test_commands_where_copies_are_meant(path: str) -> None:
    assert commands({"report.sh": REPORT, path: REPORT}) == []


def test_short_steps_that_use_the_same_tools() -> None:
    own = "".join(f"deploy part{n}\n" for n in range(4))
    assert commands({"ci/report.sh": REPORT + own, "ops/report.sh": REPORT + own.replace("part", "piece")}) == []
    long = REPORT + "".join(f"train model{n} --epochs {n}\n" for n in range(14))
    own = "".join(f"deploy part{n}\n" for n in range(9))
    assert len(commands({"ci/report.sh": long + own, "ops/report.sh": long + own.replace("part", "piece")})) == 1


def test_steps_of_folders_that_share_several_are_one_finding() -> None:
    other = REPORT.replace("dvc", "mlflow").replace("cml", "gh").replace("vl2svg", "vega")
    (found,) = commands({"ci/a.sh": REPORT, "ops/a.sh": REPORT, "ci/b.sh": other, "ops/b.sh": other})
    assert found.members == len(found.locations) == 4
    assert found.message == "`ci/a.sh` runs the 11 commands of `ops/a.sh` again, the same; so does 1 more group of steps"
    assert len(commands({"ci/a.sh": REPORT, "ops/a.sh": REPORT, "jobs/b.sh": other, "bin/b.sh": other})) == 2


def test_the_same_commands_in_two_files() -> None:
    (found,) = commands({"ci/report.sh": REPORT.replace("$BASE", "$BRANCH"), "ops/report.sh": "echo start\n" + REPORT})
    assert found.locations == (Site("ci/report.sh", 1, 8), Site("ops/report.sh", 2, 9))
    assert (found.confidence, found.severity) == (Confidence.C, Severity.info)


def test_scripts_of_one_folder_are_compared_by_all_their_commands() -> None:
    script = "cd /srv/app\ngit fetch origin main\ngit rev-parse HEAD\ngit pull origin main\nmkdir -p logs\ncp app.env .env\nsource .env\n"
    script += "docker compose up -d\necho updated\n"
    texts = {"ops/update.sh": script, "ops/update_next.sh": script.replace("pull origin main", "pull origin next")}
    (found,) = commands(texts)
    assert [site.path for site in found.locations] == sorted(texts)
    assert commands({path.replace("ops/update_next", "other/update"): text for path, text in texts.items()}) == []
