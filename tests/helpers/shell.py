"""A line for the shell, as a reader types it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping


def sh(
    command: str, env: Mapping[str, str], *, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a command of a shell in the reader's home; it must succeed."""
    done = subprocess.run(
        ["sh", "-euc", command],
        env=dict(env),
        cwd=env["HOME"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done
