import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError, RPCError, rpc, rpcBus} from "@web/core/network/rpc";
import {patch} from "@web/core/utils/patch";

import {ReCaptcha} from "@google_recaptcha/js/recaptcha";
import {PaymentForm} from "@payment/interactions/payment_form";

/** For how many milliseconds our server's answer to *Pay* is waited for. */
const PATIENCE = 30000;
/** After how many milliseconds to try again while the connection is lost. */
const RETRY = 2000;
/** What needs no typing, as Stripe calls it. */
const WALLETS = ["apple_pay", "google_pay"];

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
        this.isPaynowPaying = false;
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
            this.paynow.querySelector("#o_paynow_late").remove();
            const backButton = this.paynow.querySelector('[name="o_paynow_back"]');
            this.addListener(this.paynowPayButton, "click", this.submitForm.bind(this));
            // Each step is an entry of the browser's history.
            this.addListener(backButton, "click", () => window.history.back());
            this.addListener(window, "popstate", this._paynowGoBack.bind(this));
            this.addListener(window, "unhandledrejection", (ev) => {
                const error = ev.reason?.cause ?? ev.reason;
                if (this.isPaynowPaying && error instanceof ConnectionLostError) {
                    ev.preventDefault();
                    this._paynowFindOut();
                }
            });
            // The provider's own form may take its time before, Apple Pay's window for one.
            this.addListener(rpcBus, "RPC:REQUEST", ({detail}) => {
                if (detail.url === this.paymentContext.transactionRoute) {
                    this.paynowPatience = window.setTimeout(
                        () => this.paynowGiveUp?.(new ConnectionLostError()),
                        PATIENCE
                    );
                }
            });
            // The values of a payment pass by each provider's own way of using them.
            this.addListener(rpcBus, "RPC:RESPONSE", ({detail}) => {
                if (detail.result?.paynow_landing_route) {
                    window.clearTimeout(this.paynowPatience);
                    this.paynowLanding = detail.result.paynow_landing_route;
                }
            });
            this.addListener(window, "o_paynow_more", ({detail}) => {
                this.paymentContext.accessToken = detail.token;
            });
            this._paynowLeadToAnswer();
            this._paynowRecall();
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
        if (this.isPaynowConfirming && !this._paynowCheckWords()) {
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
        window.history.pushState({paynow: "confirmation"}, "");
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
     * Where no answer comes, find out what became of the payment.
     *
     * @override method from payment.payment_form
     */
    async _initiatePaymentFlow() {
        if (!this.paynow) {
            return super._initiatePaymentFlow(...arguments);
        }
        this.paynowBegun = Date.now();
        this._paynowShowAlert("");
        this._paynowRemember();
        try {
            await this.waitFor(Promise.resolve(this.recaptcha.loadLibs()));
            const {token} = await this.waitFor(
                this.recaptcha.getToken("paynow_payment")
            );
            this.paynowCaptcha = {recaptcha_token_response: token};
            const turnstile = this.el.querySelector('[name="turnstile_captcha"]');
            if (turnstile) {
                this.paynowCaptcha.turnstile_captcha = turnstile.value;
            }
            await Promise.race([
                super._initiatePaymentFlow(...arguments),
                new Promise((_resolve, reject) => {
                    this.paynowGiveUp = reject;
                }),
            ]);
        } catch (error) {
            if (error instanceof RPCError) {
                throw error; // The form has said what is wrong.
            }
            await this._paynowFindOut();
            if (!(error instanceof ConnectionLostError)) {
                throw error; // For whoever looks into the console.
            }
        }
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
        const words = this.paynow?.querySelector(
            '[name="o_paynow_authorization"]:not(.d-none)'
        );
        if (words) {
            params.paynow_words = words.textContent;
        }
        return params;
    },

    // #=== DOM MANIPULATION ===#

    /**
     * Have the wallets of the payer's device come first in a form that offers them.
     *
     * @override method from payment.payment_form
     */
    async _expandInlineForm(radio) {
        await super._expandInlineForm(...arguments);
        const elements =
            this.paynow && this.stripeElements?.[radio.dataset.paymentOptionId];
        try {
            elements?.getElement("payment").update({paymentMethodOrder: WALLETS});
        } catch {
            // Then they come in Stripe's own order.
        }
    },

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
        window.clearTimeout(this.paynowPatience);
        this._paynowSetPaying(false);
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
    _disableButton(blockUI = false) {
        super._disableButton(...arguments);
        if (this.paynow && blockUI && this.isPaynowConfirming) {
            this._paynowSetPaying(true);
        } else if (this.paynow) {
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
        this.paynowPayButtonText = this._isPayLaterPaymentMethod(paymentMethodCode)
            ? _t("Confirm")
            : this.paynowPayLabel;
        this.paynowPayButton.textContent = this.paynowPayButtonText;
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
     * Say that the payment runs, and let nothing else be done meanwhile.
     *
     * @private
     * @param {boolean} isPaying - Whether it runs.
     * @returns {void}
     */
    _paynowSetPaying(isPaying) {
        this.isPaynowPaying = isPaying;
        const text = this.paynowPayButtonText ?? this.paynowPayLabel;
        this.paynowPayButton.textContent = isPaying ? _t("Paying…") : text;
        if (isPaying) {
            const spinner = document.createElement("span");
            spinner.className = "spinner-border spinner-border-sm me-2";
            spinner.ariaHidden = "true";
            this.paynowPayButton.prepend(spinner);
        }
        this.paynowPayButton.disabled = isPaying;
        this.paynow.querySelector('[name="o_paynow_back"]').disabled = isPaying;
        this.paynow.querySelector("#o_paynow_paying").textContent = isPaying
            ? _t("Your payment is being made. Please keep this page open.")
            : "";
    },

    /**
     * Lead back from the confirmation to the form, unless the payment runs.
     *
     * @private
     * @returns {void}
     */
    _paynowGoBack() {
        if (this.isPaynowPaying) {
            window.history.pushState({paynow: "confirmation"}, "");
        } else if (this.isPaynowConfirming) {
            this._paynowShowStep(false);
        }
    },

    // #=== NO ANSWER ===#

    /**
     * Lead to our own answer where a provider's script leads to the status page of Odoo,
     * which knows the payment by the session only. A browser that can't be asked goes
     * there, and is led on by the server.
     *
     * @private
     * @returns {void}
     */
    _paynowLeadToAnswer() {
        if (!window.navigation) {
            return;
        }
        this.addListener(window.navigation, "navigate", (ev) => {
            const {pathname} = new window.URL(ev.destination.url);
            if (this.paynowLanding && ev.cancelable && pathname === "/payment/status") {
                ev.preventDefault();
                window.location.replace(this.paynowLanding);
            }
        });
    },

    /**
     * Ask our server what became of this try, for as long as it takes, and say so.
     *
     * @private
     * @returns {Promise<void>}
     */
    async _paynowFindOut() {
        if (this.isPaynowAsking) {
            return;
        }
        this.isPaynowAsking = true;
        window.clearTimeout(this.paynowPatience);
        this._paynowShowAlert(
            _t(
                "The connection was lost. We are asking what became of your payment;" +
                    " please keep this page open."
            )
        );
        const {transactionRoute, accessToken} = this.paymentContext;
        const route = transactionRoute.replace("/transaction/", "/answer/");
        let answer = null;
        while (!answer) {
            const seconds = Math.ceil((Date.now() - this.paynowBegun) / 1000) + 5;
            try {
                answer = await this.waitFor(
                    rpc(route, {access_token: accessToken, seconds}, {silent: true})
                );
            } catch {
                await this.waitFor(
                    new Promise((resolve) => window.setTimeout(resolve, RETRY))
                );
            }
        }
        this.isPaynowAsking = false;
        if (answer.landing_route) {
            window.location.replace(answer.landing_route);
            return;
        }
        this._enableButton();
        this._paynowShowAlert(
            _t(
                "The connection was lost, and nothing is paid yet. Please press the" +
                    " button again: you will not be charged twice."
            )
        );
    },

    // #=== ONCE MORE ===#

    /**
     * Remember what was chosen and typed, for who is declined and tries again.
     *
     * @private
     * @returns {void}
     */
    _paynowRemember() {
        const words = [...this.paynow.querySelectorAll("#o_paynow_own_words input")];
        const {transactionRoute, providerId, paymentMethodId} = this.paymentContext;
        try {
            window.sessionStorage.setItem(
                "paynow",
                JSON.stringify({
                    transactionRoute,
                    providerId,
                    paymentMethodId,
                    words: words.map(({name, value}) => [name, value]),
                })
            );
        } catch {
            // A browser that keeps nothing.
        }
    },

    /**
     * Choose and type again what this tab did before for the same invoice.
     *
     * @private
     * @returns {void}
     */
    _paynowRecall() {
        let kept = null;
        try {
            kept = JSON.parse(window.sessionStorage.getItem("paynow"));
        } catch {
            return;
        }
        if (kept?.transactionRoute !== this.paymentContext.transactionRoute) {
            return;
        }
        const words = this.paynow.querySelector("#o_paynow_own_words");
        for (const [name, value] of kept.words) {
            words.querySelector(`[name="${name}"]`).value = value;
            words.open ||= Boolean(value);
        }
        for (const radio of this.el.querySelectorAll('input[name="o_payment_radio"]')) {
            if (
                !radio.checked &&
                this._getProviderId(radio) === kept.providerId &&
                this._getPaymentOptionId(radio) === kept.paymentMethodId
            ) {
                radio.click();
            }
        }
    },

    /**
     * Have the browser say what is wrong with what the payer added, if anything is.
     *
     * @private
     * @returns {boolean}
     */
    _paynowCheckWords() {
        const words = this.paynow.querySelector("#o_paynow_own_words");
        const wrong = words.querySelector("input:invalid");
        if (wrong) {
            words.open = true;
            wrong.reportValidity();
        }
        return !wrong;
    },

    // #=== STEPS ===#

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
            '#o_paynow_confirmation [data-name="method"]'
        ).textContent = radio
            .closest('[name="o_payment_option"]')
            .querySelector(".o_payment_option_label").textContent;
        this._paynowShowWords(radio);
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
        const title = this.paynow.querySelector(
            isConfirming ? "#o_paynow_confirmation_title" : "#o_paynow_choice h1"
        );
        const [, ...rest] = document.title.split(" | ");
        document.title = [title.textContent.trim(), ...rest].join(" | ");
        (isConfirming ? title : radio).focus();
        window.scrollTo({top: 0});
    },

    /**
     * Show what the payer authorizes by a method, if anything: no other words are agreed to.
     *
     * @private
     * @param {Element} radio - The radio button of the method.
     * @returns {void}
     */
    _paynowShowWords(radio) {
        this.paynowPayButton.removeAttribute("aria-describedby");
        for (const words of this.paynow.querySelectorAll(
            '[name="o_paynow_authorization"]'
        )) {
            const isShown = words.dataset.method === radio.dataset.paymentOptionId;
            words.classList.toggle("d-none", !isShown);
            if (isShown) {
                this.paynowPayButton.setAttribute("aria-describedby", words.id);
            }
        }
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
