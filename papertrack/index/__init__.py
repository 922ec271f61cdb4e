"""The index derived from the files: the only package that knows SQLite. It answers all reads."""
