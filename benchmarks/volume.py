"""How much a scan shows by default: findings of each repository, and for a thousand lines of Python, by what the repository is.

    mldebt scan CHECKOUT --json REPORTS/NAME.json --fail-on never …
    python benchmarks/volume.py REPORTS… [--all]

A repository counts as what its largest project was taken for (`projects` in the report). Shown are findings that are neither tentative nor
suppressed. Lines are those of Python files and of the code in notebooks, tests and copied code with them. A library or tutorial is over the
limit with more than 0.1 findings for a thousand lines; those are listed with the rules that make them up. `--all` lists every repository.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

LIMIT = 0.1
LIMITED = ("library", "tutorial")
MOST = 20
"""Findings that the median repository may show."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What one report shows."""

    name: str
    archetype: str
    lines: int
    rules: Counter[str]
    tentative: int

    @property
    def shown(self) -> int:
        return self.rules.total()

    @property
    def density(self) -> float:
        """Findings for a thousand lines."""
        return self.shown * 1000 / self.lines if self.lines else 0.0

    @property
    def is_over(self) -> bool:
        return self.archetype in LIMITED and self.density > LIMIT


def volume_of(path: Path) -> Volume:
    """Read one JSON report."""
    report = json.loads(path.read_bytes())
    projects = report["projects"]
    largest = max(projects, key=lambda project: project["python_lines"], default={"archetype": "no Python"})
    findings = [finding for finding in report["findings"] if not finding["suppressed"]]
    shown = Counter(finding["rule"] for finding in findings if not finding.get("tentative"))
    lines = sum(project["python_lines"] for project in projects)
    return Volume(path.stem.replace("+", "/"), largest["archetype"], lines, shown, len(findings) - shown.total())


def table(volumes: Sequence[Volume]) -> Iterator[str]:
    """A row for each archetype, one for all."""
    yield "| archetype | repositories | kLOC | shown: median | most | all | per kLOC: median | most | all | over 0.1 | tentative: median |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for archetype in sorted({each.archetype for each in volumes}):
        yield _row(archetype, [each for each in volumes if each.archetype == archetype])
    yield _row("together", volumes)


def _row(name: str, volumes: Sequence[Volume]) -> str:
    lines = sum(each.lines for each in volumes)
    shown = sorted(each.shown for each in volumes)
    density = sorted(each.density for each in volumes)
    cells = [
        name, str(len(volumes)), f"{lines / 1000:,.0f}", f"{median(shown):g}", str(shown[-1]), str(sum(shown)),
        f"{median(density):.2f}", f"{density[-1]:.2f}", f"{sum(shown) * 1000 / max(lines, 1):.2f}",
        str(sum(each.is_over for each in volumes)) if name in LIMITED else "", f"{median(each.tentative for each in volumes):g}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def listed(volumes: Iterable[Volume]) -> Iterator[str]:
    """A row for each repository."""
    yield "| repository | archetype | kLOC | shown | per kLOC | tentative | rules |"
    yield "|---|---|---:|---:|---:|---:|---|"
    for each in sorted(volumes, key=lambda volume: (volume.archetype, -volume.density, volume.name)):
        rules = ", ".join(f"{code} {count}" for code, count in sorted(each.rules.items()))
        figures = f"{each.lines / 1000:.1f} | {each.shown} | {each.density:.2f} | {each.tentative}"
        yield f"| {each.name} | {each.archetype} | {figures} | {rules} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("reports", nargs="+", type=Path, help="JSON reports, or folders of them")
    parser.add_argument("--all", action="store_true", help="list every repository")
    options = parser.parse_args()
    files = [file for path in options.reports for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    volumes = [volume_of(file) for file in files]
    if not volumes:
        parser.error("no reports there")
    over = [each for each in volumes if each.is_over]
    print("\n".join(table(volumes)))
    if options.all or over:
        print("\n" + "\n".join(listed(volumes if options.all else over)))
    return 1 if over or median(each.shown for each in volumes) > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
