from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.history.identities import identities, is_robot


def same(*people: tuple[str, str]) -> bool:
    return len(set(identities(people).values())) == 1


@pytest.mark.parametrize(
    "person",
    [
        ("Claude Dupont", "claude.dupont@example.org"),
        ("Bob Jenkins", "bob@example.org"),
        ("Ann Lee", "ann@anns-laptop.local"),
        ("Ann Lee", "ann@example.com"),
        ("Ann Lee", "noreply@github.com"),
        ("Abbot Talbot", "talbot@example.org"),
        ("Ann Robotham", "ann@openai.com"),
    ],
)
def test_people_with_robotic_names_are_people(person: tuple[str, str]) -> None:
    assert not is_robot(person)


@pytest.mark.parametrize(
    "person",
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.github.com"),
        ("github-actions", "actions@github.com"),
        ("Renovate Bot", "bot@renovateapp.com"),
        ("issue-label-bot", "x@example.org"),
        ("PyUpBot", "github@example.org"),
        ("facebook-github-bot", "opensource+bot@fb.com"),
        ("Claude Opus 5 (1M context)", "noreply@anthropic.com"),
        ("Ubuntu", "ubuntu@ip-10-0-0-1.eu-west-1.compute.internal"),
        ("ec2-user", "ec2-user@ip-10-0-0-1.ec2.internal"),
        ("Developer", "developer@example.com"),
        ("root", "root@build.local"),
        ("Acmer", "nobody@acme.org"),
        ("Acme Sync", "noreply@acme.org"),
        ("Copilot", "198982749+Copilot@users.noreply.github.com"),
    ],
)
def test_robots_own_nothing(person: tuple[str, str]) -> None:
    assert is_robot(person)
    assert identities([person]) == {}


def test_different_people_stay_apart() -> None:
    assert not same(("Ann Lee", "ann@example.org"), ("Bob Ray", "bob@example.org"))


def test_generic_addresses_and_names_join_nobody() -> None:
    assert not same(("Ann Lee", "info@one.org"), ("Bob Ray", "info@two.org"))
    assert not same(("root", "root@one"), ("root", "root@two"))


def test_a_login_that_two_people_could_have_joins_nobody() -> None:
    people = [("John Smith", "john@one.org"), ("Jane Smith", "jane@two.org"), ("jsmith", "17+jsmith@users.noreply.github.com")]
    assert len(set(identities(people).values())) == 3


def test_spellings_of_one_person_are_joined() -> None:
    assert same(("Ann Lee", "ann@one.org"), ("A. L.", "ann@one.org"))
    assert same(("Ann Lee", "ann@one.org"), ("ann lee", "other@two.org"))
    assert same(("José Peña", "x@one.org"), ("Jose Pena", "y@two.org"))
    assert same(("Ann Lee", "annlee@one.org"), ("annlee", "123+annlee@users.noreply.github.com"))
    assert same(("Lee Ann", "one@one.org"), ("Ann Lee", "two@two.org"))
    assert same(("Simon Lebastard", "simon@one.org"), ("slebastard", "slebastard@two.org"))


def test_identities_are_numbered_by_appearance_and_hold_no_address() -> None:
    people = [("Bob Ray", "bob@one.org"), ("dependabot[bot]", "x@y"), ("Ann Lee", "ann@two.org"), ("bob", "bob@one.org")]
    assert identities(people) == {people[0]: "author 1", people[2]: "author 2", people[3]: "author 1"}


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=30))
def test_any_names_are_sorted_out(people: list[tuple[str, str]]) -> None:
    found = identities(people)
    assert found == identities(people)
    assert set(found) == {person for person in people if not is_robot(person)}
    numbers = list(dict.fromkeys(found.values()))
    assert numbers == [f"author {n}" for n in range(1, len(numbers) + 1)]
