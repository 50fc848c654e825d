"""Several repositories as one: what each offers, what each uses of the others, and the links between them (all at level M3)."""
