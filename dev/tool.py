"""A developer's shortcuts to the provisioned Odoo, cluster and sandbox.

python3 dev/tool.py db NAME [--module]      make a database from the template, with the module
python3 dev/tool.py drop NAME               drop a database and its filestore
python3 dev/tool.py odoo ARGUMENTS...       Odoo with the right paths: -d NAME -u MODULE ...
python3 dev/tool.py shell NAME              an odoo shell on a database
python3 dev/tool.py psql NAME               psql on a database
python3 dev/tool.py python ARGUMENTS...     the interpreter that runs Odoo, with odoo importable
python3 dev/tool.py sandbox ARGUMENTS...    the sandbox program
python3 dev/tool.py i18n                    bring i18n/ up to date with the code's terms
"""

import os
import sys
from pathlib import Path

# started by its name, from wherever: dev is a package of the checkout
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from dev.stack.console import guarded
from dev.stack.settings import DEV, REPO, Settings
from dev.stack.stack import Stack, browser_env, sandbox_command

VERBS = "db drop odoo shell psql python sandbox i18n".split()


def _become(command, env):
    sys.stdout.flush()
    os.execvpe(str(command[0]), [str(part) for part in command], {**os.environ, **env})


def main(arguments):
    """Do one of the shortcuts above."""
    if not arguments or arguments[0] not in VERBS:
        sys.exit(__doc__)
    verb, *rest = arguments
    settings = Settings()
    if verb == "sandbox":
        _become(sandbox_command(settings, *rest), {})
    stack = Stack(settings)
    databases = stack.databases
    if verb == "db":
        template = databases.module_template() if "--module" in rest else databases.template()
        databases.create(rest[0], template)
    elif verb == "drop":
        databases.drop(rest[0])
    elif verb == "odoo":
        _become(stack.command(*rest), stack.env | browser_env(settings))
    elif verb == "shell":
        arguments = ("-d", rest[0], "--no-http", *rest[1:])
        _become(stack.command(*arguments, subcommand="shell"), stack.env)
    elif verb == "psql":
        _become(["psql", *rest], stack.env)
    elif verb == "i18n":
        with databases.temporary(databases.module_template()) as database:
            env = {"I18N_DIR": str(REPO / "i18n")}
            print(stack.run_script(database, DEV / "checks/i18n.py", "Exporting the terms", env), end="")
    elif verb == "python":
        _become([stack.python, *rest], stack.env)


if __name__ == "__main__":
    with guarded():
        main(sys.argv[1:])
