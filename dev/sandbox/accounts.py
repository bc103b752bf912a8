"""Who may call, for which issuers, from which branches. All of it lives in the store."""

import base64
import binascii

from .errors import Refusal

USERS = (
    # name, holder, credits; the password is the name, the token token-<name>, the raw raw-<name>
    ("demo", "ESCUELA KEMPER URGATE", 1000),
    ("pocos", "ESCUELA KEMPER URGATE", 3),
    ("cero", "ESCUELA KEMPER URGATE", 0),
    ("otro", "XENON INDUSTRIAL ARTICLES", 1000),
)
BRANCHES = (
    (17694, "MATRIZ", "06000", "AV JUAREZ 1", "CENTRO", "CUAUHTEMOC", "CIUDAD DE MEXICO"),
    (17695, "TIJUANA", "22000", "AV REVOLUCION 100", "ZONA CENTRO", "TIJUANA", "BAJA CALIFORNIA"),
    (17696, "CANCUN", "77500", "AV TULUM 20", "CENTRO", "BENITO JUAREZ", "QUINTANA ROO"),
    (17697, "HERMOSILLO", "83000", "BLVD HIDALGO 5", "CENTENARIO", "HERMOSILLO", "SONORA"),
)
# SAT's test taxpayers; each gets a certificate of this sandbox's making when it is first needed.
ISSUERS = (
    ("EKU9003173C9", "ESCUELA KEMPER URGATE", "601"),
    ("IIA040805DZ4", "INDISTRIA ILUMINADORA DE ALMACENES", "601"),
    ("URE180429TM6", "UNIVERSIDAD ROBOTICA ESPAÑOLA", "601"),
    ("XIA190128J61", "XENON INDUSTRIAL ARTICLES", "601"),
    ("H&E951128469", "HERRERIA & ELECTRICOS", "601"),
    ("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "612"),
)


class Accounts:
    """Users, branches, issuers and listed receivers."""

    def __init__(self, store):
        self.store = store
        if not store.row("SELECT 1 FROM users"):
            self.restore()

    def restore(self):
        """Put the first users, branches and issuers back, with their first credits."""
        with self.store.transaction() as db:
            for table in ("users", "branches", "branch_rfcs", "issuers", "receivers"):
                db.execute(f"DELETE FROM {table}")
            db.executemany(
                "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)",
                [(name, name, f"token-{name}", f"raw-{name}", holder, credits)
                 for name, holder, credits in USERS],
            )
            db.executemany(
                "INSERT INTO branches VALUES (?, ?, ?, ?, ?, ?, ?, 1)", BRANCHES
            )
            db.executemany("INSERT INTO issuers VALUES (?, ?, ?)", ISSUERS)

    def authenticate(self, authorization):
        """The user that an Authorization header stands for; Refusal 300 (HTTP 401) otherwise.

        Basic (RFC 7617, UTF-8), Bearer, and the bare value, as the page names no scheme.
        """
        user = None
        scheme, _, rest = (authorization or "").strip().partition(" ")
        rest = rest.strip()
        if scheme.lower() == "basic" and rest:
            try:
                name, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                name, password = "", ""
            user = self.store.row(
                "SELECT * FROM users WHERE name = ? AND password = ?", (name, password)
            )
        elif scheme.lower() == "bearer" and rest:
            user = self.store.row("SELECT * FROM users WHERE token = ?", (rest,))
        elif scheme and not rest:
            user = self.store.row("SELECT * FROM users WHERE raw = ?", (scheme,))
        if not user:
            raise Refusal("300", status=401)
        return user

    def user(self, name):
        """The row of a user, or None."""
        return self.store.row("SELECT * FROM users WHERE name = ?", (name,))

    def set_user(self, name, **values):
        """Create a user or change password, token, raw, holder, credits of one."""
        row = self.user(name) or {
            "name": name, "password": name, "token": f"token-{name}", "raw": f"raw-{name}",
            "holder": name.upper(), "credits": 0,
        }
        row.update(values)
        with self.store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO users VALUES"
                " (:name, :password, :token, :raw, :holder, :credits)", row,
            )
        return row

    def branches(self, active_only=True):
        """The branches by id; ``rfc``: the only issuer of a branch, None: all of the account."""
        where = " WHERE active" if active_only else ""
        return self.store.rows(
            "SELECT branches.*, rfc FROM branches LEFT JOIN branch_rfcs ON branch = id"
            f"{where} ORDER BY id")

    def branch(self, header):
        """The active branch that a Sucursal header names; Refusal S420 or S421 otherwise."""
        value = (header or "").strip()
        row = None
        if value.isascii() and value.isdigit() and len(value) < 18:
            row = self.store.row(
                "SELECT branches.*, rfc FROM branches LEFT JOIN branch_rfcs ON branch = id"
                " WHERE id = ?", (int(value),))
        if not row:
            raise Refusal("S420", detail=f"Sucursal: {value}" if value else "Sin encabezado")
        if not row["active"]:
            raise Refusal("S421", detail=f"Sucursal: {value}")
        return row

    def set_branch(self, **values):
        """Change the branch with this id or add one (without id: the next free one).

        ``rfc``: from now on it belongs to this issuer alone (None: to all); facture_api only.
        """
        with self.store.transaction() as db:
            if "id" not in values:
                values["id"] = db.execute("SELECT COALESCE(MAX(id), 17693) + 1 FROM branches"
                                          ).fetchone()[0]
            found = db.execute("SELECT * FROM branches WHERE id = ?", (values["id"],)).fetchone()
            row = dict(found) if found else {
                "name": f"SUCURSAL {values['id']}", "zip": "06000", "street": None,
                "colony": None, "city": None, "state": None, "active": 1,
            }
            row.update(values)
            db.execute(
                "INSERT OR REPLACE INTO branches VALUES"
                " (:id, :name, :zip, :street, :colony, :city, :state, :active)", row,
            )
            if "rfc" in values:
                db.execute("DELETE FROM branch_rfcs WHERE branch = ?", (row["id"],))
            if values.get("rfc"):
                db.execute("INSERT INTO branch_rfcs VALUES (?, ?)", (row["id"], values["rfc"]))
        return row

    def issuers(self):
        """The issuers of the account: {rfc: row}."""
        return {row["rfc"]: row for row in self.store.rows("SELECT * FROM issuers")}

    def set_issuer(self, rfc, name, regime="601"):
        """Accept an RFC as an issuer under this name."""
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO issuers VALUES (?, ?, ?)", (rfc, name, regime))

    def receiver(self, rfc):
        """What "SAT's list" says of a receiver: a row, or None when the list is silent."""
        return self.store.row("SELECT * FROM receivers WHERE rfc = ?", (rfc,))

    def set_receiver(self, rfc, name=None, zip=None, regime=None, listed=True):
        """Put a receiver on the list with what must match, or (listed=False) off SAT's list."""
        with self.store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO receivers VALUES (?, ?, ?, ?, ?)",
                (rfc, name, zip, regime, int(listed)),
            )
