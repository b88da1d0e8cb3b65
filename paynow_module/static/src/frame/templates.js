/*
 * Odoo compiles its templates in the browser, into functions of these parameters. The
 * policy of our pages lets no text be made into a function; here, such a template is, as a
 * script with the page's own mark. Everything else stays forbidden.
 */
{
    const PARAMETERS = "app, bdom, helpers";
    const {nonce} = document.currentScript;
    const NativeFunction = window.Function;

    window.Function = function (...texts) {
        if (texts.length !== 2 || texts[0] !== PARAMETERS) {
            return new NativeFunction(...texts);
        }
        const script = document.createElement("script");
        script.nonce = nonce;
        script.textContent = `document.currentScript.made = function (${PARAMETERS}) {
            ${texts[1]}
        }`;
        document.head.append(script);
        script.remove();
        return script.made;
    };
    window.Function.prototype = NativeFunction.prototype;
}
