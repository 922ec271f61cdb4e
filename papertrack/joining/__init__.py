"""One paper from many sources. Pure: no clock, no files."""
