"""make chaos: seeded schedules of clicks, faults, kills and crashes; after each, book and database are compared.

N schedules (1,000) from the seed SEED on (drawn by chance where it isn't given). A violation prints its seed, what was
found and what had happened; `make chaos SEED=<that seed> N=1` draws the same schedule again.
"""

import importlib.util
import os
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from console import Problem, guarded, say
from settings import Settings
from stack import Stack


def _number(name, default):
    text = os.environ.get(name) or str(default)
    if not text.isdigit():
        raise Problem(f"{name}={text} is not a number", f"For example: make chaos {name}={default}.")
    return int(text)


def run(plant, seeds):
    """Run the schedules of the seeds one after the other; how often what happened, and the violated ones' results."""
    from chaos_round import Round  # needs the packages that Odoo needs

    total, violated = Counter(), []
    for seed in seeds:
        began = time.monotonic()
        result = Round(plant, seed).run()
        total.update(schedules=1, **result.counts)
        if result.violations:
            violated.append(result)
            show(result)
        say(f"seed {seed}: {'VIOLATED' if result.violations else 'ok'}, {time.monotonic() - began:.1f} s")
    return total, violated


def show(result):
    """Print what was violated, and what had happened."""
    print(f"\nSeed {result.seed} (make chaos SEED={result.seed} N=1):")
    for violation in result.violations:
        print(f"    {violation}")
    print("  what happened:")
    for line in result.log:
        print(f"    {line}")
    print(flush=True)


def main():
    """Run N schedules; the exit code says whether there was a violation."""
    stack = Stack(Settings())
    if importlib.util.find_spec("psycopg2") is None or importlib.util.find_spec("odoo") is None:
        path = os.pathsep.join((str(Path(__file__).parent), str(stack.odoo.python_path)))
        os.execve(str(stack.python), [str(stack.python), __file__], {**os.environ, "PYTHONPATH": path})
    from chaos_plant import plant  # needs the packages that Odoo needs

    count, first = _number("N", 1000), _number("SEED", random.randrange(10**6))
    folder = stack.settings.logs / "chaos"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with plant(stack, folder) as running:
        say(f"chaos: {count} schedules from seed {first}; logs in {folder}")
        began = time.monotonic()
        total, violated = run(running, range(first, first + count))
        seconds = (time.monotonic() - began) / max(count, 1)
    print(
        f"{total['schedules']} schedules, {total['invoices']} invoices, {total['stamps']} stamps, "
        f"{total['unknowns']} unknown and settled by a person, {total['kills']} processes killed, "
        f"{total['restarts']} crashes of PostgreSQL, {seconds:.1f} s a schedule"
    )
    print(f"{len(violated)} violated{': seeds ' + ', '.join(str(one.seed) for one in violated) if violated else ''}")
    sys.exit(1 if violated else 0)


if __name__ == "__main__":
    with guarded():
        main()
