"""Cuts the amount of a line into parts, so that each of its taxes has the base that the CFDI gives it."""

from decimal import Decimal
from itertools import pairwise


def cut(net, bases, unit):
    """Return a list of (amount, frozenset of keys): parts that make `net` together, each with the taxes on it.

    The parts of a key sum up to its base, to a `unit`; a base above `net` is on all of it.

    :param net: Decimal, in the decimals of the currency
    :param bases: list of (key, group, base). Bases of one group that fit into `net` together stand side by side (16 %
        on one part, 0 % on the other); others begin at the same place (a tax withheld on the part that has IVA).
    :param unit: the smallest amount of the currency
    """
    together = {}
    for _key, group, base in bases:
        together[group] = together.get(group, Decimal()) + base
    cuts, spans, reached = [net, Decimal()], [], {}
    for key, group, base in bases:
        start = reached.get(group, Decimal()) if together[group] <= net + unit else Decimal()
        end = _snapped(min(start + base, net), cuts, unit)
        spans.append((key, start, end))
        reached[group] = end
    parts = {}
    for start, end in pairwise(sorted(set(cuts))):
        keys = frozenset(key for key, first, last in spans if first <= start and end <= last)
        parts[keys] = parts.get(keys, Decimal()) + end - start
    # nothing to cut: a line that is free, or wholly discounted
    return [(amount, keys) for keys, amount in parts.items()] or [(net, frozenset(key for key, _group, _base in bases))]


def _snapped(place, cuts, unit):
    """The cut that is a unit away at most, as bases are rounded; a new one where there is none."""
    near = next((one for one in cuts if abs(one - place) <= unit), None)
    if near is not None:
        return near
    cuts.append(place.quantize(unit))
    return cuts[-1]
