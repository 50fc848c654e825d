import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.configuration import read_configuration
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.facts import Unreadable

SUFFIXES = [".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".env", ".conf", ".properties"]
Leaf = tuple[str, object, int]


def leaves(text: str, suffix: str) -> list[Leaf]:
    facts = read_configuration(text, suffix)
    assert isinstance(facts, ConfigFacts), facts
    return list(facts.leaves)


def reason(text: str, suffix: str) -> str:
    facts = read_configuration(text, suffix)
    assert isinstance(facts, Unreadable), facts
    return facts.reason


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_sets_nothing(suffix: str) -> None:
    assert leaves("", suffix) == [] and leaves("\n\n", suffix) == []


def test_records_are_data() -> None:
    assert leaves('{"a": 1}\n{"a": 2}\n', ".json") == []


def test_yaml() -> None:
    text = "a: 1\nb:\n  - x\n  - {c: 2.5, d: null}\ne: &e {f: yes, g: '1'}\nh: *e\ni: !custom z\nj: 0x1F\nk: 010\nl: 1e3\n---\na: 2\n"
    assert leaves(text, ".yaml") == [
        ("a", 1, 1),
        ("b.0", "x", 3),
        ("b.1.c", 2.5, 4),
        ("b.1.d", None, 4),
        ("e.f", True, 5),
        ("e.g", "1", 5),
        ("h.f", True, 5),
        ("h.g", "1", 5),
        ("i", "z", 7),
        ("j", 31, 8),
        ("k", "010", 9),
        ("l", "1e3", 10),
        ("a", 2, 12),
    ]


def test_merged_keys_count_unless_overridden() -> None:
    assert leaves("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n", ".yml")[2:] == [("b.x", 3, 4), ("b.y", 2, 1)]


def test_json_has_the_lines_of_its_values() -> None:
    assert leaves('{\n  "a": {"b": [1,\n true]},\n  "c": 1e5, "d": null\n}', ".json") == [
        ("a.b.0", 1, 2),
        ("a.b.1", True, 3),
        ("c", 1e5, 4),
        ("d", None, 4),
    ]
    assert leaves('{\n\t"a": 1}', ".json")[0][:2] == ("a", 1)


def test_toml() -> None:
    text = 'a = 1\n[b]\nc.d = "x"\n"e f" = [1, 2]\n[[t]]\nn = 1\n[[t]]\nn = 2024-01-02\n'
    assert leaves(text, ".toml") == [
        ("a", 1, 1),
        ("b.c.d", "x", 3),
        ("b.e f.0", 1, 4),
        ("b.e f.1", 2, 4),
        ("t.0.n", 1, 6),
        ("t.1.n", "2024-01-02", 8),
    ]


def test_ini() -> None:
    text = "top = 1\n[a]\n; c = d\nx: y z\n  # comment\nflag = True\nlr = 0.1\nempty =\n"
    assert leaves(text, ".ini") == [("top", 1, 1), ("a.x", "y z", 4), ("a.flag", True, 6), ("a.lr", 0.1, 7), ("a.empty", "", 8)]


def test_env() -> None:
    text = "# A=b\nexport DATA='a b' # c\nPORT=80 # c\nURL=http://x/#y\nbad line\n"
    assert leaves(text, ".env") == [("DATA", "a b", 2), ("PORT", 80, 3), ("URL", "http://x/#y", 4)]
    assert leaves("A=1", ".env.example") == [("A", 1, 1)]


@pytest.mark.parametrize(
    ("text", "suffix", "part"),
    [
        ("a: [1", ".yaml", "is no valid YAML (line "),
        ("a: b: c", ".yaml", "(line 1: "),
        ('{"a": 1,}', ".json", "is no valid JSON (line 1: "),
        ('{\n"a"', ".json", "line 2"),
        ("a = \nb = 1", ".toml", "is no valid TOML (Invalid value (at line 1"),
        ("a: {{ .Values.x }}", ".yaml", "template"),
        ("{% if x %}\na: 1\n{% endif %}", ".yaml", "template"),
        ("{{- if x }}\na: 1\n", ".yaml", "template"),
        ("- " * 3_000, ".yaml", "nested"),
        ("[" * 100_000, ".json", "nested too deeply"),
        ("[" * 100_000, ".yaml", "nested"),
        ("a = " + "[" * 100_000, ".toml", "nested"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, suffix: str, part: str) -> None:
    assert part in reason(text, suffix)


@pytest.mark.parametrize("text", ["path: data/{{ds}}.csv", "a: '{{ x }}'", 'a: "{{ x }}"', "a: |\n  {{ x }}\n  {% y %}", "a: ${{ b }}"])
def test_a_template_inside_a_value_is_a_value(text: str) -> None:
    assert len(leaves(text, ".yaml")) == 1


def test_the_number_of_leaves_is_bounded() -> None:
    assert len(leaves(json.dumps(list(range(20_000))), ".json")) == 5_000
    levels = "\n".join(f"v{i}: &v{i} [" + ", ".join([f"*v{i - 1}"] * 9 if i else ["x"] * 9) + "]" for i in range(12))
    assert len(leaves(levels, ".yaml")) == 5_000


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "&a [*a, *a]", "a: &a\n  <<: *a\n"])
def test_a_text_that_contains_itself_ends(text: str) -> None:
    read_configuration(text, ".yaml")


def test_huge_numbers_become_text() -> None:
    assert leaves('{"a": ' + "9" * 300 + "}", ".json")[0][1] == "9" * 300
    read_configuration('{"a": ' + "9" * 10_000 + "}", ".json")
    assert leaves("a: " + "9" * 300, ".yaml")[0][1] == "9" * 300


YAML_LIKE = st.text(alphabet="ab: -[]{}\n'\"&*!|>#%?,<1.", max_size=60)


@settings(max_examples=300)
@given(st.text(max_size=60) | YAML_LIKE, st.sampled_from(SUFFIXES))
def test_any_text_gives_facts_or_a_reason(text: str, suffix: str) -> None:
    facts = read_configuration(text, suffix)
    if isinstance(facts, ConfigFacts):
        assert all(1 <= line <= facts.lines for _, _, line in facts.leaves)
    else:
        assert facts.reason


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3),
        max_leaves=8,
    )
)
def test_json_leaves_are_those_of_the_value(value: object) -> None:
    def flat(item: object, path: tuple[str, ...]) -> list[tuple[str, object]]:
        if isinstance(item, dict):
            return [leaf for key, inner in item.items() for leaf in flat(inner, (*path, key))]
        if isinstance(item, list):
            return [leaf for index, inner in enumerate(item) for leaf in flat(inner, (*path, str(index)))]
        return [(".".join(path), item)]

    assert [leaf[:2] for leaf in leaves(json.dumps(value), ".json")] == flat(value, ())
