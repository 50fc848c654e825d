"""What a name looks like, wherever it stands in a text."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z_]\w*")
