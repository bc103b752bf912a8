"""The local time of a postal code: c_CodigoPostal's zone names put into IANA's."""

import datetime
from zoneinfo import ZoneInfo

from . import satfiles

ZONES = {
    "Tiempo del Centro": "America/Mexico_City",
    "Tiempo del Sureste": "America/Cancun",
    "Tiempo del Noroeste": "America/Tijuana",
    "Tiempo del Pacífico": "America/Mazatlan",
    "Tiempo del Centro en Frontera": "America/Matamoros",
}
# Chihuahua's border (Ley de los Husos Horarios, 2022): Juárez and its neighbours keep the
# mountain zone, Ojinaga's the central one, both with the summer time of the United States.
JUAREZ = {"005", "028", "035", "037", "053"}


def time_zone(code):
    """The ZoneInfo of a postal code; KeyError when SAT's catalogue does not have it."""
    place = satfiles.postal_code(code)
    if place is None:
        raise KeyError(code)
    state, municipality, _flag, name = place
    if name == "Tiempo del Pacífico" and state == "SON":
        return ZoneInfo("America/Hermosillo")
    if name == "Tiempo del Centro en Frontera" and state == "CHH":
        return ZoneInfo(
            "America/Ciudad_Juarez" if municipality in JUAREZ else "America/Ojinaga"
        )
    return ZoneInfo(ZONES[name])


def local_now(code):
    """The time of day there, without zone, to the second."""
    now = datetime.datetime.now(time_zone(code))
    return now.replace(tzinfo=None, microsecond=0)
