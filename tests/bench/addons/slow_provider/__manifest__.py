{"name": "Slow provider", "license": "LGPL-3", "depends": ["payment_demo"]}
