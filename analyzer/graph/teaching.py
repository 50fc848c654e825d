"""Whether a repository says of itself that it teaches: a course, a workshop, a collection of tutorials or examples."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.model import Evidence, Site

_README = re.compile(r"readme(?:\.(?:md|rst|txt))?", re.IGNORECASE)
_HEAD = 6_000
_FIRST_WORDS = 1_200
_MARKUP = re.compile(
    r"<!--.*?-->|<[^>]*>|!\[[^\]]*\](?:\([^)]*\))?|\]\([^)]*\)|^\.\. [\w|-]+.*$|&\w+;|https?://\S+|[*_`\[\]]", re.DOTALL | re.MULTILINE
)
_WORD = re.compile(r"\w{3}")
_TITLE = re.compile(
    r"\b(?:tutorials?|workshops?|(?:boot|zoom)camp)\b|\bcourses?\b(?=\s*(?:$|[^\w\s]|on\b|for\b|about\b|materials?\b))"
    r"|(?<!adversarial )(?<!negative )\bexamples$|(?<=\w )get(?:ting)? started\b"
    r"|\b(?:sample|example|demo) (?:projects|workflows|applications|notebooks)\b|\bproject templates\b",
    re.IGNORECASE,
)
_OWN_WORK = re.compile(
    r"\b(?:project(?! templates)|capstone|final|submission|challenge|exam|thesis|assignments?|solutions?|homework)\b", re.IGNORECASE
)
"""What somebody made for a course is no course."""
_SENTENCE = re.compile(
    r"\b(?:repo|repository|collection)\s+(?:(?:that|which|to)\s+)?"
    r"(?:contains?|maintains?|shares?|shows?|holds?|hosts?|encompass(?:es)?|provides|gathers|collects|includes|of|with)\s+"
    r"(?:(?!projects?\b|code\b|submissions?\b|solutions?\b|assignments?\b|homework\b|my\b|our\b|final\b)[\w-]+\s+){0,4}?"
    r"(?:tutorials?|workshops?|courses?|lessons?|labs|code samples|examples)\b(?!\s+(?:projects?|work|assignments?)\b)"
    r"|\bshowcases\s+(?:[\w-]+\s+){0,4}?(?:use cases|examples)\b"
    r"|\bthis (?:workshop|course|tutorial)\s+(?:aims|will|teaches|covers|shows|walks|introduces|targets)\b"
    r"|\bin this (?:workshop|course|tutorial),? (?:we|you)\b|\baims at teaching\b"
    r"|\b(?:contains|companion|accompan(?:y|ies)|code (?:for|from|of))\b[^.]{0,80}\b(?:O['’]Reilly|Manning|Packt|Apress|our|my|entire)\b"
    r"[^.]{0,40}\b(?:hand|text)?book\b",
    re.IGNORECASE,
)


def teaching(prose: Mapping[str, str]) -> Evidence | None:
    """The words by which the repository's README (`prose` maps paths to texts) opens as one for learners; None if it does not."""
    for path, text in sorted(prose.items()):
        if _README.fullmatch(path) and (words := _says(text)):
            return Evidence(f"its README says: {words}", Site(path, 1))
    return None


def _says(text: str) -> str:
    """The words of a README by which it teaches, "" if it does not say so."""
    plain = _MARKUP.sub("", text[:_HEAD])
    title = next((line.strip(" #\t=-") for line in plain.split("\n") if _WORD.search(line)), "")
    if _TITLE.search(title) and not _OWN_WORK.search(title):
        return title[:80]
    match = _SENTENCE.search(" ".join(plain.split())[:_FIRST_WORDS])
    return match[0] if match else ""
