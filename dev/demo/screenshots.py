"""make screenshots: the pictures of the README, of doc/ and of the list of apps, taken anew from the running demo."""

from dev.browser import chromium
from dev.stack import pidfiles, venvs
from dev.stack.console import Problem, guarded, run, say
from dev.stack.settings import REPO, Settings


def main():
    """Take all pictures, in Spanish and in English."""
    settings = Settings()
    url = _demo_url(settings)
    # pictures and PDFs are read outside of the standard library
    command = [venvs.python(settings, "odoo"), "-m", "dev.demo.take", url, settings.demo_db, chromium.browser(settings)]
    log = settings.logs / "screenshots.log"
    say(f"taking the pictures (about two minutes; log: {log})")
    run(command, log, "Taking the pictures", env={"PYTHONPATH": str(REPO)})
    say("taken: see git status")


def _demo_url(settings):
    for started in pidfiles.running(settings):
        if started.database == settings.demo_db and started.program == "odoo":
            return f"http://127.0.0.1:{started.port}"
    raise Problem("The demo isn't running", "Start it first: make demo DETACH=1.")


if __name__ == "__main__":
    with guarded():
        main()
