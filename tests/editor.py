"""Someone who shapes the website: by mouse and keyboard, or on a tour of Odoo's."""

from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError, expect

from dev.places import cache

SUCCESS = "tour succeeded"  # Odoo's words on the browser's console.
ENDS = (SUCCESS, "FAILED")
BLOCKS = "#snippet_groups .o_snippet"
EDITABLE = "#wrapwrap.odoo-editor-editable"
PATIENCE = 60_000  # Milliseconds; the builder compiles its scripts at the first visit.


def log_in(page):
    """Log the administrator of the demo data in."""
    # Themes take fonts from elsewhere; no test depends on elsewhere.
    page.route(
        lambda url: urlsplit(url).hostname not in ("localhost", "127.0.0.1"),
        lambda route: route.fulfill(body=""),
    )
    page.goto("/web/login")
    page.get_by_label("Email").fill("admin")
    page.get_by_label("Password").fill("admin")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.locator(".o_main_navbar").wait_for(timeout=PATIENCE)


class Editor:
    """An administrator in the website builder.

    :param playwright.sync_api.Page page: theirs, logged in
    """

    def __init__(self, page):
        self.page = page

    def open(self, path, debug=""):
        """Open a page of the website in the builder.

        A builder that does not come is called once more, as an editor would; what it
        showed instead is kept beside the logs.

        :param str path: its path
        :param str debug: Odoo's debug mode; tours want *tests*
        """
        address = (
            "/odoo/action-website.website_preview"
            f"?path={path}&enable_editor=1&debug={debug}"
        )
        for last in (False, True):
            self.page.goto(address)
            try:
                self.page.locator(".o_builder_sidebar_open").wait_for(timeout=PATIENCE)
                # It is open before it has its blocks, and before the page is editable.
                self.page.locator(BLOCKS).first.wait_for(timeout=PATIENCE)
                self.site.locator(EDITABLE).wait_for(timeout=PATIENCE)
                return
            except TimeoutError:
                self.page.screenshot(path=cache("logs") / "builder.png")
                if last:
                    raise

    @property
    def site(self):
        """The page that is edited.

        :rtype: playwright.sync_api.FrameLocator
        """
        return self.page.frame_locator(
            ".o_website_preview iframe:not(.o_ignore_in_tour)"
        ).first

    def insert(self, group, snippet):
        """Insert a building block.

        :param str group: the name of its group
        :param str snippet: its id
        """
        self.page.locator(f"#snippet_groups .o_snippet[name='{group}'] button").click()
        dialog = self.page.frame_locator(".modal iframe")
        dialog.locator(f"[data-snippet-id='{snippet}']").click(timeout=PATIENCE)
        expect(self.site.locator(f"#wrap .{snippet}")).to_be_visible()

    def write(self, target, text):
        """Replace a line of text on the page.

        :param str target: a selector of it
        :param str text: the new one
        """
        self.site.locator(target).click(click_count=3)
        self.page.keyboard.type(text)
        expect(self.site.locator(target)).to_have_text(text)

    def walk(self, tour):
        """Let Odoo walk a tour of ours on the page that is open.

        :param str tour: its name
        :raise AssertionError: with the step it failed at
        """
        with self.page.expect_console_message(
            lambda message: message.text.startswith(ENDS), timeout=PATIENCE
        ) as end:
            self.page.evaluate("name => odoo.startTour(name, {redirect: false})", tour)
        assert end.value.text == SUCCESS, end.value.text

    def save(self):
        """Save the page and leave the builder."""
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.page.locator(".o_builder_sidebar_open").wait_for(
            state="detached", timeout=PATIENCE
        )
