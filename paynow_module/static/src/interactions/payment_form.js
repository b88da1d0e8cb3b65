import {_t} from "@web/core/l10n/translation";
import {rpc} from "@web/core/network/rpc";
import {patch} from "@web/core/utils/patch";

import {ReCaptcha} from "@google_recaptcha/js/recaptcha";
import {PaymentForm} from "@payment/interactions/payment_form";

/**
 * On the checkout page of Pay Now, the button of the payment form doesn't pay: it opens the
 * confirmation, in the same page so that what the payer entered at the provider stays. Only
 * the button there pays.
 *
 * Some providers hide the button of the payment form and bring their own. Theirs is shown on
 * the confirmation only, in place of ours.
 */
patch(PaymentForm.prototype, {
    // #=== INTERACTION LIFECYCLE ===#

    setup() {
        super.setup();
        this.paynow = document.querySelector("#o_paynow_checkout");
        if (!this.paynow) {
            return;
        }
        this.isPaynowConfirming = false;
        this.recaptcha = new ReCaptcha(); // It does nothing where the website has no key.
        this.paynowPayButton = this.paynow.querySelector('[name="o_paynow_pay"]');
        this.paynowPayLabel = this.paynowPayButton.textContent;
        // One provider's inline forms may share their ids; see `_paynowKeepIds`.
        this.paynowIds = [
            ...this.el.querySelectorAll('[name="o_payment_inline_form"] [id]'),
        ].map((el) => [el, el.id]);
        // A logo that has the name of its method, beside that name, is read once.
        for (const option of this.el.querySelectorAll('[name="o_payment_option"]')) {
            const name = option
                .querySelector(".o_payment_option_label")
                ?.textContent.trim();
            for (const logo of option.querySelectorAll("img")) {
                logo.alt = logo.alt === name ? "" : logo.alt;
            }
        }
    },

    start() {
        super.start();
        if (this.paynow) {
            const backButton = this.paynow.querySelector('[name="o_paynow_back"]');
            this.addListener(this.paynowPayButton, "click", this.submitForm.bind(this));
            this.addListener(backButton, "click", () => this._paynowShowStep(false));
        }
    },

    // #=== EVENT HANDLERS ===#

    /**
     * Let no two inputs on the page share an id while a form is filled in.
     *
     * @override method from payment.payment_form
     */
    async selectPaymentOption(ev) {
        if (this.paynow) {
            this._paynowKeepIds(this._getInlineForm(ev.target));
        }
        return super.selectPaymentOption(...arguments);
    },

    /**
     * Open the confirmation instead of paying, unless the payer has come from there.
     *
     * @override method from payment.payment_form
     */
    async submitForm(ev) {
        const words = this.paynow?.querySelectorAll("#o_paynow_own_words input") ?? [];
        if (
            this.isPaynowConfirming &&
            [...words].some((input) => !input.reportValidity())
        ) {
            return; // An address that is none; the browser says so.
        }
        if (!this.paynow || this.isPaynowConfirming) {
            return super.submitForm(...arguments);
        }
        ev.stopPropagation();
        ev.preventDefault();
        const radio = this.el.querySelector('input[name="o_payment_radio"]:checked');
        const inputs = this._getInlineForm(radio)?.querySelectorAll(
            "input, select, textarea"
        );
        if ([...(inputs ?? [])].some((input) => !input.reportValidity())) {
            return; // The browser says what is missing.
        }
        this._paynowKeepIds(this._getInlineForm(radio));
        this._paynowShowStep(true);
        // For the funnel of the company; whatever becomes of it, the payer goes on.
        const {transactionRoute, accessToken} = this.paymentContext;
        rpc(
            transactionRoute.replace("/transaction/", "/chosen/"),
            {
                access_token: accessToken,
            },
            {silent: true}
        ).catch(() => {});
    },

    // #=== PAYMENT FLOW ===#

    /**
     * Ask reCAPTCHA, if the website has it, for a token to create the transaction with.
     *
     * @override method from payment.payment_form
     */
    async _initiatePaymentFlow() {
        if (this.paynow) {
            await this.waitFor(Promise.resolve(this.recaptcha.loadLibs()));
            const {token} = await this.waitFor(
                this.recaptcha.getToken("paynow_payment")
            );
            this.paynowCaptcha = {recaptcha_token_response: token};
            const turnstile = this.el.querySelector('[name="turnstile_captcha"]');
            if (turnstile) {
                this.paynowCaptcha.turnstile_captcha = turnstile.value;
            }
        }
        return super._initiatePaymentFlow(...arguments);
    },

    /**
     * @override method from payment.payment_form
     */
    _prepareTransactionRouteParams() {
        const params = {
            ...super._prepareTransactionRouteParams(...arguments),
            ...this.paynowCaptcha,
        };
        for (const {name, value} of this.paynow?.querySelectorAll(
            "#o_paynow_own_words input"
        ) ?? []) {
            params[name] = value;
        }
        return params;
    },

    // #=== DOM MANIPULATION ===#

    /**
     * Enable our button as well. A provider that found its form incomplete enables the buttons
     * without a word: then the payer is led back to the form.
     *
     * @override method from payment.payment_form
     */
    _enableButton(unblockUI = true) {
        super._enableButton(...arguments);
        if (!this.paynow) {
            return;
        }
        this.paynowPayButton.disabled = false;
        const radio = this.el.querySelector('input[name="o_payment_radio"]:checked');
        const invalid = radio && this._getInlineForm(radio)?.querySelector(":invalid");
        if (this.isPaynowConfirming && unblockUI && invalid) {
            this._paynowShowStep(false);
            invalid.reportValidity();
        }
    },

    /**
     * @override method from payment.payment_form
     */
    _disableButton() {
        super._disableButton(...arguments);
        if (this.paynow) {
            this.paynowPayButton.disabled = true;
        }
    },

    /**
     * @override method from payment.payment_form
     */
    _hideInputs() {
        super._hideInputs(...arguments);
        this._paynowSetProviderButton(true);
    },

    /**
     * @override method from payment.payment_form
     */
    _showInputs() {
        super._showInputs(...arguments);
        this._paynowSetProviderButton(false);
    },

    /**
     * Label our button, not that of the form: there, nothing is paid yet.
     *
     * @override method from payment.payment_form
     */
    _adaptSubmitButtonLabel(paymentMethodCode) {
        if (!this.paynow) {
            return super._adaptSubmitButtonLabel(...arguments);
        }
        this.paynowPayButton.textContent = this._isPayLaterPaymentMethod(
            paymentMethodCode
        )
            ? _t("Confirm")
            : this.paynowPayLabel;
    },

    /**
     * Show errors in the page, where they stay and are read aloud.
     *
     * @override method from payment.payment_form
     */
    _displayErrorDialog(title, errorMessage = "") {
        if (!this.paynow) {
            return super._displayErrorDialog(...arguments);
        }
        this._paynowShowAlert(errorMessage || title);
    },

    /**
     * Show an error above the form or the confirmation.
     *
     * @private
     * @param {string} message - The error; empty to remove the last one.
     * @returns {void}
     */
    _paynowShowAlert(message) {
        const alert = this.paynow.querySelector("#o_paynow_alert");
        alert.className = message ? "alert alert-danger" : "";
        alert.textContent = message;
        if (message) {
            alert.scrollIntoView({block: "center"});
        }
    },

    /**
     * Show the confirmation, or the form.
     *
     * @private
     * @param {boolean} isConfirming - Whether to show the confirmation.
     * @returns {void}
     */
    _paynowShowStep(isConfirming) {
        this.isPaynowConfirming = isConfirming;
        const radio = this.el.querySelector('input[name="o_payment_radio"]:checked');
        this.paynow.querySelector(
            '#o_paynow_confirmation [name="method"]'
        ).textContent = radio
            .closest('[name="o_payment_option"]')
            .querySelector(".o_payment_option_label").textContent;
        this.paynow.classList.toggle("o_paynow_confirming", isConfirming);
        for (const selector of [
            "#o_paynow_confirmation",
            "#o_paynow_confirmation_buttons",
        ]) {
            this.paynow
                .querySelector(selector)
                .classList.toggle("d-none", !isConfirming);
        }
        for (const selector of ["#o_paynow_choice", "#o_paynow_change"]) {
            this.paynow
                .querySelector(selector)
                .classList.toggle("d-none", isConfirming);
        }
        this._paynowShowAlert("");
        (isConfirming
            ? this.paynow.querySelector("#o_paynow_confirmation_title")
            : radio
        ).focus();
        window.scrollTo({top: 0});
    },

    /**
     * Leave it to the provider's own button to pay, or take it back.
     *
     * @private
     * @param {boolean} hasButton - Whether the provider brings its own button.
     * @returns {void}
     */
    _paynowSetProviderButton(hasButton) {
        if (!this.paynow) {
            return;
        }
        this.paynow.classList.toggle("o_paynow_provider_button", hasButton);
        this.paynowPayButton.classList.toggle("d-none", hasButton);
        // The way to the confirmation is always shown.
        this.env.bus.trigger("showPaymentButton");
        if (hasButton) {
            this.env.bus.trigger("enablePaymentButton");
        }
    },

    /**
     * Take the ids of the chosen inline form away from the others.
     *
     * A provider with several payment methods may render one inline form several times, with
     * the same ids, and then look its inputs up by id: it would find those of the first form.
     *
     * @private
     * @param {Element | null} chosenForm - The inline form of the chosen method.
     * @returns {void}
     */
    _paynowKeepIds(chosenForm) {
        const chosenIds = new Set(
            this.paynowIds
                .filter(([el]) => chosenForm?.contains(el))
                .map(([, id]) => id)
        );
        for (const [el, id] of this.paynowIds) {
            if (!chosenForm?.contains(el) && chosenIds.has(id)) {
                el.removeAttribute("id");
            } else {
                el.id = id;
            }
        }
    },
});
