"""`mldebt fix`: from findings to edits of the scanned files, each proved by a second look before anything is shown or written."""
