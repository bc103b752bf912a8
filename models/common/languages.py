"""What is kept as a sentence, kept in the language of each reader, or of the company that it is of."""


def in_each_language(record, tell):
    """Say something about a record in English and in every installed language, for a translated field.

    :param tell: callable that takes the record, with the language in its context, and returns a sentence or nothing
    :return: dict from the code of each language to its sentence; empty where there is nothing to say
    """
    texts = {}
    # English is what Odoo falls back to, whether it is installed or not
    for lang in dict.fromkeys(["en_US", *(code for code, _name in record.env["res.lang"].get_installed())]):
        text = tell(record.with_context(lang=lang))
        if not text:
            return {}
        texts[lang] = text
    return texts


def in_company_language(record):
    """:return: a record as its company's people read what a scheduled action, which has no language, keeps of it"""
    lang = record.company_id.partner_id.lang or record.env.lang
    return record.with_company(record.company_id).with_context(lang=lang)
