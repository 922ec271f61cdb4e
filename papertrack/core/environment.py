"""The environment: the variables that papertrack reads, their meaning and defaults.

What config.toml can set too (library, timeout, pager, browser) is read through
`config.settings`, which knows the variables of each key and decides which of them wins.

Values are parsed when they are used, so that a wrong one stops only what needs it. A
source declares the variable of its endpoint, with help and default.
"""

import os
import re
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import ConfigError
from papertrack.core.text import pairs

DEFAULT_EDITOR = "vi"
TIMEOUT = 60.0
"""Seconds that a request may take in all, where nothing else is set."""

VARIABLES = dict(
    pairs(f"""
    PAPERTRACK_LIBRARY  folder of the library; the option --library overrides it
    PAPERTRACK_CACHE    folder of the cache, which may be deleted at any time
    PAPERTRACK_STATE    folder of what this machine must remember between runs
    PAPERTRACK_CONFIG   file with your settings; see papertrack help config
    PAPERTRACK_TIMEOUT  seconds that a request may take in all ({TIMEOUT:.0f})
    XDG_DATA_HOME       where the library is by default; XDG_CONFIG_HOME and others as usual
    HF_TOKEN            access token, sent to Hugging Face only
    NETRC               file with passwords for hosts (~/.netrc)
    HTTPS_PROXY         proxy for https; HTTP_PROXY, ALL_PROXY and NO_PROXY as usual
    SSL_CERT_FILE       file of trusted certificates; SSL_CERT_DIR as usual
    NO_COLOR            no colours, whatever the terminal; CLICOLOR=0 and TERM=dumb too
    FORCE_COLOR         colours off a terminal too; CLICOLOR_FORCE too
    FORCE_HYPERLINK     1: links in titles on any terminal, 0: on none
    COLUMNS             width of the terminal, 20 to 1000
    PAPERTRACK_PAGER    program for what is longer than the screen, else PAGER
    EDITOR              editor for notes; VISUAL comes first
    BROWSER             program that opens web pages
""")
)
"""The variables, as the help shows them; those of endpoints are declared by their sources.
HTTPS_PROXY and SSL_CERT_FILE are read by Python's urllib and ssl, in `web.transport`."""


class Locations(NamedTuple):
    """The folders of the library, of the cache and of this machine's state.

    The state is what must outlive the cache and belongs to no library.
    """

    library: Path
    cache: Path
    state: Path


_XDG = {
    "user_data_path": ("XDG_DATA_HOME", ".local/share"),
    "user_cache_path": ("XDG_CACHE_HOME", ".cache"),
    "user_state_path": ("XDG_STATE_HOME", ".local/state"),
    "user_config_path": ("XDG_CONFIG_HOME", ".config"),
}
"""Folders of the XDG Base Directory Specification: variable, usual place in the home.
(https://specifications.freedesktop.org/basedir-spec/latest/)"""


def platform_folder(kind: str) -> Path:
    """The folder that a platform has for `user_data_path`, `user_cache_path`, ..."""
    if sys.platform == "linux":
        # platformdirs finds the same; importing it is 4 % of the instructions of `list`.
        variable, usual = _XDG[kind]
        folder = Path(os.environ.get(variable, ""))
        if not folder.is_absolute():
            folder = Path.home() / usual
        return folder / "papertrack"
    import platformdirs

    found: Path = getattr(platformdirs, kind)("papertrack", appauthor=False)
    return found


class Environment(NamedTuple):
    """The variables of a process, for what only they can set."""

    variables: Mapping[str, str]

    @property
    def cache(self) -> Path:
        """The folder of the cache."""
        return self._path("PAPERTRACK_CACHE") or platform_folder("user_cache_path")

    @property
    def state(self) -> Path:
        """The folder of this machine's state."""
        return self._path("PAPERTRACK_STATE") or platform_folder("user_state_path")

    @property
    def config_file(self) -> Path:
        """The file with the reader's settings, which need not exist."""
        path = self._path("PAPERTRACK_CONFIG")
        return path or self.config_home / "papertrack" / "config.toml"

    def _path(self, variable: str) -> Path | None:
        path = self.variables.get(variable)
        return Path(path).expanduser() if path else None

    # ------------------------------------------------------------------ network

    def endpoint(self, variable: str, default: str = "") -> str:
        """A service's base URL, without a slash at the end."""
        return (self.variables.get(variable) or default).rstrip("/")

    @property
    def hf_token(self) -> str | None:
        """The access token for Hugging Face. Raises ConfigError."""
        token = self.variables.get("HF_TOKEN", "").strip()
        if token and not re.fullmatch("[!-~]+", token):
            raise ConfigError(
                "HF_TOKEN is not a token: it has spaces or characters that none has;"
                " copy it again, or unset it"
            )
        return token or None

    @property
    def netrc(self) -> Path:
        """The file with passwords for hosts."""
        return Path(self.variables.get("NETRC") or self.home / ".netrc")

    # ------------------------------------------------------------------ terminal

    @property
    def color(self) -> bool | None:
        """Whether to colour; None: if it is a terminal."""
        if self.variables.get("NO_COLOR"):
            return False
        for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
            if self.variables.get(name, "0") != "0":
                return True
        if self.variables.get("CLICOLOR") == "0" or self.is_dumb:
            return False
        return None

    @property
    def is_dumb(self) -> bool:
        """Whether the terminal takes no control sequences."""
        return self._terminal == "dumb"

    @property
    def colors(self) -> int:
        """How many colours the terminal can show."""
        if self.variables.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
            return 2**24
        return 256 if "256color" in self._terminal else 16

    @property
    def hyperlinks(self) -> bool:
        """Whether the terminal takes OSC 8 links: all but those known to print them."""
        forced = self.variables.get("FORCE_HYPERLINK")
        if forced is not None:
            return forced not in ("", "0")
        if self._terminal.startswith(
            ("linux", "cons25", "vt1", "vt2", "eterm", "dumb")
        ):
            return False
        # Terminals of GNOME's VTE before 0.50 print what they do not know.
        vte = self.variables.get("VTE_VERSION", "")
        return not vte.isdecimal() or int(vte) >= 5000

    @property
    def _terminal(self) -> str:
        return self.variables.get("TERM", "")

    @property
    def columns(self) -> int | None:
        """The width of the terminal, where the variable names a usable one."""
        columns = self.variables.get("COLUMNS", "")
        if columns.isdecimal() and 20 <= int(columns) <= 1000:
            return int(columns)
        return None

    # ------------------------------------------------------------------ programs

    @property
    def editor(self) -> str:
        """The command that edits a file."""
        return (
            self.variables.get("VISUAL")
            or self.variables.get("EDITOR")
            or DEFAULT_EDITOR
        )

    @property
    def home(self) -> Path:
        """The home folder; one that does not exist where none is set."""
        return Path(self.variables.get("HOME") or "/nonexistent")

    @property
    def data_home(self) -> Path:
        """Where programs put their data."""
        return Path(self.variables.get("XDG_DATA_HOME") or self.home / ".local/share")

    @property
    def config_home(self) -> Path:
        """Where programs look for their configuration."""
        return Path(self.variables.get("XDG_CONFIG_HOME") or self.home / ".config")


def cache_name(library: Path) -> str:
    """A short name for a library, so that one cache serves several."""
    path = str(library.absolute()).encode("utf-8", "surrogateescape")
    return f"{zlib.crc32(path):08x}"
