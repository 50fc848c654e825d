"""Environment variables that checked-in files set, and settings classes whose fields they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]
READ = "import os\nopen(os.environ.get('PLACE', 'data') + '/a.csv')\n"
COMPOSE = "services:\n  a:\n    image: x\n    environment:\n      PLACE: in\n"


def opened(found: list[tuple[str, str, str, str]]) -> list[tuple[str, str]]:
    return [(artifact, via) for site, _, artifact, via in found if site.startswith("a.py") and not artifact.startswith(".env")]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {".env": "PLACE=in\n"},
        {".env.example": "PLACE=in\n", "b.py": "import dotenv\n"},
        {".env": "OTHER=in\n", "b.py": "import dotenv\n"},
        {".env": "PLACE=$HOME/in\n", "b.py": "import dotenv\n"},
        {"Dockerfile": "FROM x\nARG PLACE=in\n"},
        {"Dockerfile": "FROM x\nENV PLACE=/mnt/in\n"},
        {f"{n}/Dockerfile": f"FROM x\nENV PLACE=in{n}\n" for n in range(4)},
        {".github/workflows/t.yml": "env: {PLACE: in}\njobs: {a: {steps: [{run: pytest}]}}\n"},
    ],
)
def test_only_the_default(accesses: Accesses, files: Mapping[str, str]) -> None:
    assert opened(accesses({"a.py": READ, **files})) == [("data/a.csv", "env")]


@pytest.mark.parametrize(
    "files",
    [
        {".env": "PLACE=in\n", "b.py": "from dotenv import load_dotenv\nload_dotenv()\n"},
        {"Dockerfile": "FROM x\nENV PLACE=in\n"},
        {"Dockerfile": "FROM x\nENV PLACE in\n"},
        {"docker-compose.yml": COMPOSE},
    ],
)
def test_what_is_set_is_an_alternative(accesses: Accesses, files: Mapping[str, str]) -> None:
    assert opened(accesses({"a.py": READ, **files})) == [("data/a.csv", "env"), ("in/a.csv", "env")]


@pytest.mark.parametrize(
    "source",
    [
        "import os\nopen(os.environ['PLACE'] + '/a.csv')\n",
        "import os\nopen(f\"{os.getenv('PLACE')}/a.csv\")\n",
        "from decouple import config\nopen(config('PLACE') + '/a.csv')\n",
        "from environs import Env\nenv = Env()\nopen(env.str('PLACE') + '/a.csv')\n",
        "from environs import Env\nenv = Env()\nopen(env('PLACE') + '/a.csv')\n",
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    place: str\ns = S()\nopen(s.place + '/a.csv')\n",
        "from pydantic import BaseSettings, Field\nclass S(BaseSettings):\n    p: str = Field(env='PLACE')\nopen(S().p + '/a.csv')\n",
        "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_prefix='PL')\n    ace: str\nopen(S().ace + '/a.csv')\n",
        "from pydantic import BaseSettings\nclass S(BaseSettings):\n    ace: str\n    class Config:\n        env_prefix = 'PL'\n"
        "open(S().ace + '/a.csv')\n",
    ],
)
def test_ways_to_ask(accesses: Accesses, source: str) -> None:
    assert opened(accesses({"a.py": source, "Dockerfile": "FROM x\nENV PLACE=in\n"})) == [("in/a.csv", "env")]
    assert opened(accesses({"a.py": source})) == [("{PLACE}/a.csv", "env")]


def test_defaults_of_settings(accesses: Accesses) -> None:
    source = (
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    place: str = 'data'\ns = S()\nopen(s.place + '/a.csv')\n"
    )
    assert [artifact for artifact, _ in opened(accesses({"a.py": source}))] == ["data/a.csv"]


def test_dynaconf(accesses: Accesses) -> None:
    source = (
        "from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=['settings.toml'], environments=True)\nopen(settings.PLACE)\n"
    )
    texts = {"a.py": source, "settings.toml": "[default]\nplace = 'a.csv'\n[development]\nother = 'b'\n[production]\nplace = 'p.csv'\n"}
    assert opened(accesses(texts)) == [("a.csv", "config")]
    assert opened(accesses({"a.py": source})) == []
