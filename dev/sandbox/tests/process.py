"""Starting and ending a sandbox."""

import os
import subprocess
import sys
from pathlib import Path

SANDBOX = Path(__file__).resolve().parents[1]


class Process:
    """A started sandbox: ``url``, ``stop``, ``busy``."""

    def __init__(self, data, *arguments):
        self.data = data
        self.popen = subprocess.Popen(
            [sys.executable, str(SANDBOX), "--port", "0", "--data", str(data), *arguments],
            stdout=subprocess.PIPE, text=True, cwd="/",
        )
        line = self.popen.stdout.readline()
        assert line.startswith("sandbox ready on http://"), line
        self.url = line.split()[-1]

    def busy(self):
        """Seconds that it has kept a processor busy so far: what else the machine is doing doesn't count."""
        fields = Path(f"/proc/{self.popen.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

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
