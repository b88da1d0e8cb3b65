# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

{
    "name": "Pay Now",
    "summary": "Clients pay an invoice online without logging in",
    "version": "19.0.1.1.0",
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
        "data/ir_cron_card_data.xml",
        "data/paynow_limit_data.xml",
        # QWeb templates.
        "views/payment/paynow_frame_templates.xml",
        "views/payment/paynow_message_templates.xml",
        "views/payment/paynow_templates.xml",
        "views/health/paynow_health_templates.xml",
        "views/payment/payment_form_templates.xml",
        "views/payment/paynow_checkout_templates.xml",
        "views/outcome/paynow_receipt_templates.xml",
        "views/notices/paynow_reminder_templates.xml",
        "views/outcome/payment_own_words_templates.xml",
        "views/notices/paynow_tell_templates.xml",
        "views/mails/paynow_mail_layout.xml",
        "views/cards/paynow_mail_card.xml",
        "views/notices/paynow_mail_statement.xml",
        "views/links/paynow_mail_button.xml",
        "views/mails/paynow_mail_templates.xml",
        "views/outcome/paynow_mail_receipt.xml",
        "views/notices/paynow_mail_opt_out.xml",
        "views/cards/portal_card_templates.xml",
        "views/autopay/paynow_autopay_templates.xml",
        # Mail templates; Odoo renders them when it loads them, with those above.
        "data/mail_template_data.xml",
        "data/mail_template_notice_data.xml",
        "data/mail_template_card_data.xml",
        "data/mail_template_autopay_data.xml",
        "views/snippets/s_paynow.xml",
        "views/snippets/snippets.xml",
        # Model views.
        "views/links/account_move_views.xml",
        "views/notices/account_move_reminder_views.xml",
        "views/links/account_report_templates.xml",
        "views/payment/account_payment_views.xml",
        "views/mails/mail_template_views.xml",
        "views/cards/payment_token_views.xml",
        "views/outcome/payment_transaction_views.xml",
        "views/limits/paynow_attempt_views.xml",
        "views/autopay/paynow_autopay_views.xml",
        "views/cards/res_partner_card_views.xml",
        "views/autopay/res_partner_autopay_views.xml",
        "views/notices/paynow_notice_views.xml",
        "views/notices/res_partner_views.xml",
        "views/reports/paynow_report_views.xml",
        # Wizard views.
        "views/outcome/paynow_return_views.xml",
        "views/paynow_settings_views.xml",
        "views/res_config_settings_views.xml",
        # Menus; they name the actions above.
        "views/paynow_menus.xml",
    ],
    "demo": ["demo/demo.xml"],
    "assets": {
        "web.assets_frontend": [
            "paynow_module/static/src/scss/paynow.scss",
            "paynow_module/static/src/scss/paynow_print.scss",
            "paynow_module/static/src/interactions/**/*",
        ],
        "website.website_builder_assets": [
            "paynow_module/static/src/website_builder/**/*",
        ],
        "web.assets_tests": [
            "paynow_module/static/tests/tours/**/*",
        ],
    },
    "application": True,
    "uninstall_hook": "uninstall_hook",
}
