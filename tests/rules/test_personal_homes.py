from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.personal_homes import CONTAINER_USERS, mounted_volumes, personal_homes

NAMES = st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    [
        "/home/jovyan/work/x.csv",
        "/home/user/x.csv",
        "/home/linuxbrew/.linuxbrew/bin",
        "/home/username/data",
        "/home/<user>/data",
        "/home/{user}/data",
        "/home/$USER/data",
        "/home/your_name/data",
        "/home/YOUR-USER/data",
        "/home/xxx/data",
        "/home/.../data",
        "/home/path/to/data",
        "/home/ann/path/to/data",
        "/Users/me/x",
        "/Users/Shared/x",
        "/Users/ann@example.com/experiments",
        r"C:\Users\Public\x",
        r"C:\Users\%USERNAME%\x",
        "https://example.org/home/ann/x",
        "s3://bucket/home/ann/x",
        "data/home/ann/x",
        "./home/ann/x",
        "{root}/home/ann/x",
        "/homework/ann/x",
        "/users/ann/x",
        "/home/",
        "at /home/ann in Boston",
    ],
)
def test_silent(text: str) -> None:
    assert list(personal_homes(text)) == []


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("/home/ann/x.csv", "/home/ann"),
        ("/home/ann", "/home/ann"),
        ("/home2/ann/x", "/home2/ann"),
        ("/Users/ann/Desktop/x.csv", "/Users/ann"),
        (r"C:\Users\Ann\x.csv", r"C:\Users\Ann"),
        ("C:/Users/ann/x.csv", "C:/Users/ann"),
        ("/mnt/c/Users/ann/x", "/mnt/c/Users/ann"),
        ("file:///home/ann/x", "/home/ann"),
        ("PYTHONPATH=.:/home/ann/src", "/home/ann"),
        ("--data=/home/ann/x", "/home/ann"),
        ("python a.py '/home/ann/x'", "/home/ann"),
        ("/home/simon.lee/x", "/home/simon.lee"),
    ],
)
def test_found(text: str, prefix: str) -> None:
    assert [found.prefix for found in personal_homes(text)] == [prefix]


def test_users_of_the_repositorys_own_containers_are_nobody() -> None:
    assert list(personal_homes("/home/forecaster/x", {"forecaster"})) == []


@given(NAMES, st.sampled_from(["/home/", "/Users/", "C:\\Users\\", "D:/Users/"]))
def test_every_personal_name_is_found(name: str, root: str) -> None:
    separator = "\\" if "\\" in root else "/"
    assert [found.prefix for found in personal_homes(f"{root}{name}{separator}x.csv")] == [root + name]


@given(st.text(max_size=300))
def test_any_text_can_be_searched(text: str) -> None:
    for found in [*personal_homes(text), *mounted_volumes(text)]:
        assert found.prefix in text
        assert found.path in text


@given(st.sampled_from(sorted(CONTAINER_USERS)), st.text(max_size=20))
def test_no_container_user_is_ever_found(user: str, rest: str) -> None:
    assert f"/home/{user}" not in {found.prefix for found in personal_homes(f"/home/{user}/{rest}")}


@pytest.mark.parametrize("text", ["/mnt/models/model.bin", "mnt/x/y", "https://a.org/media/x/y", "/media", "/mnt/{disk}/x", "/mnt/x"])
def test_no_mount(text: str) -> None:
    assert list(mounted_volumes(text)) == []


@pytest.mark.parametrize(
    ("text", "prefix"), [("/mnt/disk4/x", "/mnt/disk4"), ("/scratch/ann/x", "/scratch/ann"), ("/nfs/vol1/x.h5", "/nfs/vol1")]
)
def test_mount(text: str, prefix: str) -> None:
    assert [found.prefix for found in mounted_volumes(text)] == [prefix]
