"""`make stop` ends the demo of its own DEMO_DB, and PostgreSQL only when nobody else uses it."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from dev.demo.stop import stop
from dev.stack import pidfiles
from dev.stack.postgres import Cluster

HOLDER = """
import fcntl, sys
with open(sys.argv[1], "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_SH)
    print(flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def cache(tmp_path):
    (tmp_path / "run").mkdir()
    return tmp_path


def settings(cache, database):
    return SimpleNamespace(cache_dir=cache, run=cache / "run", demo_db=database)


@pytest.fixture
def demo(cache):
    """Function that starts the program of a demo of a database: a process that only waits."""
    started = []

    def start(database):
        process = subprocess.Popen(["sleep", "60"], start_new_session=True)
        started.append(process)
        threading.Thread(target=process.wait).start()  # an ended one is no zombie
        pidfiles.remember(settings(cache, database), "odoo", process, 8069)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(cache):
    """The cache's cluster, running."""
    cluster = Cluster(settings(cache, "mine"))
    cluster.start()
    yield cluster
    cluster.remove()


def test_the_demo_of_another_database_goes_on(cache, demo):
    mine, other = demo("mine"), demo("other")
    stop(settings(cache, "mine"))
    assert mine.wait(5) is not None
    assert other.poll() is None
    assert [one.database for one in pidfiles.running(settings(cache, "mine"))] == ["other"]


def test_the_last_demo_takes_postgresql_with_it(cache, demo, cluster):
    demo("mine")
    demo("other")
    stop(settings(cache, "mine"))
    assert cluster.running()
    stop(settings(cache, "other"))
    assert not cluster.running()


def test_postgresql_goes_on_while_another_command_uses_it(cache, cluster):
    command = [sys.executable, "-c", HOLDER, cache / "cluster.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        stop(settings(cache, "mine"))
        assert cluster.running()
        holder.stdin.close()
        holder.wait()
        stop(settings(cache, "mine"))
    assert not cluster.running()
