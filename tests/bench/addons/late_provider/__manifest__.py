{"name": "Late provider", "license": "LGPL-3", "depends": ["paynow_module"]}
