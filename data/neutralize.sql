-- a copy must not stamp, cancel or ask anything in the name of the real company
UPDATE l10n_mx_facture_account
   SET environment = 'test',
       database_uuid = NULL,
       base_url = 'https://neutralized.invalid',
       login = NULL,
       secret = NULL;
