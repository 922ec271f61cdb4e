"""Feeds and lists of feeds.

source     any http or https URL: a feed, or a page that links one; saved feeds
xml_feed   RSS 0.9 to 2.0, RDF and Atom, through feedparser
json_feed  JSON Feed
page       a feed that a page contains in place of its text
entries    what the formats share: an entry, and the listing of a feed's entries
people     the authors of an entry
markup     HTML as text
safe_xml   XML from outside, made well-formed and small enough for the parsers
opml       lists of feeds to follow
"""
