"""One file to its facts: a pure function of the file's bytes."""
