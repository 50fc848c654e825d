from collections.abc import Sequence

from analyzer.history.authorship import Commit, History
from analyzer.history.brought_in import brought_in

COPY = tuple(f"geo/{number}.py" for number in range(20))
OURS = tuple(f"ours/{number}.py" for number in range(20))


def commit(added: Sequence[str], changed: Sequence[str] = ()) -> Commit:
    return Commit("", 1, "author 1", (), (*added, *changed), tuple(added))


def found(*newest_first: Commit, gap: str = "") -> tuple[str, ...]:
    return brought_in(History(newest_first, 1, gap=gap), ["geo"], {*COPY, *OURS})


def test_a_folder_that_grew_is_ours() -> None:
    assert not found(commit(COPY[10:]), commit(COPY[:10]), commit(OURS))


def test_a_folder_that_was_worked_on_is_ours() -> None:
    assert not found(commit((), COPY[:5]), commit(COPY), commit(OURS))


def test_the_first_commit_and_a_move_tell_nothing() -> None:
    assert not found(commit((), OURS[:3]), commit((*COPY, *OURS)))
    assert not found(commit((*COPY, *OURS)), commit(["README.md"]))


def test_without_a_whole_history_nothing_is_foreign() -> None:
    assert not brought_in(None, ["geo"], COPY)
    assert not found(commit(COPY), commit(OURS), gap="shallow clone")


def test_a_copy_that_came_in_with_one_commit() -> None:
    assert found(commit((), COPY[:1]), commit(COPY), commit(OURS)) == ("geo",)
