"""Calls at the same moment, as people press buttons."""

import threading


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
