"""Postal code -> time zone: SAT's catalogue when it is there, well-known codes always."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import places_table
import pytest
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.places import is_known_postal_code, time_zone
from l10n_mx_facture.cfdi.places_data import RANGES

WINTER, SUMMER = map(datetime.fromisoformat, ("2026-01-15T12:00:00", "2026-07-15T12:00:00"))


@pytest.mark.parametrize(
    ("code", "zone", "winter", "summer"),
    (
        ("06000", "America/Mexico_City", -6, -6),
        ("64000", "America/Mexico_City", -6, -6),
        ("22000", "America/Tijuana", -8, -7),
        ("21000", "America/Tijuana", -8, -7),
        ("77500", "America/Cancun", -5, -5),
        ("83000", "America/Hermosillo", -7, -7),
        ("83449", "America/Hermosillo", -7, -7),
        ("80000", "America/Mazatlan", -7, -7),
        ("23000", "America/Mazatlan", -7, -7),
        ("63000", "America/Mazatlan", -7, -7),
        ("63735", "America/Bahia_Banderas", -6, -6),
        ("31000", "America/Chihuahua", -6, -6),
        ("32000", "America/Ciudad_Juarez", -7, -6),
        ("32880", "America/Ojinaga", -6, -5),
        ("88500", "America/Matamoros", -6, -5),
        ("88000", "America/Matamoros", -6, -5),
        ("26000", "America/Matamoros", -6, -5),
        ("97000", "America/Mexico_City", -6, -6),
    ),
)
def test_well_known_codes_and_their_offsets(code, zone, winter, summer):
    assert time_zone(code) == zone
    for moment, hours in ((WINTER, winter), (SUMMER, summer)):
        assert moment.replace(tzinfo=ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("code", ("17500", "00001", "0600", "060000", "O6000", "", None, "０６０００"))
def test_unknown_codes(code):
    assert not is_known_postal_code(code)
    with pytest.raises(CfdiError) as caught:
        time_zone(code)
    assert caught.value.code == "unknown_postal_code"


def test_ranges_are_sorted_and_disjoint():
    for (first, last, _zone), (following, _last, _other) in zip(RANGES, RANGES[1:], strict=False):
        assert first <= last < following
    assert sum(last - first + 1 for first, last, _zone in RANGES) == 95749


def test_every_code_of_the_catalogue(shared):
    catalogue = places_table.rows(shared / "sat/catalogs/satcfdi_c_CodigoPostal.csv")
    wrong = [row["id"] for row in catalogue if time_zone(row["id"]) != places_table.zone_of(row)]
    assert wrong == []
    known = {row["id"] for row in catalogue}
    assert [c for c in map("{:05d}".format, range(100000)) if is_known_postal_code(c) != (c in known)] == []
    assert tuple(places_table.ranges(catalogue)) == RANGES
