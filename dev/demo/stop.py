"""make stop: end what make demo started."""

from dev.stack import lock, pidfiles
from dev.stack.console import guarded, say
from dev.stack.postgres import Cluster
from dev.stack.settings import Settings

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def stop_programs(started):
    """End programs of demos (pidfiles.Started)."""
    for program in started:
        program.end()
        say(f"{program.program} on port {program.port}: stopped")


def stop_cluster(settings):
    """Stop the private cluster, unless another command uses it."""
    cluster = Cluster(settings)
    if not cluster.data.exists() or not cluster.running():
        return
    with lock.unused_cluster(settings) as unused:
        if unused and cluster.sql(OTHERS)[0][0] == "0":
            cluster.stop()
            say("PostgreSQL: stopped")
        else:
            say("PostgreSQL: other commands use the private cluster, left running")


def stop(settings):
    """End all demos of this cache, and its cluster."""
    stop_programs(pidfiles.running(settings))
    stop_cluster(settings)


if __name__ == "__main__":
    with guarded():
        stop(Settings())
