"""Who owns which file, by CODEOWNERS (the format of GitHub and GitLab: the last rule that matches decides)."""

from __future__ import annotations

from analyzer.graph.globs import glob_pattern


class CodeOwners:
    """The rules of one CODEOWNERS text, in order; an empty text owns nothing."""

    def __init__(self, text: str) -> None:
        self.rules: list[tuple[str, tuple[str, ...]]] = []
        for line in text.splitlines():
            words = line.partition("#")[0].split()
            if len(words) > 1 and not words[0].startswith(("!", "[", "^")):
                self.rules.append((words[0], tuple(words[1:])))

    def of(self, path: str) -> tuple[str, ...]:
        """The teams or people that own a file, as the file names them; () when no rule matches."""
        for glob, owners in reversed(self.rules):
            anchored = "/" in glob.rstrip("/")
            if glob_pattern(glob if anchored else f"**/{glob}").match(path):
                return owners
        return ()
