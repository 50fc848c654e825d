"""Git history: who changed what, when. Asked of git while files are read; facts only, no judgement."""
