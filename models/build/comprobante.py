from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ...cfdi import build, rules
from ...cfdi.errors import CfdiError
from ...cfdi.values import Comprobante, InformacionGlobal, currency_decimals
from ..common.problem import Problem

# a service stamps what was issued in the last 72 hours (SAT code 401)
STAMP_WINDOW = timedelta(hours=72)
DIGITS = "0123456789"
POLICY, FORM = "l10n_mx_facture_payment_policy", "l10n_mx_facture_payment_form_id"


@dataclass(frozen=True, slots=True)
class Built(build.Built):
    """The result of building an invoice's CFDI: what is sent, and the findings.

    :param owner: the invoice, or another owner of a CFDI
    :param draft: data of the first step, at services with two steps; else None
    :param warnings: findings of the rules that SAT would not refuse
    """

    owner: models.BaseModel
    draft: dict | None
    warnings: tuple


class L10nMxFactureCfdi(models.AbstractModel):
    """The Comprobante: header, and all of its parts together."""

    _inherit = "l10n_mx_facture.cfdi"

    @api.model
    def _build(self, move):
        """:param move: one customer invoice or credit note
        :return: :class:`Built` and no problems, or ``None`` and a list of :class:`Problem`
        """
        if not move.l10n_mx_facture_branch_id and (problem := self._no_account_problem(move)):
            return None, [problem]
        move._l10n_mx_facture_fill_defaults()
        problems = self._check_header(move)
        emisor = self._emisor(move, problems)
        receptor = self._receptor(move, problems)
        fecha = self._fecha(move, problems)
        relacionados = self._relacionados(move, problems)
        fit = self._conceptos(move, problems)
        if not problems:
            fit = move._l10n_mx_facture_condensed(fit, problems)
        if problems:
            return None, problems
        comprobante = Comprobante(
            serie=self._serie(move),
            folio=self._folio(move),
            fecha=fecha,
            moneda=move.currency_id.name,
            tipo_cambio=self._tipo_cambio(move),
            tipo_de_comprobante="E" if move.move_type == "out_refund" else "I",
            exportacion=move.l10n_mx_facture_export or "01",
            metodo_pago=move.l10n_mx_facture_payment_policy,
            forma_pago=self._code(move.l10n_mx_facture_payment_form_id),
            condiciones_de_pago=None,
            lugar_expedicion=move.l10n_mx_facture_branch_id.zip,
            emisor=emisor,
            receptor=move._l10n_mx_facture_receptor(receptor),
            conceptos=fit.conceptos,
            relacionados=relacionados,
            informacion_global=self._informacion_global(move),
            decimals=currency_decimals(move.currency_id.name),
            impuestos_locales=fit.impuestos_locales,
        )
        return self._check_built(move, comprobante, fit)

    def _check_built(self, move, comprobante, fit):
        """:param fit: :class:`~..cfdi.amounts.fit.Fit` of its lines
        :return: as :meth:`_build`
        """
        try:
            made = build.build(comprobante, fit)
        except CfdiError as error:
            return None, [self._cfdi_error_problem(move, error)]
        findings = self._findings(move, made)
        problems = [self._finding_problem(move, one) for one in findings if one.severity == rules.ERROR]
        return (None, problems) if problems else self._with_draft(move, made, findings)

    def _with_draft(self, owner, made, findings):
        """:param made: :class:`~..cfdi.build.Built`
        :param findings: what the rules found in it, no errors
        :return: as :meth:`_build`
        """
        problems = []
        draft = self._draft(owner, made, problems)
        if problems:
            return None, problems
        warnings = tuple(one for one in findings if one.severity == rules.WARNING)
        return Built(made.comprobante, made.totals, made.payload, made.proof, owner, draft, warnings), []

    # -- header ---------------------------------------------------------------------------------

    def _check_header(self, move):
        """:return: what is wrong with the place of issue, the payment and the exchange rate"""
        return [*self._check_branch(move), *self._check_payment(move), *self._check_rates(move)]

    def _no_account_problem(self, move):
        """:return: where there is no account at all, the one problem that counts; else None"""
        company = move.company_id
        if company._l10n_mx_facture_accounts():
            return None
        text = self.env._(
            "No stamping service is connected yet: enter its address and credentials in Invoicing's settings (block "
            "CFDI, button Connect)."
        )
        return Problem(text, company, field="l10n_mx_facture_base_url")

    def _check_branch(self, move):
        branch = move.l10n_mx_facture_branch_id
        text, record, field = None, branch, None
        if not branch:
            record, field = move.journal_id, "l10n_mx_facture_branch_ids"
            text = self.env._("The journal %s has no CFDI branch: choose one on the journal.", record.display_name)
        elif not branch.active:
            text = self.env._(
                "The branch %s is no longer active at the service: choose another one.", branch.display_name
            )
        elif not branch.account_id.active:
            record = branch.account_id
            text = self.env._("The account %s is archived: nothing is sent through it.", record.name)
        elif not branch.tz:
            text = self.env._(
                "The branch %(branch)s has no postal code that SAT knows (%(zip)s): correct it at the "
                "service and sync the branches.",
                branch=branch.display_name,
                zip=branch.zip or "-",
            )
        return [Problem(text, record, field=field)] if text else []

    def _check_payment(self, move):
        policy, form = move.l10n_mx_facture_payment_policy, move.l10n_mx_facture_payment_form_id
        texts = []
        if not policy:
            texts.append((self.env._("The payment policy (MetodoPago) is missing."), POLICY))
        if not form:
            text = self.env._(
                "The payment form (FormaPago) is missing: set it on the invoice, the customer or the journal."
            )
            texts.append((text, FORM))
        elif (policy == "PPD") != (self._code(form) == "99"):
            text = self.env._("The payment form 99 goes with the policy PPD, and only with it (CFDI40105).")
            texts.append((text, FORM))
        return [Problem(text, move, field=field) for text, field in texts]

    def _serie(self, move):
        """The prefix of the number without separators at its end."""
        return (move.sequence_prefix or "").rstrip("/-_ ") or None

    def _folio(self, move):
        """The number and what follows it, so that no two invoices share series and folio.

        A name without a number has 0 in Odoo, which is no number of anybody's.
        """
        text = (move.name or "")[len(move.sequence_prefix or "") :]
        behind = text.lstrip(DIGITS)
        return f"{move.sequence_number}{behind}" if text == "" or text[0] in DIGITS else behind

    def _informacion_global(self, move):
        """:return: the period of an invoice to the general public (CFDI40130 to 40136); else None"""
        if not move.l10n_mx_facture_is_global:
            return None
        months = move.l10n_mx_facture_global_months_id or move._l10n_mx_facture_default_months()
        return InformacionGlobal(
            periodicidad=move.l10n_mx_facture_global_periodicity_id.code,
            meses=months.code,
            anio=move.l10n_mx_facture_global_year or move._l10n_mx_facture_issue_date().year,
        )

    def _fecha(self, move, problems):
        """Local time at the place of issue: now, or the last second of an invoice date that is past.

        :return: naive datetime; None with a problem if SAT doesn't accept the date any more, or not yet
        """
        tz = move.l10n_mx_facture_branch_id.tz
        if not tz:
            return None
        now = datetime.now(ZoneInfo(tz)).replace(microsecond=0)
        today = now.date()
        # posting sets today's date on a draft without one
        if (move.invoice_date or today) == today:
            return now.replace(tzinfo=None)
        fecha = datetime.combine(move.invoice_date, time(23, 59, 59))
        place = move.l10n_mx_facture_branch_id.display_name
        if move.invoice_date > today:
            problems.append(
                Problem(
                    self.env._(
                        "The invoice date %(date)s is in the future at %(place)s, where it is %(today)s: SAT accepts "
                        "it only on that day.",
                        date=fields.Date.to_string(move.invoice_date),
                        place=place,
                        today=fields.Date.to_string(today),
                    ),
                    move,
                )
            )
        elif now - fecha.replace(tzinfo=now.tzinfo) > STAMP_WINDOW:
            problems.append(
                Problem(
                    self.env._(
                        "The invoice date %s is more than 72 hours ago, so SAT no longer accepts it (code 401). Reset "
                        "the invoice to draft and change its date.",
                        fields.Date.to_string(move.invoice_date),
                    ),
                    move,
                )
            )
        return fecha
