"""The configuration: what it takes, and how it says no."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Confidence, Severity
from analyzer.settings import Settings, SettingsError, load_settings, read_settings, rule_prefix, settings_of


def refusal(table: dict[str, object]) -> str:
    with pytest.raises(SettingsError) as caught:
        settings_of(table, "mldebt.toml")
    return str(caught.value)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == (Settings(), "", ())
    assert load_settings(tmp_path).fails_at is Severity.low


def test_a_pyproject_of_another_tool_means_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 100\n")
    assert read_settings(tmp_path) == (Settings(), "", ())


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text(
        """
        select = ["pipeline-jungle", "DXP001"]
        ignore = ["JGL007"]
        min_severity = "low"
        min_confidence = "B"
        fail_on = "never"
        exclude = ["third_party/**"]
        include_tests = true
        history = false
        roots = ["jobs/*.py"]
        archetype = "research"
        require_reasons = true
        [severity]
        JGL001 = "high"
        [per_path_ignores]
        "notebooks/**" = ["JGL"]
        [components]
        ranking = ["src/rank/**", "jobs/rank_*.py"]
        [roles]
        "jobs/**" = "SCORE"
        [[contract]]
        artifact = "data/scores.parquet"
        producer = "scoring"
        consumers = ["marketing"]
        expires = 2031-12-31
        [[io]]
        call = "acme.lake.load"
        argument = "name"
        op = "read"
        kind = "table"
        [limits]
        max_files = 10
        [workspace]
        repositories = [".", { path = "../service", name = "api" }]
        """
    )
    settings, source, notes = read_settings(tmp_path)
    assert (source, notes) == ("mldebt.toml", ())
    assert settings.select == ("JGL", "DXP001")
    assert (settings.min_severity, settings.min_confidence, settings.fails_at) == (Severity.low, Confidence.B, None)
    assert settings.severity == {"JGL001": Severity.high}
    assert settings.per_path_ignores == {"notebooks/**": ("JGL",)}
    assert settings.components["ranking"] == ("src/rank/**", "jobs/rank_*.py")
    assert settings.contract[0].expires is not None and settings.contract[0].expires.year == 2031
    assert (settings.io[0].argument, settings.io[0].kind) == ("name", "table")
    assert settings.limits.max_files == 10 and settings.limits.max_file_bytes > 10
    assert settings.workspace is not None
    assert [(member.path, member.name) for member in settings.workspace.repositories] == [(".", ""), ("../service", "api")]
    assert settings.model_fields_set == set(Settings.model_fields), "this test must set every key"


def test_the_table_of_pyproject_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.mldebt]\nexclude = ["./vendor"]\n')
    assert read_settings(tmp_path)[:2] == (Settings(exclude=("vendor",)), "pyproject.toml")


def test_two_configurations_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mldebt]\n")
    (tmp_path / "mldebt.toml").write_text("")
    with pytest.raises(SettingsError, match=r"mldebt\.toml.*pyproject\.toml"):
        load_settings(tmp_path)


def test_a_broken_pyproject_is_the_repositorys_trouble_not_ours(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")
    settings, source, (note,) = read_settings(tmp_path)
    assert (settings, source) == (Settings(), "")
    assert note.startswith("pyproject.toml: is not TOML:") and "line 1" in note


def test_a_broken_pyproject_does_not_hide_mldebt_toml(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "mldebt.toml").write_text('ignore = ["JGL"]\n')
    settings, source, notes = read_settings(tmp_path)
    assert (settings.ignore, source, len(notes)) == (("JGL",), "mldebt.toml", 1)


@pytest.mark.parametrize("content", [b"select = [", b"\xff", b"a = " + b"[" * 100_000])
def test_a_broken_mldebt_toml_is_an_error_that_says_where(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mldebt.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"^mldebt\.toml: is not (TOML|UTF-8)"):
        load_settings(tmp_path)


@pytest.mark.parametrize("content", [None, "[project", "[project]\nname = 'x'\n"])
def test_a_configuration_that_was_asked_for_must_be_there_and_be_one(tmp_path: Path, content: str | None) -> None:
    asked = tmp_path / "pyproject.toml"
    if content is not None:
        asked.write_text(content)
    with pytest.raises(SettingsError, match=r"^pyproject\.toml: "):
        load_settings(tmp_path, asked)


def test_a_configuration_that_was_asked_for_beats_the_repositorys_own(tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text("nonsense")
    asked = tmp_path / "ci.toml"
    asked.write_text("include_tests = true\n")
    assert load_settings(tmp_path, asked).include_tests


@pytest.mark.parametrize("value", ["[tool]\nmldebt = 3\n", "[[tool.mldebt]]\n"])
def test_a_section_that_is_no_table_is_an_error(tmp_path: Path, value: str) -> None:
    (tmp_path / "pyproject.toml").write_text(value)
    with pytest.raises(SettingsError, match="not a table"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"selct": ["JGL"]}, 'mldebt.toml: unknown key "selct"; did you mean "select"?'),
        ({"min-severity": "low"}, 'unknown key "min-severity"; did you mean "min_severity"?'),
        ({"limits": {"max_flies": 3}}, 'unknown key "limits.max_flies"; did you mean "max_files"?'),
        ({"plugins": ["evil"]}, 'unknown key "plugins"'),
        ({"min_severity": "hgih"}, '"min_severity": one of info, low, medium, high, critical was expected; did you mean "high"?'),
        ({"min_confidence": "below"}, "one of C, B, A was expected"),
        ({"fail_on": "none"}, '"fail_on" takes one of info, low'),
        ({"exclude": "data"}, '"exclude" takes a list of globs'),
        ({"include_tests": "yes"}, '"include_tests" takes true or false'),
        ({"include_tests": 1}, '"include_tests" takes true or false'),
        ({"select": ["pipline-jungle"]}, '"select[0]": "pipline-jungle" is no rule code or family; did you mean "pipeline-jungle"?'),
        ({"severity": {"JGL001": "lo"}}, '"severity.JGL001": one of info'),
        ({"roles": {"a/*": "TRIAN"}}, '"roles" takes a table'),
        ({"contract": [{"artifact": "a", "producer": "p"}]}, '"contract[0]" lacks the key "consumers"'),
        ({"contract": [{"artifact": "a", "producer": "p", "consumer": ["c"], "consumers": ["c"]}]}, 'did you mean "consumers"?'),
        ({"io": [{"call": "a.b", "argument": 1.5, "op": "read"}]}, '"io[0].argument": a position (from 0), a keyword, or a list'),
        ({"io": [{"call": "a.b", "argument": -1, "op": "read"}]}, '"io[0].argument" takes which argument names the artifact: a position'),
        ({"io": [{"call": "a.b", "argument": "{0", "op": "read"}]}, '"io[0].argument": "{0" is no argument: a position, a keyword'),
        ({"io": [{"call": "a.b", "argument": ["a b"], "op": "read"}]}, '"io[0].argument": "a b" is no argument'),
        ({"io": [{"call": "a.b", "argument": 0, "op": "mode"}]}, 'op = "mode" needs the key mode'),
        ({"io": [{"call": "a.b", "argument": 0, "op": "append"}]}, '"io[0].op" takes "read", "write" or "mode"'),
        ({"io": [{"call": "a.b", "argument": 0, "op": "read", "scema": "s3://"}]}, 'did you mean "scheme"?'),
        ({"limits": {"max_files": 0}}, '"limits.max_files" takes a number of files'),
    ],
)
def test_a_refusal_names_the_key_and_what_it_takes(table: dict[str, object], words: str) -> None:
    assert words in refusal(table)


@pytest.mark.parametrize("path", ["/etc", "../other", "a/../../b", "~/data", "C:\\data"])
def test_no_path_leaves_the_repository(path: str) -> None:
    for table in ({"exclude": [path]}, {"roots": [path]}, {"components": {"x": [path]}}, {"roles": {path: "TRAIN"}}):
        assert "relative to the repository root" in refusal(table)


def test_every_fault_is_told_at_once() -> None:
    text = refusal({"selct": [], "include_tests": "yes"})
    assert text.count("mldebt.toml: ") == 2


def test_settings_cannot_be_changed_and_cross_process_borders() -> None:
    settings = settings_of({"select": ["JGL"], "io": [{"call": "a", "argument": 0, "op": "read"}]}, "x")
    with pytest.raises(ValueError, match="frozen"):
        settings.include_tests = True
    assert pickle.loads(pickle.dumps(settings)) == settings


@pytest.mark.parametrize(("said", "meant"), [("JGL001", "JGL001"), ("jgl", "JGL"), ("glue-code", "GLU"), ("DXP00", "DXP00")])
def test_rules_are_named_by_code_start_or_family(said: str, meant: str) -> None:
    assert rule_prefix(said) == meant


TOML = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from([*Settings.model_fields, "artifact", "call", "x"]) | st.text(max_size=8)


@given(st.dictionaries(KEYS, TOML, max_size=4))
def test_any_table_is_taken_or_refused_in_words(table: dict[str, object]) -> None:
    try:
        settings_of(table, "mldebt.toml")
    except SettingsError as error:
        assert all(line.startswith("mldebt.toml: ") for line in str(error).splitlines() if line.startswith("mldebt"))
        assert "pydantic" not in str(error) or "pydantic" in str(table)
