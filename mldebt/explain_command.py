"""`mldebt explain`: a rule's page, who writes and reads an artifact, or what stands on a line."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.options import folder

if TYPE_CHECKING:
    from analyzer.model import RuleCard

_CODE = re.compile(r"[A-Za-z]{3}\d{1,4}")


@click.command("explain", short_help="Show a rule's page, who writes and reads an artifact, or what a line does.")
@click.argument("subject", metavar="CODE | ARTIFACT | PATH:LINE")
@click.option("--repo", type=click.Path(path_type=Path, readable=False), default=Path(), help="The repository to ask.  [default: .]")
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON (not for a rule).")
def command(subject: str, repo: Path, as_json: bool) -> None:
    """Explain a rule, an artifact or a line.

    CODE: the page of a rule (also by its name): what it finds, why it matters, what is exempt, what to do.

    ARTIFACT: who writes and reads it, how each is known, what is declared, and what near it could not be resolved. Name it by its identity
    as the reports show it, a path, the end of a path, or a glob. The path of a script, notebook or step tells what that reads and writes.

    PATH:LINE (in a notebook PATH:CELL:LINE): what the line reads or writes, and which findings are about it.

    \b
    Examples:
      mldebt explain JGL001
      mldebt explain data/features/train.parquet
      mldebt explain 'models/*.pkl' --repo path/to/repo --json
      mldebt explain src/train.py:42
    """
    card = _rule(subject)
    if card is not None:
        click.echo(card)
        return
    from mldebt import asking

    root = folder(repo)
    site = asking.line_asked(root, subject)
    graph, settings = asking.graph_of(root)
    if site is not None:
        click.echo(asking.about_line(graph, settings, site, as_json=as_json), nl=False)
    else:
        click.echo(asking.about_artifact(graph, subject, as_json=as_json), nl=False)


def _rule(subject: str) -> str | None:
    """The page of the rule that `subject` names, None when it can name none. Raises click.UsageError for the code of no rule."""
    from analyzer.settings import nearest
    from mldebt.running import all_cards
    from rules.registry import all_rules

    found = all_cards()
    for card in found:
        if subject.upper() == card.code or subject.lower() == card.name:
            examples = {
                rule.code: [*(("Found in", files) for files in rule.BAD[:1]), *(("Not found in", files) for files in rule.GOOD[:1])]
                for rule in all_rules()
            }
            return page(card, examples.get(card.code, ()))
    if _CODE.fullmatch(subject):
        words = [card.code for card in found] + [card.name for card in found]
        raise click.UsageError(f'no rule is called "{subject}"{nearest(subject, words)} (mldebt rules lists them)')
    return None


def page(card: RuleCard, examples: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    """The rule's card, story and examples (title, files) as plain text."""
    parts = [
        f"{card.code} {card.name}",
        card.summary,
        f"family: {card.family} · severity: {card.severity.name} · confidence: {card.confidence.name}"
        + (f" · {card.limits}" if card.limits else ""),
        card.story,
        f"What to do\n{card.remedy}",
        f"Source: {card.source}" if card.source else "",
    ]
    told = ("of those reported now", card.precision), ("at first sight, before mending,", card.first_sight)
    shares = [f"{when} {right} of {judged} findings were right" for when, (right, judged) in told if judged]
    if shares:
        parts.append(f"Checked by hand on real repositories: {'; '.join(shares)}.")
    parts += [f"{title}\n{_example(files)}" for title, files in examples]
    return "\n\n".join(part for part in parts if part.strip())


def _example(files: Mapping[str, str]) -> str:
    shown = [f"  {path}\n{textwrap.indent(textwrap.dedent(text).strip(), '    ')}" for path, text in files.items() if text.strip()]
    return "\n".join(shown)
