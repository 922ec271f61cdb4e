"""Mail servers, their settings, and invented papers that are fetched."""

import json
from pathlib import Path

import pytest

from tests.helpers.digests import FRIDAY
from tests.helpers.mail_server import MailServer, toml


@pytest.fixture
def serve(tmp_path):
    """`serve("starttls")` starts a server."""
    servers: list[MailServer] = []

    def start(security="tls"):
        folder = tmp_path / f"server-{len(servers)}"
        folder.mkdir()
        servers.append(MailServer(folder, security))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def configure(home):
    """`configure(server, to=…)` writes the settings; None leaves a key out."""

    def write(server, **more):
        settings = {**server.settings(), **more}
        settings = {
            name: value for name, value in settings.items() if value is not None
        }
        path = Path(home["HOME"]) / ".config/papertrack/config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(toml(settings))
        path.chmod(0o600)

    return write


@pytest.fixture
def server(serve, configure):
    """A server with TLS, and settings for it."""
    server = serve()
    configure(server)
    return server


@pytest.fixture
def fetched(inside, tmp_path):
    """`fetched(1, 2, now=…)` adds papers of these numbers."""

    def fetch(*numbers, now=FRIDAY, title="Paper number {}", upvotes=5):
        day = "2025-11-20T00:00:00.000Z"
        rows = [
            {
                "paper": {
                    "id": f"2511.{number:05}",
                    "title": title.format(number),
                    "summary": f"What {title.format(number)} says.",
                    "authors": [{"name": "Zoë Quill"}],
                    "publishedAt": day,
                    "submittedOnDailyAt": day,
                    "upvotes": upvotes,
                }
            }
            for number in numbers
        ]
        path = tmp_path / "rows.json"
        path.write_text(json.dumps(rows))
        assert inside(["fetch", str(path)], now=now).code == 0

    return fetch
