"""A private PostgreSQL cluster, reachable over a unix socket only; never the machine's own.

PostgreSQL refuses to run as root, so a root run gives it to the user `postgres` (or `nobody`), and
puts it where that user can go: below /var/cache, because CACHE_DIR is then usually below /root.
Who may connect is settled by the folder's permissions (0700).
"""

import hashlib
import os
import pwd
import re
import shutil
import subprocess
import time
from pathlib import Path

from dev.stack.console import Problem, say

DEBIAN_BINARIES = Path("/usr/lib/postgresql")  # one folder a version; not on PATH
USER = "odoo"
PORT = "5432"  # only the name of the socket file; no TCP port is opened
LONGEST_SOCKET_FOLDER = 80
# Losing this cluster in a power cut costs a rebuild of the cache, so it trades that for speed.
# A killed Odoo process loses nothing by this. PostgreSQL loses the commits of its last moments when it is killed
# itself: who does that takes CRASH_SAFE.
SPEED = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=256MB",
    "max_connections=200",
)
# Where PostgreSQL itself is killed: what it acknowledged must be there afterwards. Without fsync still, as the
# operating system goes on.
CRASH_SAFE = (*(setting for setting in SPEED if "synchronous_commit" not in setting), "synchronous_commit=on")


class Cluster:
    """The cluster that belongs to a cache folder; with a name, another one beside it."""

    def __init__(self, settings, name="", options=SPEED):
        suffix = f"-{name}" if name else ""
        key = hashlib.sha256(f"{settings.cache_dir}{suffix}".encode()).hexdigest()[:8]
        self.options = options
        self.owner = _unprivileged_user() if os.geteuid() == 0 else None
        beside = settings.cache_dir / f"postgres{suffix}"
        self.home = Path(f"/var/cache/l10n_mx_facture/{key}") if self.owner else beside
        self.data = self.home / "data"
        run = self.home / "run"
        self.socket = (
            run if len(str(run)) < LONGEST_SOCKET_FOLDER else Path(f"/tmp/l10n_mx_facture-{os.geteuid()}-{key}")
        )
        self.log = self.home / "postgresql.log"

    @property
    def env(self):
        """Environment for libpq programs (and psycopg2) to reach the cluster."""
        return {"PGHOST": str(self.socket), "PGPORT": PORT, "PGUSER": USER}

    @property
    def major(self):
        """PostgreSQL's major version, as text."""
        return re.search(r"(\d+)", subprocess.check_output([_binary("postgres"), "--version"], text=True)).group(1)

    def start(self):
        """Create the cluster if there is none, and start it if it doesn't run."""
        pg_ctl = _binary("pg_ctl")
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._init()
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != self.major:
            raise Problem(
                f"The private cluster {self.data} was made by PostgreSQL {made_by}, this machine now has {self.major}",
                "make clean removes it (with the demo database); the next command makes a new one.",
            )
        if self.running():
            return
        options = " ".join(f"-c {setting}" for setting in (*self.options, "listen_addresses="))
        command = [pg_ctl, "start", "-w", "-t", "60", "-D", self.data, "-l", self.log]
        done = self._as_owner([*command, "-o", f"-k {self.socket} -p {PORT} {options}"])
        if done.returncode:
            reason = _last_line(self.log) or done.stderr.strip()
            raise Problem(
                f"The private PostgreSQL cluster doesn't start: {reason}",
                f"Details: {self.log}. If it is damaged: make clean, then again.",
            )

    def stop(self):
        """Stop the cluster if it runs."""
        if (self.data / "postmaster.pid").exists():
            self._as_owner([_binary("pg_ctl"), "stop", "-m", "fast", "-w", "-D", self.data])

    def crash(self):
        """End all its processes at once, as a crash would, and start it again: it recovers from its log."""
        command = [_binary("pg_ctl"), "restart", "-m", "immediate", "-w", "-t", "60", "-D", self.data, "-l", self.log]
        done = self._as_owner(command)
        if done.returncode:
            said = done.stderr.strip() or done.stdout.strip()
            raise Problem(f"PostgreSQL doesn't come back: {said}", f"Details: {self.log}")

    def remove(self):
        """Stop the cluster and delete it."""
        if self.data.exists():
            self.stop()
        for folder in (self.home, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    def running(self):
        """Whether the cluster accepts connections."""
        status = self._as_owner([_binary("pg_ctl"), "status", "-D", self.data])
        return status.returncode == 0 and (self.socket / f".s.PGSQL.{PORT}").exists()

    def sql(self, statement, database="postgres"):
        """Run one SQL statement; its rows as lists of text."""
        command = [
            _binary("psql"),
            "-X",
            "-q",
            "-A",
            "-t",
            "-F",
            "\t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            database,
            "-c",
            statement,
        ]
        done = subprocess.run(command, env={**os.environ, **self.env}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Problem(f"PostgreSQL refused {statement!r}: {done.stderr.strip()}", f"Details: {self.log}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def databases(self):
        """Names of all databases."""
        return {row[0] for row in self.sql("SELECT datname FROM pg_database")}

    def create(self, name, template="template0"):
        """Create a database; a copy of `template`."""
        for attempt in range(20):
            try:
                self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
                return
            except Problem as problem:
                # A connection that is just closing counts as a user of the template for a moment.
                if "being accessed by other users" not in str(problem) or attempt == 19:
                    raise
                time.sleep(0.5)

    def bring(self, name, source, new_name):
        """Copy a database of another cluster."""
        self.create(new_name)
        dump = subprocess.Popen(
            [_binary("pg_dump"), "--no-owner", name], env={**os.environ, **source.env}, stdout=subprocess.PIPE
        )
        load = subprocess.run(
            [_binary("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", new_name],
            env={**os.environ, **self.env},
            stdin=dump.stdout,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        dump.stdout.close()
        if dump.wait() or load.returncode:
            raise Problem(f"The database {name} could not be copied: {load.stderr.strip()[-500:]}")

    def drop(self, name):
        """Drop a database and whoever is connected to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def comment(self, name, text=None):
        """Read the comment of a database, or write it."""
        if text is not None:
            self.sql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")
            return text
        lookup = "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        return self.sql(f"{lookup} WHERE datname = '{name}'")[0][0]

    def _make_folders(self):
        for folder in (self.home, self.socket):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            status = folder.lstat()
            wanted = self.owner.pw_uid if self.owner else os.geteuid()
            if status.st_uid == os.geteuid() != wanted:
                os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
            elif folder.is_symlink() or status.st_uid != wanted:
                raise Problem(f"{folder} belongs to somebody else", "Remove it, or give another CACHE_DIR.")
            folder.chmod(0o700)

    def _init(self):
        if self.owner:
            say(f"PostgreSQL: a private cluster in {self.home}, run by {self.owner.pw_name}")
        else:
            say(f"PostgreSQL: a private cluster in {self.home}")
        partial = self.home / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        options = [
            "--username",
            USER,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "--no-sync",
        ]
        done = self._as_owner([_binary("initdb"), "-D", partial, *options])
        if done.returncode:
            raise Problem(
                f"initdb failed: {done.stderr.strip()}",
                f"Is there room on the disk of {self.home}?",
            )
        partial.rename(self.data)

    def _as_owner(self, command):
        options = {}
        if self.owner:
            options = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )


def _unprivileged_user():
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Problem(
        "PostgreSQL can't run as root, and there is no user postgres or nobody",
        "Run make as an ordinary user.",
    )


def _binary(name):
    """A PostgreSQL program; Debian keeps the server's outside of PATH."""
    versions = sorted(
        DEBIAN_BINARIES.glob("*/bin"),
        key=lambda path: float(path.parent.name),
        reverse=True,
    )
    for folder in versions:
        if (folder / "initdb").exists() and (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    if not found:
        raise Problem(
            f"PostgreSQL's {name} is not on this machine",
            "On Debian and Ubuntu: apt-get install postgresql (its own cluster is left alone).",
        )
    return Path(found)


def _last_line(log):
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return next((line for line in reversed(lines) if "FATAL" in line or "ERROR" in line), "")
