"""A user of another company, and one without our groups, get nothing of ours through any method that RPC reaches."""

import inspect

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.l10n_mx_facture.models.common.problem import Problem

from ..support.received_case import ReceivedCase

REFUSED = (AccessError, MissingError, UserError)
PREFIX = "l10n_mx_facture."
PRICE = 7777.77
MODULE = "odoo.addons.l10n_mx_facture."
# what SAT has published belongs to no company
PUBLIC = {"l10n_mx_facture.tax_rate"}


class TestAccessModels(ReceivedCase):
    """All models of ours are asked for at the registry: a new one is tested without a line here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company(name="Otra empresa")
        groups = "account.group_account_manager,base.group_partner_manager"
        cls.stranger = cls.person("stranger", groups)
        cls.nobody = cls.person("nobody", "base.group_user,base.group_partner_manager")

    @classmethod
    def person(cls, name, groups):
        return new_test_user(
            cls.env, f"{name}-of-the-other", groups, company_id=cls.other.id, company_ids=cls.other.ids
        )

    def setUp(self):
        super().setUp()
        bill = self.upload(self.stamped_by_supplier())
        bill.action_l10n_mx_facture_received_sat()
        self.company.vat, self.customer.vat = "EKU9003173C9", self.company.vat
        self.move = self.create_invoice([{"price_unit": PRICE}])
        self.move.action_l10n_mx_facture_stamp()
        self.document = self.move.l10n_mx_facture_document_id
        self.assertEqual(self.document.state, "stamped", self.document.message_text)
        # a substitute in draft has a relation; a divergence, a run with a refusal, an id of the service
        self.move.action_l10n_mx_facture_substitute()
        self.env["l10n_mx_facture.divergence"].sudo().create(
            {"document_id": self.document.id, "company_id": self.company.id, "kind": "tampered", "text": "x"}
        )
        run = self.env["l10n_mx_facture.run"]._start(self.create_invoice(), {})
        run._refuse({self.move: [Problem("x", self.move)]})
        self.env["l10n_mx_facture.service_code"].create(
            {"account_id": self.account.id, "code": "money:MXN", "remote_id": "7"}
        )
        self.secrets = {
            self.document.uuid,
            bill.l10n_mx_facture_received_uuid,
            self.document.serie,
            self.document.total,
            self.account.login,
        }
        self.env.flush_all()
        self.env.invalidate_all()

    # -- what there is --------------------------------------------------------------------------

    def models(self):
        """:return: recordsets, without records, of all models of ours that have a table"""
        names = (name for name in sorted(self.registry) if name.startswith(PREFIX) and name not in PUBLIC)
        return [self.env[name] for name in names if not self.env[name]._abstract and self.env[name]._auto]

    def foreign(self, model):
        """:return: a record, as superuser, that the stranger may not read; none where there is none"""
        records = self.env[model].sudo().with_context(active_test=False).search([], order="id desc", limit=200)
        allowed = records.with_user(self.stranger).with_context(active_test=False)._filtered_access("read")
        return (records - allowed.sudo())[:1]

    def made(self, model):
        """:return: a record of ours that the stranger may not read, made of the values that are required if needed"""
        if record := self.foreign(model._name):
            return record
        vals = {}
        for name, field in model._fields.items():
            is_needed = field.required and field.store and not (field.compute and field.readonly)
            if is_needed and name not in model.default_get([name]):
                vals[name] = self.value(model, field)
        if "rep_id" in model._fields and not vals.get("rep_id"):
            # of one of its owners
            vals["move_id"] = self.value(model, model._fields["move_id"])
        return model.sudo().create(vals)

    def value(self, model, field):
        """:return: something that the required field can be set to"""
        if field.type == "many2one":
            comodel = self.env[field.comodel_name]
            found = self.foreign(field.comodel_name) or comodel.search([], limit=1)
            return (found or self.made(comodel)).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        values = {"boolean": True, "binary": b"eA==", "json": {}}
        dates = {"date": "2026-01-01", "datetime": "2026-01-01 00:00:00"}
        return {**values, **dates}.get(field.type, "1")

    def spec(self, model, depth=2):
        """:return: all that a client can ask for, as ``web_read`` takes it"""
        spec = {}
        for name, description in model.fields_get(attributes=["type", "relation"]).items():
            spec[name] = {}
            if relation := description.get("relation"):
                ours = relation.startswith(PREFIX) or relation == "account.move"
                inside = self.spec(model.env[relation], depth - 1) if depth > 1 and ours else {}
                spec[name] = {"fields": inside if description["type"] != "many2one" else {"display_name": {}}}
        return spec

    # -- what may come back ---------------------------------------------------------------------

    def leaves(self, value, key=None):
        if isinstance(value, dict):
            for name, one in value.items():
                yield from self.leaves(one, name)
        elif isinstance(value, (list, tuple)):
            for one in value:
                yield from self.leaves(one, key)
        else:
            yield key, value

    def assert_nothing_told(self, answer, asked):
        for key, value in self.leaves(answer):
            told = value in self.secrets or (
                isinstance(value, str) and any(isinstance(one, str) and one in value for one in self.secrets)
            )
            self.assertFalse(told, f"{asked} told {key}: {value}")
            self.assertFalse(
                key == "partner_id" and value == self.customer.id, f"{asked} told the customer"
            )

    def ask(self, asked, call):
        """:return: what a call brings; None where it is refused"""
        with mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.sql_db"), self.cr.savepoint():
            try:
                answer = call()
            except REFUSED as error:
                self.assert_nothing_told(str(error), asked)
                return None
            finally:
                self.env.invalidate_all()
        self.assert_nothing_told(answer, asked)
        return answer

    # -- the methods ----------------------------------------------------------------------------

    def test_records_are_neither_read_nor_found(self):
        for model in self.models():
            record = self.made(model)
            domain = [("id", "=", record.id)]
            for user in (self.stranger, self.nobody):
                seen = record.with_user(user)
                names = [name for name in self.spec(model, 1) if name != "id"]
                for method, args in (
                    ("read", ()),
                    ("web_read", (self.spec(model),)),
                    ("export_data", (["id", *names],)),
                    ("search_read", (domain,)),
                    ("web_search_read", (domain, self.spec(model))),
                    ("name_search", ("", domain)),
                    ("formatted_read_group", (domain, [], ["__count"])),
                    ("onchange", ({}, [], self.spec(model))),
                ):
                    asked = f"{model._name}.{method} by {user.name}"
                    with self.subTest(asked):
                        answer = self.ask(asked, lambda s=seen, m=method, a=args: getattr(s, m)(*a))
                        if method == "web_search_read":
                            answer = answer and answer["records"]
                        if method == "formatted_read_group":
                            answer = answer and answer[0]["__count"]
                        self.assertFalse(answer, asked)

    def test_a_form_shows_nothing_of_what_it_names(self):
        """``onchange`` with the id of a foreign record, and with one as a default value."""
        for model in self.models():
            self.named_in_forms(model, self.spec(model))

    def named_in_forms(self, model, spec):
        for name, field in model._fields.items():
            if not field.relational or not (record := self.foreign(field.comodel_name)):
                continue
            many = field.type != "many2one"
            values = [[[4, record.id]], [[6, 0, record.ids]], [[1, record.id, {}]]] if many else [record.id]
            for user in (self.stranger, self.nobody):
                for value in values:
                    asked = f"{model._name}.onchange, {name}={value} by {user.name}"
                    with self.subTest(asked):
                        seen = model.with_user(user)
                        self.ask(asked, lambda s=seen, n=name, v=value: s.onchange({n: v}, [n], spec))
                        self.ask(asked, lambda s=seen, n=name, v=value: s.onchange({n: v}, [], spec))
                        default = seen.with_context(**{f"default_{name}": value})
                        self.ask(f"default: {asked}", lambda s=default: s.onchange({}, [], spec))

    def test_what_is_stored_names_nothing_foreign(self):
        """``create`` and ``write`` with the id of a foreign record: what is computed of it is not read afterwards."""
        for model in self.models():
            for name, field in model._fields.items():
                if name in MAGIC_COLUMNS or field.type != "many2one" or field.compute:
                    continue
                if not (record := self.foreign(field.comodel_name)):
                    continue
                asked = f"{model._name}.create with {name}"
                with self.subTest(asked):
                    seen = model.with_user(self.stranger)
                    self.ask(asked, lambda s=seen, n=name, r=record: s.create({n: r.id}).read())

    # -- our own methods ------------------------------------------------------------------------

    def own_methods(self, model):
        """:return: names of the methods of ours that RPC reaches, without those of core that we extend"""
        mine, others = set(), set()
        for one in type(model).__mro__:
            functions = {name: method for name, method in vars(one).items() if inspect.isfunction(method)}
            (mine if one.__module__.startswith(MODULE) else others).update(functions)
        # `init` is called at the installation only
        return sorted(name for name in mine - others - {"init"} if not name.startswith("_"))

    def test_access_comes_before_anything_is_asked(self):
        """SAT takes one question a second, and services have a memory: a stranger's call asks neither of them."""
        portal = new_test_user(self.env, "portal-user", "base.group_portal", company_id=self.company.id)
        employee = new_test_user(self.env, "employee", "base.group_user", company_id=self.company.id)
        bill = self.env["l10n_mx_facture.received"].search([], limit=1).move_id
        records = [self.move, bill, *(self.made(model) for model in self.models())]
        self.assertIn("action_l10n_mx_facture_update_sat_status", self.own_methods(self.move))
        self.sandbox.reset()
        for record in records:
            for name in self.own_methods(record):
                for user in (portal, employee, self.stranger):
                    with self.subTest(f"{record._name}.{name} by {user.login}"):
                        self.call_as(user, record, name)

    def call_as(self, user, record, name):
        """Call a method with something for each parameter that it needs, and expect that nothing happens."""
        method = getattr(record.with_user(user), name)
        needed = [
            one.name
            for one in inspect.signature(method).parameters.values()
            if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        ]
        try:
            with self.env.cr.savepoint():
                method(*("02" for _parameter in needed))
        except (AccessError, MissingError):
            pass
        else:
            self.fail("it was let in")
        self.assertEqual(self.sandbox.requests(), [])
        self.env.invalidate_all()

    # -- our fields of an invoice ---------------------------------------------------------------

    def own_spec(self, model):
        return {name: one for name, one in self.spec(model).items() if name.startswith("l10n_mx")} | {"alerts": {}}

    def test_our_fields_of_an_invoice(self):
        spec = self.own_spec(self.env["account.move"])
        self.assertIn("l10n_mx_facture_uuid", spec)
        for user in (self.stranger, self.nobody):
            seen = self.move.with_user(user)
            domain = [("id", "=", self.move.id)]
            for method, args in (
                ("read", (list(spec),)),
                ("web_read", (spec,)),
                ("export_data", (["l10n_mx_facture_uuid", "l10n_mx_facture_document_id/uuid"],)),
                ("search_read", (domain, list(spec))),
                ("name_search", (self.document.uuid, domain)),
                ("formatted_read_group", (domain, ["l10n_mx_facture_branch_id"], ["__count"])),
            ):
                asked = f"{method} by {user.name}"
                with self.subTest(asked):
                    self.assertFalse(self.ask(asked, lambda s=seen, m=method, a=args: getattr(s, m)(*a)))

    def test_an_unsaved_invoice_shows_nothing_of_what_it_names(self):
        model = self.env["account.move"].with_context(default_move_type="out_invoice")
        own = {name for name in model._fields if name.startswith("l10n_mx")} | {"reversed_entry_id"}
        spec = self.own_spec(model)
        for name in sorted(own):
            field = model._fields[name]
            if not field.relational or not (record := self.foreign(field.comodel_name)):
                continue
            value = record.id if field.type == "many2one" else [[4, record.id]]
            seen = model.with_user(self.stranger)
            with self.subTest(name):
                self.ask(name, lambda s=seen, n=name, v=value: s.onchange({n: v}, [n], spec))
                default = seen.with_context(**{f"default_{name}": value})
                self.ask(f"default {name}", lambda s=default: s.onchange({}, [], spec))

    def test_nor_inside_the_form_of_something_else(self):
        history = {"l10n_mx_facture_document_ids": [[0, "x", {"move_id": self.move.id}]]}
        shown = {"l10n_mx_facture_document_ids": {"fields": {"move_id": {"fields": {"display_name": {}}}}}}
        for invoice, fields in (
            ({"l10n_mx_facture_document_id": self.document.id}, {"l10n_mx_facture_uuid": {}}),
            ({"l10n_mx_facture_made_for_id": self.document.id}, {"alerts": {}}),
            (history, shown),
        ):
            with self.subTest(fields=fields):
                partner = self.env["res.partner"].with_user(self.stranger)
                values = {"invoice_ids": [[0, "new", {"move_type": "out_invoice", **invoice}]]}
                spec = {"invoice_ids": {"fields": fields}}
                self.ask("res.partner.onchange", lambda p=partner, v=values, s=spec: p.onchange(v, [], s))

    def test_who_may_read_it_opens_the_wizards(self):
        accountant = new_test_user(
            self.env,
            f"accountant-{self.prefix}",
            "account.group_account_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        cancel = self.env["l10n_mx_facture.cancel"].with_user(accountant).with_context(default_move_id=self.move.id)
        shown = cancel.onchange({}, [], self.spec(cancel))["value"]
        self.assertEqual((shown["uuid"], shown["total"]), (self.document.uuid, self.document.total))
        relation = self.env["l10n_mx_facture.relation"].with_user(accountant)
        values = {"document_id": self.document.id}
        shown = relation.onchange(values, ["document_id"], self.spec(relation))["value"]
        self.assertEqual(shown["uuid"], self.document.uuid)
        row = relation.create(
            {
                "move_id": self.create_invoice(post=False).id,
                "relation_type_id": self.sat("c_tipo_relacion", "01").id,
                "document_id": self.document.id,
            }
        )
        self.assertEqual(row.uuid, self.document.uuid)

    def test_sealed_links_have_no_default_value(self):
        for name in ("l10n_mx_facture_document_id", "l10n_mx_facture_undoes_id"):
            model = self.env["account.move"].with_context(**{f"default_{name}": self.document.id})
            move = model.create({"move_type": "out_invoice", "partner_id": self.customer.id})
            self.assertFalse(move[name])

    def test_lines_of_a_form_are_its_own(self):
        many = self.env["l10n_mx_facture.cancel.many"].with_user(self.stranger)
        values = {"line_ids": [Command.create({"move_id": self.move.id})]}
        self.assertIsNone(self.ask("line_ids", lambda: many.create(values)))
