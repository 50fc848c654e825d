import pytest

from analyzer.discover.vendored_trees import vendored_trees, whole_repositories
from analyzer.scan import graph_of_texts

OURS = ("https://github.com/lab/singer.git",)
WHOLE = {
    "apex/setup.py": "setup(name='apex', ext_modules=[Extension(name='apex_C')])\n",
    "apex/LICENSE": "",
    "apex/apex/optim.py": "",
    "singer/sing.py": "",
}


def trees(texts: dict[str, str], name: str = "singer", remotes: tuple[str, ...] = OURS) -> tuple[str, ...]:
    return vendored_trees(
        texts, {path: text for path, text in texts.items() if path.endswith(("setup.py", ".toml", ".cfg"))}, name, remotes,
        lambda path: "__version__" in texts[path],
    )  # fmt: skip


def test_packages_of_ours_are_ours() -> None:
    assert not trees({"core/setup.py": "setup(name='core')\n", "core/LICENSE": "", "core/core/a.py": ""})
    assert not trees({"core/setup.py": "setup(url='https://github.com/lab/core')\n", "core/LICENSE": "", "core/a.py": ""})


def test_a_wrapper_that_is_named_like_a_distribution_is_ours() -> None:
    assert not trees({"singer/spacy/__init__.py": "", "singer/spacy/tagger.py": ""})
    assert not trees({"singer/transformers/setup.py": "", "singer/transformers/a.py": ""})


def test_a_renamed_distribution_has_become_ours() -> None:
    renamed = WHOLE | {"apex/setup.py": "setup(name='singer_apex')\n"}
    assert not trees(renamed)
    assert not trees(renamed | {"apex/__init__.py": "", "apex/version.py": ""})


def test_the_repository_of_the_distribution_itself() -> None:
    assert not trees(WHOLE, "apex", ())
    assert not trees(WHOLE, "copy", ("https://github.com/nvidia/apex",))
    assert not trees(WHOLE | {"setup.py": "setup(\n    name='apex',\n)\n"}, "copy", ())
    assert not trees({"transformers/__init__.py": "", "transformers/version.py": ""}, "somebody+transformers", ())


def test_without_an_address_of_ours_no_address_is_foreign() -> None:
    assert not trees({"core/setup.py": "setup(url='https://github.com/other/core')\n", "core/LICENSE": ""}, remotes=())


def test_a_known_distribution_with_packaging_and_licence() -> None:
    assert trees(WHOLE) == ("apex",)


def test_a_distribution_of_another_address() -> None:
    assert trees({"eval/probe/setup.py": "setup(url='https://github.com/other/probe')\n", "eval/probe/LICENSE": ""}) == ("eval/probe",)


def test_a_known_package_with_its_version_and_what_stands_beside_it() -> None:
    copied = {"a/mmcv/__init__.py": "", "a/mmcv/version.py": "", "a/mmseg/models/unet.py": "", "a/ours/__init__.py": ""}
    assert trees(copied) == ("a/mmcv", "a/mmseg")


def test_a_known_package_that_says_its_version() -> None:
    copied = {"paper/mmcv/__init__.py": '__version__ = "0.6"\n', "paper/mmcv/optim.py": ""}
    assert trees(copied) == ("paper/mmcv",)
    assert not trees(copied | {"paper/mmcv/__init__.py": ""})
    assert graph_of_texts(copied).modules["paper/mmcv/optim.py"].is_vendored


def test_rules_leave_such_a_tree_alone() -> None:
    graph = graph_of_texts(WHOLE)
    assert graph.modules["apex/apex/optim.py"].is_vendored
    assert not graph.modules["singer/sing.py"].is_vendored


def test_a_folder_of_ours_that_looks_a_little_like_an_environment() -> None:
    assert not trees(
        {"lib/python/rank.py": "", "bin/activate": "", "tools/bin/activate": "", "tools/python3/a.py": "", ".github/ci.py": ""}
    )


def test_a_virtual_environment_that_was_committed() -> None:
    assert trees({"venv/lib/python2.7/site.py": "", "train.py": ""}) == ("venv/lib/python2.7",)
    assert trees({"env/Scripts/activate.bat": "", "env/Scripts/activate_this.py": "", "train.py": ""}) == ("env",)
    assert trees({"a/mine/pyvenv.cfg": "", "a/mine/share/make.py": ""}) == ("a/mine",)


def test_copies_that_tools_made() -> None:
    copies = {"build/lib/rank/a.py": "", "eda/.ipynb_checkpoints/a-checkpoint.ipynb": "", "build/a.py": "", "rank/a.py": ""}
    assert trees(copies) == ("build/lib", "eda/.ipynb_checkpoints")


def test_what_an_assistant_installed() -> None:
    assert trees({".agent/.shared/pages/search.py": "", "web/.claude/skills/pdf/fill.py": "", "agent/run.py": ""}) == (
        ".agent",
        "web/.claude",
    )
    graph = graph_of_texts({".agent/skills/search.sh": "export PYTHONPATH=.\npython a.py\n", ".agent/skills/a.py": "", "train.py": ""})
    assert graph.modules[".agent/skills/a.py"].is_vendored
    assert not graph.steps


def test_what_was_unpacked_is_vendored_unless_it_is_most_of_all() -> None:
    assert trees({"solutions/first/heart-master/a.py": "", "ours/b.py": "", "run.py": ""}) == ("solutions/first/heart-master",)
    assert not trees({"heart-master/a.py": "", "heart-master/b.py": "", "run.py": ""})


@pytest.mark.parametrize(
    "path",
    [
        "models/llama-3.1/train.py",
        "release-1.2/python/a.py",
        "exp-0.1/python/a.py",
        "v1.8/python/a.py",
        "lasso-1/python/a.py",
        "lasso-1.8/a.py",
    ],
)
def test_a_number_in_a_name_is_no_release_of_a_library(path: str) -> None:
    assert not trees({path: "", "ours/b.py": "", "run.py": ""})


@pytest.mark.parametrize("inside", ["python/lasso.py", "COPYRIGHT", "PKG-INFO", "configure"])
def test_a_library_unpacked_under_the_name_of_its_release(inside: str) -> None:
    texts = {f"work/lasso-1.8/{inside}": "", "work/lasso-1.8/tools/a.py": ""}
    assert trees({**texts, "ours/b.py": "", "run.py": "", "more.py": ""}) == ("work/lasso-1.8",)
    assert not trees(texts)


COPIED = {
    "images/geo/setup.py": "setup(name='geo')\n",
    **{f"images/geo/{name}": "" for name in ("LICENSE.txt", ".travis.yml", "CONTRIBUTING.md", ".github/ci.yml", "geo/a.py")},
}


def whole(texts: dict[str, str]) -> tuple[str, ...]:
    return whole_repositories(texts, {path: text for path, text in texts.items() if path.endswith("setup.py")}, "singer", OURS)


def test_a_part_of_a_large_repository_is_no_repository_of_its_own() -> None:
    assert not whole({path: text for path, text in COPIED.items() if "LICENSE" not in path})
    assert not whole({path: text for path, text in COPIED.items() if not path.endswith((".travis.yml", "ci.yml"))})
    assert not whole(COPIED | {"setup.py": "setup(name='geo')\n"})


def test_a_whole_repository_below_the_root() -> None:
    assert whole(COPIED) == ("images/geo",)
