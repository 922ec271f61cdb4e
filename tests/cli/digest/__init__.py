"""`digest`: looking, writing, mailing."""
