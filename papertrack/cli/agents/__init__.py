"""What AI assistants and coding agents use: `mcp` and `skill`.

protocol   the Model Context Protocol: a line of a client to the line of its reply; pure
arguments  what a tool takes: its schema, and whether arguments fit it; pure
tools      the seven tools: what each returns or changes
server     mcp: standard input and output as the two ends of the protocol
skill      skill: prints or installs SKILL.md
"""
