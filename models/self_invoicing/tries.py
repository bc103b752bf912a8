import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import hmac


@dataclass(frozen=True)
class Limit:
    """How often something may be tried.

    :param kind: what is counted
    :param times: so many are allowed
    :param window: timedelta: within this time after the first one
    """

    kind: str
    times: int
    window: timedelta


# what was wrong, of an address (a shop's guests share one); of a ticket's number, from whatever addresses
BY_ADDRESS = Limit("address", 10, timedelta(minutes=15))
BY_NUMBER = Limit("number", 10, timedelta(hours=1))
# of who has the link: each one builds an invoice
BY_TICKET = Limit("ticket", 20, timedelta(hours=1))


def network_of(address):
    """:param address: IP address as text
    :return: what one customer has: an IPv4 address, or the /64 of an IPv6 address
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found if found.version == 4 else ipaddress.ip_network((found, 64), strict=False))


class L10nMxFactureTries(models.Model):
    """Counts tries on public pages, in the database, so that all workers and hosts count together.

    A count is one statement on one row: of two at once the second one gets a conflict, and Odoo repeats its request.
    Addresses and numbers are kept only as signatures.
    """

    _name = "l10n_mx_facture.tries"
    _description = "Tries on Public Pages"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    count = fields.Integer(required=True, readonly=True)
    until = fields.Datetime(required=True, readonly=True)

    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _wait(self, tried):
        """:param tried: dict from :class:`Limit` to what is tried
        :return: whole minutes to wait; 0: it may be tried now
        """
        now, times = fields.Datetime.now(), {self._key(limit, what): limit.times for limit, what in tried.items()}
        rows = self.sudo().search([("key", "in", list(times)), ("until", ">", now)])
        waits = [row.until - now for row in rows if row.count >= times[row.key]]
        return math.ceil(max(waits, default=timedelta()) / timedelta(minutes=1))

    @api.model
    def _count(self, tried):
        """Count one more of each.

        :param tried: as in :meth:`_wait`
        """
        now = fields.Datetime.now()
        # in one order, so that two requests don't wait for each other
        for key, window in sorted((self._key(limit, what), limit.window) for limit, what in tried.items()):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO l10n_mx_facture_tries AS old (key, count, until) VALUES (%(key)s, 1, %(until)s)
                    ON CONFLICT (key) DO UPDATE SET
                        count = CASE WHEN old.until > %(now)s THEN old.count + 1 ELSE 1 END,
                        until = CASE WHEN old.until > %(now)s THEN old.until ELSE EXCLUDED.until END
                    """,
                    key=key,
                    until=now + window,
                    now=now,
                )
            )
        self.invalidate_model(flush=False)

    @api.model
    def _key(self, limit, what):
        return hmac(self.env(su=True), self._name, f"{limit.kind}/{what}")

    @api.autovacuum
    def _gc_tries(self):
        self.sudo().search([("until", "<=", fields.Datetime.now())]).unlink()
