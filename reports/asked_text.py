"""What is known of an artifact, a unit or a line, as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.graph.lineage import Lineage, UnitFlow, Use
from analyzer.model import Access, Artifact, Finding, Site, Unit
from reports.terminal import Screen
from reports.wording import clipped, elided, known_by, plural, visible

SHOWN_USES = 40
NAMES_SHOWN = 25
BELOW_SHOWN = 8


def lineage_text(screen: Screen, lineage: Lineage, units: Mapping[str, Unit]) -> None:
    """Writers, readers, declarations, and what could not be resolved near them."""
    artifact = lineage.artifact
    kind = " · ".join(word for word in (artifact.kind, artifact.klass.lower()) if word)
    screen.print(f"{visible(artifact.id)}", "bold")
    screen.indented(f"{kind} · {_counted(lineage)}", 2, "dim")
    _uses(screen, "Written by", lineage.writers, artifact, units)
    _uses(screen, "Read by", lineage.readers, artifact, units)
    _below(screen, lineage.below)
    _declared(screen, lineage)
    if lineage.borrowed:
        screen.print("Through functions", "bold")
        for access in lineage.borrowed[:SHOWN_USES]:
            how = f"calls a function that {_verb(access.op)} it" if access.via == "wrapper" else f"{_verb(access.op)} what its callers name"
            screen.indented(f"{visible(str(access.site))} {how}", 2)
    if lineage.possible:
        screen.print("May be it as well", "bold")
        for access in lineage.possible:
            screen.indented(f"{visible(str(access.site))} {_verb(access.op)} {elided(access.artifact or '', 120)}", 2)
    if lineage.unresolved:
        screen.print("Not resolved, in the same places", "bold")
        for access in lineage.unresolved:
            screen.indented(_unresolved(access), 2)
        if lineage.more_unresolved:
            screen.indented(f"… and {plural(lineage.more_unresolved, 'more')}", 2, "dim")


def names_text(screen: Screen, others: Sequence[Artifact]) -> None:
    """More artifacts than can be shown whole, by name."""
    screen.print(f"{plural(len(others), 'more artifact')} named so", "bold")
    for artifact in others[:NAMES_SHOWN]:
        screen.indented(_brief(artifact), 2)
    if len(others) > NAMES_SHOWN:
        screen.indented("… and more: --json has them all", 2, "dim")


def flow_text(screen: Screen, asked: str, flow: UnitFlow, units: Mapping[str, Unit]) -> None:
    """What a unit or the units of a file read and write."""
    screen.print(visible(asked), "bold")
    for name in flow.units[:NAMES_SHOWN]:
        screen.indented(f"{visible(name)}: {_about_unit(units[name])}" if name != asked else _about_unit(units[name]), 2, "dim")
    for title, accesses in (("Writes", flow.writes), ("Reads", flow.reads)):
        screen.print(title, "bold")
        for access in accesses[:SHOWN_USES]:
            screen.indented(f"{elided(access.artifact or '', 160)} at {visible(str(access.site))}, {_how(access)}", 2)
        _rest(screen, len(accesses))
        if not accesses:
            screen.indented("nothing that could be seen", 2, "dim")
    if flow.unresolved:
        screen.print("Not resolved", "bold")
        for access in flow.unresolved[:SHOWN_USES]:
            screen.indented(_unresolved(access), 2)
        _rest(screen, len(flow.unresolved))


def line_text(
    screen: Screen, site: Site, accesses: Sequence[Access], findings: Sequence[Finding], left_out: str, lineages: Mapping[str, Lineage]
) -> None:
    """What stands on a line, and which findings are about it; `left_out` says why rules pass over its file, if they do."""
    screen.print(visible(str(site)), "bold")
    screen.print("Access" if len(accesses) == 1 else "Accesses", "bold")
    for access in accesses:
        if access.artifact is None:
            screen.indented(f"- {_verb(access.op)} something that could not be resolved: {clipped(access.expression or '?', 120)}", 2)
            continue
        screen.indented(f"- {_verb(access.op)} {elided(access.artifact, 160)}: {_how(access)}", 2)
        found = lineages.get(access.artifact)
        if found is not None:
            screen.indented(_counted(found), 4, "dim")
    if not accesses:
        screen.indented("this line reads and writes nothing that mldebt knows", 2, "dim")
    screen.print("Findings", "bold")
    for finding in findings:
        hidden = f" · suppressed: {visible(finding.suppressed) or 'no reason given'}" if finding.is_suppressed else ""
        screen.indented(f"- {finding.rule} {visible(finding.message)}{hidden}", 2)
        screen.indented(f"mldebt explain {finding.rule} tells why", 4, "dim")
    if not findings:
        screen.indented(f"none: {left_out}" if left_out else "none is about this line", 2, "dim")


def _units(accesses: Sequence[Access], word: str) -> str:
    return plural(len({access.unit for access in accesses}), word)


def _brief(artifact: Artifact) -> str:
    return f"{elided(artifact.id, 160)} · {_units(artifact.writers, 'writer')}, {_units(artifact.readers, 'reader')}"


def _counted(lineage: Lineage) -> str:
    written, read = len(lineage.writers), len(lineage.readers)
    uses = [use.access for use in (*lineage.writers, *lineage.readers)]
    undeclared = sum(not access.declared for access in uses)
    parts = [f"written in {plural(written, 'place')}" if written else "nobody seen to write it"]
    parts.append(f"read in {plural(read, 'place')}" if read else "nobody seen to read it")
    if lineage.declarations or lineage.contracts:
        parts.append(f"{undeclared} of {len(uses)} not declared" if undeclared else "all declared" if uses else "only declared")
    else:
        parts.append("declared nowhere")
    return " · ".join(parts)


def _uses(screen: Screen, title: str, uses: Sequence[Use], artifact: Artifact, units: Mapping[str, Unit]) -> None:
    screen.print(title, "bold")
    if not uses:
        screen.indented("nobody that could be seen", 2, "dim")
    for use in uses[:SHOWN_USES]:
        access = use.access
        unit = units.get(access.unit)
        screen.indented(f"{visible(str(access.site))} · {_about_unit(unit) if unit else 'test or left out'}", 2)
        declared = " · declared" if access.declared else " · not declared"
        screen.indented(f"{_how(access)}{declared}", 6, "dim")
        if use.level < 3:
            screen.indented(
                f"named {elided(access.artifact or '', 120)}: the same by its {'tail' if use.level == 2 else 'basename'}", 6, "dim"
            )
        elif access.artifact != artifact.id:
            screen.indented(f"named {elided(access.artifact or '', 120)}", 6, "dim")
    _rest(screen, len(uses))


def _rest(screen: Screen, count: int) -> None:
    if count > SHOWN_USES:
        screen.indented(f"… and {count - SHOWN_USES:,} more: --json has them all", 2, "dim")


def _below(screen: Screen, below: Sequence[Artifact]) -> None:
    if below:
        screen.print("Inside it", "bold")
    for artifact in below[:BELOW_SHOWN]:
        screen.indented(_brief(artifact), 2)
    if len(below) > BELOW_SHOWN:
        screen.indented(f"… and {len(below) - BELOW_SHOWN:,} more", 2, "dim")


def _declared(screen: Screen, lineage: Lineage) -> None:
    screen.print("Declared", "bold")
    for entry in lineage.declarations[:SHOWN_USES]:
        what = "it" if entry.artifact.rstrip("/") == lineage.artifact.id.rstrip("/") else f"{elided(entry.artifact, 120)}, which holds it"
        screen.indented(f"{visible(str(entry.site))} · {visible(entry.unit)} {_verb(entry.op)} {what} ({visible(entry.mechanism)})", 2)
    _rest(screen, len(lineage.declarations))
    for producer, consumers in lineage.contracts:
        screen.indented(f"contract: {visible(producer)} makes it for {visible(', '.join(consumers)) or 'nobody'}", 2)
    if not lineage.declarations and not lineage.contracts:
        screen.indented("nowhere: no pipeline, catalog or contract names it", 2, "dim")


def _about_unit(unit: Unit) -> str:
    roles = f", {', '.join(unit.roles)}" if unit.roles else ""
    component = f" of {visible(unit.component)}" if unit.component else ""
    step = f" {visible(unit.id.partition('::')[2])}" if "::" in unit.id else ""
    return f"{visible(unit.kind)}{step}{component}{roles}"


def _how(access: Access) -> str:
    tool = {">": "redirected", "<": "redirected"}.get(access.call, clipped(access.call, 80))
    call = f"{tool}, " if tool else ""
    return f"{call}{known_by(access.via)}"


def _unresolved(access: Access) -> str:
    what = clipped(access.expression, 100) if access.expression else "something"
    return f"{visible(str(access.site))} {_verb(access.op)} {what} ({clipped(access.call, 60) or 'unknown call'})"


def _verb(op: str) -> str:
    return "writes" if op == "write" else "reads"
