"""JGL006."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.graph.cloned_files import cloned_stages
from analyzer.graph.clones import ClonePair, Member, closest_links, families, semantic_tokens
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule, step_severity
from rules.copied_functions import Exemptions, sets_values
from rules.severity import in_context
from rules.side_by_side import shown, side_by_side
from rules.wording import listed, ticked

MIN_FAMILY = 3
NEAR_TWINS = 0.9
MIN_PARAMETERS = 0.6
"""Share of what differs that a parameter could carry."""
_MAX_SHOWN = 6
_MAX_MEMBERS = 30
_LITERAL = re.compile(r"""^(?:[rbf]*['"]|\d|True$|False$|None$|[-.,/]|[A-Z][A-Z0-9_]*$)""")
_ROW_FILTER = re.compile(
    r"\.(dropna|query|drop_duplicates|between|sample)\(|\.(filter|where)\((?!lambda)"
    r"|\$\d+\[\(?~?\(?\$\d+(\[[^\]]+\]|\.\w+)[^=\]]*(==|!=|<|>|\.isin\(|\.notna\(|\.notnull\(|\.between\()"
)
_SQL_FILTER = re.compile(r"(?<!\.)\b(WHERE|HAVING)\b(?!\s*\(.*,).{3,}", re.IGNORECASE)
_HISTORY = re.compile(r"-Copy\d*\.|[ _-](copy|old|bak|backup|orig)\.", re.IGNORECASE)
_STRING = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b\d[\w.]*""")
_VALUE = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![\w$])\d[\w.]*""")
"""A literal, but not the number of a local name (`$3`)."""


@dataclass(frozen=True, slots=True)
class _Family:
    members: tuple[Member, ...]
    links: tuple[ClonePair, ...]
    """What holds the family together, each member once, the closest first."""


@dataclass(frozen=True, slots=True)
class _Drift:
    """A statement that drops rows in some of the copies only."""

    text: str
    having: tuple[tuple[Member, int], ...]
    lacking: tuple[Member, ...]


class ClonedStageFamily(Rule):
    """
    Steps of a pipeline that are copies of one another.

    A script or notebook is copied for the next country, year or model and edited by hand. Each repair has to be made in every copy, and
    is forgotten in some: Google's Rules of Machine Learning (#6) warn of dropped data when pipelines are copied. A statement that drops
    rows in some copies and is missing in others is shown first.

    A family is three files or more of at least 40 lines of code in one folder or in parallel ones, alike by 70 % pairwise, in which most
    of what differs is a literal, a path or a constant: one step with parameters could replace them.

    Exempt: files that only set values, modules of a package that nobody runs, examples, templates and lessons, and copies kept as
    history (DXP005).

    Known false positives: states of one program that a course shows in turn.
    """

    code = "JGL006"
    name = "cloned-stage-family"
    severity = Severity.medium
    confidence = Confidence.B
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(base=60, per_item=20, friction=10)
    source = "Zinkevich, Rules of Machine Learning, #6; Tang et al., ICSE 2021"
    remedy = (
        "Keep one of them, turn what differs into parameters or a configuration entry for each case, run it once for each entry, and "
        "decide for every filter that only some copies have whether all of them need it."
    )
    BAD = (
        {
            f"stages/train_{land}.py": f"""\
import joblib{"  # JGL006" if land == "de" else ""}
import pandas as pd
from sklearn.linear_model import Ridge

FEATURES = ["price", "area", "rooms", "age"]


def load():
    frame = pd.read_csv("data/{land}.csv", sep=";")
    frame = frame.rename(columns={{"qm": "area", "zimmer": "rooms"}})
{"    frame = frame[frame.price.between(1, 5000)]" if land != "es" else "    frame = frame.reset_index()"}
    frame["age"] = 2024 - frame["year"]
    frame["price"] = frame["price"].astype(float)
    frame["rooms"] = frame["rooms"].fillna(0)
    return frame


def split(frame):
    first = frame[frame.year < 2020]
    second = frame[frame.year >= 2020]
    first = first.set_index("id")
    second = second.set_index("id")
    return first, second


def main():
    frame = load()
    train, test = split(frame)
    model = Ridge(alpha=1.0)
    model.fit(train[FEATURES], train["rent"])
    score = model.score(test[FEATURES], test["rent"])
    with open("reports/{land}.txt", "w") as stream:
        stream.write(str(score))
    joblib.dump(model, "models/{land}.joblib")
    report = pd.DataFrame({{"score": [score]}})
    report["rows"] = len(train)
    report["tested"] = len(test)
    report["features"] = ",".join(FEATURES)
    report.to_csv("reports/{land}.csv")
    weights = pd.Series(model.coef_, index=FEATURES)
    weights.to_csv("reports/{land}_weights.csv")
    first = test.head(1)
    first = first.drop(columns=["rent"])
    first.to_csv("reports/{land}_sample.csv")
    with open("reports/{land}_rows.txt", "w") as stream:
        stream.write(str(len(frame)))


if __name__ == "__main__":
    main()
"""
            for land in ("de", "fr", "es")
        },
    )
    GOOD = (
        {
            "train.py": "import sys\nimport pandas as pd\n\nframe = pd.read_csv(f'data/{sys.argv[1]}.csv')\n",
            "run.sh": "for land in de fr es; do python train.py $land; done\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        exemptions = graph.once(Exemptions)
        pairs = [
            pair
            for pair in cloned_stages(graph)
            if _are_parallel(pair) and not any(exemptions.is_set_apart(m.module) or _is_no_step(m) for m in (pair.a, pair.b))
        ]
        for family in _families(pairs):
            if len(family.members) >= MIN_FAMILY and _is_parametrisable(family):
                yield self._finding(graph, family)

    def _finding(self, graph: SystemGraph, family: _Family) -> Finding:
        paths = [member.module.path for member in family.members]
        drifts = list(_drifts(family))
        least = min(pair.similarity for pair in family.links)
        alike = "the same" if least == 1 else f"alike by {least:.0%} or more"
        told = f"; {_told(drifts[0], len(paths))}" if drifts else ""
        severity = in_context(graph, self.severity, paths)
        return self.found(
            f"{len(paths)} steps are copies of one another ({alike}): {ticked(paths)}{told}",
            Subject("steps", " + ".join(paths)),
            [_first(member) for member in family.members],
            _evidence(family, drifts),
            severity=step_severity(severity, 1) if drifts else severity,
            items=len(paths),
            members=len(paths),
        )


def _are_parallel(pair: ClonePair) -> bool:
    """In one folder, or in folders of one parent (`de/train.py`, `fr/train.py`), at the same depth."""
    one, other = (posixpath.dirname(m.module.path) for m in (pair.a, pair.b))
    if one == other:
        return True
    differing = [(a, b) for a, b in zip(one.split("/"), other.split("/"), strict=False) if a != b]
    return one.count("/") == other.count("/") and len(differing) <= 2


def _is_no_step(member: Member) -> bool:
    """A module of a package that nobody runs by itself, or a file that only sets values, or a copy kept as history."""
    module = member.module
    calls = sum("(" in line for line in member.unit.lines)
    if sets_values(module) or _HISTORY.search(module.path):
        return True
    return (module.is_packaged and not module.facts.main_line) or 5 * calls < len(member.unit.lines)


def _families(pairs: Sequence[ClonePair]) -> Iterator[_Family]:
    members = {member.module.path: member for pair in pairs for member in (pair.a, pair.b)}
    for paths in families((pair.a.module.path, pair.b.module.path) for pair in pairs):
        inside = set(paths)
        own = (pair for pair in pairs if pair.a.module.path in inside)
        yield _Family(tuple(members[path] for path in paths), tuple(closest_links(own)))


def _is_parametrisable(family: _Family) -> bool:
    """Is most of what differs something that a parameter can carry: literals, constants, one name for another? Near twins always are."""
    if all(pair.similarity >= NEAR_TWINS for pair in family.links):
        return True
    carried = every = 0
    for pair in family.links:
        for difference in pair.differences:
            left, right = _telling(difference.left), _telling(difference.right)
            every += len(left) + len(right)
            carried += 2 if len(left) == len(right) == 1 else sum(_LITERAL.match(token) is not None for token in left + right)
    return carried >= MIN_PARAMETERS * every


def _telling(text: str) -> list[str]:
    return [token for token in semantic_tokens(text) if token != "="]


# ---- filters that only some have -----------------------------------------------------------------------------------------------------


def _drifts(family: _Family) -> Iterator[_Drift]:
    """Statements that drop rows, whatever their literals, that some members have and others lack; the clearest minority first."""
    having: dict[str, dict[str, tuple[Member, int]]] = defaultdict(dict)
    texts: dict[str, str] = {}
    for member in family.members:
        for text, line in zip(member.unit.lines, member.unit.source_lines, strict=True):
            if _drops_rows(text):
                shape = _STRING.sub("…", text)
                texts.setdefault(shape, text)
                having[shape].setdefault(member.id, (member, line))
    for shape in sorted(having, key=lambda s: (min(len(having[s]), len(family.members) - len(having[s])), s)):
        lacking = tuple(member for member in family.members if member.id not in having[shape])
        if lacking:
            yield _Drift(texts[shape], tuple(having[shape].values()), lacking)


def _drops_rows(text: str) -> bool:
    if _SQL_FILTER.search(text):
        return True
    return any(match[2] != "where" or not _has_alternative(text[match.end() :]) for match in _ROW_FILTER.finditer(text))


def _has_alternative(arguments: str) -> bool:
    """Does `where(` go on with a second argument, or on another line? Then it chooses between values, or may do so: every row stays."""
    depth = 0
    for sign in _STRING.sub("…", arguments):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0 or (sign == "," and not depth):
            return depth == 0
    return True


def _told(drift: _Drift, members: int) -> str:
    return f"`{shown(drift.text)}` drops rows in {len(drift.having)} of {members} only"


def _evidence(family: _Family, drifts: Sequence[_Drift]) -> Iterator[Evidence]:
    for drift in drifts[:_MAX_SHOWN]:
        member, line = drift.having[0]
        lacking = listed([m.module.path for m in drift.lacking], _MAX_SHOWN)
        yield Evidence(f"filter `{shown(drift.text)}`, missing in {lacking}", member.module.site(line))
    if len(drifts) > _MAX_SHOWN:
        yield Evidence(f"{len(drifts) - _MAX_SHOWN} further filters stand in some of them only")
    for pair in family.links[:_MAX_MEMBERS]:
        yield Evidence(f"{pair.a.module.path} and {pair.b.module.path}: {pair.similarity:.0%} of the lines are the same", _first(pair.b))
    for values, place in list(_parameters(family))[:_MAX_SHOWN]:
        yield Evidence(f"could be a parameter: {listed([f'`{value}`' for value in values], _MAX_SHOWN)} in `{place}`")
    widest = min(family.links, key=lambda p: (p.similarity, p.a.id))
    for difference in widest.differences[:_MAX_SHOWN]:
        yield side_by_side(widest, difference)


def _parameters(family: _Family) -> Iterator[tuple[list[str], str]]:
    """(values, the line with `…` in their place) of the literals in which lines that are otherwise the same differ, in their order."""
    found: dict[tuple[str, int], dict[str, None]] = {}
    for pair in family.links:
        for difference in pair.differences:
            shape = _VALUE.sub("…", difference.left_text)
            if not shape or shape != _VALUE.sub("…", difference.right_text):
                continue
            sides = (_VALUE.finditer(text) for text in (difference.left_text, difference.right_text))
            for number, (left, right) in enumerate(zip(*sides, strict=True)):
                if left[0] != right[0]:
                    found.setdefault((shape, number), {}).update({left[0]: None, right[0]: None})
    for (shape, _), values in found.items():
        yield sorted(values), shown(shape)


def _first(member: Member) -> Site:
    """The first line of its code; in a notebook the first cell that holds some."""
    return member.module.site(member.unit.source_lines[0]) if member.module.is_notebook else Site(member.module.path, 1)
