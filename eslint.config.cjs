const jsdoc = require("eslint-plugin-jsdoc");

module.exports = [
    {
        files: ["paynow_module/static/**/*.js"],
        plugins: {jsdoc},
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {
                URLSearchParams: "readonly",
                document: "readonly",
                window: "readonly",
            },
        },
        rules: {
            "jsdoc/check-param-names": "error",
            "jsdoc/check-tag-names": "error",
            "jsdoc/require-param-type": "error",
            eqeqeq: "error",
            "no-console": "error",
            "no-shadow": "error",
            "no-undef": "error",
            "no-unused-vars": ["error", {args: "none"}],
            "no-var": "error",
            "prefer-const": "error",
        },
    },
];
