"""make chaos: seeded schedules of clicks, faults, kills and crashes; after each, book and database are compared.

Against each service (PROVIDER: only that one) as many as services.py says; N: so many of the first, and no more than
N of each other one. From the seed SEED on, drawn by chance where it isn't given. A violation prints what was found and
what had happened, with the command that draws the same schedule again.
"""

import importlib.util
import os
import random
import shutil
import sys
import time
from collections import Counter

from dev.chaos.services import SERVICES
from dev.stack.console import Problem, guarded, say
from dev.stack.settings import Settings
from dev.stack.stack import Stack


def _number(name, default):
    text = os.environ.get(name)
    if not text:
        return default
    if not text.isdigit():
        raise Problem(f"{name}={text} is not a number", f"For example: make chaos {name}=100.")
    return int(text)


def run(plant, service, seeds, kept):
    """Run the schedules of the seeds one after the other; how often what happened, and the violated ones' results.

    :param kept: folder in which the text of each violation stays, also when the next run begins
    """
    from dev.chaos.receipts import ReceiptsRound  # needs the packages that Odoo needs
    from dev.chaos.round import Round
    from dev.chaos.tickets import TicketsRound

    kind = ReceiptsRound if service.of_payments else TicketsRound if service.of_tickets else Round
    total, violated = Counter(), []
    for seed in seeds:
        began = time.monotonic()
        result = kind(plant, seed, service).run()
        total.update(schedules=1, **result.counts)
        if result.violations:
            violated.append(result)
            print(f"\n{report(result)}", flush=True)
            keep(result, kept)
        verdict = "VIOLATED" if result.violations else "ok"
        say(f"{service.name}, seed {seed}: {verdict}, {time.monotonic() - began:.1f} s")
    return total, violated


def report(result):
    """The text of what was violated, and of what had happened."""
    lines = [f"make chaos PROVIDER={result.service.name} SEED={result.seed} N=1:"]
    lines += [f"    {violation}" for violation in result.violations]
    lines += ["  what happened:", *(f"    {line}" for line in result.log)]
    return "\n".join(lines)


def keep(result, kept):
    """Write the report of a violation and the counts of its schedule into a file of its own."""
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"{result.service.name}-{result.seed}-{time.strftime('%Y%m%d-%H%M%S')}.txt"
    path.write_text(f"{report(result)}\n  counts: {dict(result.counts)}\n", encoding="utf-8")
    say(f"kept in {path}")


def chosen(provider, number):
    """Which services get how many schedules.

    :param provider: the only one, or empty
    :param number: what N says, or None
    :return: dict from a services.Service to its number of schedules
    """
    if provider and provider not in SERVICES:
        raise Problem(f"PROVIDER={provider} is unknown", f"There are: {', '.join(SERVICES)}.")
    first, *others = [SERVICES[provider]] if provider else SERVICES.values()
    count = first.schedules if number is None else number
    return {first: count, **{service: min(count, service.schedules) for service in others}}


def _print_counts(service, total, violated, seconds):
    each = seconds / max(total["schedules"], 1)
    print(
        f"{service.name}: {total['schedules']} schedules, {total['invoices']} invoices, {total['stamps']} stamps, "
        f"{total['looks']} lost answers looked up, {total['unknowns']} unknown and settled by a person, "
        f"{total['kills']} processes killed, {total['restarts']} crashes of PostgreSQL, {each:.1f} s a schedule"
    )
    print(f"{len(violated)} violated{': seeds ' + ', '.join(str(one.seed) for one in violated) if violated else ''}")


def main():
    """Run the schedules; the exit code says whether there was a violation."""
    stack = Stack(Settings())
    if importlib.util.find_spec("psycopg2") is None or importlib.util.find_spec("odoo") is None:
        command = [str(stack.python), "-m", "dev.chaos.run"]
        os.execve(command[0], command, {**os.environ, "PYTHONPATH": stack.python_path})
    from dev.chaos.plant import plant  # needs the packages that Odoo needs

    plan = chosen(os.environ.get("PROVIDER"), _number("N", None))
    first = _number("SEED", random.randrange(10**6))
    folder = stack.settings.logs / "chaos"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    results = []
    with plant(stack, folder) as running:
        for service, count in plan.items():
            say(f"chaos: {count} schedules of {service.name} from seed {first}; logs in {folder}")
            began = time.monotonic()
            found = run(running, service, range(first, first + count), stack.settings.logs / "chaos-violations")
            results.append((service, *found, time.monotonic() - began))
    for result in results:
        _print_counts(*result)
    sys.exit(1 if any(violated for _service, _total, violated, _seconds in results) else 0)


if __name__ == "__main__":
    with guarded():
        main()
