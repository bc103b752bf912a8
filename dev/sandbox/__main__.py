"""`python dev/sandbox --port 8070 --data DIR`: start the sandbox and stay in the foreground."""

import argparse
import errno
import signal
import sys
from pathlib import Path

if not __package__:
    # Started as a folder: make the package importable and its modules not importable alone.
    here = Path(__file__).resolve().parent
    sys.path[0] = str(here.parent)
    __package__ = here.name
    __import__(__package__)

DESCRIPTION = """\
A stand-in for the services `facture_rest`, `sello_digital` and `facture_api`, for tests and
demonstrations. Nothing that it stamps is fiscal: it seals with certificates of its own making, kept
in --data with the book of its stamps, which the three share with users, branches and credits.
"""
EPILOG = """\
What it imitates
  All: SAT's schemas, cadena original, seal and TimbreFiscalDigital 1.1; SAT's error matrix of CFDI
  4.0 where it can be judged without SAT's lists; SAT's cancellation codes 201-205; the acuse as
  Facture's documentation shows it.
  facture_rest (/rest/): the ten operations printed on Facture APP's page "Web Service de timbrado",
  with its paths, methods, headers (Authorization, Accept, Content-Type, Sucursal) and the multipart
  entry `file`; answers in XML or JSON by Accept.
  sello_digital (/invoices): create_full, :id/stamp, :id and :id/cancel with the seed's answers.
  facture_api (/api/): authorize, sucursal/find, timbrado, facturacion/find, facturacion,
  facturacion/recuperar, cancelacion, cancelacion/acuse, as Facture's current documentation.

What is its own choice, because the texts are silent: facture_rest
  * Authorization is HTTP Basic, a Bearer token or the bare value. Users (password = name, token
    token-NAME, raw value raw-NAME): demo (1000 credits), pocos (3), cero (0), otro (1000).
  * Field names. User: estatus, nombres, usuario, creditos. Branch: id, nombre, direccion
    (calle, colonia, municipio, estado, codigoPostal, pais). Error: codigo, mensaje, detalle, and
    xml (base64) with code 307. Bulk: total, timbrados, rechazados, enlace, archivos/archivo
    (archivo, estatus, codigo, mensaje, uuid). Cancellation: uuid, codigo, mensaje.
    The setting `dialect` renders all of them in other ways.
  * A stamped CFDI, an acuse and the bulk report are XML whatever Accept says; errors follow Accept.
  * Statuses: 400 for a refusal on content (setting status_for_refusals), 401 credentials, 404
    unknown address or UUID, 405, 406 Accept missing or impossible, 413, 415. SAT's cancellation
    codes come with 200, also 203-205; 207-209 (reason and substitute) are refusals.
  * LugarExpedicion must be the branch's postal code (S126); other codes with S are its own too.
  * The receipt's address is .../acuse/?uuid=X as well as the printed .../acuse/uuid?X,
    .../acuse/uuid?uuid=X and .../acuse/X (setting acuse_form).
  * A cancelled income CFDI over $1,000 to a named receiver waits (En proceso) for the receiver,
    who is played by POST /_sandbox/cfdi/UUID.

sello_digital
  * Bearer token-NAME; the keys of create_full beyond the known ones of 2016, what CFDI 4.0 asks,
    and the ids of taxes, payment methods, currencies and kinds: see GET /_sandbox/help.
  * The branch must be one of the account's, by id or name; the issuer's name and regime are its own.
  * A create answers 201 and judges nothing but its own keys (422); SAT's rules are judged by the
    stamp. A rule that is broken: No timbrada with error. No credits: Pendiente with
    action_recommended 2. Stamped already: the same answer again, no second stamp (setting
    sello_anew: another stamp).
  * Cancellation takes ?motivo= (02) and ?folioSustitucion=; while the receiver has not accepted the
    status stays Timbrada; a refusal is a 200 with error; what is not stamped is a 422.

facture_api
  * JSON only. Application sandbox-client / sandbox-secret. Errors of authorize as in RFC 6749; a
    fourth live token is a 403; a renewal ends the token that it renews, also one that has expired.
  * A call that is refused as a whole: succeed false, code = ten times the HTTP status, message,
    error. What an item is refused for stands in its `error`, with SAT's code in front.
  * `filter` may be repeated; operators eq, ne, lt, le, gt, ge. Every series has the id 185.
  * The same document in another call is stamped again (setting detect_duplicates: 307).
  * A branch serves every issuer of the account unless POST /_sandbox/branches {"id", "rfc"}.
  * The receipt is there when the state is Cancelado, not while the receiver has not accepted.

Control (loopback, JSON): GET /_sandbox/help lists services, faults and settings; /_sandbox/ping,
faults, settings, requests, book, cfdi/UUID, users, branches, issuers, receivers, drafts,
applications, tokens, reset.
"""


def _arguments():
    parser = argparse.ArgumentParser(
        prog="python dev/sandbox", description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8070, help="port, 0 for a free one (8070)")
    parser.add_argument("--data", required=True, help="folder of the book and the keys (created)")
    parser.add_argument("--verbose", action="store_true", help="print a line for each request")
    return parser.parse_args()


def _stop(signum, frame):
    raise KeyboardInterrupt


def main():
    """Start, announce the address on a line of its own, serve until SIGTERM or Ctrl-C."""
    arguments = _arguments()
    try:
        from .server import Server
        from .services import Services
        from .store import StoreBusy
    except ModuleNotFoundError as error:
        sys.exit(f"sandbox: {error.name} is not installed: "
                 "pip install -r dev/sandbox/requirements.txt")
    try:
        services = Services(arguments.data)
        server = Server((arguments.host, arguments.port), services, arguments.verbose)
    except StoreBusy as error:
        sys.exit(f"sandbox: {error}; stop that one or choose another --data")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"sandbox: port {arguments.port} is taken; choose another with --port")
        sys.exit(f"sandbox: {error}")
    signal.signal(signal.SIGTERM, _stop)
    services.warm()
    print(f"sandbox ready on http://{arguments.host}:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        services.close()


if __name__ == "__main__":
    main()
