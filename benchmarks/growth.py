"""What linking and the graph cost as a program grows: nested parts of real code, from 10 to 800 kLOC.

    python benchmarks/growth.py CHECKOUT… --svg FILE

The code is that of the checkouts, one after the other, each from its first folder on: parts grow by whole neighbouring files, so that a
part resembles a project of its size. Every part is measured in a process of its own. The table gives, for each part, the processor time of
linking and graph (`analyzer.graph.build`), the peak memory with the facts of all files, and the time for a line relative to the smallest
part: 1.0 throughout is linear. The exit code is 1 when it exceeds --max-ratio anywhere.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
SIZES = (10, 20, 50, 100, 200, 400, 800)
REPEATED_BELOW = 100
"""A part of fewer kLOC is measured three times and the fastest counts: it is over in a moment."""


@dataclass(frozen=True, slots=True)
class Part:
    lines: int
    files: int
    seconds: float
    peak_mb: float
    accesses: int

    @property
    def pace(self) -> float:
        """Seconds for 1,000 lines."""
        return self.seconds * 1000 / max(self.lines, 1)


def measured(roots: Sequence[Path], kloc: int) -> Part:
    """Read files until they have `kloc` thousand lines, then link them. For a process of its own: the peak is the process's."""
    sys.path.insert(0, str(TOP))
    import mldebt  # noqa: F401  (puts the folders on the path)
    from analyzer.discover.listing import discover
    from analyzer.graph.build import build
    from analyzer.graph.inputs import Inputs
    from analyzer.scan import read_one, take
    from analyzer.settings import Settings

    settings = Settings(history=False)
    inputs = Inputs("part")
    paths: set[str] = set()
    for number, root in enumerate(roots):
        for file in discover(root, settings.limits).files:
            if inputs.lines >= kloc * 1000:
                break
            path = f"{number}/{file.path}" if number else file.path  # the commands of the first one find its files
            take(inputs, path, file.kind, read_one(root, file.path, file.kind))
            paths.add(path)
    inputs.files = frozenset(paths)
    started = time.process_time()
    graph = build(inputs, settings)
    seconds = time.process_time() - started
    return Part(inputs.lines, len(paths), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(graph.accesses))


def in_a_process(roots: Sequence[Path], kloc: int) -> Part:
    """`measured` in a fresh process. Raises SystemExit when it fails."""
    command = [sys.executable, str(Path(__file__).resolve()), *map(str, roots), "--only", str(kloc)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr[-2000:])
    return Part(**json.loads(done.stdout))


def parts_of(roots: Sequence[Path], sizes: Iterable[int]) -> list[Part]:
    found: list[Part] = []
    for kloc in sizes:
        runs = [in_a_process(roots, kloc) for _ in range(3 if kloc < REPEATED_BELOW else 1)]
        found.append(min(runs, key=lambda part: part.seconds))
        print(row(found[-1], found[0]), file=sys.stderr, flush=True)
        if found[-1].lines < kloc * 900:
            break  # there is no more code
    return found


def row(part: Part, first: Part) -> str:
    cells = (f"{part.lines:,}", f"{part.files:,}", f"{part.accesses:,}", f"{part.seconds:.2f}", f"{part.peak_mb:.0f}")
    return f"| {' | '.join(cells)} | {part.pace / first.pace:.2f} |"


def table(parts: Sequence[Part]) -> str:
    titles = ("lines", "files", "accesses", "seconds", "peak MB", "time per line, relative")
    return "\n".join([f"| {' | '.join(titles)} |", "|" + "---:|" * len(titles), *(row(part, parts[0]) for part in parts)])


def picture(parts: Sequence[Part]) -> str:
    """Seconds over lines as SVG: the measured points, and the line of the smallest part's pace."""
    width, height, edge = 560, 300, 50
    right, top = parts[-1].lines, max(*(part.seconds for part in parts), parts[0].pace * parts[-1].lines / 1000)

    def at(lines: float, seconds: float) -> str:
        return f"{edge + lines / right * (width - 2 * edge):.0f},{height - edge - seconds / top * (height - 2 * edge):.0f}"

    points = " ".join(at(part.lines, part.seconds) for part in parts)
    dots = "".join('<circle cx="{}" cy="{}" r="3"/>'.format(*at(part.lines, part.seconds).split(",")) for part in parts)
    start, end = at(0, 0).split(","), at(right, parts[0].pace * right / 1000).split(",")
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="12">
<title>Seconds of linking over lines of code</title>
<path d="M{edge},{edge} V{height - edge} H{width - edge}" fill="none" stroke="#767676"/>
<path d="M{start[0]},{start[1]} L{end[0]},{end[1]}" fill="none" stroke="#767676" stroke-dasharray="4 4"/>
<polyline points="{points}" fill="none" stroke="#0b5394" stroke-width="2"/><g fill="#0b5394">{dots}</g>
<text x="{width - edge}" y="{height - edge + 20}" text-anchor="end">{right:,} lines</text>
<text x="{edge}" y="{edge - 10}">{top:.0f} s; dashed: the pace of the smallest part</text>
</svg>
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path, nargs="+")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="KLOC")
    parser.add_argument("--svg", type=Path, help="write the picture here")
    parser.add_argument("--max-ratio", type=float, default=3.0)
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    roots = [root.resolve() for root in arguments.checkouts]
    if arguments.only:
        print(json.dumps(asdict(measured(roots, arguments.only))))
        return 0
    parts = parts_of(roots, arguments.sizes)
    print(table(parts))
    if arguments.svg:
        arguments.svg.write_text(picture(parts), encoding="utf-8")
    return int(any(part.pace > arguments.max_ratio * parts[0].pace for part in parts))


if __name__ == "__main__":
    sys.exit(main())
