"""Server processes: started in a group of their own, waited for, stopped or killed."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from dev.stack.console import Problem, tail
from dev.stack.settings import REPO


@dataclass
class Server:
    """A process that was started here, where it answers, and its log."""

    process: subprocess.Popen
    url: str
    log: Path

    @property
    def pid(self):
        """The process id; also its process group's, which holds its workers."""
        return self.process.pid

    def kill(self):
        """kill -9 the process and its workers, as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, max_wait=15):
        """End the process politely, then firmly."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max_wait)
        self.kill()


def start(command, env, url, path, log, what, max_wait):
    """Start a server and wait until `url + path` answers; a Problem if it doesn't in time."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **env},
            cwd=REPO,
            start_new_session=True,
        )
    server = Server(process, url, log)
    deadline = time.monotonic() + max_wait
    try:
        while not answers(url + path):
            if process.poll() is not None or time.monotonic() > deadline:
                state = "ended at once" if process.poll() is not None else f"is silent for {max_wait} s"
                excerpt = "\n".join("    " + line for line in tail(log, 12))
                raise Problem(f"{what} {state}; the end of {log}:\n{excerpt}\n")
            time.sleep(0.2)
    except BaseException:
        server.kill()
        raise
    return server


def answers(url):
    """Whether an HTTP server answers at the address, with any status below 500."""
    try:
        with urllib.request.urlopen(url, timeout=30):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def free_port():
    """A free TCP port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require_free(port, variable):
    """A Problem when somebody already listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Problem(
                f"Port {port} is taken ({error.strerror})",
                f"End the program that uses it, or choose another: {variable}={port + 100}.",
            ) from None
