"""Advances (anticipos, SAT's procedure A)."""

from . import advance
from . import application
