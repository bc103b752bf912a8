"""Jobs of `make test` side by side: so many that compute at a time, beside them those that mostly wait."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from dev.checks.counts import Count


@dataclass(frozen=True)
class Job:
    """A process that tests a part, or a piece of one."""

    part: str
    work: Callable[[], Count]
    cost: float = 0.0  # seconds that it will take, as far as is known
    waits: bool = False  # for other processes, most of its time: it needs no processor to itself


class Progress:
    """Tells how each part went as soon as the last of its jobs is done."""

    def __init__(self, jobs, told):
        """:param told: function of a part's name, its Count and the seconds since its first job began"""
        self.left = {job.part: sum(other.part == job.part for other in jobs) for job in jobs}
        self.counts = {part: Count() for part in self.left}
        self.began, self.told = {}, told
        self._lock = threading.Lock()

    def do(self, job):
        """Do a job."""
        with self._lock:
            began = self.began.setdefault(job.part, time.monotonic())
        count = job.work()
        with self._lock:
            self.counts[job.part] += count
            self.left[job.part] -= 1
            if not self.left[job.part]:
                self.told(job.part, self.counts[job.part], time.monotonic() - began)


def run(jobs, processes, told, end):
    """Do all jobs, the longest first.

    :param processes: how many compute at the same time; with one, a job that waits takes its turn, too
    :param told: see :class:`Progress`
    :param end: function that ends the jobs that run; called when one has raised something, or after Ctrl-C
    """
    progress = Progress(jobs, told)
    waiting = [job for job in jobs if job.waits and processes > 1]
    computing = sorted((job for job in jobs if job not in waiting), key=lambda job: -job.cost)
    with ThreadPoolExecutor(processes) as pool, ThreadPoolExecutor(len(waiting) or 1) as beside:
        futures = [beside.submit(progress.do, job) for job in waiting]
        futures += [pool.submit(progress.do, job) for job in computing]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            for future in futures:
                future.cancel()
            end()
            raise
