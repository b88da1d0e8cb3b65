"""A client who pays: what people do on the pages of Pay Now, in a real browser."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

CHOICE = "How would you like to pay?"
CONFIRMATION = "Please confirm your payment"
#: The theme's font, which the style sheet of the whole website names: our pages keep
#: the browser from asking Google for it.
FONT = "https://fonts.googleapis.com/css?"


class Payer:
    """Someone with a browser and an invoice.

    :param playwright.sync_api.Page page: theirs
    """

    def __init__(self, page):
        self.page = page
        #: What the browser's console said in red.
        self.complaints = []
        page.on("console", self._listen)
        page.on("pageerror", self._note)
        # A website's theme takes fonts from elsewhere; no test depends on elsewhere.
        page.route(
            lambda url: urlsplit(url).hostname != "localhost",
            lambda route: route.fulfill(body=""),
        )

    def _listen(self, message):
        is_kept_off = FONT in message.text and "Security Policy" in message.text
        if message.type == "error" and not is_kept_off:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _note(self, error):
        """Keep an error of a script, with the page and the lines that it came from."""
        self.complaints.append(f"{self.page.url}: {error.stack or error}")

    def look_up(self, email, invoice, amount):
        """Fill in the three fields and press Continue."""
        self.page.goto("/PAYNOW")
        self.page.get_by_label("Billing Email Address").fill(email)
        self.page.get_by_label("Invoice Number").fill(invoice)
        self.page.get_by_label("Amount to pay").fill(amount)
        self.page.get_by_role("button", name="Continue").click()

    def open_link(self, link, number):
        """Open a mailed link; end on the invoice itself."""
        self.page.goto(link)
        self.expect_heading(f"Invoice {number}")

    def choose(self, method, outcome="Successful", details="4242"):
        """Choose a payment method and fill in the demo provider's form.

        :param str method: its name on the page
        :param str outcome: what the demo provider shall make of the payment
        :param str details: what stands in for the card's or account's number
        """
        option = self.find_option(method)
        option.locator(".o_payment_option_label").click()
        option.locator("[name=customer_input]").fill(details)
        option.locator("select").select_option(label=outcome)

    def find_option(self, method):
        """Return the part of the checkout that stands for a payment method.

        :rtype: playwright.sync_api.Locator
        """
        radio = self.page.get_by_role("radio", name=method, exact=True)
        return self.page.locator("[name=o_payment_option]", has=radio)

    def proceed(self):
        """Press Continue, on a mailed invoice Pay; end on the confirmation."""
        self.page.locator("button[name=o_payment_submit_button]").click()
        self.expect_heading(CONFIRMATION)

    def pay(self):
        """Press Pay; end on the receipt.

        :return: what the receipt says, by the names of its lines
        :rtype: dict[str, str]
        """
        self.page.get_by_role("button", name="Pay ").click()
        return self.read_receipt()

    def read_receipt(self):
        """Wait for the receipt and return what it says, by the names of its lines.

        :rtype: dict[str, str]
        """
        receipt = self.page.locator("#o_paynow_receipt")
        expect(receipt).to_be_visible()
        expect(receipt.locator("h1")).not_to_have_text("Paying…")
        if receipt.get_attribute("data-state") == "done":  # The books follow at once.
            expect(receipt.locator("[data-name=payment_number]")).to_be_visible()
        self.page.wait_for_load_state()  # All lines are there.
        terms = receipt.locator("dt").all_text_contents()
        values = receipt.locator("dd").all_text_contents()
        lines = {
            term.strip(): " ".join(value.split())
            for term, value in zip(terms, values, strict=True)
        }
        return {
            "state": receipt.get_attribute("data-state"),
            "message": receipt.locator(".alert").inner_text(),
            **lines,
        }

    def expect_heading(self, text):
        """Wait until the page's visible heading is this one."""
        expect(self.page.locator("h1:visible", has_text=text)).to_be_visible()

    def expect_fields(self, email, invoice, amount):
        """Wait until the three fields hold these values."""
        for name, value in (("email", email), ("invoice", invoice), ("amount", amount)):
            expect(self.page.locator(f"#o_paynow_{name}")).to_have_value(value)
