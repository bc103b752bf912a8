"""make property N=10000: that many random carts, posted, built, judged, recounted (tests/build/test_property.py); that
many random lives of invoices up to their last receipt of payment (tests/unit/cfdi/test_payments_lives.py); and as many
random days of tickets, each in one global invoice (tests/unit/cfdi/test_tickets_days.py).

N: how many (1000). SEED: of the first chunk (a new one each time); a fault tells the chunk, life or day to replay.
JOBS: how many Odoo processes share the chunks. PART: carts, lives or tickets, only that one.
"""

import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dev.checks import counts
from dev.stack import processes, venvs
from dev.stack.console import Problem, guarded, say, tail
from dev.stack.settings import MODULE, REPO, Settings
from dev.stack.stack import Stack

OUTCOMES = ("accepted", "refused", "no invoice")  # each cart has one of them
CHUNK = 500  # carts with a seed of their own, rolled back at their end
EXCERPT = 100  # lines of a fault that are shown
# without Odoo: what there are many of, and their test
UNITS = {
    "lives": ("lives of invoices", "tests/unit/cfdi/test_payments_lives.py::test_random_lives"),
    "tickets": ("days of tickets", "tests/unit/cfdi/test_tickets_days.py::test_random_days"),
}


def main():
    """Run lives, days and the chunks of carts, and print what came of them; exit code 1 after a fault."""
    number, seed = _number("N", 1000), _number("SEED", random.randrange(10**6, 10**9))
    stack, part = Stack(Settings()), os.environ.get("PART")
    for name in UNITS:
        if part in (None, "", name):
            run_unit(stack, name, number, seed)
    if part in (None, "", "carts"):
        run_carts(stack, number, seed)


def run_unit(stack, name, number, seed):
    """Run one of UNITS in plain pytest; a sandbox judges its CFDIs."""
    what, test = UNITS[name]
    say(f"{number} {what} from seed {seed}")
    command = [str(venvs.python(stack.settings, "odoo")), "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    log = stack.settings.logs / f"property-{name}-sandbox.log"
    with tempfile.TemporaryDirectory() as folder, stack.sandbox(Path(folder), log=log) as sandbox:
        env = {**os.environ, "PROPERTY_N": str(number), "SEED": str(seed), "L10N_MX_FACTURE_SANDBOX": sandbox.url}
        code = subprocess.run(command, stdin=subprocess.DEVNULL, cwd=REPO, env=env, check=False).returncode
    if code:
        sys.exit(code)


def run_carts(stack, number, seed):
    """Run the chunks of carts in Odoo."""
    chunks = split(number, seed)
    jobs = min(_number("JOBS", min(4, os.cpu_count() or 1)), len(chunks))
    venvs.python(stack.settings, "sandbox")
    template = stack.databases.template()
    say(f"{number} carts from seed {seed} in {jobs} processes")
    start = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        shares = [chunks[job::jobs] for job in range(jobs)]
        logs = list(pool.map(lambda job: run(stack, template, job, shares[job]), range(jobs)))
    texts = [log.read_text(errors="replace") for log in logs]
    for line in told(texts, number, seed, time.monotonic() - start):
        print(line)
    for log, text in zip(logs, texts, strict=True):
        if counts.of_odoo(text).failed or not counts.of_odoo(text).passed:
            print(f"FAULT, see {log}:", *(counts.error_records(text)[:EXCERPT] or tail(log, 20)), sep="\n    ")
            sys.exit(1)


def split(number, seed):
    """:return: list of (seed, carts) of chunks that make up the number"""
    sizes = [CHUNK] * (number // CHUNK) + [number % CHUNK] * bool(number % CHUNK)
    return [(seed + index, size) for index, size in enumerate(sizes)]


def run(stack, template, job, chunks):
    """Run chunks in an Odoo process with a database and a sandbox of its own; its log."""
    log = stack.settings.logs / f"property-{job}.log"
    with (
        tempfile.TemporaryDirectory() as folder,
        stack.sandbox(Path(folder), log=stack.settings.logs / f"property-{job}-sandbox.log") as sandbox,
        stack.databases.temporary(template, job) as database,
        contextlib.ExitStack() as files,
    ):
        command = stack.command(
            *("-d", database, "-i", MODULE, "--stop-after-init", "--max-cron-threads=0"),
            f"--test-tags=/{MODULE}:TestProperty",
            f"--http-port={processes.free_port()}",
            f"--gevent-port={processes.free_port()}",
        )
        env = {**os.environ, **stack.env, "L10N_MX_FACTURE_SANDBOX": sandbox.url}
        env["PROPERTY_CHUNKS"] = ",".join(f"{seed}:{size}" for seed, size in chunks)
        output = files.enter_context(log.open("wb"))
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, check=False)
    return log


def told(texts, number, seed, seconds):
    """:return: lines that sum up the logs of all processes"""
    sums, refused = Counter(), Counter()
    for found in re.findall(r"(?m) PROPERTY (\{.*\})", "\n".join(texts)):
        facts = json.loads(found)
        refused.update(facts.pop("causes"))
        facts.pop("seconds")
        sums.update(facts)
    checked = sum(sums[name] for name in OUTCOMES)
    yield f"N={number} SEED={seed}: {checked} carts checked in {seconds:.0f} s"
    for name, count in sums.most_common():
        yield f"{count:7} {name}"
        if name == "refused":
            yield from (f"        {count:7} {cause}" for cause, count in refused.most_common())


def _number(name, default):
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not int(text):
        raise Problem(f"{name}={text} is not a number", "For example: make property N=10000 SEED=1.")
    return int(text)


if __name__ == "__main__":
    with guarded():
        main()
