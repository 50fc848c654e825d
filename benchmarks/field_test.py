"""Scan every checkout in a folder with an installed mldebt and write docs/field-test.md.

    python benchmarks/field_test.py CHECKOUTS --mldebt PATH/TO/bin/mldebt

Every folder in CHECKOUTS named OWNER+NAME is one repository. The exit code is 0 when every scan ended with 0 or 1, without a traceback, in
time, and with a JSON report that is valid against the shipped schema.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import jsonschema
from families_section import families_section
from measuring import measure

TOP = Path(__file__).resolve().parents[1]
TARGET = TOP / "docs" / "field-test.md"
TIMEOUT = 15 * 60.0
GROWTH = Path(__file__).with_name("growth.md")
"""The table that benchmarks/growth.py printed."""
MEASURED = [Path(__file__).with_name(name) for name in ("vulture.md", "labels.md")]
"""What was measured beside it, kept by hand."""
FEW_ACCESSES = 10
"""Below it a share says nothing."""


@dataclass(slots=True)
class Row:
    """One repository; `faults` says what went wrong, in words."""

    name: str
    seconds: float = 0.0
    peak_mb: float = 0.0
    status: int | None = None
    commit: str = ""
    files: int = 0
    lines: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    accesses: int = 0
    resolved: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    declared: int = 0
    recovered: int = 0
    is_application: bool = False
    faults: list[str] = field(default_factory=list)

    def cells(self) -> list[str]:
        found = ", ".join(f"{rule} {count}" for rule, count in sorted(self.findings.items()))
        share = f"{self.resolved} of {self.accesses} ({self.resolved / self.accesses:.0%})" if self.accesses else "0 of 0"
        ending = "; ".join([str(self.status) if self.status is not None else "too long", *self.faults])
        return [
            self.name.replace("+", "/", 1),
            self.commit[:10] or "–",
            f"{self.files:,}",
            f"{self.lines:,}",
            f"{self.seconds:.1f}",
            f"{self.peak_mb:.0f}",
            found or "none",
            share,
            f"{self.recovered} of {self.declared} ({self.recovered / self.declared:.0%})" if self.declared else "–",
            ending,
        ]


def scan(mldebt: Path, root: Path, schema: dict[str, Any]) -> Row:
    """Scan one checkout and read its report."""
    row = Row(root.name)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.json"
        command = [str(mldebt), "scan", str(root), "--quiet", "--json", str(target)]
        # From a folder of its own: what a repository holds must not matter to how the program starts.
        done = measure(command, Path(folder), TIMEOUT)
        row.status, row.seconds, row.peak_mb = done.status, done.seconds, done.peak_mb
        if done.status not in (0, 1):
            row.faults.append(" ".join(done.err.split())[:200] or "no message")
        if "Traceback" in done.err:
            row.faults.append("traceback")
        if target.is_file():
            read_report(row, json.loads(target.read_bytes()), schema)
        elif done.status in (0, 1):
            row.faults.append("no report")
    return row


def read_report(row: Row, report: dict[str, Any], schema: dict[str, Any]) -> None:
    """Fill the row from a report, which must be valid."""
    fault = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(report))
    if fault is not None:
        row.faults.append(f"invalid JSON at {fault.json_path}: {fault.message[:100]}")
        return
    (repository,) = report["repositories"]
    row.commit, row.files, row.lines = repository["commit"] or "", repository["files"], repository["lines"]
    row.findings = Counter(finding["rule"] for finding in report["findings"] if not finding["suppressed"])
    # sites in code and commands, each once: declarations name themselves and would only flatter the share
    row.accesses = report["coverage"]["accesses"]
    row.resolved = report["coverage"]["resolved"]
    row.causes = Counter({entry["cause"]: entry["count"] for entry in report["coverage"]["unresolved_by_cause"]})
    edges = report["coverage"]["declared_edges"]
    row.declared, row.recovered = edges["declared"], edges["recovered"]
    # RULES.md §0.2: an application has something that serves, scores, or is run by an orchestrator or a container
    row.is_application = any(
        {"SERVE", "SCORE", "ORCH"} & set(unit.get("roles", ())) or unit["kind"] == "docker" for unit in report["units"]
    )


def lineage(rows: Sequence[Row]) -> list[str]:
    """How much of the data flow is known: shares over repositories, causes of the rest, and edges recovered with declarations hidden."""
    lines = ["## Data flow", ""]
    for title, chosen in (("all repositories", rows), ("applications", [row for row in rows if row.is_application])):
        shares = sorted(row.resolved / row.accesses for row in chosen if row.accesses >= FEW_ACCESSES)
        if shares:
            quarters = ", ".join(f"{shares[min(int(len(shares) * q), len(shares) - 1)]:.0%}" for q in (0, 0.25, 0.5, 0.75))
            lines.append(
                f"Share of resolved accesses over {len(shares)} {title} with {FEW_ACCESSES} accesses or more: median {median(shares):.0%} "
                f"(lowest, first, second, third quarter: {quarters})."
            )
    causes: Counter[str] = sum((row.causes for row in rows), Counter())
    if causes:
        told = ", ".join(f"{cause} {count:,} ({count / causes.total():.0%})" for cause, count in causes.most_common())
        lines += ["", f"Why the other {causes.total():,} were not resolved: {told}."]
    declared, recovered = sum(row.declared for row in rows), sum(row.recovered for row in rows)
    if declared:
        lines += [
            "",
            f"With the declarations hidden, {recovered:,} of {declared:,} declared edges are found ({recovered / declared:.0%}).",
        ]
    return lines


def page(rows: Sequence[Row], version: str) -> str:
    """The document."""
    titles = [
        "repository",
        "commit",
        "files",
        "lines",
        "seconds",
        "peak MB",
        "findings",
        "accesses resolved",
        "declared edges recovered",
        "exit",
    ]
    accesses, resolved = sum(row.accesses for row in rows), sum(row.resolved for row in rows)
    totals: Counter[str] = sum((row.findings for row in rows), Counter())
    share = f"{resolved / accesses:.0%}" if accesses else "–"
    lines = [
        "# Field test",
        "",
        "<!-- Written by benchmarks/field_test.py. -->",
        "",
        f"{version} from its wheel over {len(rows)} repositories nobody here wrote, {sum(row.lines for row in rows):,} lines "
        f"(Python {platform.python_version()}, {os.cpu_count()} cores). Cold scans, git history included where the checkout has one. "
        "Peak memory is that of the program and its reading processes together.",
        "",
        f"Faults (traceback, invalid JSON, more than {TIMEOUT / 60:.0f} minutes, an exit code other than 0 or 1): "
        f"{sum(bool(row.faults) or row.status not in (0, 1) for row in rows)}. Accesses resolved: {resolved:,} of {accesses:,} ({share}). "
        f"Findings: {', '.join(f'{rule} {count}' for rule, count in sorted(totals.items())) or 'none'}.",
        "",
        *lineage(rows),
        "",
        "| " + " | ".join(titles) + " |",
        "|" + "|".join("---:" if title in ("files", "lines", "seconds", "peak MB") else "---" for title in titles) + "|",
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells()) + " |" for row in rows),
    ]
    return "\n".join(lines) + "\n\n" + families_section() + growth_section()


def growth_section() -> str:
    """How the cost of linking grows and compares, and what labels say, from the last measurements; "" when there are none."""
    if not GROWTH.is_file():
        return ""
    told = (
        "Processor time of linking and graph over nested parts of real code (NVIDIA/NeMo, then modelscope), each part in a process of its "
        "own, and the peak memory with the facts of all files (benchmarks/growth.py). 1.00 throughout would be linear; the smallest part "
        "carries what every scan costs at least."
    )
    picture = "![Seconds of linking over lines of code](growth.svg)"
    cost = f"## Cost\n\n{told}\n\n{picture}\n\n{GROWTH.read_text(encoding='utf-8').strip()}\n"
    return "\n" + "\n".join([cost, *(path.read_text(encoding="utf-8") for path in MEASURED if path.is_file())])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--mldebt", type=Path, required=True, help="the console script of an installed wheel")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="only these folders; the document is not written then")
    arguments = parser.parse_args()
    mldebt = arguments.mldebt.absolute()
    schema = json.loads((TOP / "reports" / "schema.json").read_bytes())
    version = subprocess.run([mldebt, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    rows = []
    checkouts = sorted(path for path in arguments.checkouts.iterdir() if path.is_dir())
    for root in [path for path in checkouts if not arguments.only or path.name in arguments.only]:
        rows.append(scan(mldebt, root.resolve(), schema))
        print("  ".join(rows[-1].cells()), flush=True)
    if not arguments.only:
        TARGET.write_text(page(rows, version), encoding="utf-8")
    return int(any(row.faults or row.status not in (0, 1) for row in rows))


if __name__ == "__main__":
    sys.exit(main())
