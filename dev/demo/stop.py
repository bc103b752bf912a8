"""make stop: end what `make demo` started for this DEMO_DB, and PostgreSQL when nobody else uses it."""

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
    """Stop the private cluster, unless another demo or another command uses it."""
    cluster = Cluster(settings)
    if not cluster.data.exists() or not cluster.running():
        return
    with lock.unused_cluster(settings) as unused:
        demos = sorted({program.database for program in pidfiles.running(settings)})
        if demos:
            say(f"PostgreSQL: left running for {', '.join(f'the demo {name}' for name in demos)}")
        elif unused and cluster.sql(OTHERS)[0][0] == "0":
            cluster.stop()
            say("PostgreSQL: stopped")
        else:
            say("PostgreSQL: other commands use the private cluster, left running")


def stop(settings):
    """End the demo of settings.demo_db, and the cluster if that was the last one that used it."""
    own = [program for program in pidfiles.running(settings) if program.database == settings.demo_db]
    if not own:
        say(f"no demo of the database {settings.demo_db} is running")
    stop_programs(own)
    stop_cluster(settings)


if __name__ == "__main__":
    with guarded():
        stop(Settings())
