"""SAT's c_CodigoPostal -> the rows of cfdi/places_data.py (run it with the csv to print them).

Columns read: id, estado, estimulo_frontera, huso_horario. SAT names seven time zones; the law of
time zones (DOF 2022-10-28, 2022-11-29) has more cases than those, so state and border decide too.
"""

import csv
import sys

_BY_NAME = {
    "Tiempo del Noroeste": "America/Tijuana",
    "Tiempo del Sureste": "America/Cancun",
}


def zone_of(row):
    """The IANA zone of one row of the catalogue; KeyError for a time zone name that is new."""
    name, state = row["huso_horario"], row["estado"]
    if name == "Tiempo del Centro":
        if state == "CHH":  # Ojinaga, Coyame del Sotol and Manuel Benavides follow the border's DST
            return "America/Ojinaga" if row["estimulo_frontera"] == "1" else "America/Chihuahua"
        return "America/Bahia_Banderas" if state == "NAY" else "America/Mexico_City"
    if name == "Tiempo del Centro en Frontera":
        return "America/Ciudad_Juarez" if state == "CHH" else "America/Matamoros"
    if name == "Tiempo del Pacífico":
        return "America/Hermosillo" if state == "SON" else "America/Mazatlan"
    return _BY_NAME[name]


def rows(path):
    """The catalogue's rows in order of the code."""
    with open(path, encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["id"])


def ranges(catalogue):
    """[(first, last, zone)] of consecutive codes with one zone."""
    found = []
    for row in catalogue:
        code, zone = int(row["id"]), zone_of(row)
        if found and found[-1][1] == code - 1 and found[-1][2] == zone:
            found[-1] = (found[-1][0], code, zone)
        else:
            found.append((code, code, zone))
    return found


if __name__ == "__main__":
    for first, last, zone in ranges(rows(sys.argv[1])):
        sys.stdout.write(f'    ({first}, {last}, "{zone}"),\n')
