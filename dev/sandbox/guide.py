"""What the help of the control API tells about the services: addresses, operations, accounts."""

from . import facture_api, oauth, rest_facture, sat_control, sat_soap, sello_digital, sello_ids, sello_invoice

ACCOUNT = ('POST /_sandbox/users {"name", "password", "token", "credits", "holder"} makes a user of'
           " all services (password = name, token = token-NAME unless given)")


def guide(services):
    """{service: {"paths", "account", …}}; operations are the names that faults take."""
    return {
        "facture_rest": {
            "paths": {path: name for path, (name, _method) in rest_facture.ROUTES.items()},
            "account": f"{ACCOUNT}; Basic NAME:PASSWORD, Bearer TOKEN, or the raw value",
        },
        "sello_digital": {
            "paths": {
                f"POST {sello_digital.CREATE}": "sello_create",
                **{f"GET /invoices/:id{'/' if action else ''}{action}": name
                   for action, name in sello_digital.ACTIONS.items()},
            },
            "account": f"{ACCOUNT}; Authorization: Bearer TOKEN",
            "keys of create_full": sello_invoice.KEYS,
            "cancel": "?motivo= (02) and ?folioSustitucion= are the sandbox's own additions",
            "sello_ids": sello_ids.TABLES,
            "further": "GET /_sandbox/drafts; POST /_sandbox/drafts/ID {\"paid\": true}",
        },
        "facture_api": {
            "paths": {f"{method} {facture_api.PREFIX}{path}": name
                      for path, (name, method, _scope) in facture_api.ROUTES.items()},
            "account": f"{ACCOUNT}; grant_type password with client_id {oauth.APPLICATION[0]},"
                       f" client_secret {oauth.APPLICATION[1]}, or an application of one's own:"
                       ' POST /_sandbox/applications {"client_id", "client_secret"}',
            "scopes": oauth.SCOPES,
            "applications": services.tokens.applications(),
            "further": "GET /_sandbox/tokens; DELETE /_sandbox/tokens?user=NAME revokes;"
                       ' POST /_sandbox/branches {"id", "rfc"} gives a branch to one issuer',
        },
        "sat": {
            "paths": {f"POST {sat_soap.PATH}": sat_soap.OPERATION},
            "account": "none",
            "SOAPAction": sat_soap.ACTION,
            "knows": "every stamp of the book, of all services, and what was registered",
            "control (under /_sandbox/)": sat_control.HELP,
        },
    }
