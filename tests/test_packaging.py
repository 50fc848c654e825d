"""The wheel ships every folder, and nothing that could harm what else is installed."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

TOP = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())
SHELVED = ("analyzer", "rules", "reports")


def folders_with_code() -> set[str]:
    found = {path.parent.relative_to(TOP) for folder in ("mldebt", *SHELVED) for path in (TOP / folder).rglob("*.py")}
    return {".".join(folder.parts) for folder in found}


def shipped_as(folder: str) -> str:
    return folder if folder.split(".")[0] == "mldebt" else f"mldebt._shelf.{folder}"


def test_the_package_list_is_what_stands_on_disk() -> None:
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(shipped_as(folder) for folder in folders_with_code())


def test_every_folder_with_code_is_a_package() -> None:
    for folder in folders_with_code():
        assert (TOP / folder.replace(".", "/") / "__init__.py").is_file(), folder


def test_every_shelved_folder_is_mapped_and_typed() -> None:
    assert PROJECT["tool"]["setuptools"]["package-dir"] == {f"mldebt._shelf.{name}": name for name in SHELVED}
    for folder in ("mldebt", *SHELVED):
        assert (TOP / folder / "py.typed").is_file()


def test_the_development_tools_are_listed_once_for_each_kind_of_installer() -> None:
    assert PROJECT["dependency-groups"]["dev"] == PROJECT["project"]["optional-dependencies"]["dev"]


def test_dependencies_have_a_lower_bound_and_no_upper_one() -> None:
    for line in [*PROJECT["project"]["dependencies"]]:
        operators = {specifier.operator for specifier in Requirement(line).specifier}
        assert operators == {">="}, line


def test_what_is_imported_is_a_dependency() -> None:
    """Import names and distribution names differ only for PyYAML."""
    names = {"yaml": "pyyaml"}
    declared = {Requirement(line).name.lower() for line in PROJECT["project"]["dependencies"]}
    known = "click|jinja2|libcst|msgspec|networkx|pathspec|pydantic|rich|sqlglot|yaml"
    pattern = re.compile(rf"^\s*(?:from|import)\s+({known})\b", re.MULTILINE)
    imported = {
        names.get(name, name)
        for folder in ("mldebt", *SHELVED)
        for path in (TOP / folder).rglob("*.py")
        for name in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert imported | {"sqlglot"} == declared  # the reader of SQL is to import it


def test_the_version_is_told_once() -> None:
    assert f'__version__ = "{PROJECT["project"]["version"]}"' in (TOP / "mldebt" / "__init__.py").read_text()


@pytest.mark.slow
def test_only_names_of_our_own_at_the_top_of_the_wheel(installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        tops = {name.split("/")[0] for name in wheel.namelist()}
    assert all(top.startswith("mldebt") for top in tops), tops


@pytest.mark.slow
def test_every_file_of_the_folders_is_in_the_wheel(installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        shipped = set(wheel.namelist())
    on_disk = {
        path.relative_to(TOP).as_posix()
        for folder in ("mldebt", *SHELVED)
        for path in (TOP / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted = {path if path.startswith("mldebt/") else f"mldebt/_shelf/{path}" for path in on_disk}
    assert wanted <= shipped, sorted(wanted - shipped)
    for ending in (".j2", ".json", "py.typed"):
        assert any(name.endswith(ending) for name in shipped if "_shelf" in name), ending


@pytest.mark.slow
def test_mldebt_and_django_rules_live_side_by_side(installed, tmp_path: Path) -> None:
    use_rules = "import rules; rules.add_perm('ok', rules.always_allow); print(rules.has_perm('ok'), rules.__file__)"
    before = installed.run(installed.python, "-I", "-c", use_rules, cwd=tmp_path)
    assert before.out.startswith("True ") and "_shelf" not in before.out, before.err
    (tmp_path / "train.py").write_text("print('hello')\n")
    scan = installed.run(installed.mldebt, "scan", tmp_path, cwd=tmp_path)
    assert scan.code == 0, scan.err
    checked = installed.run(installed.python, "-m", "pip", "check", cwd=tmp_path)
    assert checked.code == 0, checked.out
    pip = (installed.python, "-m", "pip", "--quiet", "--disable-pip-version-check")
    try:
        assert installed.run(*pip, "uninstall", "--yes", "mldebt", cwd=tmp_path).code == 0
        after = installed.run(installed.python, "-I", "-c", use_rules, cwd=tmp_path)
        assert after.out == before.out, after.err
    finally:
        again = installed.run(*pip, "install", "--no-deps", installed.wheel, cwd=tmp_path)
    assert again.code == 0, again.err


@pytest.mark.slow
def test_the_installed_command_scans_with_several_processes(installed, tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"step_{number}.py").write_text(f"import pandas as pd\n\npd.read_csv('in_{number}.csv')\n" * 40)
    done = installed.run(installed.mldebt, "scan", tmp_path, "--jobs", "2", "--fail-on", "never", cwd=tmp_path)
    assert done.code == 0, done.err
