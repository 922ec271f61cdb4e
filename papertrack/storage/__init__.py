"""The library's files on disk: read, checked, written and replaced. The only package that knows TinyDB and the lock."""
