"""A real sandbox in a process of its own, on a free port, for all tests of a run."""

import pytest
from client import Client
from json_clients import Api, Sello
from process import Process


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


@pytest.fixture
def sello(process):
    """A client of sello_digital, everything put back before."""
    client = Sello(process.url)
    client.control("POST", "reset", {"book": True})
    yield client
    client.session.close()


@pytest.fixture
def api(process):
    """A client of facture_api with one token, everything put back before."""
    Client(process.url).control("POST", "reset", {"book": True})
    client = Api(process.url)
    yield client
    client.session.close()
