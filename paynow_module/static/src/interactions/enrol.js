import {patch} from "@web/core/utils/patch";

import {ReCaptcha} from "@google_recaptcha/js/recaptcha";
import {PaymentForm} from "@payment/interactions/payment_form";

/**
 * On the page on which a guest authorizes automatic payment, nothing is saved before the box
 * with the words is ticked.
 */
patch(PaymentForm.prototype, {
    setup() {
        super.setup();
        this.enrol = document.querySelector("#o_paynow_enrol");
        if (this.enrol) {
            this.enrolCaptcha = new ReCaptcha(); // It does nothing where there is no key.
        }
    },

    /**
     * @override method from payment.payment_form
     */
    async submitForm(ev) {
        const consent = this.enrol?.querySelector("#o_paynow_consent");
        if (consent && !consent.reportValidity()) {
            ev.stopPropagation();
            ev.preventDefault();
            return; // The browser says what is missing.
        }
        return super.submitForm(...arguments);
    },

    /**
     * Ask reCAPTCHA, if the website has it, for a token to create the transaction with.
     *
     * @override method from payment.payment_form
     */
    async _initiatePaymentFlow() {
        if (this.enrol) {
            this._paynowShowEnrolError("");
            await this.waitFor(Promise.resolve(this.enrolCaptcha.loadLibs()));
            const {token} = await this.waitFor(
                this.enrolCaptcha.getToken("paynow_payment")
            );
            this.enrolParams = {recaptcha_token_response: token};
            const turnstile = this.el.querySelector('[name="turnstile_captcha"]');
            if (turnstile) {
                this.enrolParams.turnstile_captcha = turnstile.value;
            }
        }
        return super._initiatePaymentFlow(...arguments);
    },

    /**
     * @override method from payment.payment_form
     */
    _prepareTransactionRouteParams() {
        const params = super._prepareTransactionRouteParams(...arguments);
        if (this.enrol) {
            const {checked} = this.enrol.querySelector("#o_paynow_consent");
            Object.assign(params, this.enrolParams, {paynow_consent: checked});
        }
        return params;
    },

    /**
     * Show errors in the page, where they stay and are read aloud.
     *
     * @override method from payment.payment_form
     */
    _displayErrorDialog(title, errorMessage = "") {
        if (!this.enrol) {
            return super._displayErrorDialog(...arguments);
        }
        this._paynowShowEnrolError(errorMessage || title);
    },

    /**
     * @private
     * @param {string} message - The error; empty to remove the last one.
     * @returns {void}
     */
    _paynowShowEnrolError(message) {
        const alert = this.enrol.querySelector("#o_paynow_alert");
        alert.className = message ? "alert alert-danger" : "";
        alert.textContent = message;
        if (message) {
            alert.scrollIntoView({block: "center"});
        }
    },
});
