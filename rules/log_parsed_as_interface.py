"""UDC008: text that a program prints for people is another program's input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from analyzer.graph.log_readers import MESSAGE, LogRead, log_reads, printed, printed_at
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule

MAX_SHOWN = 12
MIN_PATTERN = 6
"""Letters of a pattern that tell one printed text from another."""


class LogParsedAsInterface(Rule):
    """A program takes apart what another one prints or logs for people.

    Whoever words the message anew breaks the reader, and no test or type says so: often the reader then works on with an empty
    value. Sculley et al. 2015, section 2.3, name outputs written "to files or logs that may later be consumed by other systems"
    as the way in which undeclared consumers arise.

    Found are grep, awk and sed that cut values out of a log which the same file has a program of the repository write; Python code
    that matches the lines of a log handed over by a checked-in command; searches in any log, also in the health checks of containers,
    for words that code of the repository prints, when a value is cut out or the script decides by them; code that knows a message by a
    sentence which another file prints or raises; numbers read out of the names of logged metrics; queries that pick exported log
    records by their message. Where the words are printed is shown; when nothing prints them, that is said: the reader
    then reads nothing.

    Exempt: a look for errors and warnings; logs that nothing in the repository writes; output of other people's programs; messages of
    torch and CUDA; a longer text that only contains the words.

    Known false positives: a line that the producer prints for this reader on purpose and says so.
    """

    code = "UDC008"
    name = "log-parsed-as-interface"
    severity = Severity.medium
    confidence = Confidence.B
    cost = Cost(base=30, per_item=10, friction=10)
    on_by_default = False
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 2.3 (Undeclared Consumers)"
    remedy = "Have the producer write the values to a file of a format (JSON, CSV) and read that; keep the log for people."
    BAD = (
        {
            "train.py": 'import sys\n\nloss = 0.5\nprint(f"final loss: {loss}")\nsys.exit(0)\n',
            "sweep.sh": (
                "#!/bin/bash\npython train.py | tee run/train.log\n"
                "LOSS=$(grep \"final loss:\" run/train.log | awk '{print $NF}')  # UDC008\n"
                'echo "$LOSS" >> results.csv\n'
            ),
        },
    )
    GOOD = (
        {
            "train.py": 'import json\n\njson.dump({"loss": 0.5}, open("run/metrics.json", "w"))\nprint("done")\n',
            "sweep.sh": (
                "#!/bin/bash\npython train.py | tee run/train.log\n"
                "if grep -q Traceback run/train.log; then exit 1; fi\n"
                "jq .loss run/metrics.json >> results.csv\n"
            ),
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        groups: dict[str, list[LogRead]] = defaultdict(list)
        for read in log_reads(graph):
            groups[read.site.path].append(read)
        for path, reads in sorted(groups.items()):
            yield self._finding(path, reads, printed(graph))

    def _finding(self, path: str, reads: Sequence[LogRead], texts: Mapping[str, Site]) -> Finding:
        patterns = list(dict.fromkeys(read.pattern for read in reads if len(read.pattern) >= MIN_PATTERN))
        worded = {read.pattern: read.written for read in reads if read.log == MESSAGE}
        origins = {pattern: site for pattern in patterns if (site := worded.get(pattern) or printed_at(pattern, texts)) is not None}
        gone = [pattern for pattern in patterns if pattern not in origins]
        written = list(dict.fromkeys(read.written for read in reads if read.written is not None and read.log != MESSAGE))
        return self.found(
            f"{path} {_does(reads, patterns)}",
            Subject("file", path),
            dict.fromkeys([*(read.site for read in reads), *origins.values(), *written]),
            [
                *(
                    Evidence(
                        ("decides" if read.decides else "takes values") + (f" by `{read.pattern}`" if read.pattern else " by position"),
                        read.site,
                    )
                    for read in reads[:MAX_SHOWN]
                ),
                *(Evidence("the log is written, or handed over, here", site) for site in written[:MAX_SHOWN]),
                *(Evidence(f"`{pattern}` is printed here", site) for pattern, site in origins.items()),
                *(Evidence(f"no code of the repository prints `{pattern}` in one piece; the reader may read nothing") for pattern in gone),
            ],
            items=len(reads),
            members=len(reads),
        )


def _does(reads: Sequence[LogRead], patterns: Sequence[str]) -> str:
    log = _short(reads[0].log)
    if patterns and all(read.decides for read in reads):
        return f"decides by the wording of {log} (`{patterns[0]}`)"
    return f"takes values out of {log} " + (f"by its wording (`{patterns[0]}`)" if patterns else "by its form")


def _short(log: str) -> str:
    name = log.rstrip("/").rpartition("/")[2]
    return log if " " in log else f"`{name}`"
