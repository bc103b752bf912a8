"""The SQLite file: one connection, one lock, every transaction durable when it returns."""

import contextlib
import fcntl
import os
import sqlite3
import threading
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS certificates (
    rfc TEXT NOT NULL, kind TEXT NOT NULL, serial TEXT NOT NULL,
    certificate BLOB NOT NULL, key BLOB NOT NULL, PRIMARY KEY (rfc, kind));
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, password TEXT NOT NULL, token TEXT NOT NULL, raw TEXT NOT NULL,
    holder TEXT NOT NULL, credits INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS branches (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, zip TEXT NOT NULL, street TEXT, colony TEXT,
    city TEXT, state TEXT, active INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS issuers (
    rfc TEXT PRIMARY KEY, name TEXT NOT NULL, regime TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS receivers (
    rfc TEXT PRIMARY KEY, name TEXT, zip TEXT, regime TEXT, listed INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS stamps (
    n INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, user TEXT NOT NULL,
    branch INTEGER NOT NULL, operation TEXT NOT NULL, created TEXT NOT NULL,
    serie TEXT, folio TEXT, tipo TEXT, fecha TEXT, fecha_timbrado TEXT,
    rfc_emisor TEXT, rfc_receptor TEXT, nombre_receptor TEXT, total TEXT, moneda TEXT,
    sha256 TEXT NOT NULL, sent BLOB NOT NULL, xml BLOB NOT NULL,
    estado TEXT NOT NULL DEFAULT 'Vigente', cancelable INTEGER NOT NULL DEFAULT 1,
    estatus_cancelacion TEXT, motivo TEXT, folio_sustitucion TEXT, codigo_cancelacion TEXT,
    acuse BLOB);
CREATE INDEX IF NOT EXISTS stamps_sent ON stamps (sha256, user, branch);
CREATE INDEX IF NOT EXISTS stamps_folio ON stamps (serie, folio);
CREATE TABLE IF NOT EXISTS bulks (
    token TEXT PRIMARY KEY, user TEXT NOT NULL, created TEXT NOT NULL, entries TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, branch INTEGER NOT NULL,
    created TEXT NOT NULL, uuid TEXT NOT NULL UNIQUE, serie TEXT, folio TEXT, total TEXT,
    status TEXT NOT NULL DEFAULT 'No timbrada', error TEXT, action INTEGER,
    paid INTEGER NOT NULL DEFAULT 0, sent BLOB NOT NULL, cfdi BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS applications (client_id TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    access TEXT PRIMARY KEY, refresh TEXT NOT NULL UNIQUE, user TEXT NOT NULL,
    client_id TEXT NOT NULL, scope TEXT NOT NULL, created REAL NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS branch_rfcs (branch INTEGER PRIMARY KEY, rfc TEXT NOT NULL);
"""


class StoreBusy(Exception):
    """Another sandbox has this folder open."""


class Store:
    """The open file in ``folder`` (created). Raises StoreBusy when another process has it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock_file = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock_file)
            raise StoreBusy(f"{self.folder} is in use by another sandbox") from error
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            self.folder / "book.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        # FULL: a commit is on the disk before it returns, so an answer never outruns the book.
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA)

    @contextlib.contextmanager
    def transaction(self):
        """A write transaction: yields the connection, commits at the end, undoes on an error."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql, parameters=()):
        """All rows of a query, as dictionaries."""
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, parameters)]

    def row(self, sql, parameters=()):
        """The first row of a query as a dictionary, or None."""
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def close(self):
        """Close the file and let another process have it."""
        with self._lock:
            self._connection.close()
        os.close(self._lock_file)
