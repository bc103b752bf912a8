"""make bench: cron workers that share the queue, as processes of their own."""

import json
import time
import urllib.request

from dev.demo import rpc

LATENCY = 2000  # milliseconds of the service for each ZIP: more than all the rest
SIZE, ZIPS = 10, 16
SLOW = 300  # milliseconds a call: what a call for each invoice costs
SINGLES, MANY = 20, 1000
MAX_WAIT = 600
STAMP = "action_l10n_mx_facture_stamp"
DIALOG = {"l10n_mx_facture_dialog": True}


def measure(stack, database, sandbox, prepare):
    """Print what bulk stamping by cron workers gains: against a call an invoice, and by a second worker.

    :param prepare: makes so many invoices that can be stamped; returns their ids
    """
    office = stack.start_odoo(database, None, "--max-cron-threads=0")
    try:
        client = rpc.Client(office.url, database, "admin", "admin")
        against_single_calls(stack, database, sandbox, client, prepare)
        throughput(stack, database, sandbox, client, prepare)
    finally:
        office.stop()
        settle(sandbox, latency={})


def against_single_calls(stack, database, sandbox, client, prepare):
    """Stamp invoices one by one, then many in bulk by the two scheduled actions, where calls are slow."""
    settle(sandbox, latency={"stamp": SLOW, "bulk": SLOW})
    singles = prepare(SINGLES)
    start = time.monotonic()
    for move in singles:
        client.press("account.move", STAMP, [move])
    single = (time.monotonic() - start) / SINGLES
    bulk = stamped_by(stack, database, client, 2, prepare(MANY)) / MANY
    print(f"a service of {SLOW} ms a call: {single * 1000:.0f} ms an invoice one by one, {bulk * 1000:.1f} ms in bulk")
    print(f"times faster in bulk: {single / bulk:.1f} (to reach: 15)")


def throughput(stack, database, sandbox, client, prepare):
    """Stamp the same number by one worker and by two, where the service's latency dominates."""
    settle(sandbox, latency={"bulk": LATENCY})
    account = client.call("l10n_mx_facture.account", "search", [])
    client.call("l10n_mx_facture.account", "write", account, {"bulk_size": SIZE})
    seconds = {
        workers: stamped_by(stack, database, client, workers, prepare(ZIPS * SIZE)) for workers in (1, 2)
    }
    print(f"{ZIPS * SIZE} invoices at {LATENCY} ms a ZIP of {SIZE}: ", end="")
    print(f"one cron worker {seconds[1]:.1f} s, two {seconds[2]:.1f} s")
    print(f"throughput of two / of one: {seconds[1] / seconds[2]:.2f} (to reach: 1.6)")


def stamped_by(stack, database, client, workers, moves):
    """Seconds from the confirmed dialog until the last of the invoices is stamped."""
    servers = [stack.start_odoo(database, None, "--max-cron-threads=1") for _number in range(workers)]
    try:
        dialog = client.press("account.move", STAMP, moves, **DIALOG)
        start = time.monotonic()
        run = client.press("l10n_mx_facture.check", "action_stamp_ready", [dialog["res_id"]])["res_id"]
        while True:
            [found] = client.call("l10n_mx_facture.run", "read", [run], ["state", "count_stamped"])
            if found["state"] == "done":
                break
            if time.monotonic() - start > MAX_WAIT:
                raise RuntimeError(f"the run isn't done after {MAX_WAIT} s: {found}")
            time.sleep(0.2)
        seconds = time.monotonic() - start
        if found["count_stamped"] != len(moves):
            raise RuntimeError(f"{found['count_stamped']} of {len(moves)} were stamped")
        return seconds
    finally:
        for server in servers:
            server.stop()


def settle(sandbox, **settings):
    """Set how the sandbox behaves."""
    request = urllib.request.Request(f"{sandbox.url}/_sandbox/settings", json.dumps(settings).encode())
    with urllib.request.urlopen(request, timeout=20):
        pass
