"""Run in an odoo shell: makes COUNT posted invoices that can be stamped, and prints their ids."""
# ruff: noqa: F821  (`env` is the shell's)

import os

from dev.bench.invoices import posted

env = env(user=env.ref("base.user_admin"), context={**env.context, "tracking_disable": True})
moves = posted(env, int(os.environ["COUNT"]))
env.cr.commit()
print(moves.ids)
