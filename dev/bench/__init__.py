"""`make bench`: what the module costs, measured beside others in the same run."""
