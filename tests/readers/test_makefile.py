import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.makefile import read_makefile
from analyzer.read.step_facts import Step

LINES = st.lists(
    st.sampled_from(
        ["a: b c", "\techo $@ $< $^", "X = $(Y)", "Y := $(X) z", "define D", "endef", "ifeq (a,b)", "else", "endif", "include x.mk"]
    )
    | st.sampled_from(
        ["%.o: %.c", "a b &: c | d", "\t@-x \\", "  y", "# c", ".PHONY: a", "X += $(foreach i,a b,$(i))", "$(", "a:: ; x", ":", "\t"]
    )
    | st.text(max_size=12),
    max_size=15,
).map("\n".join)


def step(text: str, name: str) -> Step:
    return next(step for step in read_makefile(text).steps if step.name == name)


def deps(step: Step) -> list[tuple[str, int]]:
    return [(declared.path, declared.line) for declared in step.deps]


def outs(step: Step) -> list[tuple[str, int]]:
    return [(declared.path, declared.line) for declared in step.outs]


def words(step: Step) -> list[tuple[str, ...]]:
    return [command.words for command in step.commands]


@pytest.mark.parametrize(
    "text", ["", "# a: b", "X = 1", "include x.mk", "ifdef A\nendif", "\techo a", "define X\na: b\nendef", ".SUFFIXES:", "export A=b"]
)
def test_no_step(text: str) -> None:
    assert read_makefile(text).steps == ()


@pytest.mark.parametrize("name", ["clean", "train", "all"])
def test_a_target_that_names_no_file_makes_none(name: str) -> None:
    assert step(f"{name}: data/x.csv\n\tpython train.py", name).outs == ()


def test_a_phony_target_makes_no_file() -> None:
    text = ".PHONY: data/x.csv models\nmodels: data/x.csv\ndata/x.csv:\n\tpython a.py > $@\n"
    assert step(text, "data/x.csv").outs == () and step(text, "models").after == ("data/x.csv",) and step(text, "models").deps == ()


def test_a_rule() -> None:
    text = "\n".join(
        [
            "# pipeline",
            "D = data",
            "$(D)/b.csv: $(D)/a.csv \\",
            "\t\tscripts/clean.py | $(D)",
            "\t@python scripts/clean.py \\",
            "\t\t--input $< > $@",
            "",
            "\t-rm -f $(D)/tmp",
            "",
            "other: $(D)/b.csv",
        ]
    )
    found = step(text, "data/b.csv")
    assert (found.kind, found.line, found.end_line, found.is_default) == ("make", 3, 8, True)
    assert deps(found) == [("data/a.csv", 3), ("scripts/clean.py", 4), ("data", 4)] and outs(found) == [("data/b.csv", 3)]
    clean, remove = found.commands
    assert clean.words == ("python", "scripts/clean.py", "--input", "data/a.csv")
    assert (clean.line, clean.stdout, clean.stdout_line) == (5, "data/b.csv", 6)
    assert remove.words == ("rm", "-f", "data/tmp") and remove.line == 8
    assert deps(step(text, "other")) == [("data/b.csv", 10)]


def test_automatic_variables() -> None:
    text = "out/a.txt: x/b.in x/c.in | d\n\techo $@ $< $^ $+ $(@D) $(@F) $(<F) $(^D) $* $| $$HOME $$$$\n"
    assert words(step(text, "out/a.txt")) == [
        ("echo", "out/a.txt", "x/b.in", "x/b.in", "x/c.in", "x/b.in", "x/c.in", "out", "a.txt", "b.in", "x", "x", "{stem}", "d", "~", "{$}")
    ]


def test_a_pattern_is_a_hole() -> None:
    found = step("data/%.csv: raw/%.json\n\tpython conv.py $< $@ $*\n", "data/%.csv")
    assert outs(found) == [("data/{stem}.csv", 1)] and deps(found) == [("raw/{stem}.json", 1)]
    assert words(found) == [("python", "conv.py", "raw/{stem}.json", "data/{stem}.csv", "{stem}")]
    assert deps(step("a.o b.o: %.o: %.c\n\tcc $<\n", "a.o")) == [("{stem}.c", 1)]


def test_several_targets_and_several_rules_of_one_target() -> None:
    text = "a.txt b.txt: c.txt\n\ttouch $@\na.txt: d.txt\n"
    assert words(step(text, "a.txt")) == [("touch", "a.txt")] and words(step(text, "b.txt")) == [("touch", "b.txt")]
    assert deps(step(text, "a.txt")) == [("c.txt", 1), ("d.txt", 3)]


@pytest.mark.parametrize(
    ("definition", "use", "expected"),
    [
        ("A = $(B)\nB = late", "$(A)", ("late",)),
        ("B = early\nA := $(B)\nB = late", "$(A)", ("early",)),
        ("A ?= one\nA ?= two", "${A}", ("one",)),
        ("A = one\nA += two", "$(A)", ("one", "two")),
        ("define A\none\nendef", "$(A)", ("one",)),
        ("export A = x", "$(A)", ("x",)),
        ("A != date", "$(A)", ("{shell}",)),
        ("", "$(UNKNOWN) $(MAKE)", ("{UNKNOWN}", "make")),
        ("A = a.c b.c", "$(A:.c=.o) $(patsubst %.c,o/%.o,$(A))", ("a.o", "b.o", "o/a.o", "o/b.o")),
        ("A = d/a.c", "$(notdir $(A)) $(dir $(A)) $(basename $(A)) $(suffix $(A))", ("a.c", "d/", "d/a", ".c")),
        ("A = a b", "$(addprefix p/,$(A)) $(addsuffix .x,$(A)) $(firstword $(A)) $(lastword $(A))", ("p/a", "p/b", "a.x", "b.x", "a", "b")),
        ("A = a b", "$(foreach i,$(A),x/$(i).csv)", ("x/a.csv", "x/b.csv")),
        ("A = a b.c", "$(filter %.c,$(A)) $(filter-out %.c,$(A)) $(subst a,z,$(A)) $(sort b a b)", ("b.c", "a", "z", "b.c", "a", "b")),
        ("", "$(shell date +%Y) $(shell pwd)/x $(wildcard data/*.csv) $(if a,b,c)", ("{date}", "./x", "data/*.csv", "b")),
        ("", "$(words a b) $(call f,x)", ("{words}", "{call}")),
    ],
)
def test_variables_and_functions(definition: str, use: str, expected: tuple[str, ...]) -> None:
    (found,) = words(step(f"{definition}\nall:\n\techo {use}\n", "all"))
    assert found[1:] == expected


def test_a_variable_that_is_itself_ends() -> None:
    assert step("A = $(A) $(A)\nall: $(A)\n\techo $(A)\n", "all").commands


def test_target_specific_variables_and_inline_recipes() -> None:
    text = "train: EPOCHS = 5\ntrain: data.csv ; python train.py $(EPOCHS)\n"
    assert words(step(text, "train")) == [("python", "train.py", "5")] and step(text, "train").commands[0].line == 2


def test_every_recipe_line_has_its_own_shell() -> None:
    text = "all:\n\tcd src && python a.py\n\tpython b.py\n"
    assert [(command.words[-1], command.cwd) for command in step(text, "all").commands] == [("src", ""), ("a.py", "src"), ("b.py", "")]
    assert step(".ONESHELL:\n" + text, "all").commands[-1].cwd == "src"


def test_both_arms_of_a_conditional_are_kept() -> None:
    text = "ifeq ($(GPU),1)\na:\n\tx\nelse\nb:\n\ty\nendif\n"
    assert [found.name for found in read_makefile(text).steps] == ["a", "b"]


def test_the_default_target() -> None:
    assert [found.name for found in read_makefile(".PHONY: x\n%.o: %.c\nfirst: x\nsecond:\n").steps if found.is_default] == ["first"]
    assert step(".DEFAULT_GOAL := second\nfirst:\nsecond:\n", "second").is_default


def test_a_name_that_an_included_file_may_make_is_no_file() -> None:
    facts = read_makefile("include more.mk\n-include $(X)/y.mk\nall: other data/x.csv\n")
    assert facts.includes == ("more.mk", "{X}/y.mk")
    assert facts.steps[0].after == ("other",) and deps(facts.steps[0]) == [("data/x.csv", 3)]
    assert deps(step("all: folder\n", "all")) == [("folder", 1)]


def test_suppressions_are_found() -> None:
    assert read_makefile("a: b # mldebt: ignore[JGL002] known\n").suppressions[0].line == 1


@settings(max_examples=300)
@given(st.text(max_size=100) | LINES)
def test_any_text_gives_steps(text: str) -> None:
    facts = read_makefile(text)
    for found in facts.steps:
        assert 1 <= found.line <= facts.lines
        assert all(1 <= command.line <= facts.lines for command in found.commands)


@pytest.mark.parametrize(
    "text",
    [
        "A = $(B)$(B)\nB = $(C)$(C)\nC = $(D)$(D)\nD = $(E)$(E)\nE = " + "x" * 10_000 + "\n" + "all: $(A)\n\techo $(A)\n" * 500,
        "".join(f"V{i} = $(V{i + 1}) $(V{i + 1})\n" for i in range(100)) + "all: $(V0)\n",
        "all: " + "$(" * 50_000,
        "all:\n\techo " + "$(" * 50_000,
        " ".join(f"t{i}" for i in range(3_000)) + ": " + " ".join(f"d{i}" for i in range(3_000)) + "\n\techo $^\n",
        "define X\n" * 20_000,
        "A += $(A) x\n" * 10_000 + "all: $(A)\n",
        "X = a b c\nall: $(foreach i,$(foreach j,$(X),$(X)),$(foreach k,$(X),$(X)))\n" * 300,
        "\\\n" * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    started = time.process_time()
    read_makefile(text)
    assert time.process_time() - started < 6
