// As in OCA's template for add-ons.
module.exports = {
    bracketSpacing: false,
    // Found in the hook's own environment, not beside this file.
    plugins: [require.resolve("@prettier/plugin-xml")],
    printWidth: 88,
    tabWidth: 4,
    trailingComma: "es5",
    xmlWhitespaceSensitivity: "preserve",
    overrides: [{files: ["*.yaml", "*.yml"], options: {tabWidth: 2}}],
};
