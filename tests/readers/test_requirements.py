from __future__ import annotations

from textwrap import dedent

import pytest

from analyzer.read.commands_offered import offered_commands
from analyzer.read.gitmodules import submodules
from analyzer.read.images import image_name, images
from analyzer.read.requirements import requirements


def found(path: str, text: str) -> list[tuple[str, int, str, str]]:
    return [(each.name, each.line, each.version, each.url) for each in requirements(path, dedent(text).lstrip())]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "# a\n-r other.txt\n--index-url https://x\n\n-c constraints.txt\n"),
        ("pyproject.toml", "not [ toml"),
        ("pyproject.toml", "[tool.black]\nline-length = 3\n"),
        ("setup.cfg", "[options\n"),
        ("Pipfile", "= ="),
        ("notes.md", "pandas==1\n"),
        ("environment.yml", "name: x\nchannels:\n"),
        ("setup.py", "install_requires = read()\n"),
    ],
)
def test_nothing_is_asked_for(path: str, text: str) -> None:
    assert found(path, text) == []


def test_requirement_files() -> None:
    text = """
        pandas
        Acme_Lake[fast,x]>=1.2,<2 ; python_version > "3.8"  # why
        -e git+https://github.com/acme/rank.git@v1#egg=Acme-Rank
        git+ssh://git@github.com/acme/other.git
        tool @ https://acme.org/tool.whl
    """
    assert found("requirements/base.txt", text) == [
        ("pandas", 1, "", ""),
        ("acme-lake", 2, ">=1.2,<2", ""),
        ("acme-rank", 3, "", "git+https://github.com/acme/rank.git@v1#egg=Acme-Rank"),
        ("", 4, "", "git+ssh://git@github.com/acme/other.git"),
        ("tool", 5, "", "https://acme.org/tool.whl"),
    ]


def test_pyproject_of_every_kind() -> None:
    text = """
        [project]
        description = "uses acme-a"
        dependencies = ["acme-a", "acme-b>=1"]
        [project.optional-dependencies]
        x = ["acme-c"]
        [dependency-groups]
        dev = ["acme-d", {include-group = "x"}]
        [tool.uv.sources]
        acme-a = { git = "https://github.com/acme/a" }
        [tool.poetry.dependencies]
        python = "^3.11"
        acme_e = { git = "https://github.com/acme/e.git" }
        acme-f = "^2"
    """
    assert found("pyproject.toml", text) == [
        ("acme-a", 3, "", "https://github.com/acme/a"),
        ("acme-b", 3, ">=1", ""),
        ("acme-c", 5, "", ""),
        ("acme-d", 7, "", ""),
        ("acme-e", 12, "", "https://github.com/acme/e.git"),
        ("acme-f", 13, "^2", ""),
    ]


def test_setup_files_and_conda() -> None:
    setup = 'setup(\n  install_requires=["acme-a>1",\n    "acme-b"],\n)\n'
    assert found("setup.py", setup) == [("acme-a", 2, ">1", ""), ("acme-b", 3, "", "")]
    assert found("setup.cfg", "[options]\ninstall_requires =\n  acme-a\n  acme-b==1\n") == [("acme-a", 3, "", ""), ("acme-b", 4, "==1", "")]
    assert found("Pipfile", '[packages]\nacme-a = "*"\n') == [("acme-a", 2, "*", "")]
    text = "dependencies:\n  - conda-forge::acme-a=1\n  - pip:\n    - acme-b==2\n"
    assert [name for name, *_ in found("environment.yaml", text)] == ["acme-a", "acme-b"]


def test_console_scripts() -> None:
    cfg = '[project.scripts]\nrank = "acme.cli:main"\n[tool.poetry.scripts]\nserve = "acme.serve:run"\n'
    of_pyproject = [(c.name, c.module, c.line) for c in offered_commands("pyproject.toml", cfg)]
    assert of_pyproject == [("rank", "acme.cli", 2), ("serve", "acme.serve", 4)]
    setup = "setup(\n  scripts=['bin/tool'],\n  entry_points={'console_scripts': [\n    'rank = acme.cli:main',\n  ]},\n)\n"
    assert [(c.name, c.module, c.line) for c in offered_commands("setup.py", setup)] == [("tool", "", 2), ("rank", "acme.cli", 4)]
    text = 'setup(entry_points="""\n  [console_scripts]\n  rank=acme.cli:main\n""")\n'
    assert [(c.name, c.line) for c in offered_commands("setup.py", text)] == [("rank", 3)]
    commented = "[options.entry_points]\nconsole_scripts =\n\n;  rank = acme.old:main\n   rank = acme.cli:main\n"
    assert [(c.module, c.line) for c in offered_commands("setup.cfg", commented)] == [("acme.cli", 5)]
    assert offered_commands("setup.py", "setup(name='x')") == () and offered_commands("pyproject.toml", "[") == ()


def test_submodules() -> None:
    text = '[submodule "a"]\n\tpath = libs/a\n\turl = ../a.git\n[submodule "b"]\n\tpath = libs/b\n'
    text += '[submodule "c"]\n url = "https://x/c"\n path = c/\n'
    assert [(each.path, each.url, each.line) for each in submodules(text)] == [("libs/a", "../a.git", 3), ("c", "https://x/c", 7)]
    assert submodules("") == () and submodules("[submodule") == ()


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("acme/rank:1.2", "acme/rank"),
        ("docker.io/Acme/Rank@sha256:0", "acme/rank"),
        ("registry.acme.org:5000/ml/rank:${TAG}", "registry.acme.org:5000/ml/rank"),
        ("ghcr.io/${{ github.repository }}:main", "ghcr.io/{repository}"),
        ("ghcr.io/acme/$NAME", ""),
    ],
)
def test_image_names(reference: str, name: str) -> None:
    assert image_name(reference) == name


def test_images_of_docker_and_compose_files() -> None:
    dockerfile = "FROM --platform=linux/amd64 ghcr.io/acme/base:1 AS b\nFROM python:3.12\nCOPY --from=acme/x:1 a b\n"
    assert [(i.name, i.line, i.is_built) for i in images("docker", dockerfile)] == [("ghcr.io/acme/base", 1, False)]
    compose = "services:\n  a:\n    image: acme/a:1\n    build: .\n  b:\n    image: acme/b\n"
    assert [(i.name, i.line, i.is_built) for i in images("docker", compose)] == [("acme/a", 3, True), ("acme/b", 6, False)]
