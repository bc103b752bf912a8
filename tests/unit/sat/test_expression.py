"""The printed expression comes from the stamped XML and nothing else."""

import pac_samples
import pytest
from l10n_mx_facture.pac.errors import NotSent
from l10n_mx_facture.pac.sat.expression import expressions
from pac_samples import UUID

SEAL = "dGVzdA+/Zq9w/+A="


def expression(xml):
    """The form that is asked first."""
    return expressions(xml)[0]


def stamped(issuer="EKU9003173C9", receiver="URE180429TM6", total="116.00", seal=SEAL, uuid=UUID):
    xml = pac_samples.stamped(pac_samples.cfdi(), uuid=uuid).decode()
    xml = xml.replace('Rfc="EKU9003173C9"', f'Rfc="{issuer}"').replace('Rfc="URE180429TM6"', f'Rfc="{receiver}"')
    return xml.replace(' Total="116.00"', f' Total="{total}"').replace("U0VMTE8=", seal).encode()


@pytest.mark.parametrize("total", ["116.00", "0", "0.01", "999999999999999999.123456", "116.5", "116.000000"])
def test_the_parts_are_the_xmls_own(total):
    assert expression(stamped(total=total)) == (
        f"?re=EKU9003173C9&rr=URE180429TM6&tt={total}&id={UUID}&fe=Zq9w/+A="
    )


@pytest.mark.parametrize("receiver", ["XAXX010101000", "XEXX010101000", "ÑOÑO800101AB1", "ÑÑÑ010101AAA"])
def test_generic_and_odd_receivers(receiver):
    assert f"&rr={receiver}&" in expression(stamped(receiver=receiver))
    assert len(expressions(stamped(receiver=receiver))) == 1


def test_an_ampersand_has_two_forms_the_escaped_one_first():
    xml = stamped(issuer="H&amp;E951128469", receiver="A&amp;&amp;010101AAA")
    first, second = expressions(xml)
    assert first.startswith("?re=H&amp;E951128469&rr=A&amp;&amp;010101AAA&tt=116.00&")
    assert second.startswith("?re=H&E951128469&rr=A&&010101AAA&tt=116.00&")
    assert first.partition("&tt=")[2] == second.partition("&tt=")[2]
    assert expression(xml) == first


def test_the_seal_is_read_through_line_breaks_and_the_uuid_as_it_is_written():
    text = expression(stamped(seal="dGVzdA+/Zq9&#10;w/+A=", uuid=UUID.lower()))
    assert text.endswith(f"&id={UUID.lower()}&fe=Zq9w/+A=")


def test_a_cfdi_of_the_former_version_too():
    xml = stamped().replace(b"http://www.sat.gob.mx/cfd/4", b"http://www.sat.gob.mx/cfd/3").replace(b'"4.0"', b'"3.3"')
    assert expression(xml) == expression(stamped())


USELESS = {
    "empty": (b"", "can't be read"),
    "another document": (b"<a/>", "no CFDI"),
    "not stamped": (pac_samples.cfdi(), "without TimbreFiscalDigital"),
    "another's stamp": (stamped().replace(b'SelloCFD="', b'SelloCFD="X'), "belongs to another"),
    "no UUID": (stamped(uuid="no"), "without a UUID"),
    "a comma": (stamped(total="1,00"), "total is '1,00'"),
    "an exponent": (stamped(total="1E3"), "total"),
    "a sign": (stamped(total="-1.00"), "total"),
    "seven decimals": (stamped(total="1.0000001"), "total is '1.0000001'"),
    "another part in the RFC": (stamped(issuer="EKU9003173C9&amp;tt=1"), "RFC of its issuer"),
    "no RFC": (stamped(receiver="NADIE"), "RFC of its receiver is 'NADIE'"),
    "digits of another script": (stamped(receiver="EKU٩٠٠٣١٧3C9"), "RFC of its receiver"),
    "a DTD": (b'<!DOCTYPE a [<!ENTITY b "c">]>' + stamped().partition(b"?>")[2], "can't be read"),
}


@pytest.mark.parametrize("case", USELESS)
def test_what_no_question_can_be_made_of(case):
    xml, told = USELESS[case]
    with pytest.raises(NotSent) as error:
        expressions(xml)
    assert error.value.reason == "sat_bad_xml"
    assert told in error.value.text
    assert error.value.text.endswith("Check the XML.")
