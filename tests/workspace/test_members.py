from __future__ import annotations

from pathlib import Path

from analyzer.settings import settings_of
from analyzer.workspace.members import members_of_paths, members_of_table


def names(paths: list[Path]) -> list[str]:
    return [member.name for member in members_of_paths(paths)[0]]


def test_a_member_is_called_like_its_folder(tmp_path: Path) -> None:
    members, notes = members_of_paths([tmp_path / "trainer", tmp_path / "service"])
    assert [member.name for member in members] == ["trainer", "service"] and notes == ()


def test_equal_names_get_the_folder_above_and_else_a_number(tmp_path: Path) -> None:
    assert names([tmp_path / "alice/model", tmp_path / "bob/model", tmp_path / "x"]) == ["alice-model", "bob-model", "x"]
    assert names([tmp_path / "a/m/model", tmp_path / "b/m/model", tmp_path / "m-model"]) == ["m-model", "model-2", "m-model-2"]
    _, notes = members_of_paths([tmp_path / "alice/model", tmp_path / "bob/model"])
    assert len(notes) == 2 and "alice-model" in notes[0]


def test_a_folder_named_twice_is_one_member(tmp_path: Path) -> None:
    members, notes = members_of_paths([tmp_path / "a", tmp_path / "b", tmp_path / "a" / ".." / "a"])
    assert [member.name for member in members] == ["a", "b"] and "twice" in notes[0]


def test_names_are_unique_whatever_the_folders(tmp_path: Path) -> None:
    found = names([tmp_path / "A", tmp_path / "x/a", tmp_path / "y/a", tmp_path / "x-a", Path("/")])
    assert len({name.lower() for name in found}) == 5 and all("/" not in name and name for name in found)


def test_a_table_names_folders_relative_to_its_file(tmp_path: Path) -> None:
    for name in ("repos/one", "repos/two", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "repos" / "file").write_text("")
    entries = ["repos/*", {"path": "other", "name": "third", "url": "https://github.com/acme/third"}, "gone/*"]
    table = settings_of({"workspace": {"repositories": entries}}, "mldebt.toml").workspace
    assert table is not None
    members, _ = members_of_table(table, tmp_path)
    assert [(member.name, member.root.name, member.urls) for member in members] == [
        ("one", "one", ()),
        ("two", "two", ()),
        ("third", "other", ("https://github.com/acme/third",)),
        ("*", "*", ()),
    ]
