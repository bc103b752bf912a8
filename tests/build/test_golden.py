import os
from pathlib import Path

from lxml import etree

from ..support.build_case import BuildCase
from ..support.golden import Builder, Refused, differences, obstacle
from ..support.golden_samples import SAMPLES
from ..support.golden_samples_kinds import KINDS

# how many of the shared samples have no obstacle: fewer are the sign of a silent skip
AT_LEAST = 17

WAYS = ["round_per_line", "round_globally"]

# of a price with six decimals the books keep another cent if they round once: that is another invoice
ONE_WAY = {"29_vu_6dec.xml": ["round_per_line"]}

# what SAT refuses, by the name of the sample
REFUSED = {"17_global_bimestral_621.xml": "CFDI40132"}


def shared_samples():
    """:return: the golden samples beside the checkout, by name; none where there is no such folder"""
    here = Path(__file__).resolve().parents[2]
    shared = Path(os.environ.get("L10N_MX_FACTURE_SHARED") or here.parent / "shared")
    return {path.name: path for path in sorted(shared.glob("sat/samples/golden/*.xml"))}


class TestGolden(BuildCase):
    """Known CFDIs, rebuilt from an Odoo invoice that has their facts."""

    def assert_rebuilt(self, name, xml):
        sample = etree.fromstring(xml)
        methods = []
        for method in WAYS:
            with self.subTest(rounding=method):
                self.company.tax_calculation_rounding_method = method
                ours = Builder(self, xml).rebuilt()
                if ours is not None:
                    methods.append(method)
                    found = differences(sample, ours)
                    self.assertFalse(found, "\n".join(["", *found]))
        self.assertEqual(methods, ONE_WAY.get(name, WAYS))

    def test_samples_of_our_own_are_rebuilt(self):
        for name, text in {**SAMPLES, **KINDS}.items():
            with self.subTest(sample=name):
                self.assert_rebuilt(name, text.encode())

    def test_shared_samples_are_rebuilt(self):
        samples = shared_samples()
        if not samples:
            self.skipTest("no ../shared beside the checkout (or L10N_MX_FACTURE_SHARED)")
        rebuilt = 0
        for name, path in samples.items():
            xml = path.read_bytes()
            if reason := obstacle(etree.fromstring(xml)):
                with self.subTest(sample=name):
                    self.skipTest(f"{name}: {reason}")
                continue
            with self.subTest(sample=name):
                if name in REFUSED:
                    with self.assertRaisesRegex(Refused, REFUSED[name]):
                        Builder(self, xml).rebuilt()
                    continue
                self.assert_rebuilt(name, xml)
                rebuilt += 1
        self.assertGreaterEqual(rebuilt, AT_LEAST)

    def test_the_comparison_sees_a_changed_number_and_a_missing_node(self):
        xml = next(iter(SAMPLES.values())).encode()
        sample, other = etree.fromstring(xml), etree.fromstring(xml)
        self.assertFalse(differences(sample, other))
        tax = other.findall(".//{*}Traslado")[0]
        tax.set("Importe", "0.01")
        self.assertIn("@Importe", "".join(differences(sample, other)))
        tax.getparent().remove(tax)
        self.assertTrue(differences(sample, other))
