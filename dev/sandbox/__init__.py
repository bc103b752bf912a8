"""A service that stamps CFDI 4.0, for tests and demonstrations. Nothing here is fiscal.

It imitates three services: the one whose methods are printed on the page "Web Service de timbrado"
of Facture APP (facture_rest), Sello Digital's (sello_digital) and Facture's current one
(facture_api). Behind them stands a SAT that can be asked for the status of a CFDI. It judges what
it receives by rules of its own and can be told to fail.
It never imports the addon: a mistake of the addon must not be repeated by its judge.
"""
