"""Random lives of invoices: their lines, credit notes, payments and currencies, up to the last receipt.

A life is replayed by its seed. What is due is recounted here from the lines; nothing of cfdi/payments computes it.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal as D
from fractions import Fraction as F
from random import Random

import payments_judge
from cfdi_values import comprobante
from l10n_mx_facture.cfdi.payments.invoice import read_credit_note, read_paid_invoice
from l10n_mx_facture.cfdi.payments.payment import Settlement
from l10n_mx_facture.cfdi.payments.printed import PrintedReceipt
from l10n_mx_facture.cfdi.payments.receipt import ReceiptRefused
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.values import Concepto, Retencion, Traslado
from l10n_mx_facture.cfdi.write import to_xml
from payments_recount import Credit, recount, rounded, sums
from receipt_reading import read_printed_receipts
from receipts import payment, receipt, stamped, uuid_of

TAXES = (
    (("T", "002", "Tasa", "0.160000"),),
    (("T", "002", "Tasa", "0.080000"),),
    (("T", "002", "Tasa", "0.000000"),),
    (("T", "002", "Exento", None),),
    (),
    (("T", "003", "Tasa", "0.080000"), ("T", "002", "Tasa", "0.160000")),
    (("T", "003", "Tasa", "0.265000"), ("T", "002", "Tasa", "0.160000")),
    (("T", "003", "Cuota", "3.081800"), ("T", "002", "Tasa", "0.160000")),
    (("T", "002", "Tasa", "0.160000"), ("R", "001", "Tasa", "0.100000"), ("R", "002", "Tasa", "0.106667")),
    (("T", "002", "Tasa", "0.160000"), ("R", "002", "Tasa", "0.040000")),
    (("T", "002", "Tasa", "0.160000"), ("R", "001", "Tasa", "0.012500")),
)
CURRENCIES = {"MXN": D(1), "USD": D("17.123456"), "EUR": D("20.5"), "JPY": D("0.1187"), "KWD": D("55.9102")}
MODES = ("per_line", "globally", "six_decimals")


def decimals(moneda):
    return payments_judge.decimals(moneda)


@dataclass
class Book:
    """What happened to an invoice. `whole` is what its lines have of each tax; `notes` what was credited."""

    paid: object
    moneda: str
    n: int
    lines: list
    mode: str
    whole: dict
    notes: list = field(default_factory=list)
    credits: list = field(default_factory=list)  # the Credit of each note
    credited: D = D(0)
    receipts: list = field(default_factory=list)
    elsewhere: D = D(0)  # another system's receipts settled this much, before `first`
    first: int = 1
    warned: bool = False  # its last receipt says that a note credits what was told

    @property
    def left(self):
        return self.paid.total - self.credited - self.elsewhere - sum(one.amount for one in self.receipts)


class Life:
    """One customer, some invoices, some receipts."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.books, self.payloads, self.faults, self.seen = [], [], [], Counter()
        self._numbers = 0

    def live(self):
        """Run it; what was wrong is in `faults`, what happened in `seen`."""
        self.books = [self._invoice() for _ in range(self.random.choice((1, 1, 2, 3)))]
        for _round in range(40):
            open_books = [book for book in self.books if book.left > 0]
            if not open_books:
                break
            for book in open_books:
                self._maybe_note(book)
            self._receipt([book for book in open_books if book.left > 0], last=_round == 39)
        for book in self.books:
            self._recount(book)
        return self

    def _number(self):
        self._numbers += 1
        return self._numbers

    # the invoice and its notes

    def _invoice(self):
        r = self.random
        moneda = r.choice(("MXN",) * 5 + ("USD", "USD", "EUR", "JPY", "KWD"))
        n, mode = decimals(moneda), r.choice(MODES)
        count = r.choice((1, 1, 2, 3, 6, 20))
        same = r.choice(TAXES) if r.random() < 0.4 else None
        lines = [self._line(n, mode, same if same is not None else r.choice(TAXES)) for _ in range(count)]
        xml = self._xml("I", moneda, lines)
        self.seen[f"invoice {mode}"] += 1
        self.seen[f"invoice {moneda}"] += 1
        book = Book(read_paid_invoice(xml), moneda, n, lines, mode, sums(lines, n))
        elsewhere = rounded(book.paid.total * D(r.randint(5, 90)) / 100, n)
        if r.random() < 0.1 and 0 < elsewhere < book.paid.total:
            book.elsewhere, book.first = elsewhere, r.randint(2, 5)
            self.seen["invoice of another system"] += 1
        return book

    def _line(self, n, mode, taxes):
        r = self.random
        amount = D(r.choice((r.randint(1, 999), r.randint(1, 99999), r.randint(1, 9999999)))) / 100
        amount = max(rounded(amount, n), D(1).scaleb(-n))
        if mode == "six_decimals":
            amount += D(r.randint(0, 999)).scaleb(-6) if n == 2 else 0
        return self._taxed(amount, n, mode, taxes, D(r.randint(1, 500)))

    def _taxed(self, amount, n, mode, taxes, quantity):
        base, rows, at = amount, [], n if mode == "per_line" else 6
        for kind, impuesto, factor, rate in taxes:
            own = quantity if factor == "Cuota" else base
            tax = None if factor == "Exento" else rounded(own * D(rate), at)
            cls = Traslado if kind == "T" else Retencion
            rows.append(cls(own, impuesto, factor, rate and D(rate), tax))
            base += tax if impuesto == "003" else 0
        return Concepto(
            clave_prod_serv="84111506",
            cantidad=D(1),
            clave_unidad="E48",
            descripcion="Servicio",
            valor_unitario=amount,
            importe=amount,
            objeto_imp="02" if taxes else "01",
            traslados=tuple(row for row in rows if isinstance(row, Traslado)),
            retenciones=tuple(row for row in rows if isinstance(row, Retencion)),
        )

    def _xml(self, tipo, moneda, lines):
        values = comprobante(
            *lines,
            tipo_de_comprobante=tipo,
            moneda=moneda,
            tipo_cambio=None if moneda == "MXN" else CURRENCIES[moneda],
            metodo_pago="PPD",
            forma_pago="99",
            folio=str(self._number()),
        )
        return stamped(to_xml(values), uuid_of(self._numbers))

    def _maybe_note(self, book):
        if self.random.random() > 0.12:
            return
        whole_line = self.random.random() < 0.5
        if whole_line:
            lines = [self.random.choice(book.lines)]
            if any(lines[0] is one for credit in book.credits for one in credit.lines):
                return
        else:
            part = D(self.random.randint(1, 30)) / 100
            lines = [self._scaled(one, part, book) for one in book.lines]
            if not all(lines):
                return
        credit = read_credit_note(self._xml("E", book.moneda, lines))
        if not 0 < credit.total < book.left:
            return
        whole = credit.total
        if self.random.random() < 0.2:
            credit = credit.part(max(rounded(whole / 2, book.n), D(1).scaleb(-book.n)), book.n)
            self.seen["part of a note"] += 1
        book.notes.append(credit)
        book.credits.append(Credit(len(book.receipts), lines, F(credit.total) / F(whole)))
        book.credited += credit.total
        self.seen["note before" if not book.receipts else "note between"] += 1

    def _scaled(self, one, part, book):
        amount = rounded(one.importe * part, book.n)
        taxes = [("T", t.impuesto, t.tipo_factor, t.tasa_o_cuota and str(t.tasa_o_cuota)) for t in one.traslados]
        taxes += [("R", t.impuesto, t.tipo_factor, str(t.tasa_o_cuota)) for t in one.retenciones]
        quota = next((t.base for t in one.traslados if t.tipo_factor == "Cuota"), D(0))
        quantity = rounded(quota * part, 0)
        if amount <= 0 or (quota and not quantity):
            return None
        return self._taxed(amount, book.n, "per_line", taxes, quantity)

    # receipts

    def _receipt(self, open_books, last):
        payments, before = [], {id(book): list(book.receipts) for book in open_books}
        told = {id(book): self._told(book) for book in open_books}
        pending, order = defaultdict(D), []
        for _payment in range(self.random.choice((1, 1, 1, 2, 3))):
            moneda = self.random.choice((self.random.choice(open_books).moneda, self.random.choice(list(CURRENCIES))))
            settlements = []
            for book in self.random.sample(open_books, self.random.randint(1, len(open_books))):
                amount = self._amount(book, book.left - pending[id(book)], last)
                applied = self._applied(book, amount, moneda)
                if not amount or applied == 0:
                    continue
                pending[id(book)] += amount
                order.append(book)
                notes = tuple(book.notes)
                before = (book.first, self._first_balance(book)) if book.elsewhere else ()
                settlements.append(Settlement(book.paid, amount, applied, notes, told[id(book)], *before))
            if settlements:
                payments.append(self._payment(settlements, moneda))
        if payments:
            self._build(payments, order, before)

    def _first_balance(self, book):
        """What a person says who looks at the other system's last receipt: asked before the first of ours."""
        return book.receipts[0].balance_before if book.receipts else book.left

    def _amount(self, book, left, last):
        unit = D(1).scaleb(-book.n)
        if left <= 0:
            return D(0)
        if last or self.random.random() < 0.3:
            return left
        share = rounded(left * D(self.random.randint(1, 99)) / 100, book.n)
        return max(unit, share if self.random.random() < 0.97 else unit)

    def _applied(self, book, amount, moneda):
        if moneda == book.moneda:
            return None
        # as on a day of payment, not the invoice's
        drift = D(self.random.randint(95, 105)) / 100
        return rounded(amount * CURRENCIES[book.moneda] * drift / CURRENCIES[moneda], decimals(moneda))

    def _payment(self, settlements, moneda):
        kept = D(self.random.choice((0, 0, 0, 40)))
        monto = sum((one.amount if one.applied is None else one.applied for one in settlements), kept)
        rate = {} if moneda == "MXN" else {"tipo_cambio": CURRENCIES[moneda]}
        self.seen["payments"] += 1
        self.seen["settlements"] += len(settlements)
        self.seen["settlements in another currency"] += sum(one.applied is not None for one in settlements)
        return payment(*settlements, monto=monto, moneda=moneda, forma=self.random.choice(("03", "01", "17")), **rate)

    def _told(self, book):
        """What earlier receipts printed: kept, stored as JSON, or only their XML (where no note came since)."""
        # what was credited before the first receipt isn't in the XML of an invoice of another system
        ways = ("kept", "json") if book.elsewhere and book.notes else ("kept", "json", "xml")
        way = self.random.choice(ways)
        if way == "json":
            return tuple(PrintedReceipt.from_json(json.loads(json.dumps(one.to_json()))) for one in book.receipts)
        if way == "xml":
            found = []
            for number, payload in enumerate(self.payloads):
                of_xml = read_printed_receipts(stamped(payload, uuid_of(900 + number)))
                found += of_xml.get(book.paid.uuid, [])
            return tuple(found)
        return tuple(book.receipts)

    def _build(self, payments, order, before):
        try:
            built = receipt(*payments)
        except ReceiptRefused as refused:
            self.faults.append(f"refused: {refused}")
            for book in order:  # nothing more comes of this life
                book.credited = book.paid.total
            return
        self.seen["receipts"] += 1
        self.seen["warnings"] += len(built.findings)
        self.faults += payments_judge.faults(built.payload)
        if read_cfdi(built.payload).comprobante != built.comprobante:
            self.faults.append("read back: other values")
        self.payloads.append(built.payload)
        notes = [finding for finding in built.findings if finding.code == "REP-NOTA"]
        warned = {payments[one.pago].settlements[one.docto].invoice.uuid for one in notes}
        for one, book in zip(built.printed, order, strict=True):
            book.receipts.append(one)
            book.warned = book.paid.uuid in warned

    # the count at the end

    def _recount(self, book):
        chain = [one for xml in self.payloads for one in payments_judge.printed(xml) if one[0] == book.paid.uuid]
        if [one[1] for one in chain] != list(range(book.first, book.first + len(chain))):
            self.faults.append(f"NumParcialidad {[one[1] for one in chain]}")
        left = F(book.paid.total) - F(book.credited) - F(book.elsewhere)
        if not chain or self.faults:
            return
        if chain[-1][4] != 0 or sum(one[3] for one in chain) != left:
            self.faults.append(f"paid {sum(one[3] for one in chain)} of {left}")
        self.seen["paid whole"] += 1
        if book.elsewhere and book.notes:
            self.seen["paid whole, taxes not recounted"] += 1
            return
        faults, seen = recount(book, chain)
        self.faults += faults
        self.seen += seen
