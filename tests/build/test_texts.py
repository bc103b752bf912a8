from ..support.build_case import BuildCase

NBSP, ZERO_WIDTH, BELL = "\u00a0", "\u200b", "\x07"


class TestBuildTexts(BuildCase):
    """Texts as people paste them, and the language in which they reach the CFDI."""

    def described(self, name, **values):
        """:return: Descripcion of an invoice whose only line is named so"""
        move = self.create_invoice([{"name": name, "price_unit": 100}], **values)
        return self.stamped(move).line().get("Descripcion")

    # -- descriptions ---------------------------------------------------------------------------

    def test_signs_of_every_plane_arrive_and_white_space_is_folded(self):
        for name, written in (
            ("Café ☕ 😀", "Café ☕ 😀"),
            (f"uno{NBSP}dos{NBSP} tres", "uno dos tres"),
            ("uno\n\tdos\r\n tres ", "uno dos tres"),
            ("uno\x1fdos", "uno dos"),
            ("😀" * 1000, "😀" * 1000),
            (f"Timbre{BELL}", "Timbre"),
            (f"Ca{ZERO_WIDTH}fe\u0301 de pin\u0303a", "Caf\u00e9 de pi\u00f1a"),
        ):
            with self.subTest(name=name[:20]):
                self.assertEqual(self.described(name), written)

    def test_what_no_xml_holds_is_refused_with_the_line_named(self):
        refusal = self.refusal(self.create_invoice([{"price_unit": 100}, {"name": "Timbre\ufffe", "price_unit": 100}]))
        for told in ("Line 2", "character 7 of Descripcion", "U+FFFE"):
            self.assertIn(told, refusal)

    def test_a_text_that_nobody_sees_is_missing(self):
        refusal = self.refusal(self.create_invoice([{"name": ZERO_WIDTH, "price_unit": 100}]))
        self.assertIn("Descripcion is missing", refusal)

    def test_a_line_without_text_has_the_name_of_its_product(self):
        for name in (False, "", " \n "):
            with self.subTest(name=name):
                self.assertEqual(self.described(name), "Servicio")

    def test_a_line_without_text_and_product_is_refused(self):
        refusal = self.refusal(self.create_invoice([{"product_id": False, "name": " ", "price_unit": 100}]))
        self.assertIn("Descripcion is missing", refusal)

    # -- languages ------------------------------------------------------------------------------

    def test_the_description_is_in_the_language_of_the_customer(self):
        for code in ("es_MX", "en_US"):
            self.env["res.lang"]._activate_lang(code)
        self.product.with_context(lang="es_MX").name = "Asesoría"
        self.product.with_context(lang="en_US").name = "Advice"
        for customer, user, written in (
            ("es_MX", "en_US", "Asesoría"),
            ("en_US", "es_MX", "Advice"),
            ("es_MX", "es_MX", "Asesoría"),
        ):
            self.customer.lang = customer
            for line in ({}, {"name": " "}):
                with self.subTest(customer=customer, user=user, line=line):
                    env = self.env(context={**self.env.context, "lang": user})
                    move = self.create_invoice([{"price_unit": 100, **line}]).with_env(env)
                    self.assertEqual(self.stamped(move).line().get("Descripcion"), written)

    # -- parties --------------------------------------------------------------------------------

    def receiver(self, attribute):
        return self.stamped(self.create_invoice()).node("cfdi:Receptor").get(attribute)

    def test_a_postal_code_is_taken_without_blanks(self):
        for written in (" 86991", "86991 ", f"{NBSP}86991", "86 991"):
            with self.subTest(zip=written):
                self.customer.zip = written
                self.assertEqual(self.receiver("DomicilioFiscalReceptor"), "86991")

    def test_a_postal_code_with_other_signs_is_refused(self):
        for written in ("86991-1", "CP 86991", "8699", "00001", False):
            with self.subTest(zip=written):
                self.customer.zip = written
                self.assertIn("postal code", self.refusal(self.create_invoice()))

    def test_names_as_they_are_pasted(self):
        for name, written in (
            (f"  Acme{NBSP}Norte   S.A. de C.V. ", "ACME NORTE"),
            (f"{ZERO_WIDTH}Acme", "ACME"),
            ("Acme, S.A.P.I. de C.V., SOFOM, E.N.R.", "ACME"),
            ("'Acme' \"Ñ\" & Cía, S. de R.L. de C.V.", "'ACME' \"Ñ\" & CÍA"),
            ("S.A. de C.V.", "S.A. DE C.V."),
            (f"Com{BELL}pan\u0303i\u0301a Acme, S.A. de C.V.", "COMPA\u00d1\u00cdA ACME"),
        ):
            with self.subTest(name=name):
                self.customer.name = name
                self.assertEqual(self.receiver("Nombre"), written)
                self.assertEqual(self.customer.name, name)

    def test_a_name_with_a_pipe_or_too_long_is_refused(self):
        for name, why in (("Acme|Norte", "|"), ("A" * 301, "301")):
            with self.subTest(name=name[:12]):
                self.customer.name = name
                move = self.create_invoice()
                refusal = self.refusal(move)
                self.assertIn("Receptor/@Nombre", refusal)
                self.assertIn(why, refusal)
                [problem] = move._l10n_mx_facture_judge()[0]
                self.assertEqual((problem.record, problem.field), (self.customer, "l10n_mx_facture_fiscal_name"))

    # -- codes and numbers ----------------------------------------------------------------------

    def test_the_reference_of_a_product(self):
        for code, written in (
            ("A&B<1>", "A&B<1>"),
            (" C 1 ", "C 1"),
            ("ñ'\"", "ñ'\""),
            ("N\u0303-1", "\u00d1-1"),
            (f"A{ZERO_WIDTH}", "A"),
            (False, None),
        ):
            with self.subTest(code=code):
                self.product.default_code = code
                self.assertEqual(self.stamped(self.create_invoice()).line().get("NoIdentificacion"), written)

    def test_a_reference_that_sat_does_not_take_is_refused_with_the_line_named(self):
        for code in ("A|B", "x" * 101):
            with self.subTest(code=code[:5]):
                self.product.default_code = code
                refusal = self.refusal(self.create_invoice())
                self.assertIn("Line 1", refusal)
                self.assertIn("NoIdentificacion", refusal)

    def test_a_series_with_signs(self):
        for name, series, folio in (
            ("Ñ&-2026/00012", "Ñ&-2026", "12"),
            ("N\u0303-2026/00013", "\u00d1-2026", "13"),
            ("FAC 26-00003", "FAC 26", "3"),
            ("INV/2026/00045", "INV/2026", "45"),
            ("AB.1#/00007", "AB.1#", "7"),
            ("00123", None, "123"),
        ):
            with self.subTest(name=name):
                built = self.built(self.create_invoice(name=name))
                self.assertEqual((built.serie, built.folio), (series, folio))

    def test_a_series_with_a_pipe_is_refused(self):
        self.assertIn("Serie", self.refusal(self.create_invoice(name="A|B/00001")))
