"""Run in an odoo shell on the demo database: company, customers, products, accounts of three services, invoices.

Safe to run again: records are found by their external id (module __demo__), and what the user
changed since is left alone; each day gets its own six invoices, those on credit and the tickets are made once. The
sandbox's address comes from the environment variable SANDBOX_URL. Printed at the end, as `DEMO <JSON>`: the id of the
invoice to stamp, what of an account doesn't work any more, and what each journal is stamped through.
"""
# ruff: noqa: F821  (`env` is the shell's)

import datetime
import json
import os
from collections import Counter
from zoneinfo import ZoneInfo

from odoo import Command

from dev.demo.receipts import Receipts
from dev.demo.services import Services, overview
from dev.demo.tickets import Tickets

env = env(user=env.ref("base.user_admin"), context={"lang": "en_US", "tz": "America/Mexico_City"})
company = env.company
mexico = env.ref("base.mx")
# how many records of each kind this run made; the others were there
made = Counter()
today = datetime.datetime.now(ZoneInfo("America/Mexico_City")).date()


def once(name, model, values):
    """The demo record `name`; created with `values` (a function) if there is none yet."""
    record = env.ref(f"__demo__.{name}", raise_if_not_found=False)
    if not record:
        record = env[model].create(values())
        made[env[model]._description] += 1
        env["ir.model.data"].create(
            {
                "module": "__demo__",
                "name": name,
                "model": model,
                "res_id": record.id,
                "noupdate": True,
            }
        )
    return record


def sat(catalogue, code):
    """The id of a row of one of SAT's catalogues."""
    row = env[f"l10n_mx_catalogs.{catalogue}"].search([("code", "=", code)], limit=1)
    if not row:
        raise RuntimeError(f"SAT's catalogue {catalogue} has no {code}")
    return row.id


def set_up_company():
    """The issuer: SAT's test taxpayer EKU9003173C9, whose certificate the sandbox holds."""
    company.write({"name": "ESCUELA KEMPER URGATE", "vat": "EKU9003173C9", "country_id": mexico.id})
    # without a layout, the first Send asks for one
    company.external_report_layout_id = env.ref("web.external_layout_standard")
    company.partner_id.write(
        {
            "zip": "06000",
            "city": "Ciudad de México",
            "street": "Avenida Juárez 1",
            "state_id": env.ref("base.state_mx_cmx", raise_if_not_found=False),
            "l10n_mx_facture_tax_regime_id": sat("c_regimen_fiscal", "601"),
        }
    )
    env.user.write({"tz": "America/Mexico_City", "lang": "en_US"})
    env["ir.config_parameter"].sudo().set_param("web.base.url", os.environ["ODOO_URL"])
    once("set_up", "res.partner.category", lambda: {"name": "Demo"})


def partner(name, regime, /, **values):
    """A customer by its external id."""
    return once(
        name,
        "res.partner",
        lambda: {
            "country_id": mexico.id,
            "l10n_mx_facture_tax_regime_id": sat("c_regimen_fiscal", regime),
            "l10n_mx_facture_usage_id": sat("c_uso_cfdi", "S01" if regime == "616" else "G03"),
            "l10n_mx_facture_payment_form_id": sat("c_forma_pago", "03"),
            "email": f"{name}@example.com",
            **values,
        },
    )


def account(code, name=None):
    """An account of the chart by its code; made when `name` is given and it is missing."""
    found = env["account.account"].search([("code", "=", code)], limit=1)
    if not found and name:
        found = env["account.account"].create({"code": code, "name": name, "account_type": "asset_current"})
    return found


def chart_tax(**values):
    """A sales tax of the Mexican chart."""
    domain = [("type_tax_use", "=", "sale"), ("company_id", "=", company.id)]
    domain += [(field, "=", value) for field, value in values.items()]
    return env["account.tax"].search(domain, limit=1, order="sequence, id")


def demo_tax(name, label, sat_type, amount, account_id, **values):
    """A sales tax that the chart has for purchases only; in the tax group of its counterpart."""
    counterpart = env["account.tax"].search([("l10n_mx_tax_type", "=", sat_type), ("amount", "=", amount)], limit=1)
    lines = [
        Command.clear(),
        Command.create({"repartition_type": "base"}),
        Command.create({"repartition_type": "tax", "account_id": account_id.id}),
    ]
    return once(
        name,
        "account.tax",
        lambda: {
            "name": label,
            "invoice_label": label,
            "type_tax_use": "sale",
            "amount_type": "percent",
            "amount": amount,
            "l10n_mx_tax_type": sat_type,
            "l10n_mx_factor_type": "Tasa",
            "tax_group_id": counterpart.tax_group_id.id,
            "invoice_repartition_line_ids": lines,
            "refund_repartition_line_ids": lines,
            **values,
        },
    )


def product(name, label, code, unit, price, taxes):
    """A product with SAT's codes."""
    return once(
        name,
        "product.product",
        lambda: {
            "name": label,
            "type": "service" if unit[0] == "E48" else "consu",
            "default_code": name.upper(),
            "list_price": price,
            "uom_id": unit_of_measure(*unit),
            "taxes_id": [Command.set(taxes.ids)],
            "l10n_mx_facture_product_code_id": sat("c_clave_prod_serv", code),
        },
    )


def unit_of_measure(code, fallback):
    """A unit of measure that has SAT's unit code."""
    unit = env["uom.uom"].search([("l10n_mx_facture_unit_code_id.code", "=", code)], limit=1, order="id")
    if not unit:
        unit = env.ref(fallback)
        unit.l10n_mx_facture_unit_code_id = sat("c_clave_unidad", code)
    return unit.id


def invoice(name, customer, usage, lines, currency="MXN", **others):
    """A posted invoice of today."""

    def values():
        return {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "currency_id": env.ref(f"base.{currency}").id,
            "ref": name,
            "l10n_mx_facture_usage_id": sat("c_uso_cfdi", usage),
            "l10n_mx_facture_payment_policy": "PUE",
            "l10n_mx_facture_payment_form_id": sat("c_forma_pago", "03"),
            "invoice_line_ids": [
                Command.create({"product_id": item.id, "quantity": quantity, "price_unit": price})
                for item, quantity, price in lines
            ],
            **others,
        }

    move = once(f"invoice_{name.replace(' ', '_')}", "account.move", values)
    if move.state == "draft":
        move.action_post()
    return move


def set_up_taxes():
    """The taxes of the invoices: two of the chart, three that it lacks."""
    return {
        "iva": chart_tax(l10n_mx_tax_type="iva", amount=16),
        "zero": chart_tax(l10n_mx_tax_type="iva", l10n_mx_factor_type="Tasa", amount=0),
        "isr_withheld": demo_tax("tax_isr_ret", "ISR Ret 10%", "isr", -10, account("113.02.02"), sequence=20),
        "iva_withheld": demo_tax(
            "tax_iva_ret",
            "IVA Ret 10.67%",
            "iva",
            -10.6667,
            account("113.01.02", "IVA retenido por clientes"),
            sequence=21,
        ),
        "ieps": demo_tax(
            "tax_ieps_8",
            "IEPS 8%",
            "ieps",
            8,
            account("208.02.01"),
            sequence=0,
            include_base_amount=True,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=account("209.02.01").id,
        ),
    }


def set_up_counter_taxes():
    """The taxes at a counter: four of the chart."""
    exempt = chart_tax(l10n_mx_factor_type="Exento")
    if not exempt.l10n_mx_tax_type:
        exempt.l10n_mx_tax_type = "iva"
    return {
        "iva": chart_tax(l10n_mx_tax_type="iva", amount=16),
        "border": chart_tax(l10n_mx_tax_type="iva", amount=8),
        "zero": chart_tax(l10n_mx_tax_type="iva", l10n_mx_factor_type="Tasa", amount=0),
        "exempt": exempt,
    }


def set_up_products():
    """What is sold, each with its codes and taxes."""
    taxes = set_up_taxes()
    iva = taxes["iva"]
    piece = ("H87", "uom.product_uom_unit")
    service = ("E48", "uom.product_uom_unit")
    withheld = iva + taxes["isr_withheld"] + taxes["iva_withheld"]
    return {
        "consulting": product("consulting", "Consultoría", "80101500", service, 1500, iva),
        "computer": product("computer", "Computadora", "43211500", piece, 18999.90, iva),
        "fees": product("fees", "Servicios profesionales", "80101600", service, 10000, withheld),
        "snacks": product("snacks", "Botana 500 g", "50192100", piece, 45.50, taxes["ieps"] + iva),
        "software": product("software", "Software development", "81111500", service, 85, taxes["zero"]),
    }


def set_up_customers():
    """A company, a person and a foreigner."""
    return {
        "university": partner(
            "university",
            "601",
            name="UNIVERSIDAD ROBOTICA ESPAÑOLA",
            vat="URE180429TM6",
            zip="86991",
            city="Emiliano Zapata",
            state_id=env.ref("base.state_mx_tab").id,
            is_company=True,
        ),
        "person": partner(
            "person",
            "612",
            name="MARIA OLIVIA MARTINEZ SAGAZ",
            vat="MASO451221PM4",
            zip="80290",
            city="Culiacán",
            state_id=env.ref("base.state_mx_sin").id,
        ),
        "foreigner": partner(
            "foreigner",
            "616",
            name="ACME ROBOTICS INC",
            vat="XEXX010101000",
            zip="78701",
            country_id=env.ref("base.us").id,
            is_company=True,
        ),
    }


def set_up_dollar():
    """US dollars, with a rate of today."""
    dollar = env.ref("base.USD")
    dollar.active = True
    if not dollar.rate_ids.filtered(lambda rate: rate.name == today):
        env["res.currency.rate"].create({"currency_id": dollar.id, "name": today, "inverse_company_rate": 18.2345})


def set_up_invoices(goods, customers, journals):
    """Today's: 16 %; 16 % with withholdings; IEPS and IVA; US dollars; a small one for each further service's journal.

    Up to 1000 pesos the receiver needn't agree to a cancellation. Returns the first of them.
    """
    company_lines = [(goods["consulting"], 3, 1500), (goods["computer"], 1, 18999.90)]
    first = invoice(f"{today} 16", customers["university"], "G03", company_lines)
    invoice(f"{today} 16 RET", customers["university"], "G03", [(goods["fees"], 1, 10000)])
    snacks = [(goods["snacks"], 12, 45.50), (goods["consulting"], 1, 750)]
    invoice(f"{today} IEPS", customers["person"], "G03", snacks)
    invoice(f"{today} USD", customers["foreigner"], "S01", [(goods["software"], 40, 85)], currency="USD")
    # two prices: Odoo warns of invoices that are alike
    for journal, price in zip(journals.values(), (750, 800), strict=True):
        lines = [(goods["consulting"], 1, price)]
        invoice(f"{today} {journal.code}", customers["university"], "G03", lines, journal_id=journal.id)
    return first


if not env.ref("__demo__.set_up", raise_if_not_found=False):
    set_up_company()
set_up_dollar()
# the sandbox is SAT too
env["ir.config_parameter"].sudo().set_param(
    "l10n_mx_facture.sat_status_url", f"{os.environ['SANDBOX_URL']}/sat/ConsultaCFDIService.svc"
)
goods, customers = set_up_products(), set_up_customers()
# after taxes, customers and currencies: the table of ids has a row for each
services = Services(env, once, os.environ["SANDBOX_URL"])
journals = services.set_up()
stamp_this = set_up_invoices(goods, customers, journals)
# an earlier version, which a test updates, has none
if "l10n_mx_facture.rep" in env:
    Receipts(env, once, sat, today).set_up(goods, customers)
if "l10n_mx_facture.ticket" in env:
    Tickets(env, once, sat, today).set_up(goods, product, set_up_counter_taxes())
env.cr.commit()
told = {"stamp": stamp_this.id, "notes": services.notes, "journals": overview(env, but=stamp_this)}
told["made"] = dict(made)
print("DEMO", json.dumps(told))
