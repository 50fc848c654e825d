"""JGL010: Makefiles that are in order; then rules that cannot run and files without a rule."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts
from rules.make_rule_adrift import MakeRuleAdrift


def found(makefile, *tracked):
    graph: SystemGraph = graph_of_texts({"Makefile": makefile})
    graph.tracked_files = frozenset({"Makefile", *tracked})
    return list(MakeRuleAdrift().check(graph))


@pytest.mark.parametrize(
    "recipe",
    [
        "\tgrep 'a|b' $< > $@\n",
        '\tgrep "it\'s" $< > $@\n',
        "\tgrep it\\'s $< > $@\n",
        "\t# it's a comment\n\tcat $< > $@\n",
        "\tcat $< | \\\n\t(head; tail) > $@\n",
        "\tif (test -e $<); then (cat $<); fi > $@\n",
        '\tA=$$(cat $<); echo "$$(date)" > $@\n',
        "\techo '$(subst ','',$<)' > $@\n",
        "\tdiff <(sort $<) <(sort b) > $@\n",
        "\trun() { cat $<; }; run > $@\n",
        "\tcase $< in (a) cat a;; esac > $@\n",
        "\tcat <<END > $@ \\\n it's \\\nEND\n",
        "\tfind . \\( -name a -o -name b \\) > $@\n",
    ],
)
def test_recipes_that_a_shell_takes(recipe):
    assert found("data/few.csv: data/rows.csv\n" + recipe) == []


@pytest.mark.parametrize(
    "text",
    [
        "data/a.csv:\n  LIMIT = 3\n",
        "data/a.csv:\n  data/b.csv: data/c.csv\n",
        "data/a.csv:\n  ifdef X\n\tcat b\n  endif\n",
        "data/a.csv:\n  $(call made,data/a.csv)\n",
        ".RECIPEPREFIX = >\ndata/a.csv:\n  cat b > $@\n",
        "SHELL := python3\ndata/a.csv:\n\tprint('a' + \"it's\")  # it's\n\tprint((1))\n",
        "data/a.csv:\n\n    some text that is no recipe\n",
    ],
)
def test_lines_with_spaces_that_are_no_recipe(text):
    assert found(text) == []


def test_a_recipe_with_spaces():
    [finding] = found("data/a.csv:\n   \twget -qO- https://host.example/a > $@\n\nb:\n    echo b\n")
    assert [(site.line) for site in finding.locations] == [2, 5]
    assert finding.members == 2


def test_a_quote_that_is_never_closed():
    [finding] = found("data/few.csv: data/rows.csv\n\tcat $< | \\\n\tgrep 'a|b > $@\n")
    assert "single quote" in finding.message
    assert finding.locations[0].line == 2


def test_a_quote_that_closes_the_next_one():
    recipe = '\t(cat $< | grep \'x: (true|"True"); \\\n\t cat $< | grep \'x: (false|"False")) > $@\n'
    [finding] = found("data/few.csv: data/rows.csv\n" + recipe)
    assert "unquoted" in finding.message


FAMILY = "".join(f"data/w{n}.rows_for_review.csv:\n\tcat raw{n} > $@\n" for n in range(6))


def test_a_held_file_that_one_word_tells_from_a_target():
    [finding] = found(FAMILY.replace("_for_", ".for."), "data/w3.rows.to.review.csv")
    assert finding.locations[0].path == "Makefile"
    assert finding.locations[1].path == "data/w3.rows.to.review.csv"


def test_another_members_file_and_a_held_target_are_no_renaming():
    text = FAMILY.replace("_for_", ".for.")
    assert found(text, "data/w9.rows.for.review.csv") == []
    assert found(text, "data/w3.rows.to.review.csv", "data/w3.rows.for.review.csv") == []


def test_files_without_a_rule_among_files_with_one():
    held = [f"data/w{n}.rows_for_review.csv" for n in range(6)]
    [finding] = found(FAMILY, *held, "data/old.csv")
    assert [site.path for site in finding.locations] == ["data/old.csv"]
    assert found(FAMILY, *held[:4], "data/old.csv") == []
    assert found(FAMILY, *held, *(f"data/hand{n}.csv" for n in range(6))) == []
    assert found(FAMILY, *held, "data/README.md") == []


def test_an_input_that_no_rule_makes_beside_one_of_nearly_that_name():
    text = "data/labelled_rows.csv:\n\tcat a > $@\nout/model.bin: data/labeled_rows.csv\n\tfit $< > $@\n"
    [finding] = found(text)
    assert {site.line for site in finding.locations} == {1, 3}
    assert found(text, "data/labeled_rows.csv") == []
    assert found(text.replace("labeled_rows", "labelled_rows_2")) == []


def test_the_finding_stays_the_same_when_one_recipe_is_mended():
    mended, wrong = "data/a.csv:\n\tcat raw/a > $@\n", "data/a.csv:\n    cat raw/a > $@\n"
    rest = "\ndata/b.csv:\n    cat raw/b > $@\n"
    assert found(wrong + rest)[0].members == 2
    assert [f.fingerprint for f in found(wrong + rest)] == [f.fingerprint for f in found(mended + rest)]
