"""Whether a repository says of itself that it teaches."""

from __future__ import annotations

import pytest

from analyzer.graph.teaching import teaching


@pytest.mark.parametrize(
    "text",
    [
        "# Ranking Workshop\n\nBring a laptop.\n",
        "<h1 align='center'><b>ML Bootcamp: nine weeks</b></h1>\n",
        "[![CI](https://x.org/ci.svg)](https://x.org)\n\n# Feature store tutorials\n",
        "Serving course\n==============\n",
        "# Pipelines examples\n",
        "# Store Get Started\n",
        "# Flow sample projects\n",
        "# Project Templates\n",
        "# Made with care\n\nThis repository contains a **7-lesson FREE course** on batch systems.\n",
        "# kite\n\nA repository to share extended examples and tutorials.\n",
        "# kite\n\nWelcome to our collection of tutorials.\n",
        "# kite\n\nThis workshop aims to teach people feature stores.\n",
        "# kite\n\nIn this course, you build a ranker.\n",
        "# kite\n\nThis repository showcases production-grade use cases.\n",
    ],
)
def test_it_teaches(text: str) -> None:
    found = teaching({"docs/README.md": "# Nothing\n", "README.md": text})
    assert found is not None
    assert found.site is not None
    assert found.site.path == "README.md"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "# Ranker\n\nRanks items.\n\n## Getting started\n\nSee the tutorial and the examples.\n"),
        ("README.md", "# Getting Started with the web app\n"),
        ("README.md", "# Final project of the ML course\n"),
        ("README.md", "# MLOps course capstone\n"),
        ("README.md", "# Course recommender\n\nRecommends courses to students.\n"),
        ("README.md", "# Defence against adversarial examples\n"),
        ("README.md", "# kite\n\nThis repository contains the code for the tutorials of the ranking team's service.\n"),
        ("README.md", "# kite\n\nThis repository contains the project for the ML course.\n"),
        ("README.md", "# kite\n\nThis repository contains a course project.\n"),
        ("README.md", "# kite\n\nThis repository contains " + "long words and more of them " * 60 + ". In this course, we learn.\n"),
        ("README.md", ""),
        ("services/README.md", "# Ranking tutorial\n"),
        ("TUTORIAL.md", "# Ranking tutorial\n"),
    ],
)
def test_it_does_not(path: str, text: str) -> None:
    assert teaching({path: text}) is None
