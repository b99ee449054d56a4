import tseslint from "typescript-eslint";

/** Few rules, each an error: what a compiler lets pass and what is a bug in most cases. Layout is prettier's business. */
export default tseslint.config(
  {
    // AssemblyScript is another language under the same endings: asc and tsc read it. Generated code is in nobody's style.
    ignores: ["assembly/", "build/", "dist/", "docs/api/", "runs/", "examples/", "**/*_pb.ts", "**/*.d.ts"],
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    // No comment turns a rule off: a rule is on, or it is not in this list.
    linterOptions: { noInlineConfig: true },
    rules: {
      // Promises: none forgotten, none where a value is meant, and errors are caught where they are awaited.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingAny: true, allowThrowingUnknown: true }],
      // Types that say something.
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-plus-operands": "error",
      "@typescript-eslint/no-deprecated": "error",
      // Lists: numbers are not sorted as text, and a list is not walked as a bag of keys.
      "@typescript-eslint/require-array-sort-compare": "error",
      "@typescript-eslint/no-for-in-array": "error",
      "@typescript-eslint/no-array-delete": "error",
      // Plain JavaScript.
      "@typescript-eslint/no-unused-expressions": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
      "no-loss-of-precision": "error",
      "no-unsafe-finally": "error",
      "no-useless-catch": "error",
      "no-empty": "error",
    },
  },
  {
    // Data goes to stdout and human text to stderr, by the rooms that know which is which.
    files: ["src/**", "bindings/**"],
    rules: { "no-console": "error" },
  },
);
