"""`make chaos`: seeded clicks, faults, kills and crashes; then the sandbox's book against the database."""
