"""make bench: ratios, each measured side by side in one run, on a database of its own.

So far: building and judging (bench_build.py). Stamping in bulk joins it with the queue.
"""

import tempfile
from pathlib import Path

from console import guarded
from settings import Settings
from stack import HERE, Stack


def main():
    """Make the demo's records in a temporary database and run what measures there."""
    stack = Stack(Settings())
    with (
        tempfile.TemporaryDirectory() as folder,
        stack.sandbox(Path(folder)) as sandbox,
        stack.databases.temporary(stack.databases.module_template()) as database,
    ):
        env = {"SANDBOX_URL": sandbox.url, "ODOO_URL": "http://127.0.0.1"}
        stack.run_script(database, HERE / "demo_data.py", "Creating the invoices", env=env)
        print(stack.run_script(database, HERE / "bench_build.py", "Measuring"), end="")


if __name__ == "__main__":
    with guarded():
        main()
