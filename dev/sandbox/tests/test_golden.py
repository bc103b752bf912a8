"""The project's collected sample CFDIs, where they stand beside the checkout."""

import os
from pathlib import Path

import pytest
from client import MATRIZ, local_now
from lxml import etree
from samples import NS

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("CFDI_SAMPLES", ROOT.parent / "shared/sat/samples/golden"))
EXPECTED = {"17_global_bimestral_621.xml": "CFDI40132"}


def _files():
    return sorted(FOLDER.glob("*.xml")) if FOLDER.is_dir() else []


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
@pytest.mark.parametrize("decimals", [None, 2])
def test_clean_ones_are_stamped(client, path, decimals):
    client.settings(amount_limit_decimals=decimals)
    root = etree.parse(path).getroot()
    for name in ("Sello", "Certificado", "NoCertificado"):
        root.attrib.pop(name, None)
    receiver = root.find("cfdi:Receptor", NS)
    if receiver.get("DomicilioFiscalReceptor") == root.get("LugarExpedicion"):
        receiver.set("DomicilioFiscalReceptor", "06000")
    root.set("LugarExpedicion", "06000")
    root.set("Fecha", local_now(MATRIZ))
    response = client.stamp(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    code = EXPECTED.get(path.name)
    if code:
        assert etree.fromstring(response.content).findtext("codigo") == code
    else:
        assert response.status_code == 200, response.text
