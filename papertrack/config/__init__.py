"""The reader's settings: `config.toml`, and which of flag, variable and file wins.

keys      every key: name, kind, default, help; drives checks, commands, help, README
kinds     the kinds of values: from TOML, from typed text, as text
settings  one value for a key: flag, environment, config file, default, in this order
file      config.toml, read and checked; its parsed form is cached
triage_keys  what keys do in triage
lines     the line of each key, for messages
write     one key set or removed; comments, order, mode and links survive
"""
