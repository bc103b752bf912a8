from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields

from odoo.addons.l10n_mx_facture.models.overview import activities

from ..support.stamp_case import StampCase


class TestActivities(StampCase):
    """Activities for what needs a person: one a thing, gone when it is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.create_user(cls, "activities", "l10n_mx_facture.group_configure")
        cls.person.lang = "en_US"

    def run_cron(self):
        self.env["l10n_mx_facture.account"].with_user(SUPERUSER_ID)._cron_activities()

    def told(self):
        """:return: summaries of the activities on the account"""
        mine = self.account.activity_ids.filtered(lambda one: one.user_id == self.person)
        return sorted(mine.mapped("summary"))

    def credits(self, left):
        self.account.sudo().write({"credits": left, "credits_date": fields.Datetime.now()})

    def test_low_credits_are_told_once_and_bought_ones_take_it_away(self):
        self.credits(3)
        self.run_cron()
        self.assertEqual(self.told(), ["CFDI: few credits left"])
        self.credits(2)
        self.run_cron()
        self.assertEqual(len(self.told()), 1)
        self.account.activity_ids.unlink()
        self.run_cron()
        # a person has marked it as done
        self.assertEqual(self.told(), [])
        self.credits(1000)
        self.run_cron()
        self.credits(3)
        self.run_cron()
        self.assertEqual(len(self.told()), 1)
        self.credits(1000)
        self.run_cron()
        self.assertEqual(self.told(), [])

    def test_the_certificate_in_the_newest_xml_is_told_before_it_ends(self):
        self.credits(1000)
        self.stamped_invoice()
        self.credits(1000)
        end = self.account._certificate_end()
        self.assertGreater(end, fields.Date.today())
        for days, told in ((61, []), (60, ["CFDI: the certificate ends soon"]), (61, [])):
            with (
                self.subTest(days=days),
                patch.object(activities.fields.Date, "today", lambda day=end - timedelta(days=days): day),
            ):
                self.run_cron()
                self.assertEqual(self.told(), told)

    def test_a_lost_answer_is_told_after_an_hour_and_goes_when_it_is_resolved(self):
        move = self.unknown_invoice()
        kind = self.env.ref(activities.LOST_ANSWER)

        def told():
            return move.activity_ids.filtered(lambda one: one.activity_type_id == kind)

        self.run_cron()
        self.assertFalse(told())
        self.age(move, 3700)
        self.run_cron()
        self.run_cron()
        self.assertEqual(len(told()), 1)
        [entry] = self.book(move)
        self.press(move, "l10n_mx_facture_resolve_unknown", entry["uuid"])
        self.env.invalidate_all()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertFalse(told())

    def test_what_a_run_leaves_to_correct_is_one_activity_until_all_is_stamped(self):
        person = self.create_user("bulk", "account.group_account_invoice")
        person.lang = "en_US"
        moves = self.create_invoices([{"l10n_mx_facture_export": "02"}] * 2)
        refused = {move: move._l10n_mx_facture_judge()[0] for move in moves}
        run = self.env["l10n_mx_facture.run"].with_user(person)._start(moves.browse(), refused).sudo()
        self.run_cron()
        self.run_cron()
        self.assertEqual(run.activity_ids.mapped("summary"), ["CFDI: invoices to correct before they are stamped: 2"])
        self.assertEqual(run.activity_ids.user_id, person)
        moves.write({"l10n_mx_facture_export": "01"})
        self.stamp(moves[0])
        self.run_cron()
        self.assertEqual(len(run.activity_ids), 1)
        self.stamp(moves[1])
        self.run_cron()
        self.assertFalse(run.activity_ids)
