"""make clean: stop all demos and remove all that the make commands made outside of the checkout."""

import shutil

from dev.demo.stop import stop_programs
from dev.stack import pidfiles
from dev.stack.console import guarded, say
from dev.stack.postgres import Cluster
from dev.stack.settings import Settings

OURS = """
    addons apt apt-chromium catalogs chaos.lock chromium chromium.partial cluster.lock data debs debs-chromium
    lock logs oca odoo postgres postgres-chaos run sandbox test-times.json venvs
""".split()


def clean(settings):
    """Remove our folders of the cache, nothing else that may be in it, and the private cluster."""
    stop_programs(pidfiles.running(settings))
    Cluster(settings).remove()
    Cluster(settings, "chaos").remove()
    for name in OURS:
        path = settings.cache_dir / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if settings.cache_dir.is_dir() and not any(settings.cache_dir.iterdir()):
        settings.cache_dir.rmdir()
    say(f"{settings.cache_dir} is removed")


if __name__ == "__main__":
    with guarded():
        clean(Settings())
