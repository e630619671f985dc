// What may stand in the JavaScript that a browser runs? (What is where it should be of a type: tsconfig.json.)
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["static/", ".venv*/"] },
  js.configs.recommended,
  {
    files: ["regviz/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-restricted-imports": ["error", { patterns: [{ regex: "^(?!\\./)", message: "Modules import each other only." }] }],
      "max-len": ["error", { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
    },
  },
  { files: ["tests/js/**/*.js"], languageOptions: { globals: { ...globals.node, window: "writable" } } },
];
