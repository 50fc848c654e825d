"""The front door of mldebt.

The four folders of a checkout are importable by their plain names: analyzer, rules, reports, mldebt.
A wheel must not drop names that plain into other people's environments (django-rules owns `rules`),
so there the three folders travel inside this package, on a shelf that comes first on the import path.
"""

import sys
from pathlib import Path

__version__ = "0.1.0"

_here = Path(__file__).resolve().parent
_shelf = _here / "_shelf"
sys.path.insert(0, str(_shelf if _shelf.is_dir() else _here.parent))
