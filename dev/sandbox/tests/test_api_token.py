"""facture_api's tokens: grants, at most three, expiry, scopes, revocation."""

import threading
import time

import pytest
import requests
from json_clients import Api
from samples import cfdi


def test_grant(api):
    data = api.token().json()
    assert data["expires_in"] == 365 * 86400 and data["token_type"] == "bearer"
    assert data["access_token"] != data["refresh_token"]
    rows = api.control("GET", "tokens")
    assert [row["user"] for row in rows] == ["demo", "demo"]
    assert data["access_token"] not in str(rows)


@pytest.mark.parametrize("changes, status, error", [
    ({"password": "x"}, 400, "invalid_grant"), ({"username": None}, 400, "invalid_grant"),
    ({"client_secret": "x"}, 401, "invalid_client"), ({"client_id": None}, 401, "invalid_client"),
    ({"scope": None}, 400, "invalid_scope"), ({"scope": "todo"}, 400, "invalid_scope"),
    ({"kind": "code"}, 400, "unsupported_grant_type"), ({"kind": ""}, 400, "unsupported_grant_type"),
    ({"kind": "refresh_token"}, 400, "invalid_grant"),
    ({"kind": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant")])
def test_refused_grants(api, changes, status, error):
    response = api.token(**changes)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert "access_token" not in response.text


def test_no_form(api):
    response = requests.post(f"{api.url}/api/authorize?grant_type=password", json={}, timeout=20)
    assert (response.status_code, response.json()["error"]) == (415, "invalid_request")


def test_three_and_no_more(api):
    assert [api.token().status_code for _n in range(3)] == [200, 200, 403]
    assert api.token().json()["error"] == "access_denied"
    assert Api(api.url, "otro").ask("sucursal/find").status_code == 200
    api.control("POST", "applications", {"client_id": "otra", "client_secret": "s"})
    assert api.token(client_id="otra", client_secret="s").status_code == 200
    api.control("DELETE", "tokens?user=demo")
    assert api.token().status_code == 200


def test_the_limit_holds_for_many_at_once(api):
    codes = []
    threads = [threading.Thread(target=lambda: codes.append(api.token().status_code))
               for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 200] + [403] * 6


def test_refresh_takes_the_place_of_the_former(api):
    data = api.token().json()
    api.token()
    assert api.token().status_code == 403
    renewed = api.token("refresh_token", refresh_token=data["refresh_token"]).json()
    assert len(api.control("GET", "tokens")) == 3
    api.session.headers["Authorization"] = f"Bearer {data['access_token']}"
    assert api.ask("sucursal/find").status_code == 401
    api.session.headers["Authorization"] = f"Bearer {renewed['access_token']}"
    assert api.ask("sucursal/find").status_code == 200
    again = api.token("refresh_token", refresh_token=data["refresh_token"])
    assert again.json()["error"] == "invalid_grant"


def test_expiry(api):
    api.settings(token_seconds=0.3)
    data = api.token().json()
    api.session.headers["Authorization"] = f"Bearer {data['access_token']}"
    assert api.ask("sucursal/find").status_code == 200
    time.sleep(0.4)
    response = api.stamp(cfdi())
    assert response.status_code == 401 and response.json()["succeed"] is False
    assert response.headers["WWW-Authenticate"] == "Bearer" and api.book() == []
    assert api.token().status_code == 200
    api.settings(token_seconds=60)
    renewed = api.token("refresh_token", refresh_token=data["refresh_token"])
    assert renewed.status_code == 200 and renewed.json()["expires_in"] == 60


@pytest.mark.parametrize("authorization", [
    None, "Bearer", "Bearer x", "Bearer token-demo", "Basic ZGVtbzpkZW1v"])
def test_no_token(api, authorization):
    api.session.headers["Authorization"] = authorization
    response = api.ask("sucursal/find")
    assert (response.status_code, response.json()["code"]) == (401, 4010)


def test_scopes(api):
    data = api.token(scope="sucursal,facturacion").json()
    api.session.headers["Authorization"] = f"Bearer {data['access_token']}"
    assert api.ask("sucursal/find").status_code == 200
    assert api.ask("facturacion/find").status_code == 200
    assert api.stamp(cfdi()).status_code == 403
    assert api.post("cancelacion", [{"uuid": "x"}]).status_code == 403


def test_no_secret_in_the_log(api):
    requests.post(f"{api.url}/api/authorize", timeout=20, params={
        "grant_type": "password", "client_secret": "sehr-geheim", "password": "auch-geheim"})
    text = str(api.control("GET", "requests"))
    assert "geheim" not in text and "grant_type=password" in text
