"""The printed representation."""


class Printer:
    def warm(self):
        pass

    def __call__(self, row):
        return b"%PDF-1.4 provisional"
