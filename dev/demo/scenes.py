"""What each picture shows: the page that is opened, what is pressed there, and the part that is taken."""

import json

from dev.stack.settings import MODULE

PORTAL_SIZE = (1180, 640)
DIALOG = ".modal-content"
FORM = ".o_form_statusbar, .o_form_sheet"
CARD = f":nth-child(1 of .o_kanban_record:has([name={MODULE}]))"
STAMP_LATER = f"action_{MODULE}_stamp_later"
INVOICES = "/odoo/customer-invoices"


class Scenes:
    """A method a picture; it returns the selector of the element that is taken.

    ``browser``: logged in, in the language ``lang``. ``demo``: :class:`~.shown.Demo`.
    """

    def __init__(self, browser, demo, lang):
        self.browser, self.demo, self.lang = browser, demo, lang

    def _open(self, path, shown):
        self.browser.open(f"{self.demo.url}{path}")
        self.browser.wait_for(shown)

    def _invoice(self, move):
        self._open(f"{INVOICES}/{move}", f".o_form_view .o_statusbar_buttons, .o_form_view [name={MODULE}_badge]")

    def _press(self, name):
        self.browser.click(f".o_statusbar_buttons button[name={name}]")
        self.browser.wait_for(f"{DIALOG} footer button")
        return DIALOG

    def connect(self):
        """The block CFDI of the settings."""
        issuer = f"#{MODULE}_issuer"
        self._open("/odoo/action-account.action_account_config", issuer)
        self.browser.run(f'document.querySelector("{issuer}").scrollIntoView()')
        return ", ".join(f"#{MODULE}_{name}" for name in ("issuer", "connect", "checklist", "defaults"))

    def checklist(self):
        """What is missing until the first stamp."""
        self._open(f"/odoo/action-{MODULE}.action_checklist", "[name=shown_step_ids] .o_data_row")
        return ".o_form_sheet"

    def customer_check(self):
        """A customer to whom no invoice would pass."""
        customer = self.demo.value(self.demo.incomplete()[0], "partner_id")
        self._open(f"/odoo/action-account.res_partner_action_customer/{customer}", ".o_form_view .o_notebook")
        self.browser.click(".o_notebook a[name=accounting]")
        self.browser.click(f"button[name=action_{MODULE}_check_customer]")
        self.browser.wait_for(f"{DIALOG} footer button")
        return DIALOG

    def product_code(self):
        """SAT's code of a product, found by a word of every day."""
        template = self.demo.find(("default_code", "=", "COMPUTER"), model="product.template")
        self._open(f"/odoo/action-account.product_product_action_sellable/{template}", ".o_form_view .o_notebook")
        field = f"[name={MODULE}_product_code_id] input"
        self.browser.wait_for(field)
        self.browser.type(field, "laptop")
        self.browser.wait_for(".o-autocomplete--dropdown-item a")
        return ".o_form_sheet"

    def invoice(self):
        """A stamped invoice, its tab CFDI."""
        self._invoice(self.demo.stamped(self.demo.of_company()))
        self.browser.click(f".o_notebook a[name={MODULE}]")
        self.browser.wait_for(f"[name={MODULE}_document_ids] .o_data_row")
        return FORM

    def causes(self):
        """Several invoices, and what keeps them from being stamped, by cause."""
        context = {"lang": self.lang, "tz": "America/Mexico_City"}
        action = self.demo.call("account.move", STAMP_LATER, self.demo.incomplete(), context=context)
        self._open(INVOICES, ".o_list_view .o_data_row")
        # as the button does it with more than 20 invoices
        self.browser.run(f"odoo.__WOWL_DEBUG__.root.env.services.action.doAction({json.dumps(action)})")
        self.browser.wait_for(f"{DIALOG} [name=cause_ids] .o_data_row")
        return DIALOG

    def send(self):
        """Send, which stamps first."""
        self._invoice(self.demo.unstamped())
        return self._press("action_invoice_sent")

    def cancel(self):
        """Cancel CFDI: what to expect, and the reason."""
        self._invoice(self.demo.stamped(self.demo.of_company()))
        return self._press(f"action_{MODULE}_cancel")

    def dashboard(self):
        """The card of a sales journal."""
        self._open("/odoo/action-account.open_account_journal_dashboard_kanban", CARD)
        return CARD

    def discrepancies(self):
        """Where Odoo, the service and SAT don't agree."""
        self._open(f"/odoo/action-{MODULE}.action_{MODULE}_divergence", ".o_group_header")
        self.browser.run('document.querySelectorAll(".o_group_header .o_group_name").forEach((one) => one.click())')
        self.browser.wait_for(".o_list_view .o_data_row")
        return ".o_control_panel, .o_list_table"

    def receipts_due(self):
        """The payments whose receipt (REP) is due."""
        self._open(f"/odoo/action-{MODULE}.action_{MODULE}_rep_due", ".o_list_view .o_data_row")
        return ".o_control_panel, .o_list_table"

    def receipt(self):
        """A stamped receipt of payment."""
        self._open(f"/odoo/action-{MODULE}.action_{MODULE}_rep/{self.demo.receipt()}", "[name=line_ids] .o_data_row")
        return FORM

    def tickets(self):
        """The tickets of a counter."""
        self.demo.global_invoice()
        self._open(f"/odoo/action-{MODULE}.action_{MODULE}_ticket", ".o_control_panel")
        # those in a global invoice too
        self.browser.click(".o_searchview .o_facet_remove")
        self.browser.wait_for(".o_list_view .o_data_row")
        return ".o_control_panel, .o_list_table"

    def sales_books(self):
        """The days of a month whose sales were compared with the books."""
        self.demo.global_invoice()
        self._open(f"/odoo/action-{MODULE}.action_{MODULE}_ticket", ".o_control_panel")
        action = self.demo.comparison(self.lang)
        self.browser.run(f"odoo.__WOWL_DEBUG__.root.env.services.action.doAction({json.dumps(action)})")
        self.browser.wait_for(".o_list_view .o_data_row [name=causes]")
        return ".o_control_panel, .o_list_table"

    def portal(self):
        """The customer's page of an invoice."""
        move = self.demo.stamped(self.demo.of_company())
        link = self.demo.portal_link(move)
        self._open("/web/session/logout", "#login, body")
        self.browser.run(f'document.cookie = "frontend_lang={self.lang}; path=/"')
        self._open(link, "[name=l10n_mx_facture_portal]")
        self.browser.resize(*PORTAL_SIZE)
        return "body"

    def account(self):
        """The account of a service with its branches."""
        account = self.demo.find(("provider", "=", "facture_rest"), model=f"{MODULE}.account")
        self._open(f"/odoo/action-{MODULE}.action_{MODULE}_account/{account}", "[name=branch_ids] .o_data_row")
        return FORM

    def ids(self):
        """The table of ids of a service that has its own."""
        account = self.demo.find(("code_ids", "!=", False), model=f"{MODULE}.account")
        self._open(f"/odoo/action-{MODULE}.action_{MODULE}_account/{account}", ".o_form_view")
        self.browser.click("a[name=codes]")
        self.browser.wait_for("[name=code_ids] .o_data_row")
        return ".o_notebook"
