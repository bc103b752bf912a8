"""Stored sentences: in every installed language, or in the company's language."""


def in_each_language(record, get_text):
    """Texts about a record in English and in every installed language, for a translated field.

    :param get_text: callable that takes the record, with the language in its context, and returns a sentence or nothing
    :return: dict from the code of each language to its sentence; empty where there is nothing to say
    """
    texts = {}
    # English is what Odoo falls back to, whether it is installed or not
    for lang in dict.fromkeys(["en_US", *(code for code, _name in record.env["res.lang"].get_installed())]):
        text = get_text(record.with_context(lang=lang))
        if not text:
            return {}
        texts[lang] = text
    return texts


def in_company_language(record, company=None):
    """:param company: of a model without a record
    :return: the record in its company's language, as a scheduled action has none of its own
    """
    company = company or record.company_id
    return record.with_company(company).with_context(lang=company.partner_id.lang or record.env.lang)
