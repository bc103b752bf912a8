"""Ports, pid files and servers: only what was started here is ended."""

import http.server
import socket
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from dev.stack import pidfiles, processes
from dev.stack.console import Problem


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def settings(tmp_path):
    return SimpleNamespace(run=tmp_path, demo_db="my.demo")


def test_a_remembered_process_is_found_and_ended(settings, sleeper):
    pidfiles.remember(settings, "odoo", sleeper, 8069)
    (started,) = pidfiles.running(settings)
    assert (started.pid, started.database, started.program) == (sleeper.pid, "my.demo", "odoo")
    threading.Thread(target=sleeper.wait).start()
    started.end()
    assert sleeper.wait(5) is not None
    assert not list(settings.run.iterdir())


def test_another_process_of_the_same_id_is_left_alone(settings, sleeper):
    (settings.run / "demo.odoo.pid").write_text(f"{sleeper.pid} 1 8069\n")
    assert pidfiles.running(settings) == []
    assert sleeper.poll() is None


def test_what_another_command_started_anew_is_not_forgotten(settings, sleeper):
    old = pidfiles.remember(settings, "odoo", sleeper, 8069)
    old.file.write_text("1 2 8069\n")
    sleeper.kill()
    sleeper.wait()
    old.end()
    assert old.file.read_text() == "1 2 8069\n"


def test_a_taken_port_is_a_problem_with_a_remedy():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Problem, match=r"is taken.*ODOO_PORT="):
            processes.require_free(taken.getsockname()[1], "ODOO_PORT")


def test_a_server_that_ends_at_once_is_a_problem_that_quotes_its_log(tmp_path):
    command = [sys.executable, "-c", "print('no such option'); raise SystemExit(2)"]
    url = f"http://127.0.0.1:{processes.free_port()}"
    with pytest.raises(Problem, match="(?s)ended at once.*no such option"):
        processes.start(command, {}, url, "/", tmp_path / "log", "It", 10)


def test_an_answer_below_500_is_an_answer():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(int(self.path[1:]))
            self.end_headers()

        def log_message(self, *_args):
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        assert [processes.answers(f"{url}/{status}") for status in (200, 404, 500)] == [True, True, False]
    finally:
        server.shutdown()
        server.server_close()
    assert not processes.answers(url)
