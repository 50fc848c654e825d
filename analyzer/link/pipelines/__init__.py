"""Work that is declared in Python for an orchestrator: one file an orchestrator, evaluated and never executed."""
