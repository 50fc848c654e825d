from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.history.authorship import BULK_FILES, DAY, Commit, History, core

NOW = 1_700_000_000


def commit(author: str, *files: str, days_ago: int = 0, co: tuple[str, ...] = (), added: tuple[str, ...] = (), **flags: bool) -> Commit:
    commit.count += 1  # type: ignore[attr-defined]
    return Commit(f"{commit.count:040x}", NOW - days_ago * DAY, author, co, files, added, **flags)  # type: ignore[attr-defined]


commit.count = 0  # type: ignore[attr-defined]


def history(*commits: Commit, deleted: frozenset[str] = frozenset()) -> History:
    return History(commits, NOW, deleted=deleted)


def test_what_is_no_work_is_not_counted() -> None:
    told = history(
        commit("ann", "a.py", is_merge=True),
        commit("ann", "a.py", is_ignored=True),
        commit("ann", "a.py", *(f"{n}.py" for n in range(BULK_FILES))),
        commit("", "a.py"),
        commit("ann", "b.py"),
    )
    assert told.touches(["a.py"]) == {}
    assert told.commits_touching(["a.py"]) == 0
    assert told.last_change("a.py") == NOW
    assert told.last_change("unknown.py") is None


def test_touches_are_counted_for_each_file_and_person() -> None:
    told = history(commit("ann", "a.py", "b.py"), commit("bob", "a.py", days_ago=400, co=("ann", "bob")))
    assert told.touches(["a.py", "b.py", "a.py"]) == {"ann": 3.0, "bob": 1.0}
    assert told.touches(["a.py", "b.py"], days=365) == {"ann": 2.0}
    assert told.commits_touching(["a.py", "b.py"]) == 1
    assert told.commits_touching(["a.py", "b.py"], None) == 2


def test_a_robots_commit_credits_the_people_it_names() -> None:
    assert history(commit("", "a.py", co=("ann",))).touches(["a.py"]) == {"ann": 1.0}


def test_two_sides_in_the_same_hands() -> None:
    told = history(*(commit("ann", "t.py", co=("bob",)) for _ in range(3)), *(commit("ann", "s.py", co=("bob",)) for _ in range(3)))
    overlap = told.overlap(["t.py"], ["s.py"])
    assert (overlap.o, overlap.jaccard, overlap.cochange, overlap.both) == (1.0, 1.0, 0.0, 0)


def test_two_sides_in_different_hands() -> None:
    told = history(*(commit("ann", "t.py") for _ in range(6)), *(commit("bob", "s.py") for _ in range(3)), commit("cem", "t.py", "s.py"))
    overlap = told.overlap(["t.py"], ["s.py"])
    assert overlap.o == pytest.approx(1 / 7)
    assert (overlap.core_a, overlap.core_b) == ({"ann"}, {"bob", "cem"})
    assert overlap.jaccard == 0
    assert (overlap.commits_a, overlap.commits_b, overlap.both) == (7, 4, 1)
    assert overlap.cochange == pytest.approx(1 / 10)


def test_sides_without_history_overlap_by_nothing() -> None:
    overlap = history().overlap(["a.py"], ["b.py"])
    assert (overlap.o, overlap.jaccard, overlap.cochange) == (0.0, 0.0, 0.0)


def test_imported_history() -> None:
    told = history(
        commit("ann", "z.py", added=("z.py",)),
        commit("ann", "a.py", "b.py", "c.py", "gone.py", added=("a.py", "b.py", "c.py", "gone.py")),
        deleted=frozenset({"gone.py"}),
    )
    assert told.imported_share() == 0.75
    assert told.imported_share(["a.py", "z.py"]) == 0.5
    assert history().imported_share() == 0.0


def test_data_that_came_in_heaps_is_no_import() -> None:
    heap = tuple(f"data/{n}.csv" for n in range(50))
    told = history(commit("ann", *heap, "a.py", added=(*heap, "a.py")), commit("bob", "b.py", added=("b.py",)))
    assert told.imported_share() == 0.5


def test_moving_everything_is_no_import() -> None:
    moves = (("a.py", "src/a.py"), ("b.py", "src/b.py"))
    told = history(
        commit("ann", "a.py", "b.py", "src/a.py", "src/b.py", added=("src/a.py", "src/b.py"), moved=moves),
        commit("bob", "b.py", added=("b.py",)),
        commit("cem", "a.py", added=("a.py",)),
        deleted=frozenset({"a.py", "b.py"}),
    )
    assert told.imported_share() == 0.5


def test_hands_lately_and_others_who_are_still_here() -> None:
    told = history(*(commit("ann", "a.py", days_ago=n) for n in range(9)), *(commit("bob", "a.py", days_ago=900 + n) for n in range(9)))
    assert told.hands(["a.py"]).share == 0.5
    assert (told.hands(["a.py"], 730).alone, told.hands(["a.py"], 730).commits) == (9, 9)
    assert not told.others_here(["a.py"], "ann")
    assert told.others_here(["a.py"], "bob")


def test_squashed_share_leaves_merges_aside() -> None:
    told = history(commit("ann", is_squashed=True), commit("ann"), commit("ann", is_merge=True))
    assert told.squash_share() == 0.5
    assert history().squash_share() == 0.0


PEOPLE = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 50).map(float), min_size=1)


@given(PEOPLE)
def test_the_core_is_the_smallest_set_with_four_fifths(touches: dict[str, float]) -> None:
    chosen = core(touches)
    total = sum(touches.values())
    assert sum(touches[who] for who in chosen) >= 0.8 * total - 1e-6
    assert sum(sorted(touches.values(), reverse=True)[: len(chosen) - 1]) < 0.8 * total + 1e-6


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sets(st.sampled_from(["t", "s", "u"]), min_size=1)), max_size=40))
def test_overlap_is_symmetric_and_bounded(work: list[tuple[str, set[str]]]) -> None:
    told = history(*(commit(who, *sorted(files)) for who, files in work))
    there, back = told.overlap(["t"], ["s"]), told.overlap(["s"], ["t"])
    assert 0 <= there.o <= 1 + 1e-9
    assert there.o == pytest.approx(back.o)
    assert (there.jaccard, there.cochange) == (back.jaccard, back.cochange)
    if there.touches_a:
        assert told.overlap(["t"], ["t"]).o == pytest.approx(1)


def test_in_whose_hands() -> None:
    told = history(
        *(commit("ann", "a.py", days_ago=200) for _ in range(3)), commit("bob", "a.py", co=("cem",), days_ago=300), commit("bob", "b.py")
    )
    hands = told.hands(["a.py"])
    assert (hands.commits, hands.people, hands.alone, hands.share) == (4, 3, 3, 0.75)
    assert hands.left_days == 200
    assert hands.since == NOW - 300 * DAY
    assert told.hands(["b.py"]).left_days == 0
    assert told.hands(["unknown.py"]).share == 0.0
    assert told.hands().commits == 5


def test_the_age_of_a_file() -> None:
    told = history(commit("ann", "a.py"), commit("", "a.py", days_ago=30))
    assert told.first_change("a.py") == NOW - 30 * DAY
    assert told.first_change("unknown.py") is None


def test_how_many_may_leave() -> None:
    everyone = history(*(commit(who, "a.py", "b.py") for who in ("ann", "bob", "cem")))
    assert everyone.truck_factor(["a.py", "b.py"]) == 3
    alone = history(*(commit("ann", "a.py", "b.py") for _ in range(9)), commit("bob", "a.py", "c.py"))
    assert alone.truck_factor(["a.py", "b.py", "c.py"]) == 1
    assert alone.truck_factor(["unknown.py"]) == 0


def test_when_the_history_is_not_believed() -> None:
    files = ("a.py", "b.py")
    assert "imported" in history(commit("ann", *files, added=files)).distrust(["a.py"])
    squashed = history(commit("ann", "a.py", is_squashed=True), commit("ann", "a.py", is_squashed=True), commit("bob", "a.py"))
    assert "2 of 3 commits are squashed" in squashed.distrust(["a.py"])
    credited = history(commit("ann", "a.py", co=("bob",), is_squashed=True))
    assert credited.distrust(["a.py"]) == ""
