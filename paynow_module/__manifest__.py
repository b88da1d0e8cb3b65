# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

{
    "name": "Pay Now",
    "summary": "Clients pay an invoice online without logging in",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Pay Now contributors",
    "license": "LGPL-3",
    "depends": ["website_payment"],
    "data": [
        # Security.
        "security/ir.model.access.csv",
        "security/paynow_security.xml",
        # Record data.
        "data/ir_cron_data.xml",
        "data/paynow_limit_data.xml",
        "data/mail_template_data.xml",
        # QWeb templates.
        "views/paynow_templates.xml",
        "views/paynow_checkout_templates.xml",
        "views/paynow_receipt_templates.xml",
        "views/paynow_mail_templates.xml",
        # Model views.
        "views/account_move_views.xml",
        "views/account_payment_views.xml",
        "views/mail_template_views.xml",
        "views/payment_transaction_views.xml",
        "views/paynow_attempt_views.xml",
        # Wizard views.
        "views/paynow_return_views.xml",
        "views/paynow_settings_views.xml",
        "views/res_config_settings_views.xml",
        # Menus; they name the actions above.
        "views/paynow_menus.xml",
    ],
    "demo": ["demo/demo.xml"],
    "assets": {
        "web.assets_frontend": [
            "paynow_module/static/src/scss/paynow.scss",
            "paynow_module/static/src/interactions/**/*",
        ],
        "web.assets_tests": [
            "paynow_module/static/tests/tours/**/*",
        ],
    },
    "application": True,
    "uninstall_hook": "uninstall_hook",
}
