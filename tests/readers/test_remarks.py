"""Comments that present the code they stand at."""

from analyzer.read.remarks import pointed_to, remarks


def test_other_comments_say_nothing() -> None:
    assert remarks("# defined by the user\nRATE = 3\n") == ()
    assert remarks("# the rate is set in the configuration\nRATE = 3\nflag = True  # used below\n") == ()


def test_a_comment_stands_at_its_line_or_the_next_one() -> None:
    text = "# Set this to True if a checkpoint is there\n# (see the guide)\nRESUME = False\nraise ValueError  # will fail here\n"
    assert remarks(text) == (("by hand", 3), ("meant to fail", 4))


def test_an_empty_line_ends_it() -> None:
    assert remarks("# can be enabled for debugging\n\nx = 1\n") == ()


def test_what_papermill_replaces_is_a_parameter() -> None:
    assert remarks('# %%\nx = 1\n# %% tags=["parameters"]\nFAST = False\n\nSEED = 3\n# %%\ny = 2\n') == (("by hand", 4), ("by hand", 6))
    assert remarks('# + tags=["parameters"]\nFAST = False\n# -\ny = 2\n') == (("by hand", 2),)
    assert remarks('# the "parameters" of\n# %% a cell\nx = 1\n') == ()


def test_a_heading_of_settings() -> None:
    assert remarks("# ---- User settings ----\nFAST = False\n") == (("by hand", 2),)
    assert remarks("FAST = False  # adjust this\n") == (("by hand", 1),)


def test_what_was_taken_from_elsewhere() -> None:
    assert remarks('# copied from: https://example.org/a.py\ndef f():\n    """Fit.\n\n    Taken from here."""\n') == (("taken", 2),)
    assert remarks('def g():\n    """Ported from JAX."""\n') == (("taken", 2),)
    assert remarks("# https://github.com/a/b/blob/main/c/d.py#L3\nx = 1\n") == (("taken", 2),)
    assert remarks("# see https://github.com/a/b\nx = 1\n") == ()
    assert remarks("# values are taken from the settings\nx = 1\n") == ()


def test_comments_point_to_classes() -> None:
    text = "# only set by `Trainer.fit()`\nready = False  # `Later.run` sets it\nuse = '`Text.of`'\n# see Trainer.stop\n"
    assert pointed_to(text) == ("Trainer",)
