"""OAuth2 of facture_api: applications, and the tokens of users for them."""

import hashlib
import secrets
import time

from .errors import Refusal

APPLICATION = ("sandbox-client", "sandbox-secret")
SCOPES = ("timbrado", "sucursal", "facturacion", "cancelacion")


class OAuthError(Exception):
    """An error of RFC 6749 §5.2: ``code``, a text for a person, the HTTP status."""

    def __init__(self, code, text, status=400):
        self.code = code
        self.text = text
        self.status = status
        super().__init__(text)


def _hash(token):
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


class Tokens:
    """Gives out, renews and knows tokens; only their hashes are kept."""

    def __init__(self, store, accounts, settings):
        self.store = store
        self.accounts = accounts
        self.settings = settings
        if not store.row("SELECT 1 FROM applications"):
            self.restore()

    def restore(self):
        """Forget all tokens and put the first application back."""
        with self.store.transaction() as db:
            db.execute("DELETE FROM tokens")
            db.execute("DELETE FROM applications")
            db.execute("INSERT INTO applications VALUES (?, ?)", APPLICATION)

    def grant(self, kind, form):
        """The answer to a request for a token; OAuthError otherwise. ``form``: its fields."""
        row = self.store.row("SELECT * FROM applications WHERE client_id = ?",
                             (form.get("client_id"),))
        if row is None or row["secret"] != form.get("client_secret"):
            raise OAuthError("invalid_client", "La aplicación cliente no es válida.", 401)
        if kind == "password":
            return self._password(form)
        if kind == "refresh_token":
            return self._refresh(form)
        raise OAuthError("unsupported_grant_type", f"El grant {kind or 'falta'} no se admite.")

    def _password(self, form):
        user = self.accounts.user(form.get("username"))
        if user is None or user["password"] != form.get("password"):
            raise OAuthError("invalid_grant", "El usuario o la contraseña no son válidos.")
        scope = sorted(set((form.get("scope") or "").replace(",", " ").split()))
        if not scope or set(scope) - set(SCOPES):
            raise OAuthError("invalid_scope", f"Los scopes son: {', '.join(SCOPES)}.")
        return self._issue(user["name"], form["client_id"], " ".join(scope))

    def _refresh(self, form):
        """A renewed token takes the place of its predecessor, which ends at once."""
        refresh = _hash(form.get("refresh_token") or "")
        row = self.store.row("SELECT * FROM tokens WHERE refresh = ? AND client_id = ?",
                             (refresh, form["client_id"]))
        if row is None:
            raise OAuthError("invalid_grant", "El refresh token no es válido.")
        return self._issue(row["user"], row["client_id"], row["scope"], replaced=refresh)

    def _issue(self, user, client, scope, replaced=None):
        access, refresh = secrets.token_hex(16), secrets.token_hex(16)
        now, life = time.time(), self.settings["token_seconds"]
        with self.store.transaction() as db:
            if replaced:
                gone = db.execute("DELETE FROM tokens WHERE refresh = ?", (replaced,))
                if not gone.rowcount:
                    raise OAuthError("invalid_grant", "El refresh token no es válido.")
            live = db.execute(
                "SELECT COUNT(*) FROM tokens WHERE user = ? AND client_id = ? AND expires > ?",
                (user, client, now)).fetchone()[0]
            if live >= self.settings["max_tokens"]:
                raise OAuthError(
                    "access_denied",
                    f"El usuario ya tiene {live} tokens de acceso para esta aplicación.", 403)
            db.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
                       (_hash(access), _hash(refresh), user, client, scope, now, now + life))
        return {"access_token": access, "token_type": "bearer", "expires_in": int(life),
                "refresh_token": refresh, "scope": scope}

    def user(self, authorization, scope):
        """The user (row) whom a Bearer token stands for; Refusal 401, or 403 for the scope."""
        scheme, _, token = (authorization or "").strip().partition(" ")
        row = self.store.row("SELECT * FROM tokens WHERE access = ? AND expires > ?",
                             (_hash(token.strip()), time.time()))
        if scheme.lower() != "bearer" or row is None:
            raise Refusal("300", "El token de acceso no es válido o expiró.", status=401)
        if scope not in row["scope"].split():
            raise Refusal("S403", detail=f"scope {scope}", status=403)
        return self.accounts.user(row["user"])

    # --- for the control API --------------------------------------------------------------------

    def listing(self):
        """The tokens that are kept, expired ones too, without anything that could be used."""
        now = time.time()
        return [{**row, "live": row["expires"] > now} for row in self.store.rows(
            "SELECT user, client_id, scope, created, expires FROM tokens ORDER BY created")]

    def revoke(self, user=None):
        """End the tokens of a user, or all."""
        with self.store.transaction() as db:
            db.execute("DELETE FROM tokens WHERE ? IS NULL OR user = ?", (user, user))

    def set_application(self, client_id, client_secret):
        """Register an application or change its secret."""
        with self.store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO applications VALUES (?, ?)",
                       (client_id, client_secret))

    def applications(self):
        """The registered client_ids."""
        return [row["client_id"] for row in
                self.store.rows("SELECT client_id FROM applications ORDER BY client_id")]
