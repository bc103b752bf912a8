"""A person's browser, as far as pressing buttons goes: Odoo's web endpoints with a session; several at once."""

import http.cookiejar
import json
import threading
import urllib.request

from dev.stack.console import Problem


class Refused(Problem):
    """Odoo answered with an error; `kind` is its class, such as odoo.exceptions.UserError."""

    def __init__(self, what, kind):
        super().__init__(what)
        self.kind = kind


class Client:
    """A logged-in session at an Odoo server."""

    def __init__(self, url, database, login, password):
        """Log in; Refused if the server doesn't let in."""
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        user = self._post("/web/session/authenticate", {"db": database, "login": login, "password": password})
        self.context = user["user_context"]

    def call(self, model, method, *args, **kwargs):
        """Call a public method of a model, as the web client does."""
        kwargs.setdefault("context", self.context)
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def press(self, model, method, ids, **context):
        """Press a button of a form or list view."""
        params = {
            "model": model,
            "method": method,
            "args": [ids],
            "kwargs": {"context": {**self.context, **context}},
        }
        return self._post(f"/web/dataset/call_button/{model}/{method}", params)

    def _post(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        with self.opener.open(request, timeout=180) as response:
            answer = json.load(response)
        if "error" in answer:
            data = answer["error"].get("data") or {}
            what = f"Odoo refused {path}: {data.get('message') or answer['error']}"
            raise Refused(what, data.get("name"))
        # a method that returns nothing is answered without a result
        return answer.get("result")


def at_once(*calls):
    """Run callables at the same moment, each in a thread of its own; what they returned, in order."""
    start = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        start.wait()
        results[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
