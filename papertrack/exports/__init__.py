"""Papers to text, one module per family of formats."""
