-- a copy must not stamp, cancel or ask anything in the name of the real company
DELETE FROM l10n_mx_facture_token;
UPDATE l10n_mx_facture_account
   SET environment = 'test',
       database_uuid = NULL,
       base_url = 'https://neutralized.invalid',
       login = NULL,
       secret = NULL,
       client_id = NULL,
       client_secret = NULL;
