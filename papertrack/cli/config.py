"""`config`: read and change the reader's settings."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from papertrack import render
from papertrack.cli import output, programs
from papertrack.cli.command_table import COMMANDS
from papertrack.cli.session import Session
from papertrack.cli.subcommands import group
from papertrack.cli.typed_secrets import check_text
from papertrack.config import file as config_file
from papertrack.config import keys
from papertrack.config.keys import Key
from papertrack.config.kinds import Choice, SortFields, Wrong
from papertrack.config.settings import FILE
from papertrack.core.errors import ConfigError, NotFound, UsageError
from papertrack.core.secrets import hide_secrets
from papertrack.core.slips import unknown
from papertrack.core.wording import excerpt
from papertrack.query import language as query

if TYPE_CHECKING:
    from typer import Argument, Option

    from papertrack.cli import options as opt


def get(session: Session, name: opt.Key, json: opt.Json = False) -> None:
    """Print the value of a key, with a default where it is not set.

    papertrack config get library

    Exit code 5 if it has no value.
    """
    key = _key(name)
    value = session.config[name]
    if value in (None, ()):
        raise NotFound(
            f"{name} is not set; papertrack config set {name} {_example(key)}"
        )
    if json:
        output.write_json(session, _plain(value))
    else:
        output.write(session, f"{_text(name, value)}\n")


def set_(
    session: Session,
    name: opt.Key,
    words: Annotated[
        list[str],
        Argument(
            metavar="VALUE...",
            help="The value; of a list, several, or one with commas.",
        ),
    ],
) -> None:
    """Set a key in config.toml, and keep its comments and order.

    papertrack config set list.limit 50

    papertrack config set list.columns id,title,date

    papertrack config set alias.today 'list listed:today -n 5'
    """
    key = _key(name)
    _check_alias(name)
    for word in words:
        is_address = "//" in word or name == "sources"
        check_text(word, name, "config.toml", is_address=is_address)
    stored = key.kind.typed(words)
    try:
        value = key.kind.value(stored)
    except Wrong as expected:
        known: tuple[str, ...] = ()
        if isinstance(key.kind, Choice | SortFields):
            known = key.kind.names
        typed = ",".join(words)
        wrong = [one for one in typed.split(",") if one.removeprefix("-") not in known]
        reason = f"{name} must be {expected}, not {excerpt(' '.join(words), 40)}"
        raise unknown(
            ConfigError,
            reason,
            wrong[0] if len(wrong) == 1 else typed,
            known,
            hint="; nothing was changed",
        ) from None
    if name == "list.query":
        query.parse(value, session.today)
    from papertrack.config.write import set_key  # tomlkit: 60 ms

    environment = session.environment
    path = environment.config_file
    text = key.kind.text(value)
    if not set_key(path, environment.state, name, stored):
        session.narrate(f"{name} is already {text}; nothing changed")
        return
    session.narrate(f"set {name} to {text} in {path}")
    setting = session.config.setting(name)
    if setting.origin != FILE:
        session.narrate(f"  but {setting.origin} comes first: {setting.value}")


def _check_alias(name: str) -> None:
    """Raise UsageError if an alias has the name of a command."""
    section, _, alias = name.partition(".")
    if section == "alias" and alias in COMMANDS:
        raise UsageError(
            f"{alias} is a command, which an alias never replaces; choose another name"
        )


def unset(
    session: Session,
    names: Annotated[list[str], Argument(metavar="KEY...", help="Keys to remove.")],
) -> None:
    """Remove keys from config.toml, so that their defaults hold again.

    papertrack config unset list.limit
    """
    from papertrack.config.write import unset_key  # tomlkit: 60 ms

    environment = session.environment
    path = environment.config_file
    for name in names:
        if unset_key(path, environment.state, name):
            session.narrate(f"removed {name} from {path}")
        elif keys.find(name) is None:
            raise _unknown(name)
        else:
            session.narrate(f"{name} is not set in {path}; nothing changed")


def list_(
    session: Session,
    origin: Annotated[
        bool, Option("--origin", help="Show where each value comes from.")
    ] = False,
    json: opt.Json = False,
) -> None:
    """List all keys with their values.

    papertrack config list --origin

    The origin is default, FILE:LINE, env NAME or flag.
    """
    rows = list(_listed(session))
    columns = "key value origin" if origin else "key value"
    cells = [
        {**row, "value": _text(row["key"], row["value"]), "origin": row["origin"]}
        for row in rows
    ]
    output.emit(
        session,
        table=lambda: render.settings.config(cells, with_origin=origin),
        rows=output.cells(cells, columns),
        objects=lambda: [{**row, "value": _plain(row["value"])} for row in rows],
        json=json,
    )


def _listed(session: Session) -> Iterator[dict[str, Any]]:
    """Each key with its value and origin."""
    config = session.config
    for name in config.names():
        value, origin = config.setting(name)
        if origin == FILE:
            origin = config.file.place(name)
        yield {"key": name, "value": value, "origin": origin}


def path_(session: Session) -> None:
    """Print where config.toml is, or would be.

    papertrack config path
    """
    output.write(session, f"{session.environment.config_file}\n")


def edit(session: Session) -> None:
    """Open config.toml in $EDITOR, and check it afterwards.

    A text with a mistake is saved beside the file, which then stays as it was; the next
    `papertrack config edit` opens that text again.

    papertrack config edit
    """
    path = session.environment.config_file
    before = config_file.read_text(path)
    broken = path.with_name(f"{path.name}.broken")
    text = before or template()
    with contextlib.suppress(OSError):
        if broken.stat().st_mtime_ns > _modified(path):
            text = config_file.read_text(broken)
    with programs.edited(session, text, name=path.name) as edited:
        if edited in (before, template()):
            session.narrate(f"{path}: nothing changed")
            return
        fault, warnings = _saved(session, before, edited, broken)
    if fault is not None:
        raise fault
    for warning in warnings:
        session.narrate(f"papertrack: {warning}")
    session.narrate(f"saved {path}")


def _saved(
    session: Session, before: str, edited: str, broken: Path
) -> tuple[ConfigError | None, Sequence[str]]:
    """Save an edited text, in the file `broken` if it has a mistake; the mistake, and
    warnings.
    """
    from papertrack.config.write import replace  # tomlkit: 60 ms

    path = session.environment.config_file
    try:
        parsed = config_file.parse(broken, edited)
        checked = config_file.ConfigFile(broken, parsed, edited)
        replace(path, session.environment.state, before, edited)
    except ConfigError as error:
        config_file.save_beside(broken, edited)
        message = f"{error} (your text is in {broken}; {path.name} was not changed)"
        return ConfigError(message), ()
    broken.unlink(missing_ok=True)
    return None, checked.warnings()


def _modified(path: Path) -> int:
    """The time of the last change in ns; 0 if there is no such file."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def template() -> str:
    """A config file in which every key is a comment."""
    lines = ["# Settings of papertrack; papertrack help config explains them.", ""]
    section = ""
    for key in keys.KEYS:
        heading, dot, _ = key.name.partition(".")
        if dot and heading != section:
            section = heading
            lines += ["", f"[{section}]"]
        lines.append(f"# {keys.as_toml(key)}  # {key.help}")
    return "\n".join(lines) + "\n"


def _key(name: str) -> Key:
    """The key of a name. Raises UsageError, or ConfigError for that of a secret."""
    key = keys.find(name)
    if key is not None:
        return key
    instead = keys.command_form(name)
    if instead:
        raise ConfigError(config_file.secret_refused(name, instead))
    raise _unknown(name)


def _unknown(name: str) -> UsageError:
    reason = f"unknown key {excerpt(name, 60)}"
    known = list(keys.known_names())
    return unknown(UsageError, reason, name, known, hint=keys.nearest(name))


def _example(key: Key) -> str:
    return f"'{key.example}'" if " " in key.example else key.example


def _text(name: str, value: object) -> str:
    key = keys.find(name)
    return hide_secrets(key.kind.text(value)) if key and value is not None else ""


def _plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return hide_secrets(value)
    return str(value) if isinstance(value, Path) else value


config_group = group(
    """Read and change your settings in config.toml.

    papertrack config set list.limit 50

    papertrack config list --origin
    """,
    get=get,
    set=set_,
    unset=unset,
    list=list_,
    path=path_,
    edit=edit,
)
