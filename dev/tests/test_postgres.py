"""Where PostgreSQL is found, and what is said when it isn't; no cluster is made."""

import pytest

from dev.stack import postgres
from dev.stack.console import Problem


@pytest.fixture
def binaries(tmp_path, monkeypatch):
    """A machine with these versions in Debian's place and nothing on PATH."""

    def make(*versions):
        for version in versions:
            folder = tmp_path / version / "bin"
            folder.mkdir(parents=True)
            for name in ("initdb", "pg_ctl"):
                (folder / name).touch()
        monkeypatch.setattr(postgres, "DEBIAN_BINARIES", tmp_path)
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        return tmp_path

    return make


def test_without_postgresql_the_remedy_is_named(binaries):
    binaries()
    with pytest.raises(Problem, match="initdb is not on this machine.*apt-get install postgresql"):
        postgres._binary("initdb")


def test_the_newest_version_with_a_server_is_used(binaries):
    home = binaries("9.6", "15", "17")
    (home / "17/bin/initdb").unlink()  # only the client of 17 is installed
    assert postgres._binary("pg_ctl") == home / "15/bin/pg_ctl"
