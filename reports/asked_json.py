"""What is known of an artifact, a unit or a line, as JSON: the same places and words as the JSON report has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analyzer.graph.lineage import Lineage, UnitFlow, Use
from analyzer.graph.system import Declaration
from analyzer.model import Access, Artifact, Finding, Site, Unit
from reports.wording import known_by


def lineage_json(asked: str, lineages: Iterable[Lineage], others: Iterable[Artifact], units: Mapping[str, Unit]) -> str:
    """`artifacts`: each with its writers, readers, declarations and what could not be resolved; `others`: identities that match as well."""
    shown = [_lineage(lineage, units) for lineage in lineages]
    return _text({"asked": asked, "artifacts": shown, "others": [artifact.id for artifact in others]})


def flow_json(asked: str, flow: UnitFlow) -> str:
    return _text(
        {
            "asked": asked,
            "units": list(flow.units),
            "writes": [_access(access) for access in flow.writes],
            "reads": [_access(access) for access in flow.reads],
            "unresolved": [_access(access) for access in flow.unresolved],
        }
    )


def line_json(site: Site, accesses: Sequence[Access], findings: Sequence[Finding], left_out: str) -> str:
    return _text(
        {
            **_place(site),
            "accesses": [_access(access) for access in accesses],
            "findings": [
                {"rule": f.rule, "message": f.message, "fingerprint": f.fingerprint, "suppressed": f.is_suppressed, "reason": f.suppressed}
                for f in findings
            ],
            "left_out": left_out,
        }
    )


def _lineage(lineage: Lineage, units: Mapping[str, Unit]) -> dict[str, Any]:
    artifact = lineage.artifact
    return {
        "id": artifact.id,
        "kind": artifact.kind,
        "class": artifact.klass,
        "writers": [_use(use, units) for use in lineage.writers],
        "readers": [_use(use, units) for use in lineage.readers],
        "declared": [_declaration(entry) for entry in lineage.declarations],
        "contracts": [{"producer": producer, "consumers": list(consumers)} for producer, consumers in lineage.contracts],
        "below": [other.id for other in lineage.below],
        "wrappers": [_access(access) for access in lineage.borrowed],
        "possible": [_access(access) for access in lineage.possible],
        "unresolved": [_access(access) for access in lineage.unresolved],
        "more_unresolved": lineage.more_unresolved,
    }


def _use(use: Use, units: Mapping[str, Unit]) -> dict[str, Any]:
    unit = units.get(use.access.unit)
    about = {"role": unit.roles[0] if unit.roles else "", "component": unit.component} if unit else {}
    return {**_access(use.access), "level": use.level, **about}


def _access(access: Access) -> dict[str, Any]:
    found: dict[str, Any] = {
        **_place(access.site),
        "op": access.op,
        "artifact": access.artifact,
        "unit": access.unit,
        "call": access.call,
        "via": access.via,
        "known_by": known_by(access.via),
        "declared": access.declared,
    }
    return found | ({"expression": access.expression} if access.artifact is None else {})


def _declaration(entry: Declaration) -> dict[str, Any]:
    return {**_place(entry.site), "op": entry.op, "artifact": entry.artifact, "unit": entry.unit, "mechanism": entry.mechanism}


def _place(site: Site) -> dict[str, Any]:
    return {"path": site.path, "line": site.line} | ({} if site.cell is None else {"cell": site.cell})


def _text(body: dict[str, Any]) -> str:
    # ASCII, so that a name that is no Unicode text has a form too
    return json.dumps(body, indent=2) + "\n"
