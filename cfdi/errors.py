"""The one exception of this package."""


class CfdiError(ValueError):
    """Something that can't be expressed as, or read from, a CFDI 4.0.

    :param code: stable slug; callers translate by it, so it never changes its meaning
    :param text: English sentence: what is wrong, where, what to do
    :param line: zero-based index of the line (Concepto/InvoiceLine) it is about, or None
    :param data: values for a translated text (JSON-able)
    """

    def __init__(self, code, text, line=None, data=None):
        super().__init__(text)
        self.code = code
        self.text = text
        self.line = line
        self.data = dict(data or {})

    def __repr__(self):
        return f"CfdiError({self.code!r}, {self.text!r}, line={self.line!r})"

    def __reduce__(self):
        # exceptions with their own __init__ don't survive pickling (worker processes) by themselves
        return type(self), (self.code, self.text, self.line, self.data)
