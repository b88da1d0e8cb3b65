"""Getting a real Odoo 19 to try, test and develop the add-on; no product code."""

import sys

if sys.version_info < (3, 10):
    sys.exit("Pay Now needs Python 3.10 or newer: install it, then run this again.")
