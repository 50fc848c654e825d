"""Small programs that use what the analysis follows: wrappers, classes, records, options, loops, containers, configuration, SQL.

`programs()` draws one: definitions, what `main` does, and the files beside it. Every feature reads or writes something, under names and by
ways of putting paths together that are drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from textwrap import dedent, indent

from hypothesis import strategies as st

Draw = Callable[[tuple[str, ...]], str]
"""Chooses one of several texts."""

IMPORTS = """
import argparse
import json
import os
import pickle
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml
"""
WORDS = ("raw", "clean", "train", "labels", "model", "scores", "daily", "users")
FOLDERS = ("data", "data/raw", "out", "artifacts/v1")
JOINS = ("f'{{{a}}}/{b}'", "os.path.join({a}, '{b}')", "{a} + '/{b}'", "'{{}}/{b}'.format({a})", "'%s/{b}' % {a}", "str(Path({a}) / '{b}')")
"""Ways to put `{b}` below the value of the variable `{a}`."""
READS = ("pd.read_csv({})", "json.load(open({}))", "open({}).read()", "pickle.load(open({}, 'rb'))")


@dataclass(slots=True)
class Program:
    """`modules` hold only functions and classes apart from their imports and constants; `body` is what `main` does."""

    definitions: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        steps = IMPORTS + "\nROOT = 'data'\n\n\n" + "\n\n".join(self.definitions)
        main = "def main():\n" + indent("\n".join(self.body), "    ") + "\n\n\nif __name__ == '__main__':\n    main()\n"
        return {"steps.py": steps, "train.py": f"{IMPORTS}\nfrom steps import *\n\n\n{main}", **self.files}

    def notebook(self) -> list[str]:
        """The statements of the whole program, to be put into cells."""
        return [IMPORTS.strip(), "ROOT = 'data'", *(d.strip() for d in self.definitions), *self.body]


def notebook_of(cells: list[str]) -> str:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _add(program: Program, definition: str, body: str) -> None:
    if definition:
        program.definitions.append(dedent(definition))
    program.body.extend(dedent(body).strip().split("\n\n"))


def wrappers(program: Program, draw: Draw, n: int) -> None:
    read, join, word, folder = draw(READS), draw(JOINS), draw(WORDS), draw(FOLDERS)
    _add(
        program,
        f"""
        def load_{n}(path, folder='{folder}'):
            if folder == '':
                place = path
            else:
                place = {join.format(a="folder", b=word + ".csv")}
            return fetch_{n}(place)


        def fetch_{n}(source):
            target = source
            return {read.format("target")}
        """,
        f"""
        rows_{n} = load_{n}('{word}')

        other_{n} = fetch_{n}(ROOT + '/{word}.json')
        """,
    )


def classes(program: Program, draw: Draw, n: int) -> None:
    join, word, folder = draw(JOINS), draw(WORDS), draw(FOLDERS)
    _add(
        program,
        f"""
        class Store{n}:
            suffix = '.parquet'

            def __init__(self, root, name='{word}'):
                base = root
                self.root = base
                self.name = name + self.suffix

            def save(self, frame):
                place = {join.format(a="self.root", b=word)}
                frame.to_csv(place + self.suffix)
                self.log(frame)

            def log(self, frame):
                with open(os.path.join(self.root, self.name), 'w') as stream:
                    stream.write(str(frame))


        class Special{n}(Store{n}):
            suffix = '.feather'
        """,
        f"""
        store_{n} = Store{n}('{folder}')

        store_{n}.save(pd.DataFrame())

        Special{n}('other').save(pd.read_json('{folder}/{word}.json'))
        """,
    )


def records(program: Program, draw: Draw, n: int) -> None:
    word, folder = draw(WORDS), draw(FOLDERS)
    _add(
        program,
        f"""
        @dataclass
        class Settings{n}:
            source: str = '{folder}/{word}.csv'
            target: str = 'out/{word}.pkl'


        def run_{n}(settings: Settings{n}):
            first, second = settings.source, settings.target
            frame, extra = pd.read_csv(first), None
            frame.to_pickle(second)
            return frame
        """,
        f"run_{n}(Settings{n}(target='{folder}/{word}-{n}.pkl'))",
    )


def options(program: Program, draw: Draw, n: int) -> None:
    word, folder, join = draw(WORDS), draw(FOLDERS), draw(JOINS)
    _add(
        program,
        f"""
        def parse_{n}():
            parser = argparse.ArgumentParser()
            parser.add_argument('--out-{n}', default='{folder}')
            parser.add_argument('--name', type=str, default='{word}')
            return parser.parse_args()
        """,
        f"""
        args_{n} = parse_{n}()

        out_{n} = args_{n}.out_{n}

        pd.DataFrame().to_csv({join.format(a=f"out_{n}", b=word + ".tsv")})
        """,
    )
    program.files["run.sh"] = f"set -e\npython train.py --out-{n} {folder}/final\n"


def loops(program: Program, draw: Draw, n: int) -> None:
    first, second, folder, read = draw(WORDS), draw(WORDS), draw(FOLDERS), draw(READS)
    _add(
        program,
        f"""
        def gather_{n}(names):
            parts = []
            paths = [f'{folder}/{{name}}.csv' for name in names if name]
            for number, path in enumerate(paths):
                parts.append({read.format("path")})
            for path in ('{folder}/a.json', '{folder}/b.json'):
                parts.append(open(path))
            return parts
        """,
        f"""
        gathered_{n} = gather_{n}(['{first}', '{second}'])

        tables_{n} = {{word: pd.read_csv('{folder}/' + word + '.txt') for word in ('{first}', '{second}')}}
        """,
    )


def growing(program: Program, draw: Draw, n: int) -> None:
    first, second, folder = draw(WORDS), draw(WORDS), draw(FOLDERS)
    _add(
        program,
        f"""
        def files_{n}():
            found = []
            found.append('{folder}/{first}.csv')
            found.append(os.path.join('{folder}', '{second}.csv'))
            return found


        def table_{n}():
            known = {{}}
            known['{first}'] = '{folder}/{first}.bin'
            return known
        """,
        f"""
        for file_{n} in files_{n}():
            frame_{n} = pd.read_csv(file_{n})

        open(table_{n}()['{first}'], 'wb').write(b'')
        """,
    )


def configured(program: Program, draw: Draw, n: int) -> None:
    word, folder = draw(WORDS), draw(FOLDERS)
    _add(
        program,
        f"""
        def settings_{n}(path='conf/{n}.yaml'):
            with open(path) as stream:
                loaded = yaml.safe_load(stream)
            return loaded
        """,
        f"""
        config_{n} = settings_{n}()

        frame_{n} = pd.read_parquet(config_{n}['data']['source'])

        frame_{n}.to_parquet(os.path.join(config_{n}['data']['folder'], '{word}.parquet'))
        """,
    )
    program.files[f"conf/{n}.yaml"] = f"data:\n  source: {folder}/{word}.parquet\n  folder: {folder}/made\n"


def queries(program: Program, draw: Draw, n: int) -> None:
    word = draw(WORDS)
    _add(
        program,
        f"""
        def ask_{n}(connection, schema='shop'):
            query = '''
                SELECT *
                FROM shop.{word}
            '''
            rest = f'INSERT INTO {{schema}}.{word}_log SELECT 1'
            rows = pd.read_sql(query, connection)
            return rows, pd.read_sql_query('SELECT a FROM {word}_raw', connection), rest
        """,
        f"answer_{n} = ask_{n}(None)",
    )


def steps(program: Program, draw: Draw, n: int) -> None:
    word, folder, join = draw(WORDS), draw(FOLDERS), draw(JOINS)
    _add(
        program,
        f"""
        def place_{n}(kind, when='2024'):
            stem = '{word}'
            if kind:
                stem = stem + '-test'
            stem += '.csv'
            here, there = '{folder}', ROOT
            here, there = there, here
            return there + '/' + stem


        def copy_{n}(path, make=open):
            def inner(mode):
                return make(path, mode)

            if (size := os.path.getsize(path)) > 0:
                data = inner('r').read()
            else:
                data = ''
            try:
                target = {join.format(a="path", b="copy.txt")}
                Path(target).write_text(data)
            except OSError as error:
                print(error)
            return size
        """,
        f"""
        path_{n} = place_{n}(False)

        copy_{n}(path_{n})

        pd.read_csv(place_{n}(True)); done_{n} = pd.read_csv('{folder}/{word}.txt'); done_{n}.to_csv('out/{n}.csv')
        """,
    )


def recursive(program: Program, draw: Draw, n: int) -> None:
    word, folder = draw(WORDS), draw(FOLDERS)
    _add(
        program,
        f"""
        def even_{n}(path, depth=0):
            if depth:
                return odd_{n}(path + '/deep', depth - 1)
            return open(path)


        def odd_{n}(path, depth):
            if depth:
                return even_{n}(path, depth - 1)
            return open(path + '/{word}.txt', 'w')
        """,
        f"""
        even_{n}('{folder}/{word}.txt', 2)

        odd_{n}('out', 1)
        """,
    )


Feature = Callable[[Program, Draw, int], None]
FEATURES: tuple[Feature, ...] = (wrappers, classes, records, options, loops, growing, configured, queries, steps, recursive)


def program_of(features: Iterable[Feature], draw: Draw) -> Program:
    made = Program()
    for number, feature in enumerate(features):
        feature(made, draw, number)
    return made


@st.composite
def programs(draw: st.DrawFn) -> Program:
    chosen = draw(st.lists(st.sampled_from(FEATURES), min_size=2, max_size=5))
    return program_of(chosen, lambda pool: draw(st.sampled_from(pool)))
