"""`mldebt explain CODE`: a rule's page on the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from analyzer.model import RuleCard


@click.command("explain", short_help="Show a rule's page.")
@click.argument("code")
def command(code: str) -> None:
    """Show the page of the rule CODE (or of the rule with that name): what it finds, why it matters, what is exempt, what to do."""
    from analyzer.settings import nearest
    from mldebt.running import all_cards
    from rules.registry import all_rules

    examples = {
        rule.code: [*(("Found in", files) for files in rule.BAD[:1]), *(("Not found in", files) for files in rule.GOOD[:1])]
        for rule in all_rules()
    }
    found = all_cards()
    for card in found:
        if code.upper() == card.code or code.lower() == card.name:
            click.echo(page(card, examples.get(card.code, ())))
            return
    words = [card.code for card in found] + [card.name for card in found]
    raise click.UsageError(f'no rule is called "{code}"{nearest(code, words)} (mldebt rules lists them)')


def page(card: RuleCard, examples: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    """The rule's card, story and examples (title, files) as plain text."""
    parts = [
        f"{card.code} {card.name}",
        card.summary,
        f"family: {card.family} · severity: {card.severity.name} · confidence: {card.confidence.name}"
        + ("" if card.on_by_default else " · off by default"),
        card.story,
        f"What to do\n{card.remedy}",
        f"Source: {card.source}" if card.source else "",
    ]
    if card.precision:
        right, judged = card.precision
        parts.append(f"Checked by hand on real repositories: {right} of {judged} findings were right.")
    parts += [f"{title}\n{_example(files)}" for title, files in examples]
    return "\n\n".join(part for part in parts if part.strip())


def _example(files: Mapping[str, str]) -> str:
    shown = [f"  {path}\n{textwrap.indent(textwrap.dedent(text).strip(), '    ')}" for path, text in files.items() if text.strip()]
    return "\n".join(shown)
