"""Cells that a tool injects: only where a file is made of cells."""

from analyzer.read.injected_cells import injected_lines


def test_the_tag_in_a_file_without_cells() -> None:
    assert injected_lines('TAG = "injected-parameters"\n') == []


def test_the_lines_of_an_injected_cell() -> None:
    text = '# %%\na = 1\n# %% tags=["injected-parameters"]\nb = 2\n# %%\nc = 3\n'
    assert injected_lines(text) == [(3, 4)]
