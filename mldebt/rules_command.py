"""`mldebt rules`: one line a rule, or all cards as JSON."""

from __future__ import annotations

import dataclasses
import json

import click


@click.command("rules", short_help="List the rules.")
@click.option("--json", "as_json", is_flag=True, help="Print the rules' cards as JSON.")
def command(as_json: bool) -> None:
    """List the rules: code, name, severity, confidence class and what each finds.

    Confidence is the share of a rule's findings that are expected to be right: A 90 % and more, B 75 to 90 %, C 50 to 75 %.
    """
    from mldebt.running import all_cards

    found = all_cards()
    if as_json:
        names = [{"family": card.family, "severity": card.severity.name, "confidence": card.confidence.name} for card in found]
        rows = [dataclasses.asdict(card) | named for card, named in zip(found, names, strict=True)]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    width = max((len(card.name) for card in found), default=0)
    for card in found:
        switched = f"  ({card.limits})" if card.limits else ""
        click.echo(f"{card.code}  {card.name:<{width}}  {card.severity.name:<8}  {card.confidence.name}  {card.summary}{switched}")
