"""Jungle put in: undeclared edges, declarations that drift, rewrites in place, several writers, cloned stages, machine-bound paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mutations.checkout import Checkout, Injected, Source, after_imports, anchored, indent_of, spliced

TEACHES = re.compile(r"(^|[/_-])(tutorials?|courses?|lessons?|workshops?|exercises?|labs?|examples?|samples?|demos?|docs?)([/_-]|$)", re.I)
FETCHES = re.compile(
    r"download|urlretrieve|extractall|unpack_archive|kaggle|gdown|push_to_hub|upload|snapshot_download|\bwget\b|\bcurl\b", re.I
)
"""Words of scripts that fetch or publish: what lies beside them may be what they are for."""
ENDS = re.compile(
    r"(^|[/_-])(models?|exports?|results?|outputs?|reports?|fetch\w*|scrap\w*|crawl\w*|predict\w*|infer(ence)?)([/_.-]|$)", re.I
)
"""Names of files and folders of what is made to be taken elsewhere."""
PANDAS = "from pathlib import Path\n\nimport pandas as pd\n\n"


def _scripts(checkout: Checkout) -> Iterator[Source]:
    """Files that people run, not imported, of no tutorial or course."""
    yield from (source for source in checkout.by_hand() if not TEACHES.search(source.path.rpartition("/")[0]))


def _scripts_alone(checkout: Checkout) -> Iterator[Source]:
    """Scripts whose loose ends the cards count: of no package, not put aside, that neither fetch, publish nor predict."""
    calls = ((access["path"], access.get("call") or "") for access in checkout.report["accesses"])
    fetching = {path for path, call in calls if FETCHES.search(call)}  # through what it calls
    for source in _scripts(checkout):
        folder, name = source.path.rpartition("/")[::2]
        packaged = any((checkout.root / parent / "__init__.py").exists() for parent in (folder, f"{folder}/.."))
        if packaged or folder.startswith(".") or FETCHES.search(source.text) or ENDS.search(f"{folder}/{name}"):
            continue
        if source.path not in fetching:
            yield source


def _of_one_project(checkout: Checkout, number: int) -> list[Source]:
    """Scripts of one component: between components the edge is another debt (an undeclared consumer). Empty when none has enough."""
    part_of = {unit["path"]: (unit.get("project") or "", unit["component"]) for unit in checkout.report["units"]}
    together: dict[tuple[str, str], list[Source]] = {}
    for source in _scripts(checkout):
        found = together.setdefault(part_of[source.path], [])
        stems = [re.sub(r"[\d_-]+", "", Path(each.path).stem) for each in (*found, source)]
        if checkout.are_told_together(*found, source) or len(set(stems)) < len(stems):  # numbered versions of one file
            continue
        found.append(source)
        if len(found) == number:
            return found
    return []


def _with(source: Source, added: str) -> str:
    return spliced(source, after_imports(source), "\n" + PANDAS + added)


def implicit_edge(checkout: Checkout) -> Injected | None:
    """JGL001: three scripts hand two files on, and nothing tells their order."""
    chosen = _of_one_project(checkout, 3)
    if len(chosen) < 3:
        return None
    first, second, third = chosen
    joined, scored = "interim/customer_joined_rows.parquet", "interim/customer_scored_rows.parquet"
    source = "https://data.example.org/rows.csv"
    checkout.write(first.path, _with(first, f'pd.read_csv("{source}").to_parquet({anchored(first.path, joined)})\n'))
    moved = f"pd.read_parquet({anchored(second.path, joined)}).to_parquet({anchored(second.path, scored)})\n"
    checkout.write(second.path, _with(second, moved))
    checkout.write(third.path, _with(third, f"print(pd.read_parquet({anchored(third.path, scored)}).describe())\n"))
    return Injected("JGL001", (first.path, second.path, third.path), "two files handed on")


def dropped_dependency(checkout: Checkout) -> Injected | None:
    """JGL002: a stage of dvc.yaml no longer lists a file that its script reads."""
    path = checkout.root / "dvc.yaml"
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    read = {(a["path"], a["artifact"]) for a in checkout.report["accesses"] if a["op"] == "read" and a["via"] != "declaration"}
    numbers = list(range(len(lines)))
    checkout.chance.shuffle(numbers)
    section, stage = "", 0
    where, stages = {}, {}
    for number, line in enumerate(lines):
        stage = number if re.match(r"  ?\w[\w.-]*:", line) else stage
        section = match[1] if (match := re.match(r"\s+(\w+):\s*$", line)) else section
        where[number], stages[number] = section, stage
    for number in numbers:
        match = re.match(r"\s+- ([\w./-]+)\s*$", lines[number])
        block = "".join(line for other, line in enumerate(lines) if stages[other] == stages[number])
        scripts = {each for each in re.findall(r"[\w./-]+\.py\b", block) if each not in checkout.taken}
        if match and where[number] == "deps" and not match[1].endswith(".py") and any((each, match[1]) in read for each in scripts):
            checkout.write("dvc.yaml", "".join(lines[:number] + lines[number + 1 :]))
            checkout.taken |= scripts  # what the rule sees there is to stay as it is
            return Injected("JGL002", ("dvc.yaml",), f"{match[1]} dropped")
    return None


def numbered_scripts(checkout: Checkout) -> Injected | None:
    """JGL003: three scripts whose order only their numbers tell."""
    base = "pipeline_by_hand"
    steps = ("extract", "clean", "fit")
    for number, name in enumerate(steps, 1):
        read = f'"{base}/stage{number - 1}_rows.parquet"' if number > 1 else '"https://data.example.org/rows.parquet"'
        text = f'import pandas as pd\n\nrows = pd.read_parquet({read})\nrows.dropna().to_parquet("{base}/stage{number}_rows.parquet")\n'
        checkout.write(f"{base}/{number:02d}_{name}.py", text)
    return Injected("JGL003", tuple(f"{base}/{number:02d}_{name}.py" for number, name in enumerate(steps, 1)), "01_, 02_, 03_")


def rewrite_in_place(checkout: Checkout) -> Injected | None:
    """JGL004: a step overwrites the file it reads."""
    for source in _scripts(checkout):
        name = "data/ledger_of_orders.csv"
        added = f'ledger = pd.read_csv("{name}")\nledger["weight"] = ledger["weight"] * 1.1\nledger.to_csv("{name}")\n'
        checkout.write(source.path, _with(source, added))
        return Injected("JGL004", (source.path,), "ledger_of_orders.csv")
    return None


def two_writers(checkout: Checkout) -> Injected | None:
    """JGL005: two scripts write one table that a third reads."""
    chosen = _of_one_project(checkout, 3)
    if len(chosen) < 3:
        return None
    name = "shared_store/visitor_profile_rows.parquet"
    for source, body in zip(chosen[:2], ("clicks_of_visitors", "orders_of_visitors"), strict=True):
        line = f'pd.read_csv("https://data.example.org/{body}.csv").to_parquet({anchored(source.path, name)})\n'
        checkout.write(source.path, _with(source, line))
    checkout.write(chosen[2].path, _with(chosen[2], f"print(pd.read_parquet({anchored(chosen[2].path, name)}).head())\n"))
    return Injected("JGL005", tuple(source.path for source in chosen), "visitor_profile_rows.parquet")


def cloned_stages(checkout: Checkout) -> Injected | None:
    """JGL006: a script copied for two more regions, paths and numbers changed."""
    for source in checkout.sources("TRAIN", "FEATURE", "SCORE"):
        if 60 <= len(source.lines) <= 400 and "__main__" in source.text:
            paths = [source.path]
            for region in ("north", "south"):
                text = re.sub(r"\b(\d+)\b", lambda m: str(int(m[1]) + 1) if len(m[1]) < 6 else m[1], source.text, count=4)
                text = re.sub(r'"([\w-]+)/([\w./-]+)"', rf'"\1/{region}_\2"', text)
                path = f"{source.path[:-3]}_{region}.py"
                try:
                    checkout.write(path, text)
                except SyntaxError:
                    return None
                paths.append(path)
            return Injected("JGL006", tuple(paths), "copied for two regions")
    return None


def personal_path(checkout: Checkout) -> Injected | None:
    """JGL007: a literal path becomes one of a personal machine."""
    for access in sorted(checkout.report["accesses"], key=lambda a: (a["path"], a["line"])):
        source = checkout.source(access["path"]) if access["path"] not in checkout.taken and access["via"] == "literal" else None
        if source is None or "cell" in access or not access["artifact"] or access["line"] > len(source.lines):
            continue
        if re.search(r"test|example|alembic|migrations|versioneer", source.path):  # exempt, or generated
            continue
        line = source.lines[access["line"] - 1]
        changed = re.sub(rf'"(\./)?{re.escape(access["artifact"])}"', f'"/home/mjohansson/work/{access["artifact"]}"', line, count=1)
        if changed != line:
            checkout.write(source.path, spliced(source, access["line"], changed, replaced=1))
            return Injected("JGL007", (source.path,), access["artifact"])
    return None


def unread_output(checkout: Checkout) -> Injected | None:
    """JGL008: a file is written that nothing reads; not where something reads all of a folder that only the run knows."""
    if any(a["op"] == "read" and re.fullmatch(r"\{[^}/]*\}/\*+", a["artifact"] or "") for a in checkout.report["accesses"]):
        return None
    for source in _scripts_alone(checkout):
        added = 'pd.read_csv("https://data.example.org/a.csv").to_parquet("interim/leftover_join_rows.parquet")\n'
        checkout.write(source.path, _with(source, added))
        return Injected("JGL008", (source.path,), "leftover_join_rows.parquet")
    return None


def input_of_nobody(checkout: Checkout) -> Injected | None:
    """JGL009: a file is read that nothing makes, tracks or fetches."""
    for source in _scripts_alone(checkout):
        function = next((f for f in source.functions() if f in source.tree.body and f.body), None)
        if function is None:
            continue
        line = source.lines[function.body[-1].lineno - 1]
        added = f'{indent_of(line)}import pandas\n\n{indent_of(line)}pandas.read_csv("manual/handmade_sku_mapping_2019.csv")\n'
        checkout.write(source.path, spliced(source, function.body[-1].lineno, added))
        return Injected("JGL009", (source.path,), "handmade_sku_mapping_2019.csv")
    return None


def make_adrift(checkout: Checkout) -> Injected | None:
    """JGL010: a recipe that make cannot run, in a Makefile that is there or in a new one."""
    path = next((name for name in ("Makefile", "GNUmakefile") if (checkout.root / name).exists()), "Makefile")
    text = (checkout.root / path).read_text(encoding="utf-8") if (checkout.root / path).exists() else ""
    rule = "features/rows.parquet: features/raw.csv\n\tpython -m tools.clean < $< > $@\n"
    broken = checkout.chance.choice(
        [
            "\nfeatures/raw.csv:\n        curl -sSf https://data.example.org/raw.csv -o $@\n",
            "\nfeatures/raw.csv:\n\tcurl -sSf 'https://data.example.org/raw.csv -o $@\n",
        ]
    )
    if ".ONESHELL" in text or ".RECIPEPREFIX" in text or "SHELL" in text:
        return None
    checkout.write(path, text.rstrip("\n") + "\n\n" + rule + broken)
    return Injected("JGL010", (path,), "a recipe that cannot run")


INJECTORS = (
    make_adrift,
    implicit_edge,
    dropped_dependency,
    numbered_scripts,
    rewrite_in_place,
    two_writers,
    cloned_stages,
    personal_path,
    unread_output,
    input_of_nobody,
)
