import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.snakemake import read_snakefile
from analyzer.read.step_facts import Step, StepFacts
from analyzer.scan import graph_of_texts


def steps(text: str, path: str = "Snakefile") -> dict[str, Step]:
    return {step.name: step for step in read_snakefile(text, path).steps}


def paths(step: Step) -> tuple[list[str], list[str]]:
    return [d.path for d in step.deps], [d.path for d in step.outs]


@pytest.mark.parametrize("text", ["", "x = 1", "# rule a:\n", "def rule(a): pass", "ruleorder: a > b", "localrules: all"])
def test_no_rules(text: str) -> None:
    assert steps(text) == {}


def test_functions_and_broken_arguments_say_nothing() -> None:
    text = (
        "rule a:\n    input: lambda w: f(w), unpack(g), *many\n    output: 'x.csv'\nrule b:\n    input: 'a' 'b' c d(\n    output: 'y.csv'\n"
    )
    assert paths(steps(text)["a"]) == ([], ["x.csv"])
    assert paths(steps(text)["b"]) == ([], ["y.csv"])


def test_a_rule() -> None:
    text = """\
DATA = "data"

rule all:
    input:
        "report.html",

rule clean:
    # what comes in
    input:
        raw=f"{DATA}/raw/{{sample}}.csv",
        map=DATA + "/map.csv"
    output:
        temp("clean/{sample,[a-z]+}.csv")
    params: seed=3
    log: "logs/{sample}.log"
    threads: 4
    shell:
        "python clean.py --in {input.raw} --map {input[1]} "
        "--seed {params.seed} > {output} 2> {log}"
"""
    step = steps(text)["clean"]
    assert paths(step) == (["data/raw/{sample}.csv", "data/map.csv"], ["clean/{sample}.csv", "logs/{sample}.log"])
    assert [(d.line) for d in step.deps] == [10, 11] and step.line == 7 and step.end_line == 19
    (command,) = step.commands
    assert command.words == ("python", "clean.py", "--in", "data/raw/{sample}.csv", "--map", "data/map.csv", "--seed", "3")
    assert (command.stdout, command.line) == ("clean/{sample}.csv", 18)
    assert steps(text)["all"].is_default and not step.is_default


def test_expand_and_other_rules() -> None:
    text = """\
SAMPLES = ["a", "b"]
rule all:
    input: expand("out/{s}_{{k}}.csv", s=SAMPLES), expand("q/{t}.csv", t=unknown)
rule one:
    output: first="one/1.csv", second="one/2.csv"
checkpoint two:
    input: rules.one.output.second, rules.one.output[0]
    output: directory("two"), multiext("plot", ".png", ".pdf")
"""
    found = steps(text)
    assert paths(found["all"])[0] == ["out/a_{k}.csv", "out/b_{k}.csv", "q/{t}.csv"]
    assert paths(found["two"]) == (["one/2.csv", "one/1.csv"], ["two", "plot.png", "plot.pdf"])
    assert found["two"].after == ("one",)


def test_scripts_stand_where_the_rule_file_says() -> None:
    text = "rule fit:\n    input: 'data/x.csv'\n    output: 'm.pkl'\n    script: '../scripts/fit.py'\n"
    step = steps(text, "ml/workflow/rules/fit.smk")["fit"]
    assert step.cwd == "../.." and step.commands[0].words == ("python", "workflow/scripts/fit.py")


def test_shell_in_run_and_wildcards() -> None:
    text = "rule a:\n    output: 'o/{w}.txt'\n    run:\n        for x in y:\n            shell('cp {wildcards.w}.csv {output}')\n"
    (command,) = steps(text)["a"].commands
    assert command.words == ("cp", "{w}.csv", "o/{w}.txt") and command.line == 5


def test_includes_and_configuration() -> None:
    head = 'configfile: "config/c.yaml"\ninclude: "rules/a.smk"\n'
    text = 'rule x:\n    input: config["data"]["raw"] + "/x.csv", config.get("f", "d.csv")\n'
    facts = read_snakefile(head + text, "workflow/Snakefile")
    assert (facts.includes, facts.configured) == (("workflow/rules/a.smk",), ("config/c.yaml",))
    assert [d.path for d in facts.steps[0].deps] == ["{config.data.raw}/x.csv", "d.csv"]


def test_rules_inside_conditions_and_inherited_ones() -> None:
    text = "if True:\n    rule a:\n        input: 'x'\n        output: 'y.csv'\nuse rule a from other as b with:\n    output: 'z.csv'\n"
    assert {name: paths(step)[1] for name, step in steps(text).items()} == {"a": ["y.csv"], "b": ["z.csv"]}


def test_the_graph_knows_the_edges_as_declared_and_their_order() -> None:
    head = 'configfile: "config.yaml"\ninclude: "rules/fit.smk"\n'
    fit = "rule fit:\n    input: 'work/{day}.csv', config['raw']\n    output: 'm.pkl'\n    script: '../scripts/fit.py'\n"
    graph = graph_of_texts(
        {
            "workflow/Snakefile": head + "rule prep:\n    output: 'work/{d}.csv'\n    script: 'scripts/prep.py'\n",
            "workflow/rules/fit.smk": fit,
            "config.yaml": "raw: data/raw.csv\n",
            "workflow/scripts/prep.py": "open('x.csv')",
            "workflow/scripts/fit.py": "import pandas as pd\npd.read_csv('data/raw.csv')\n",
        }
    )
    assert {(d.op, d.artifact, d.mechanism) for d in graph.declarations} == {
        ("write", "work/{d}.csv", "snakemake"),
        ("read", "work/{day}.csv", "snakemake"),
        ("read", "data/raw.csv", "snakemake"),
        ("write", "m.pkl", "snakemake"),
    }
    assert ("workflow/scripts/prep.py", "workflow/scripts/fit.py") in graph.orders
    assert [a.declared for a in graph.accesses if a.site.path.endswith("fit.py")] == [True]


PIECES = [
    "rule a:",
    "  input: 'x'",
    "    output:",
    "      'y',",
    "  shell: '''a {input} {",
    "'''",
    "rule :",
    "x = [",
    "]",
    "  run:",
    "include: ''",
]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("\n".join))
def test_any_text_gives_facts(text: str) -> None:
    facts = read_snakefile(text, "Snakefile")
    assert isinstance(facts, StepFacts)
    assert all(1 <= entry.line <= facts.lines + 1 for step in facts.steps for entry in (*step.deps, *step.outs))
