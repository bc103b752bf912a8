"""Odoo's command line for `make chaos`, with a process for web sockets that does nothing: nobody there has a browser.

Started as a script, because Odoo's main process starts that process from its own `sys.argv[0]`.
"""

import signal
import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["gevent"]:
        signal.pause()
    else:
        # this script's folder holds modules that are no business of Odoo
        del sys.path[0]
        from odoo.cli.command import main

        main()
