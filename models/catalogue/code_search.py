import unicodedata

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

ACCENTED, PLAIN = "áéíóúüñ", "aeiouun"
# letters that may have an accent, and signs that LIKE reads as something else: any one sign
ANY_SIGN = dict.fromkeys(map(ord, "aeioun%_\\"), "_")


def folded_words(text):
    """:return: the words of a text in lower case, without accents"""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part)).split()


class L10nMxFactureCodeSearch(models.AbstractModel):
    """Finds a row of a catalogue of SAT's as people ask for it: any words of it, in any order, with or without accents.

    SAT's similar words count too, after its own. PostgreSQL's extension unaccent is not needed: Odoo's databases often
    don't have it.
    """

    _name = "l10n_mx_facture.code_search"
    _description = "Search in SAT's Catalogues"

    # fields in which a word may stand
    _code_search_fields = ("code", "name")

    @api.model
    def _search_display_name(self, operator, value):
        words = folded_words(value) if operator == "ilike" and isinstance(value, str) else []
        if not words:
            return super()._search_display_name(operator, value)
        return Domain.custom(to_sql=lambda model, alias, _query: _has_words(alias, self._code_search_fields, words))

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Codes that begin so, then names with these words, then rows whose similar words have them; short names first.

        Core's order is that of the ids, which would hide *Servicios de consultoría* behind a hundred others.
        """
        words = folded_words(name or "") if operator == "ilike" else []
        if not words:
            return super().name_search(name, domain, operator, limit)
        found = self._search(Domain("display_name", operator, name) & Domain(domain or Domain.TRUE))
        alias = found.table
        rank = SQL(
            "CASE WHEN starts_with(%s, %s) THEN 0 WHEN %s THEN 1 ELSE 2 END",
            SQL.identifier(alias, "code"),
            words[0].upper(),
            _has_words(alias, ("name",), words),
        )
        name_column = SQL.identifier(alias, "name")
        found.order = SQL("%s, length(%s), %s", rank, name_column, SQL.identifier(alias, "code"))
        found.limit = limit
        records = self.browse([row[0] for row in self.env.execute_query(found.select())])
        return [(record.id, record.display_name) for record in records.sudo()]


def _has_words(alias, names, words):
    """:return: SQL: all the words stand in these columns"""
    columns = SQL(", ").join(SQL.identifier(alias, name) for name in names)
    text = SQL("concat_ws(' ', %s)", columns)
    # translate() takes five times as long as all the rest: only for what may fit whatever the accents are
    near = [SQL("""lower(%s COLLATE "C") LIKE %s""", text, f"%{word.translate(ANY_SIGN)}%") for word in words]
    folded = SQL("translate(lower(%s), %s, %s)", text, ACCENTED, PLAIN)
    return SQL("(%s)", SQL(" AND ").join([*near, *(SQL("strpos(%s, %s) > 0", folded, word) for word in words)]))


class ClaveProdServ(models.Model):
    _name = "l10n_mx_catalogs.c_clave_prod_serv"
    _inherit = ["l10n_mx_catalogs.c_clave_prod_serv", "l10n_mx_facture.code_search"]

    _code_search_fields = ("code", "name", "alternative_names")


class ClaveUnidad(models.Model):
    _name = "l10n_mx_catalogs.c_clave_unidad"
    _inherit = ["l10n_mx_catalogs.c_clave_unidad", "l10n_mx_facture.code_search"]

    _code_search_fields = ("code", "name", "symbol")
