import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, launchBrowser, openPage, serveFolders } from "./servedPage.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = join(root, "examples/embedding");
const tool = (name: string): string => join(root, "node_modules", name);

/** The examples of docs/embedding.md in an empty project that has the packed package, and nothing of this checkout. */
describe("the packed package", { timeout: 120_000 }, () => {
  let project: string;
  let answer: string;
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), "sre-embedding-"));
    const npm = (...args: string[]) => run("npm", args, { cwd: project });
    await npm("pack", root, "--ignore-scripts", "--silent");
    const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"))!;
    writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"];
    await npm("install", ...quiet, `./${tarball}`);
    cpSync(join(examples, "node.mjs"), join(project, "node.mjs"));
    cpSync(join(examples, "bundler"), project, { recursive: true });
    cpSync(join(examples, "script/index.html"), join(project, "script.html"));
    answer = (await run(process.execPath, ["node.mjs"], { cwd: project })).stdout.trim();
  }, 120_000);
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test("counts in Node", () => expect(Number(answer)).toBeGreaterThan(100_000));

  test("has its kernels alone", async () => {
    const script = `import { loadKernels } from "sparse-reram-engine/kernels"; console.log((await loadKernels()).backend);`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: project });
    expect(stdout).toBe("wasm-simd\n");
  });

  test.each(["node16", "bundler"])("has types under moduleResolution %s", async (resolution) => {
    const text = `
      import { loadKernels } from "sparse-reram-engine/kernels";
      import type { Kernels } from "sparse-reram-engine/kernels";
      import { simulate } from "sparse-reram-engine";
      import { parseConfig, startEngine } from "sparse-reram-engine/browser";
      import type { BrowserEngine } from "sparse-reram-engine/browser/engine";
      import * as inline from "sparse-reram-engine/browser/inline";
      const kernels: Kernels = await loadKernels();
      const engine: BrowserEngine = await startEngine({ threads: 2 });
      const rows: number = parseConfig([], []).ou.rows;
      // @ts-expect-error: not a number
      const wrong: number = await inline.startEngine();
      export { engine, kernels, rows, simulate, wrong };`;
    writeFileSync(join(project, "types.ts"), text);
    const module = resolution === "bundler" ? "esnext" : "node16";
    const lib = ["es2022", "dom"];
    const compilerOptions = { noEmit: true, strict: true, target: "es2022", lib, types: [], module };
    const settings = { compilerOptions: { ...compilerOptions, moduleResolution: resolution }, files: ["types.ts"] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(settings));
    const { stdout } = await run(process.execPath, [tool("typescript/bin/tsc")], { cwd: project }).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });

  describe.skipIf(browserPath === undefined)("in a browser", () => {
    let browser: Browser;
    beforeAll(async () => void (browser = await launchBrowser()));
    afterAll(() => browser?.close());

    async function answerOf(folder: string, page: string, selector: string, isIsolated: boolean): Promise<string> {
      const server = await serveFolders([folder], isIsolated);
      try {
        const { page: opened, errors, outside } = await openPage(browser, `${server.url}/${page}`);
        await opened.waitForFunction(`/\\d/.test(document.querySelector("${selector}").textContent)`);
        expect([errors, outside]).toEqual([[], []]);
        return (await opened.textContent(selector))!.trim();
      } finally {
        server.close();
      }
    }

    test("counts in a bundle", async () => {
      symlinkSync(tool("esbuild"), join(project, "node_modules/esbuild"));
      await run(process.execPath, ["build.mjs"], { cwd: project });
      expect(await answerOf(join(project, "public"), "index.html", "body", false)).toBe(answer);
      expect(await answerOf(join(project, "public"), "index.html", "body", true)).toBe(answer);
    });

    test("counts in a page without a bundler", async () => {
      expect(await answerOf(project, "script.html", "#answer", false)).toBe(answer);
      expect(await answerOf(project, "script.html", "#answer", true)).toBe(answer);
    });
  });

  test("docs/embedding.md shows these very files", () => {
    const page = readFileSync(join(root, "docs/embedding.md"), "utf8");
    for (const name of ["node.mjs", "bundler/main.js", "bundler/build.mjs", "bundler/index.html", "script/index.html"])
      expect(page).toContain(readFileSync(join(examples, name), "utf8").trimEnd());
  });
});
