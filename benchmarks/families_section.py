"""The section "Families" of docs/field-test.md, counted from the verdicts in benchmarks/families."""

from __future__ import annotations

import json
from pathlib import Path

FAMILIES = Path(__file__).resolve().parent / "families"


def families_section() -> str:
    """A table of the families and, per family, what is not linked and why."""
    families = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FAMILIES.glob("*.json"))]
    links = [link for family in families for link in family["links"]]
    right = sum(link["verdict"] == "right" for link in links)
    lines = [
        "## Families",
        "",
        f"{len(families)} families of repositories that use each other, each scanned as one workspace. Every reported link was read at "
        "both ends: "
        f"{right} of {len(links)} are right (benchmarks/families). Not linked is what the code does not show; each with its reason.",
        "",
        "| family | repositories | links | undeclared | right |",
        "|---|---:|---:|---:|---:|",
    ]
    for family in families:
        found = family["links"]
        undeclared = sum(not link["declared"] for link in found)
        good = sum(link["verdict"] == "right" for link in found)
        lines.append(f"| {family['family']} | {len(family['repositories'])} | {len(found)} | {undeclared} | {good} |")
    lines.append("")
    for family in families:
        for entry in family["not_linked"]:
            ends = f"{entry['from']} → {entry['to']}: {entry['what']}" if entry["what"] else entry["from"]
            lines.append(f"- {ends}. {entry['why'][:1].upper()}{entry['why'][1:]}.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(families_section(), end="")
