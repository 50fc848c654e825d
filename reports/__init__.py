"""How debt is TOLD: one format a file. Knows analyzer.model only."""
