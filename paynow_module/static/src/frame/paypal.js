/*
 * PayPal's script writes frames at once, with scripts of its own; it marks them as ours are
 * marked if the element of the script names the mark. Odoo, which loads it, does not.
 */
{
    const ADDRESS = "https://www.paypal.com/sdk/js?";
    const {nonce} = document.currentScript;

    new window.MutationObserver((records) => {
        for (const element of records.flatMap(({addedNodes}) => [...addedNodes])) {
            if (element.src?.startsWith(ADDRESS)) {
                element.dataset.cspNonce = nonce;
            }
        }
    }).observe(document.head, {childList: true});
}
