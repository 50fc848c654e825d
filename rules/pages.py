"""docs/rules.md from the rules themselves: a rule's card, story, examples, cost and measured precision as one page.

A paragraph of a rule's docstring that starts with `Exempt` is its exceptions, one that starts with `Known false positives` is that; the
rest is why it matters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import sqrt

from analyzer.model import Cost, RuleCard
from rules.base import Example, Rule
from rules.measured import Measured
from rules.suppressions import SUPPRESSION_CARDS

EXCEPTIONS = re.compile(r"(?:exempt|not found|not reported|silent)\b[:\s]*", re.IGNORECASE)
FALSE_POSITIVES = re.compile(r"known false positives?\b[:\s]*", re.IGNORECASE)
LANGUAGES = {"py": "python", "sh": "bash", "yaml": "yaml", "yml": "yaml", "toml": "toml", "ipynb": "json", "json": "json", "sql": "sql"}
LANGUAGES |= {"mk": "make", "Makefile": "make", "Dockerfile": "dockerfile"}
Z = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""


def rule_pages(
    rules: Sequence[type[Rule]],
    precision: Mapping[str, Measured],
    seeded: Mapping[str, tuple[int, int]] | None = None,
    fixed: Collection[str] = (),
) -> str:
    """The page of every rule, as Markdown. `precision` tells of each code what was read on real repositories, `seeded` how many of the
    debts that were put into copies of such were found, (found, put in), and `fixed` whether `mldebt fix` edits it.

    Raises ValueError when a count of right findings is not within its judged ones.
    """
    ordered = sorted(rules, key=lambda rule: rule.code)
    cards = [*(rule.card() for rule in ordered), *SUPPRESSION_CARDS]
    pages = [
        _page(card, rule, _measured(precision.get(card.code, Measured()), (seeded or {}).get(card.code)), is_fixed=card.code in fixed)
        for card, rule in zip(cards, [*ordered, *(None for _ in SUPPRESSION_CARDS)], strict=True)
    ]
    return "\n".join([_head(cards, precision), *pages])


def wilson(right: int, judged: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927). Raises ValueError unless 0 ≤ right ≤ judged and judged > 0."""
    if not 0 <= right <= judged or judged == 0:
        raise ValueError(f"{right} right of {judged} judged is no share")
    share, square = right / judged, Z * Z
    middle = (share + square / (2 * judged)) / (1 + square / judged)
    spread = Z * sqrt(share * (1 - share) / judged + square / (4 * judged * judged)) / (1 + square / judged)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def _head(cards: Sequence[RuleCard], precision: Mapping[str, Measured]) -> str:
    lines = [
        "# Rules",
        "",
        "<!-- Generated from the rules; edit their docstrings, then run the generator. -->",
        "",
        "| code | name | family | severity | confidence | shown by default | right / judged, reported now | at first sight |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for card in cards:
        shares = precision.get(card.code, Measured())
        now, first = (f"{right} / {judged}" if judged else "–" for right, judged in (shares.now, shares.first_sight))
        link = f"[{card.code}](#{card.code.lower()}-{card.name})"
        on = card.limits or "yes"
        lines.append(f"| {link} | {card.name} | {card.family} | {card.severity.name} | {card.confidence.name} | {on} | {now} | {first} |")
    return "\n".join([*lines, ""])


def _page(card: RuleCard, rule: type[Rule] | None, measured: str, *, is_fixed: bool) -> str:
    why, exceptions, mistakes = _told(card.story)
    parts = [
        f"## {card.code} {card.name}",
        card.summary,
        "### Why",
        *why,
        f"Source: {card.source.rstrip('.')}.",
        *(_examples(rule) if rule is not None else ()),
        "### Exceptions",
        *(exceptions or ["None."]),
        "### Remedy",
        card.remedy,
        *([f"`mldebt fix --select {card.code}` shows the edit; `--unsafe` what is not safe ([Fixing](fixing.md))."] if is_fixed else ()),
        *(_cost(rule.cost) if rule is not None else ()),
        "### Known false positives",
        *(mistakes or ["None recorded."]),
        "### Measured precision",
        measured,
    ]
    return "\n\n".join(parts) + "\n"


def _told(story: str) -> tuple[list[str], list[str], list[str]]:
    """(why, exceptions, known false positives) of a rule's story."""
    why: list[str] = []
    exceptions: list[str] = []
    mistakes: list[str] = []
    for paragraph in re.split(r"\n\s*\n", story.strip()):
        text = paragraph.strip()
        if FALSE_POSITIVES.match(text):
            mistakes.append(_sentence(FALSE_POSITIVES.sub("", text, count=1)))
            continue
        before, mark, after = _split_exceptions(text)
        if before:
            why.append(before)
        if mark:
            exceptions.append(_sentence(after))
    return why, exceptions, mistakes


def _split_exceptions(text: str) -> tuple[str, str, str]:
    """A paragraph up to its `Exempt:`, which may stand at its start or begin a later sentence."""
    if EXCEPTIONS.match(text):
        return "", "Exempt", EXCEPTIONS.sub("", text, count=1)
    before, mark, after = text.partition(" Exempt: ")
    return before, mark, after


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _examples(rule: type[Rule]) -> Iterator[str]:
    for title, note, examples in (
        ("Bad", f"(a line that ends in `# {rule.code}` is where it is reported)", rule.BAD),
        ("Good", "(nothing is reported)", rule.GOOD),
    ):
        if examples:
            yield f"### {title}"
            yield note
            for number, example in enumerate(examples, 1):
                if len(examples) > 1:
                    yield f"**Repository {number}**"
                yield "\n\n".join(_files(example))


def _files(example: Example) -> Iterator[str]:
    for path, text in example.items():
        longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
        fence = "`" * (longest + 1)
        name = path.rpartition("/")[2]
        language = LANGUAGES.get(name) or LANGUAGES.get(name.rpartition(".")[2], "text")
        yield f"`{path}`\n\n{fence}{language}\n{text.rstrip()}\n{fence}"


def _cost(cost: Cost) -> Iterator[str]:
    per_item = f" + {_n(cost.per_item)} · items" if cost.per_item else ""
    yield "### Cost"
    yield (
        f"Principal: {_n(cost.base)}{per_item} minutes, shown as the range × [0.5, 2]. "
        f"Interest: {_n(cost.friction)} minutes for each commit that touches its files. Both are priors, not measurements."
    )


def _measured(shares: Measured, seeded: tuple[int, int] | None) -> str:
    put_in = ""
    if seeded is not None:
        found, debts = seeded
        put_in = f"\n\nOf {debts} such debts that were put into copies of real repositories {found} were found (benchmarks/mutations.md)."
    if not any(judged for _right, judged in shares):
        return "Not measured yet: no finding of it on a real repository was read." + put_in
    last = f"; in the last such reading alone {_share(shares.last_round)}" if shares.last_round != shares.first_sight else ""
    shown = f" Of those that are shown by default: {_share(shares.not_tentative)}." if shares.not_tentative[1] else ""
    last += f", of those shown by default {_share(shares.last_round_not_tentative)}" if shares.last_round_not_tentative[1] else ""
    return "\n".join(
        (
            "Findings on real repositories that were read and right:",
            "",
            f"- of those reported now: {_share(shares.now)}.{shown} Causes of wrong ones were mended after reading, so this flatters;",
            f"- at first sight, on repositories that nothing was built on, before mending: {_share(shares.first_sight)}{last}.{put_in}",
        )
    )


def _share(counts: tuple[int, int]) -> str:
    right, judged = counts
    if not judged:
        return "none was read"
    low, high = wilson(right, judged)
    return f"{right} of n = {judged}, {right / judged:.2f} (95 % Wilson interval {low:.2f}–{high:.2f})"


def _n(number: float) -> str:
    return f"{number:g}"
