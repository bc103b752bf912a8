from . import test_account
from . import test_i18n
from . import test_stamp
