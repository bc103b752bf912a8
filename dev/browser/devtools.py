"""A headless Chromium, told what to do over a pipe (Chrome DevTools Protocol): standard library only."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time

from dev.stack.console import Problem

MAX_WAIT = 60  # seconds for a page to show what is waited for


class Browser:
    """One page of a headless browser, with a profile of its own that is thrown away."""

    def __init__(self, program, width, height, timezone):
        """Start the browser, with a window of so many pixels, in a time zone by its IANA name."""
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self._commands = os.pipe()
        answers, theirs_out = os.pipe()
        command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += ["--remote-debugging-pipe", f"--user-data-dir={self._profile.name}", "about:blank"]
        # the protocol's pipes are the descriptors 3 and 4: a shell puts them there
        shell = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *map(str, command)],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._answers = os.fdopen(answers, "rb")
        self._number, self._session = 0, None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self.resize(width, height)
        self._call("Emulation.setTimezoneOverride", timezoneId=timezone)
        fonts = {"standard": "DejaVu Sans", "sansSerif": "DejaVu Sans"}
        self._call("Page.setFontFamilies", fontFamilies=fonts)

    def resize(self, width, height):
        """Let the page have so many pixels."""
        size = {"width": width, "height": height}
        self._call("Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=False)

    def close(self):
        """End the browser."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._answers.close()
        os.close(self._commands)
        self._profile.cleanup()

    def open(self, url):
        """Go to a page."""
        self._call("Page.navigate", url=url)

    def run(self, javascript):
        """Run an expression in the page, awaited if it is a promise; its value."""
        answer = self._call("Runtime.evaluate", expression=javascript, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Problem(f"The browser couldn't run {javascript}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, selector):
        """Wait until the page shows an element."""
        deadline = time.monotonic() + MAX_WAIT
        while not self.run(f"!!document.querySelector({json.dumps(selector)})"):
            if time.monotonic() > deadline:
                raise Problem(f"The page doesn't show {selector} within {MAX_WAIT} s")
            time.sleep(0.1)

    def click(self, selector):
        """Click an element, once it is there."""
        self.wait_for(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector, text):
        """Write into an empty input."""
        self.wait_for(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self._call("Input.insertText", text=text)

    def enter(self):
        """Press the key Enter."""
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13)

    def picture(self, selector=None):
        """The page as a PNG in base64, once it doesn't change any more.

        :param selector: only what all such elements cover together
        """
        clip = {"clip": {**self.run(_box(selector)), "scale": 1}} if selector else {}
        before = None
        while (now := self._call("Page.captureScreenshot", format="png", **clip)["data"]) != before:
            before = now
            time.sleep(0.5)
        return now

    def _call(self, method, **params):
        self._number += 1
        order = {"id": self._number, "method": method, "params": params}
        if self._session:
            order["sessionId"] = self._session
        os.write(self._commands, json.dumps(order).encode() + b"\0")
        while True:
            answer = json.loads(self._next())
            if answer.get("id") == self._number:
                break
        if "error" in answer:
            raise Problem(f"The browser refused {method}: {answer['error'].get('message')}")
        return answer["result"]

    def _next(self):
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            if not byte:
                raise Problem("The browser has ended by itself", "Does it start by hand?")
            message += byte
        return message


def _box(selector):
    """JavaScript that gives x, y, width and height of the smallest box around all such elements, in pixels."""
    return f"""(() => {{
        const boxes = [...document.querySelectorAll({json.dumps(selector)})].map((one) => one.getBoundingClientRect());
        const [x, y] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
        const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...boxes.map((box) => box[side])));
        return {{ x: x + scrollX, y: y + scrollY, width: right - x, height: bottom - y }};
    }})()"""
