"""make test: every part there is, side by side; a line for each when it is done, the last line is the count.

PART chooses parts (comma separated): lint, unit, tools, sandbox, odoo, system. TAGS is passed to Odoo's --test-tags.
JOBS: how many processes compute at the same time (as many as there are processors, at most 4); the system tests, which
mostly wait, run beside them. A part that runs no test at all has failed. The full logs are kept; of failures, what
matters is printed.
"""

import os
import sys

from dev.checks import jobs
from dev.checks.counts import Count
from dev.checks.parts import FOLDERS, Parts
from dev.stack.console import Problem, guarded, say
from dev.stack.settings import REPO, Settings


def _processes():
    chosen = os.environ.get("JOBS") or str(min(4, os.cpu_count() or 1))
    if not chosen.isdigit() or not int(chosen):
        raise Problem(f"JOBS={chosen} is not a number of processes", "For example: make test JOBS=2.")
    return int(chosen)


def _chosen():
    wanted = [part.strip() for part in (os.environ.get("PART") or ",".join(FOLDERS)).split(",")]
    unknown = set(wanted) - set(FOLDERS)
    if unknown:
        raise Problem(f"PART={','.join(sorted(unknown))} is unknown", f"Parts: {', '.join(FOLDERS)}.")
    return [part for part in FOLDERS if part in wanted]


def main():
    """Run the chosen parts; exit code 1 unless all of them ran and passed."""
    processes, chosen = _processes(), _chosen()
    parts, total = Parts(Settings(), processes), Count()
    missing = [part for part in chosen if not (REPO / FOLDERS[part]).exists()]
    for part in missing:
        say(f"{part}: {FOLDERS[part]} isn't there")
        if os.environ.get("PART"):
            total += Count(failed=1)
    there = [part for part in chosen if part not in missing]
    say(f"{', '.join(there)} ...")

    def told(part, count, seconds):
        nonlocal total
        count += parts.left_out(part)
        if not count.passed and not count.failed:
            print(f"    no test ran in this part; see {parts.logs}", flush=True)
            count += Count(failed=1)
        say(f"{part}: {count} ({seconds:.0f} s)")
        total += count

    jobs.run([job for part in there for job in parts.jobs(part)], processes, told, parts.end)
    say(f"logs: {parts.logs}")
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    with guarded():
        main()
