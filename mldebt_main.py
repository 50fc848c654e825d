"""Where the installed command `mldebt` starts: it finds the installed mldebt, not a scanned repository's `mldebt.py`.

PYTHONPATH comes before installed packages on the import path, and `PYTHONPATH=.` is common in ML repositories. A repository that has a
`mldebt.py`, `click.py` or `yaml/` of its own would then run inside the scan. So the entries of PYTHONPATH go to the end before anything
is imported; only `os` and `sys` are used until then, which every interpreter has loaded already. What Python itself imports earlier
(`sitecustomize`) is out of reach from here: `python -I -m mldebt` is the answer to that.
"""

import os
import sys


def main() -> None:
    """The console script."""
    put_last(os.environ.get("PYTHONPATH", ""))
    from mldebt.cli import main as start

    start()


def put_last(python_path: str) -> None:
    """Move the folders that `python_path` names behind every other entry of sys.path; the order is kept otherwise."""
    if python_path:
        named = {os.path.abspath(entry) for entry in python_path.split(os.pathsep)}  # noqa: PTH100 - pathlib is not loaded yet
        sys.path.sort(key=lambda entry: os.path.abspath(entry) in named)  # noqa: PTH100
