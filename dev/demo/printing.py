"""wkhtmltopdf, with which Odoo prints: the machine's own, or Debian's unpacked into the cache."""

import os
import shutil

from dev.stack.console import Problem, say
from dev.stack.debian_program import Program, wrapper

PROGRAM = Program(
    package="wkhtmltopdf",
    binary="usr/bin/wkhtmltopdf",
    purpose="printing",
    megabytes=60,
    # there is no screen
    variables=(("QT_QPA_PLATFORM", "offscreen"), ("QT_PLUGIN_PATH", "{home}/usr/lib/x86_64-linux-gnu/qt5/plugins")),
)


def environment(settings):
    """The variables with which an Odoo server finds it; {} where it can't be had, which is said."""
    if shutil.which(PROGRAM.package):
        return {}
    try:
        found = wrapper(settings, PROGRAM)
    except Problem as problem:
        say(f"Odoo can't print here: {problem}")
        return {}
    return {"PATH": f"{found.parent}{os.pathsep}{os.environ['PATH']}"}
