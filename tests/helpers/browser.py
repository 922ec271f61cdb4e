"""A headless Chromium, driven through its DevTools protocol over two pipes.

https://chromedevtools.github.io/devtools-protocol/ describes the methods. Messages are
JSON, each followed by a zero byte; Chromium reads them from descriptor 3 and writes to 4.
"""

from __future__ import annotations

import base64
import json
import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next(filter(None, map(shutil.which, PROGRAMS)), None)
PATIENCE = 60
"""Seconds after which a browser that does not respond is broken."""

OPTIONS = (
    *("--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"),
    *("--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
)


class Browser:
    """A running Chromium."""

    def __init__(self, process: subprocess.Popen[bytes], read: int, write: int) -> None:
        self.process = process
        self._read = read
        self._write = write
        self._buffer = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """The result of a method; events that come before it are collected."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            response = self._message()
            if response.get("id") == self._number:
                assert "error" not in response, (method, response["error"])
                return response["result"]
            self.events.append(response)

    def wait(self, method: str, session: str) -> None:
        """Wait until an event has come."""
        while not self.named(method, session):
            self.events.append(self._message())

    def named(self, method: str, session: str) -> list[dict[str, Any]]:
        """What the events of one name contain."""
        return [
            event["params"]
            for event in self.events
            if event.get("method") == method and event.get("sessionId") == session
        ]

    def _message(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._read], [], [], max(left, 0))
            assert ready, "the browser does not respond"
            piece = os.read(self._read, 1 << 20)
            assert piece, "the browser has ended"
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed

    def open(
        self,
        address: str,
        *,
        width: int = 1200,
        dark: bool = False,
        scripts: bool = True,
        media: str = "",
    ) -> Page:
        """A page in a window of its own, when it has been loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, attached["sessionId"], target)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        page.call("Performance.enable", timeDomain="threadTicks")
        page.look(width=width, dark=dark, media=media)
        if not scripts:
            page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.call("Page.navigate", url=address)
        self.wait("Page.loadEventFired", page.session)
        return page


class Page:
    """A page that is shown."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self.browser = browser
        self.session = session
        self.target = target

    def call(self, method: str, **parameters: Any) -> Any:
        """The result of a method for this page."""
        return self.browser.call(method, self.session, **parameters)

    def look(self, *, width: int, dark: bool = False, media: str = "") -> None:
        """Show the page in a window of this width, in light or dark."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def value(self, expression: str) -> Any:
        """The value of an expression of JavaScript."""
        result = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def style(self, selector: str, name: str, pseudo: str = "") -> str:
        """The computed value of a property of the first such element."""
        found = f"document.querySelector({json.dumps(selector)})"
        style = f"getComputedStyle({found}, {json.dumps(pseudo)})"
        value: str = self.value(f"{style}.getPropertyValue({json.dumps(name)})")
        return value

    def color(self, selector: str, name: str = "color") -> str | None:
        """A color in six hexadecimal digits; None if it is transparent."""
        text = self.style(selector, name)
        red, green, blue, *alpha = map(float, re.findall(r"[\d.]+", text))
        if alpha == [0]:
            return None
        return f"{int(red):02x}{int(green):02x}{int(blue):02x}"

    def is_seen(self, selector: str) -> bool:
        """Whether the first such element is displayed."""
        found = f"document.querySelector({json.dumps(selector)})"
        seen: bool = self.value(f"{found}.checkVisibility()")
        return seen

    @property
    def widest(self) -> float:
        """How far to the right anything of the page reaches."""
        reach: float = self.value(
            "Math.max(document.documentElement.scrollWidth, ..."
            "[...document.querySelectorAll('body *')].map("
            "(one) => one.getBoundingClientRect().right))"
        )
        return reach

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Click on an element with the mouse."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.value(f"{found}.scrollIntoView({{block: 'center'}})")
        box = self.value(f"(({found}).getBoundingClientRect()).toJSON()")
        x = box["x"] + box["width"] / 2
        y = box["y"] + box["height"] / 2
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="left",
                clickCount=1,
            )

    @property
    def cpu(self) -> float:
        """Seconds of CPU time that the main thread of the page has taken."""
        metrics = self.call("Performance.getMetrics")["metrics"]
        seconds: float = {one["name"]: one["value"] for one in metrics}["TaskDuration"]
        return seconds

    @property
    def requests(self) -> Sequence[str]:
        """The addresses that the page has requested, its own first."""
        sent = self.browser.named("Network.requestWillBeSent", self.session)
        return [one["request"]["url"] for one in sent]

    @property
    def complaints(self) -> Sequence[Mapping[str, Any]]:
        """Errors of scripts, and what the policy of the page has refused."""
        return [
            *self.browser.named("Runtime.exceptionThrown", self.session),
            *self.browser.named("Log.entryAdded", self.session),
        ]

    def screenshot(self, path: Path) -> None:
        """Save what is seen as PNG."""
        shot = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """Close the page."""
        self.browser.call("Target.closeTarget", targetId=self.target)


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A Chromium whose profile is in this folder, until the block ends."""
    assert PROGRAM, "Chromium is not installed"
    from_us, to_browser = os.pipe()
    from_browser, to_us = os.pipe()
    # bash moves the pipes to the descriptors that Chromium uses.
    move = f'exec "$@" 3<&{from_us} 4>&{to_us}'
    command = ["bash", "-c", move, "bash", PROGRAM, *OPTIONS]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={folder}", "about:blank"],
        pass_fds=(from_us, to_us),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(from_us)
    os.close(to_us)
    browser = Browser(process, from_browser, to_browser)
    try:
        yield browser
        browser.call("Browser.close")
    finally:
        os.close(to_browser)
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(from_browser)
