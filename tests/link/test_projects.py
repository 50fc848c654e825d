"""Projects and their source roots, from packaging files alone."""

from __future__ import annotations

import pytest

from analyzer.link.projects import Layout, layout_of
from analyzer.read.requirements import normalised


def layout(texts: dict[str, str]) -> Layout:
    packaging = {p: t for p, t in texts.items() if not p.endswith((".py", ".ipynb")) or p.endswith("setup.py")}
    return layout_of(texts, packaging)


@pytest.mark.parametrize("texts", [{}, {"a.py": ""}, {"src/a.py": "", "docs/requirements.txt": ""}, {"web/package.json": "{}", "a.py": ""}])
def test_one_project_when_nothing_says_more(texts: dict[str, str]) -> None:
    assert list(layout(texts).projects) == [""]


def test_the_nearest_packaging_file_decides() -> None:
    found = layout({"a/setup.py": "", "a/b/pyproject.toml": "", "a/b/c/x.py": "", "a/y.py": "", "z.py": ""})
    assert [found.project_of(p).root for p in ("a/b/c/x.py", "a/y.py", "z.py", "other/deep/w.py")] == ["a/b", "a", "", ""]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[project]\nname = "me"\ndependencies = ["scikit-learn>=1", "NumPy[extra]~=1.2 ; python_version > \'3\'"]\n'),
        (
            "pyproject.toml",
            "[tool.poetry]\nname = 'me'\ndependencies = {scikit-learn = '*'}\n[tool.poetry.group.dev.dependencies]\nnumpy = '*'\n",
        ),
        ("pyproject.toml", '[project]\nname = "me"\n[project.optional-dependencies]\nall = ["scikit-learn", "numpy"]\n'),
        ("setup.py", "setup(name='me', install_requires=['scikit-learn>=1', 'numpy'])\n"),
        ("setup.cfg", "[metadata]\nname = me\n[options]\ninstall_requires =\n  scikit-learn>=1\n  numpy\n"),
        ("requirements.txt", "# all\n-r other.txt\nscikit-learn==1.0\nnumpy\n"),
        ("requirements-dev.txt", "scikit-learn==1.0\nnumpy\n"),
        ("environment.yml", "dependencies:\n  - scikit-learn=1.0\n  - numpy\n"),
        ("Pipfile", "[packages]\nscikit-learn = '*'\nnumpy = '*'\n"),
    ],
)
def test_dependencies_are_known_by_their_import_names(file: str, text: str) -> None:
    project = layout({file: text, "a.py": ""}).projects[""]
    assert project.depends_on("sklearn")
    assert project.depends_on("numpy")
    assert not project.depends_on("pandas")
    assert not project.depends_on("me")


@pytest.mark.parametrize(
    ("file", "text", "root"),
    [
        ("pyproject.toml", "[tool.setuptools.packages.find]\nwhere = ['code']\n", "code"),
        ("pyproject.toml", "[tool.setuptools.package-dir]\n'' = 'code'\n", "code"),
        ("pyproject.toml", "[[tool.poetry.packages]]\ninclude = 'p'\nfrom = 'code'\n", "code"),
        ("setup.py", "setup(package_dir={'': 'code'})", "code"),
        ("setup.cfg", "[options]\npackage_dir =\n  = code\n", "code"),
        ("a.py", "", "src"),
    ],
)
def test_source_roots(file: str, text: str, root: str) -> None:
    roots = layout({file: text}).projects[""].source_roots
    assert roots[0] == root
    assert roots[-1] == ""


def test_a_package_called_src_is_no_source_root() -> None:
    assert "src" not in layout({"src/__init__.py": "", "src/a.py": ""}).projects[""].source_roots


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[project.scripts]\nrun = 'p.cli:main'\n"),
        ("pyproject.toml", "[tool.poetry.scripts]\nrun = 'p.cli:main'\n"),
        ("pyproject.toml", "[project.entry-points.x]\nrun = 'p.cli:main'\n"),
        ("setup.py", "setup(entry_points={'console_scripts': ['run = p.cli:main']})"),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n  run = p.cli:main\n"),
    ],
)
def test_scripts(file: str, text: str) -> None:
    assert layout({file: text}).projects[""].scripts == ("p.cli",)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", "project = 1\ntool = []\n"),
        ("pyproject.toml", "[project]\nname = 3\ndependencies = 'x'\nscripts = 'y'\n[tool]\npoetry = 1\nsetuptools = 2\n"),
        ("pyproject.toml", "[tool.poetry]\npackages = [1]\n"),
        ("setup.cfg", "no section\n"),
        ("setup.cfg", "[options]\ninstall_requires = %(broken)s\n"),
        ("setup.py", "setup(install_requires=["),
        ("Pipfile", "="),
    ],
)
def test_broken_packaging_files_do_not_raise(file: str, text: str) -> None:
    project = layout({file: text, "a.py": ""}).projects[""]
    assert project.root == ""
    assert bool(project.broken) is (text == "[project\n")


def test_normal_names() -> None:
    assert normalised("Scikit_Learn..extra") == "scikit-learn-extra"
