"""A realistic scan result: a recommender platform with debts of many families, hostile names, notebooks, cycles and gaps."""

# ruff: noqa: E501 - tables of data read better unbroken

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

import pytest

from analyzer.model import Access, Artifact, Component, Confidence, Edge, Evidence, Finding, RuleCard, Severity, Site, Subject, Unit
from analyzer.result import Blocker, Coverage, DeclaredEdges, MissedEdge, NotAnalysed, Repository, ScanResult

HOSTILE_PATH = "notebooks/<img src=x onerror=alert(1)>.py"
HOSTILE_TEXT = "\x1b[31mred\x1b[0m [red]markup[/red]\nsecond line \u202eevil</script><script>window.pwned=1</script>{{ 7*7 }}"

UNITS = {
    "ingest": ["ingest/pull_events.py", "ingest/pull_catalog.py", "ingest/dvc.yaml::clean"],
    "features": ["features/build_users.py", "features/build_items.py", "features/join.py"],
    "training": ["training/train_ranker.py", "training/train_two_tower.py", "training/tune.py"],
    "serving": ["serving/app.py", "serving/batch_score.py"],
    "monitoring": ["monitoring/drift.py"],
    "notebooks": ["notebooks/eda.ipynb", "notebooks/offline eval.ipynb", HOSTILE_PATH],
    "reporting": ["reporting/weekly.py", "reporting/export_billing.py"],
    "experiments": ["experiments/2023_bandit/run.py"],
}

# artifact, kind, class, writers, readers, declared
SHARED: list[tuple[str, str, str, list[str], list[str], bool]] = [
    ("s3://events-prod/clicks/{day}.parquet", "object", "RAW", [], ["ingest/pull_events.py", "notebooks/eda.ipynb"], False),
    ("data/raw/events.parquet", "file", "RAW", ["ingest/pull_events.py"], ["ingest/dvc.yaml::clean", "features/build_users.py"], True),
    ("data/raw/catalog.csv", "file", "RAW", ["ingest/pull_catalog.py"], ["features/build_items.py", "reporting/weekly.py"], True),
    (
        "data/clean/events.parquet",
        "file",
        "INTERMEDIATE",
        ["ingest/dvc.yaml::clean"],
        ["features/build_users.py", "features/join.py"],
        True,
    ),
    ("data/features/users.parquet", "file", "INTERMEDIATE", ["features/build_users.py"], ["features/join.py", "monitoring/drift.py"], True),
    ("data/features/items.parquet", "file", "INTERMEDIATE", ["features/build_items.py"], ["features/join.py", "serving/app.py"], False),
    (
        "data/features/train.parquet",
        "file",
        "INTERMEDIATE",
        ["features/join.py"],
        ["training/train_ranker.py", "training/train_two_tower.py", "notebooks/offline eval.ipynb", HOSTILE_PATH],
        True,
    ),
    (
        "models/ranker.pkl",
        "model",
        "MODEL",
        ["training/train_ranker.py", "notebooks/eda.ipynb"],
        ["serving/app.py", "serving/batch_score.py"],
        False,
    ),
    ("model:two-tower", "model", "MODEL", ["training/train_two_tower.py"], ["serving/batch_score.py"], True),
    (
        "warehouse.predictions.daily_scores",
        "table",
        "PREDICTION",
        ["serving/batch_score.py"],
        ["reporting/weekly.py", "reporting/export_billing.py", "ingest/pull_events.py", "experiments/2023_bandit/run.py"],
        False,
    ),
    ("logs/drift.jsonl", "file", "LOG", ["monitoring/drift.py"], ["training/tune.py"], False),
    ("configs/params.yaml", "file", "CONFIG", [], ["training/train_ranker.py", "training/tune.py", "serving/app.py"], True),
    ("reports/weekly.html", "file", "REPORT", ["reporting/weekly.py"], [], True),
]

SNIPPET = (
    "def load_scores(day):",
    '    """Yesterday\'s scores, for the invoice."""',
    "    query = f'select * from warehouse.predictions.daily_scores where day = {day!r}'",
    "    frame = pandas.read_sql(query, engine)",
    "    frame = frame[frame.score > 0.35]  # agreed with Ana, 2022",
    "    return frame",
)

# rule, name, severity, confidence, message, path, line, minutes, friction, touches
FINDINGS = [
    ("UDC001", "undeclared-artifact-consumer", "high", "A", "reads warehouse.predictions.daily_scores, which serving writes and no contract declares", "reporting/export_billing.py", 41, 120, 10, 31),
    ("UDC001", "undeclared-artifact-consumer", "high", "A", "reads data/features/items.parquet, which features writes and no contract declares", "serving/app.py", 88, 120, 10, 44),
    ("UDC006", "model-file-read-across-components", "medium", "B", "loads models/ranker.pkl by path although a registry is in use", "serving/batch_score.py", 17, 90, 10, 12),
    ("FBK001", "prediction-reaches-training-data", "critical", "B", "daily_scores is read by ingest and so becomes training data of the model that wrote it", "ingest/pull_events.py", 133, 480, 15, 26),
    ("JGL001", "undeclared-data-hand-off", "medium", "A", "6 scripts hand data on through files, and nothing declares their order", "features/join.py", 12, 240, 10, 18),
    ("JGL007", "two-writers-of-one-artifact", "high", "A", "models/ranker.pkl is written by training/train_ranker.py and by a notebook", "training/train_ranker.py", 204, 60, 10, 22),
    ("GLU001", "package-glue", "medium", "B", "71 % of this module only converts between pandas and lightgbm", "training/train_ranker.py", 1, 180, 5, 22),
    ("GLU004", "client-api-scattered", "low", "B", "boto3 is called in 9 modules of 5 components", "ingest/pull_catalog.py", 8, 150, 5, 9),
    ("DXP001", "dead-branch", "medium", "A", "USE_BANDIT is False everywhere: 84 lines never run", "serving/app.py", 140, 45, 5, 44),
    ("DXP001", "dead-branch", "low", "A", "variant == 'v1' is never selected by any configuration", "features/build_users.py", 77, 30, 5, 6),
    ("DXP007", "dead-experiment-folder", "low", "A", "nothing imports, runs or mentions experiments/2023_bandit (14 files)", "experiments/2023_bandit/run.py", 1, 60, 5, 0),
    ("OWN001", "model-code-split-by-owner", "medium", "B", "research and engineering each keep their own copy of the feature code of the ranker", "notebooks/offline eval.ipynb", 9, 360, 15, 17),
    ("OWN003", "orphaned-owner", "low", "B", "82 % of monitoring was written by people without a commit in the last year", "monitoring/drift.py", 1, 240, 10, 2),
    ("CFG002", "setting-under-two-names", "low", "C", "learning_rate and lr hold the same value and are changed together", "training/tune.py", 21, 20, 5, 5),
    ("SKW001", "different-imputation", "high", "B", "training fills age with the median, serving with 0", "serving/app.py", 61, 90, 10, 44),
    ("REP003", "unseeded-split", "info", "A", "train_test_split without random_state", HOSTILE_PATH, 3, 10, 5, None),
]  # fmt: skip


def _site(path: str, line: int) -> Site:
    return Site(path, line, line, 4) if path.endswith(".ipynb") else Site(path, line, line + 1)


def _component(unit: str) -> str:
    return next(name for name, units in UNITS.items() if unit in units)


def _units() -> tuple[Unit, ...]:
    kinds = {".ipynb": "notebook", ".py": "module"}
    return tuple(
        Unit(
            unit,
            unit.partition("::")[0],
            next((kinds[e] for e in kinds if unit.endswith(e)), "dvc"),
            name,
            "",
            ("TRAIN",) if name == "training" else (),
        )
        for name, units in UNITS.items()
        for unit in units
    )


def _artifacts() -> tuple[Artifact, ...]:
    rows = [*SHARED]
    units = cycle([unit for group in UNITS.values() for unit in group])
    rows += [(f"outputs/run_{n:02d}/metrics.json", "file", "REPORT", [next(units)], [], False) for n in range(40 - len(rows))]
    made = []
    for name, kind, klass, writers, readers, declared in rows:

        def access(op: str, unit: str, line: int) -> Access:
            site = _site(unit.partition("::")[0], line)
            return Access(site, op, kind, name, "literal", unit, "pandas.read_parquet", klass, declared)  # noqa: B023

        written = tuple(access("write", unit, 20 + n) for n, unit in enumerate(writers))
        read = tuple(access("read", unit, 10 + n) for n, unit in enumerate(readers))
        made.append(Artifact(name, kind, klass, written, read, (Site("dvc.yaml", 4),) if declared else ()))
    return tuple(made)


def _finding(row: tuple[object, ...]) -> Finding:
    rule, name, severity, confidence, message, path, line, minutes, friction, touches = row
    place = _site(str(path), int(str(line)))
    first = max(place.line - 2, 1)
    return Finding(
        str(rule),
        str(name),
        Severity[str(severity)],
        Confidence[str(confidence)],
        str(message),
        Subject("artifact", f"{rule}:{path}:{message}"),
        (place,),
        (
            Evidence(f"{path} does it here", place),
            Evidence("written by the producer", Site("serving/batch_score.py", 72)),
            Evidence("61 of 80 file accesses in this scope were resolved; 3 dynamic look-ups could hide a use"),
        ),
        "Declare the consumer in the contract of the producing component, or read a view made for it.\nThen drop the direct read.",
        float(str(minutes)),
        float(str(friction)),
        ("@research", "@platform") if str(rule).startswith("OWN") else (),
        touches=touches if isinstance(touches, int) else None,
        snippet=SNIPPET,
        snippet_line=first,
    )


def _cards() -> tuple[RuleCard, ...]:
    cards = {}
    for row in FINDINGS:
        code, name, severity, confidence = row[:4]
        cards[code] = RuleCard(
            code,
            name,
            Severity[severity],
            Confidence[confidence],
            f"What {code} looks for.",
            "A story.",
            "A remedy.",
            "Sculley et al. 2015, §3",
            True,
            (19, 20) if code == "UDC001" else (0, 0),
            (7, 9) if code == "UDC001" else (0, 0),
        )
    return tuple(cards.values())  # fmt: skip


def build_result() -> ScanResult:
    artifacts = _artifacts()
    accesses = tuple(
        sorted((a for artifact in artifacts for a in artifact.writers + artifact.readers), key=lambda a: (a.site.path, a.site.line))
    )
    edges = tuple(Edge(a.unit, str(a.artifact), "writes" if a.op == "write" else "reads", a.site, a.declared) for a in accesses)
    edges += (Edge("training/tune.py", "training/train_ranker.py", "imports", Site("training/tune.py", 3)),)
    findings = tuple(_finding(row) for row in FINDINGS)
    hostile = replace(findings[-1], message=HOSTILE_TEXT, subject=Subject("module", HOSTILE_TEXT), name="unseeded-split")
    hidden = replace(findings[9], subject=Subject("branch", "other")).hidden_by("kept for the audit until spring")
    return ScanResult(
        (Repository("recsys-platform", "recsys-platform", "4f1c2ab9d0e87766554433221100ffeeddccbbaa", 214, 38112),),
        (*findings, hostile, hidden),
        accesses,
        artifacts,
        _units(),
        tuple(Component(name, "", "folder") for name in UNITS),
        edges,
        Coverage(
            214,
            38112,
            80,
            61,
            7,
            3,
            (("call result", 6), ("parameter", 9), ("loop variable", 4)),
            "shallow clone: only the last 50 commits are known",
            DeclaredEdges(
                48,
                40,
                (("dvc", 36, 30), ("make", 12, 10)),
                (
                    MissedEdge("ingest/dvc.yaml::clean", "read", "data/raw/events.parquet", Site("ingest/dvc.yaml", 7), "dvc"),
                    MissedEdge(HOSTILE_TEXT, "write", HOSTILE_PATH, Site(HOSTILE_PATH, 1), "make"),
                ),
            ),
            (
                Blocker("parameter `path` of load_table", Site("ingest/io.py", 12), 14, "pass it in a checked-in command"),
                Blocker(f"option `{HOSTILE_TEXT}`", Site(HOSTILE_PATH, 2), 2, "give it a default"),
                Blocker("result of `open_store`", Site("serving/app.py", 9), 1, "add an [[io]] row for it"),
            ),
        ),
        (
            NotAnalysed("legacy/train_py2.py", "Python 2 syntax"),
            NotAnalysed("legacy/score_py2.py", "Python 2 syntax"),
            *(NotAnalysed(f"notebooks/broken {n}.ipynb", "not valid JSON") for n in range(7)),
            NotAnalysed(HOSTILE_PATH + "\n\x1b[2J", "larger than 10 MB"),
        ),
        _cards(),
        ("OWN003: abstained for 2 components: fewer than 10 commits in the history that is here", HOSTILE_TEXT),
        "0.1.0",
        4.2,
        (("binary", 120), ("vendored", 31), ("generated", 6)),
    )


@pytest.fixture
def result() -> ScanResult:
    return build_result()


@pytest.fixture
def empty_result() -> ScanResult:
    repository = Repository("tidy", "tidy", None, 12, 640)
    coverage = Coverage(12, 640, 5, 5)
    return ScanResult((repository,), (), (), (), (), (), (), coverage, (), _cards(), (), "0.1.0")


@pytest.fixture
def big_result() -> ScanResult:
    """Far more of everything, and longer, than a report can embed."""
    base = build_result()
    finding = base.findings[0]
    long = replace(finding, snippet=("<&>'\"" * 100,) * 40, evidence=finding.evidence * 30, remedy="&" * 9000, message="<b>" * 2000)
    findings = tuple(replace(long, subject=Subject("n", str(n)), locations=(Site(f"pkg/<{n}>/" + "x" * 300, n + 1),)) for n in range(4000))
    artifact = base.artifacts[6]
    artifacts = tuple(replace(artifact, id=f"data/<{n}>/" + "y" * 300, readers=artifact.readers * 20) for n in range(3000))
    gaps = tuple(NotAnalysed(f"<{n}>" * 30, f"reason {n}" * 20) for n in range(3000))
    return replace(base, findings=findings, artifacts=artifacts, not_analysed=gaps, notes=tuple("&" * 900 + str(n) for n in range(900)))


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    """A finding of RULE at path:line; any field can be overridden."""

    def make(rule: str = "UDC001", path: str = "a.py", line: int = 1, **fields: object) -> Finding:
        base = _finding((rule, "name", "medium", "A", "message", path, line, 60, 10, 12))
        return replace(base, subject=Subject("test", f"{path}:{line}"), **fields)

    return make
