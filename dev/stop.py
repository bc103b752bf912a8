"""make stop: end what make demo started."""

import pidfiles
from console import guarded, say
from postgres import Cluster
from settings import Settings

PROCESSES = ("odoo", "sandbox")


def stop(settings):
    """End the demo's processes, and the private cluster unless somebody else is connected to it."""
    for name in PROCESSES:
        if pidfiles.end(settings, name):
            say(f"{name}: stopped")
    cluster = Cluster(settings)
    if not cluster.data.exists() or not cluster.running():
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    if cluster.sql(others)[0][0] != "0":
        say("PostgreSQL: other commands use the private cluster, left running")
        return
    cluster.stop()
    say("PostgreSQL: stopped")


if __name__ == "__main__":
    with guarded():
        stop(Settings())
