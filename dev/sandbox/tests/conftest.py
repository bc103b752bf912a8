"""A real sandbox in a process of its own, on a free port, for all tests of a run."""

import subprocess
import sys
from pathlib import Path

import pytest
from client import Client

SANDBOX = Path(__file__).resolve().parents[1]


class Process:
    """A started sandbox: ``url``, ``stop``."""

    def __init__(self, data, *arguments):
        self.data = data
        self.popen = subprocess.Popen(
            [sys.executable, str(SANDBOX), "--port", "0", "--data", str(data), *arguments],
            stdout=subprocess.PIPE, text=True, cwd="/",
        )
        line = self.popen.stdout.readline()
        assert line.startswith("sandbox ready on http://"), line
        self.url = line.split()[-1]

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.popen.terminate()
        code = self.popen.wait(10)
        self.popen.stdout.close()
        return code

    def kill(self):
        """SIGKILL, as a power cut would."""
        self.popen.kill()
        self.popen.wait(10)
        self.popen.stdout.close()


@pytest.fixture(scope="session")
def process(tmp_path_factory):
    """The sandbox that most tests share."""
    process = Process(tmp_path_factory.mktemp("sandbox"))
    yield process
    process.stop()


@pytest.fixture
def client(process):
    """A client of user demo, with the sandbox's faults, settings, log and book put back."""
    client = Client(process.url)
    client.control("POST", "reset", {"book": True})
    yield client
    client.session.close()
