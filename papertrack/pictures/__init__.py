"""Counts of papers as SVG, for slides and pages: pure functions to text.

svg        elements, escaping, the style for light and dark, whole pictures
letters    about how wide a text is, and its beginning that fits
calendar   the papers of each day
bars       names or months with their counts
lines      shares over time
words      what pictures show, in words
stats      the picture that `stats -o` writes
trends     the picture that `trends -o` writes

A `Drawing` is part of a picture. It stands alone as `svg.document`, or inside a page as
`svg.inline`, which has the same style. Neither has scripts, links or fonts of its own.
"""
