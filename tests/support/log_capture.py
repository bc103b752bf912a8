"""What is logged while a test does something."""

import logging
from contextlib import contextmanager


class _Texts(logging.Handler):
    def __init__(self):
        super().__init__(level=logging.NOTSET)
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))


@contextmanager
def captured_logs(levels):
    """Collect what all loggers say.

    :param levels: dict from the name of a logger to its level meanwhile; "" is the root
    :return: list of texts, which grows
    """
    handler, loggers = _Texts(), {logging.getLogger(name): level for name, level in levels.items()}
    former = {logger: logger.level for logger in loggers}
    logging.getLogger().addHandler(handler)
    try:
        for logger, level in loggers.items():
            logger.setLevel(level)
        yield handler.texts
    finally:
        logging.getLogger().removeHandler(handler)
        for logger, level in former.items():
            logger.setLevel(level)
