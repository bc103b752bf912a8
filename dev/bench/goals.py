"""A figure beside its limit, as `make bench` prints it."""


def goal(name, value, limit):
    """Print a figure and whether it is within its limit."""
    print(f"{name}: {value:.3f} (to reach: {limit:.3f}) {'reached' if value <= limit else 'MISSED'}")
