"""What the runner of a script puts into it: `snakemake.input` and its kin."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

SNAKEFILE = """\
configfile: 'config/config.yaml'

rule merge:
    input:
        expand('raw/{s}.csv', s=['a', 'b']),
        table=config['samples'],
    output:
        'out/all.csv',
        plot='out/{kind}.png',
    params:
        schema='schema.json',
        cut=lambda wildcards: 3,
    log: 'logs/merge.log'
    script: 'scripts/merge.py'
"""


def accesses(script: str, snakefile: str = SNAKEFILE) -> list[tuple[str, str | None]]:
    """(operation, artifact) of what the script does, under the `workflow` folder of Snakemake's convention."""
    graph = graph_of_texts(
        {"workflow/Snakefile": snakefile, "config/config.yaml": "samples: config/samples.tsv\n", "workflow/scripts/merge.py": script}
    )
    return sorted(((a.op, a.artifact) for a in graph.accesses if a.site.path.endswith("merge.py") and not a.borrowed), key=str)


@pytest.mark.parametrize(
    "expression",
    [
        "snakemake.input.other", "snakemake.input[7]", "snakemake.params.cut", "snakemake.output['gone']",
        "snakemake.resources.tmpdir", "other.input[0]",
    ],
)  # fmt: skip
def test_what_the_rule_does_not_say_stays_open(expression: str) -> None:
    assert accesses(f"open({expression})\n") == [("read", None)]


def test_a_script_that_no_rule_runs_has_no_such_object() -> None:
    graph = graph_of_texts({"Snakefile": SNAKEFILE, "apart.py": "open(snakemake.input[0])\n"})
    assert [a.artifact for a in graph.accesses if a.site.path == "apart.py"] == [None]


def test_a_local_name_wins() -> None:
    assert accesses("def f(snakemake):\n    open(snakemake.input[0])\n") == [("read", None)]


@pytest.mark.parametrize(
    "expression, artifact",
    [
        ("snakemake.input[0]", "raw/a.csv"),
        ("snakemake.input[1]", "raw/b.csv"),
        ("snakemake.input.table", "config/samples.tsv"),
        ("snakemake.input[2]", "config/samples.tsv"),
        ("snakemake.input['table']", "config/samples.tsv"),
        ("snakemake.output.plot", "out/{kind}.png"),
        ("str(snakemake.log)", "logs/merge.log"),
        ("f'{snakemake.log}'", "logs/merge.log"),
        ("snakemake.config['samples']", "config/samples.tsv"),
        ("snakemake.params['schema']", "schema.json"),
        ("Path(snakemake.output[0]).with_suffix('.txt')", "out/all.txt"),
        ("f'out/{snakemake.wildcards.kind}.png'", "out/{kind}.png"),
    ],
)
def test_what_the_rule_says(expression: str, artifact: str) -> None:
    assert accesses(f"from pathlib import Path\nopen({expression})\n") == [("read", artifact)]


def test_it_is_found_where_it_is_imported_and_inside_functions() -> None:
    script = "from snakemake.script import snakemake\n\ndef main():\n    open(snakemake.output[0], 'w')\n\nmain()\n"
    assert accesses(script) == [("write", "out/all.csv")]


def test_what_the_rule_declares_is_declared() -> None:
    script = "import shutil\nshutil.copy(snakemake.input[0], snakemake.output[0])\nshutil.copy('side.csv', 'there.csv')\n"
    graph = graph_of_texts({"Snakefile": "rule a:\n    input: 'a.csv'\n    output: 'b.csv'\n    script: 'm.py'\n", "m.py": script})
    assert [(a.artifact, a.declared) for a in graph.accesses if a.site.path == "m.py"] == [
        ("a.csv", True), ("b.csv", True), ("side.csv", False), ("there.csv", False),
    ]  # fmt: skip
    assert graph.coverage.declared_edges.recovered == 2


def test_a_loop_sees_every_path() -> None:
    expected = [("read", "config/samples.tsv"), ("read", "raw/a.csv"), ("read", "raw/b.csv")]
    assert accesses("for path in snakemake.input:\n    open(path)\n") == expected


def test_behind_what_is_not_known_only_names_count() -> None:
    snakefile = "rule merge:\n    input: unpack(of), 'x.csv', t='t.csv'\n    output: expand('{s}.csv', s=S), 'y.csv'\n"
    snakefile += "    script: 'scripts/merge.py'\n"
    assert accesses("open(snakemake.input[0])\nopen(snakemake.input.t)\n", snakefile) == [("read", "t.csv"), ("read", None)]
    assert accesses("open(snakemake.output[0])\nopen(snakemake.output[1])\n", snakefile) == [("read", "{s}.csv"), ("read", None)]


def test_rules_that_share_a_script_are_alternatives() -> None:
    snakefile = "".join(f"rule {n}:\n    output: '{n}.csv'\n    script: 'scripts/merge.py'\n" for n in "ab")
    assert accesses("open(snakemake.output[0], 'w')\n", snakefile) == [("write", "a.csv"), ("write", "b.csv")]
