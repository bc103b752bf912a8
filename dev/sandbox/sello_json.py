"""Reading the JSON of create_full: what is missing or odd is collected, not raised at once."""

from decimal import Decimal, InvalidOperation

MAX_NUMBER = 10 ** 15


class Reader:
    """One object of the JSON; ``errors`` is a list that all readers of an invoice share."""

    def __init__(self, data, errors, where=""):
        self.data = data if isinstance(data, dict) else {}
        self.errors = errors
        self.where = where

    def _name(self, key):
        return f"{self.where}{key}"

    def complain(self, key, text):
        """Note an error of a key."""
        self.errors.append(f"{self._name(key)} {text}")

    def value(self, *keys, required=False):
        """The first of these keys that has a value; None, and an error when it is required."""
        for key in keys:
            if self.data.get(key) not in (None, "", [], {}):
                return self.data[key]
        if required:
            self.complain(keys[0], "no puede estar en blanco")
        return None

    def text(self, *keys, required=False):
        """A string (a number is written as one), None when absent."""
        found = self.value(*keys, required=required)
        if isinstance(found, (dict, list)):
            self.complain(keys[0], "debe ser una cadena")
            return None
        return None if found is None else str(found)

    def number(self, *keys, required=False):
        """The text of a number, as it was written: '1.50' stays so."""
        found = self.value(*keys, required=required)
        if found is None:
            return None
        try:
            value = Decimal(str(found))
        except InvalidOperation:
            value = None
        fine = value is not None and value.is_finite() and abs(value) < MAX_NUMBER
        if isinstance(found, bool) or not fine:
            self.complain(keys[0], "debe ser un número")
            return None
        return f"{value:f}"

    def one(self, *keys, required=False):
        """A nested object, also where it comes as the only item of a list."""
        found = self.value(*keys, required=required)
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        if found is not None and not isinstance(found, dict):
            self.complain(keys[0], "debe ser un objeto")
        return Reader(found, self.errors, f"{self._name(keys[0])}.")

    def many(self, *keys, required=False):
        """Nested objects, as a list or as {"0": …, "1": …}."""
        found = self.value(*keys, required=required) or []
        if isinstance(found, dict):
            found = list(found.values())
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.complain(keys[0], "debe ser una lista de objetos")
            found = []
        return [Reader(row, self.errors, f"{self._name(keys[0])}[{n}].")
                for n, row in enumerate(found)]
