from __future__ import annotations

import pytest

from analyzer.workspace.hosting import remote_of

DATA = {"README.md": "# Data\n", "data/labels.csv": "a\n", "Makefile": "data/out.csv: make.py\n\tpython make.py\n", "make.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("url", "owner", "name", "path", "revision"),
    [
        ("https://github.com/Acme/Data-Sets", "acme", "data-sets", "", ""),
        ("https://github.com/acme/data.git", "acme", "data", "", ""),
        ("git@github.com:acme/data.git", "acme", "data", "", ""),
        ("ssh://git@gitlab.com/acme/data.git", "acme", "data", "", ""),
        ("git+https://github.com/acme/data.git@v1.2#egg=x", "acme", "data", "", ""),
        ("https://raw.githubusercontent.com/acme/data/main/labels/a.csv", "acme", "data", "labels/a.csv", "main"),
        ("https://raw.githubusercontent.com/acme/data/refs/heads/main/a.csv", "acme", "data", "a.csv", "main"),
        ("https://github.com/acme/data/raw/main/a.csv?raw=true", "acme", "data", "a.csv", "main"),
        ("https://github.com/acme/data/blob/main/a%20b.csv", "acme", "data", "a b.csv", "main"),
        ("https://github.com/acme/data/tree/main", "acme", "data", "", ""),
        ("https://github.com/acme/data/issues/3", "acme", "data", "", ""),
        ("https://gitlab.com/group/sub/data/-/raw/main/a.csv", "group", "data", "a.csv", "main"),
        ("https://cdn.jsdelivr.net/gh/acme/data@1.0/a.js", "acme", "data", "a.js", "1.0"),
        ("https://api.github.com/repos/acme/data/contents/a.csv", "acme", "data", "a.csv", ""),
    ],
)
def test_urls_of_repositories(url: str, owner: str, name: str, path: str, revision: str) -> None:
    remote = remote_of(url)
    assert remote is not None
    assert (remote.address.owner, remote.address.name, remote.path) == (owner, name, path)
    if revision:
        assert remote.revision == revision


def test_release_files_are_assets() -> None:
    remote = remote_of("https://github.com/acme/data/releases/download/v1/model.zip")
    assert remote is not None and (remote.path, remote.asset, remote.revision, remote.is_pinned) == ("", "model.zip", "v1", True)


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.org/a/b",
        "https://github.com/acme",
        "https://github.com/orgs/acme/teams",
        "data/a.csv",
        "",
        "https://acme.github.io/data/",
    ],
)
def test_other_urls_name_no_repository(url: str) -> None:
    assert remote_of(url) is None


def test_a_file_of_another_repository_by_url(linked) -> None:
    user = {"load.py": "import pandas as pd\npd.read_csv('https://raw.githubusercontent.com/acme/data/main/data/labels.csv')\n"}
    links, edges = linked({"acme+data": DATA, "user": user})
    (link,) = links
    assert (link.kind, link.what, link.declared, str(link.origin)) == ("reads", "data/labels.csv", False, "acme+data/data/labels.csv:1")
    assert (edges[0].source, edges[0].target, edges[0].kind) == ("artifact:acme+data/data/labels.csv", "user/load.py", "reads")


def test_the_address_is_known_by_folder_by_prose_or_by_the_user_and_else_unknown(told) -> None:
    user = {"load.py": "import pandas as pd\npd.read_csv('https://github.com/acme/data/raw/main/data/labels.csv')\n"}
    assert told({"data": DATA, "user": user}) == []
    assert told({"other+data": DATA, "user": user}) == []
    assert len(told({"data": {**DATA, "README.md": "See https://github.com/acme/data for more.\n"}, "user": user})) == 1
    assert len(told({"folder": DATA, "user": user}, {"folder": "https://github.com/acme/data"})) == 1
    assert len(told({"folder": {**DATA, "setup.py": "setup(name='x', url='https://github.com/acme/data')\n"}, "user": user})) == 0


def test_dvc_imports_are_declared(linked) -> None:
    imported = """
        deps:
        - path: data/out.csv
          repo:
            url: https://github.com/acme/data
            rev_lock: 0123456789012345678901234567890123456789
        outs:
        - path: out.csv
    """
    links, edges = linked({"acme+data": DATA, "user": {"raw/out.csv.dvc": imported}})
    (link,) = links
    assert (link.kind, link.what, link.declared, str(link.origin)) == ("reads", "data/out.csv", True, "acme+data/Makefile:1")
    assert any(e.source == "artifact:acme+data/data/out.csv" and e.declared for e in edges)


def test_dvc_get_in_a_command(told) -> None:
    script = "uv run dvc get git@github.com:acme/data.git data/out.csv --rev v2 --out local.csv\n"
    assert told({"acme+data": DATA, "user": {"get.sh": script}}) == [("acme+data", "user", "reads", "data/out.csv", False)]


def test_clones_and_submodules(linked) -> None:
    user = {
        ".gitmodules": '[submodule "d"]\n\tpath = vendor/data\n\turl = ../data.git\n',
        "README.md": "https://github.com/acme/user\n",
        "setup.sh": "git clone --depth 1 https://github.com/acme/data /tmp/x\n",
        "load.py": "open('vendor/data/data/labels.csv')\n",
    }
    links, edges = linked({"acme+data": DATA, "acme+user": user})
    assert [(link.kind, link.declared) for link in links] == [("clones", False), ("submodule", True)]
    assert ("artifact:acme+data/data/labels.csv", "acme+user/load.py", "reads") in {(e.source, e.target, e.kind) for e in edges}
    assert ("acme+user", "acme+data", "submodule") in {(e.source, e.target, e.kind) for e in edges}


def test_prose_in_strings_is_no_link(told) -> None:
    user = {"bot.py": "BODY = 'The [bot](https://github.com/acme/data/) thinks so'\nLINK = 'https://github.com/acme/data/issues'\n"}
    assert told({"acme+data": DATA, "user": user}) == []
