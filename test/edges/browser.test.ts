import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCHEMES, decodeArray, faultLine, parseConfig, simulate, zooWorkload } from "../../src/index.ts";
import type { Fault, Report, Scheme, SimulateRequest, SimulateResult } from "../../src/index.ts";
import type { RecordedFacts } from "../../src/edges/browser/index.ts";
import { createExecutor } from "../../src/edges/pool/executor.ts";
import { model, node, tensorWith } from "../helpers/onnx.ts";
import { browserPath, launchBrowser, openPage, serveFolders } from "./servedPage.ts";
import type { StaticServer, WatchedPage } from "./servedPage.ts";
import { emptyFolder, lenet5, sre } from "./sre.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = join(root, "dist/browser");
const builtWorker = new URL("../../dist/worker.js", import.meta.url).href;
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(lenet5, name)));
const config = parseConfig([{ text: readFileSync(join(lenet5, "lenet5.yaml"), "utf8"), place: "lenet5.yaml" }], []);

/** y = x · w, and w is in another file. */
const withDataBeside = model({
  inputs: { x: [1, 2] },
  outputs: ["y"],
  nodes: [node("MatMul", ["x", "w"], ["y"], {}, "fc")],
  initializers: [
    tensorWith({
      name: "w",
      dims: [2n, 2n],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: "location", value: "w.bin" }],
    }),
  ],
});

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly faults: readonly Fault[] | null;
}

function digits(samples: number, own = config): SimulateRequest {
  const model = file("lenet5-ssl.onnx");
  const inputs = decodeArray(file("digits.idx3"), "digits.idx3");
  const labels = decodeArray(file("labels.idx1"), "labels.idx1");
  return {
    workload: { kind: "network", name: "lenet5-ssl", model, inputs, labels },
    config: own,
    source: { source: "lenet5-ssl.onnx", sha256: "" },
    schemes: SCHEMES,
    samples,
    seed: 0,
    verifyWindows: 10,
  };
}

function drawn(name: string, layers?: readonly string[], schemes: readonly Scheme[] = SCHEMES): SimulateRequest {
  const { workload, source } = zooWorkload(name, 1);
  return {
    workload,
    config: parseConfig([], []),
    source: { source, sha256: "" },
    schemes,
    samples: 1,
    seed: 1,
    verifyWindows: 0,
    ...(layers ? { layers } : {}),
  };
}

describe.skipIf(browserPath === undefined)("in a browser", () => {
  let browser: Browser;
  const servers: StaticServer[] = [];
  let plain: StaticServer;
  let isolated: StaticServer;
  let digitsInNode: Report;
  let drawnInNode: Report;
  beforeAll(async () => {
    browser = await launchBrowser();
    servers.push((plain = await serveFolders([root], false)), (isolated = await serveFolders([root], true)));
    digitsInNode = (await simulate(digits(20))).report;
    drawnInNode = (await simulate(drawn("zoo:lenet5"))).report;
  });
  afterAll(async () => {
    await browser?.close();
    servers.forEach((server) => server.close());
  });

  /** A page with the tasks of browserPage.js over one of the bundles. */
  async function openTasks(server: StaticServer, bundle: string): Promise<WatchedPage & { run: Run }> {
    const watched = await openPage(browser, `${server.url}/`);
    const { page } = watched;
    await page.addScriptTag({ type: "module", url: `/test/edges/browserPage.js?bundle=/dist/browser/${bundle}` });
    await page.waitForFunction("window.run");
    const run: Run = (name, ...values) =>
      page.evaluate(([task, given]) => (globalThis as unknown as { run: Run }).run(task, ...given), [
        name,
        values,
      ] as const) as never;
    return { ...watched, run };
  }
  type Run = <T>(name: string, ...values: unknown[]) => Promise<T>;

  const hosts = [
    { host: "an isolated page", isIsolated: true, bundle: "index.js" },
    { host: "a page that is not isolated", isIsolated: false, bundle: "index.js" },
    { host: "one file, isolated", isIsolated: true, bundle: "inline.js" },
    { host: "one file, not isolated", isIsolated: false, bundle: "inline.js" },
  ];
  test.each(hosts)("$host counts what Node counts", async ({ isIsolated, bundle }) => {
    const { run, errors, outside } = await openTasks(isIsolated ? isolated : plain, bundle);
    const threads = isIsolated ? 3 : 1;
    expect(await run("start", { threads: 3 })).toEqual({ threads, isIsolated, backend: "wasm-simd" });
    const { report, ticks } = await run<{ report: Report; ticks: number }>("lenet5", 20);
    expect(ticks).toBeGreaterThan(0);
    expect(report).toEqual(digitsInNode);
    expect((await run<{ totals: unknown }>("time", "zoo:lenet5")).totals).toEqual(drawnInNode.totals);
    expect([errors, outside]).toEqual([[], []]);
  });

  test("keeps a recorded workload, and prices it again", async () => {
    const { run } = await openTasks(isolated, "index.js");
    await run("start", {});
    const got = await run<{ facts: RecordedFacts; report: Report; repriced: Report }>("recorded", 20);
    expect(got.report).toEqual(digitsInNode);
    const narrow = parseConfig([], ["input.scale=0.00390625", "adc.bits=4"]);
    expect(got.repriced).toEqual((await simulate(digits(20, narrow))).report);
    expect(got.facts).toMatchObject({ name: "lenet5-ssl", synthetic: false, sampleCount: 20 });
    expect(got.facts.layers.map(({ name, windowCount }) => [name, windowCount])).toEqual(
      digitsInNode.layers.map(({ name, windows }) => [name, windows]),
    );
  });

  test.each(["index.js", "inline.js"])("%s says of a broken network what the command line says", async (bundle) => {
    const { run, errors } = await openTasks(plain, bundle);
    await run("start", {});
    const folder = emptyFolder();
    writeFileSync(join(folder, "broken.onnx"), file("lenet5-ssl.onnx").subarray(0, 1000));
    const { code, stderr } = await sre(folder, ["run", "broken.onnx", "--inputs", join(lenet5, "digits.idx3")]);
    expect(code).toBe(2);
    const got = await run<Failure>("broken", "broken.onnx");
    expect(got.name).toBe("InputError");
    expect(got.faults!.map(faultLine).join("\n")).toBe(got.message);
    expect(stderr).toBe(`sre: ${got.message}\n`);
    expect(errors).toEqual([]);
  });

  test.each(hosts)("$host stops when asked, and counts again", async ({ isIsolated, bundle }) => {
    const { run, errors } = await openTasks(isIsolated ? isolated : plain, bundle);
    await run("start", { threads: 2 });
    const got = await run<{ stopped: Failure; report: Report }>("cancel");
    expect(got.stopped.name).toBe("AbortError");
    expect(got.report).toEqual(drawnInNode);
    const stuck = await run<{ stopped: Failure; report: Report; recounted: Failure }>("cancelStuck", [
      ...withDataBeside,
    ]);
    expect(stuck.stopped.name).toBe("AbortError");
    expect(stuck.report).toEqual(drawnInNode);
    expect(stuck.recounted).toMatchObject({
      name: "InputError",
      message: expect.stringMatching(/^workload: .*got none$/),
    });
    const closed = await run<Failure[]>("closed");
    expect(closed.map(({ message }) => message)).toEqual(["the engine is closed", "the engine is closed"]);
    expect(errors).toEqual([]);
  });

  test("names the file that is missing", async () => {
    const { run } = await openTasks(plain, "index.js");
    expect((await run<Failure>("missing")).message).toBe(
      `${plain.url}/nowhere/release.wasm: expected the kernels, got status 404`,
    );
    expect((await run<Failure>("noRuntime")).message).toMatch(
      `${plain.url}/nowhere/ort.wasm.min.mjs: expected ONNX Runtime (docs/embedding.md), got `,
    );
  });

  test.each([true, false])("tells no progress of a call that is over (isolated: %s)", async (isIsolated) => {
    const { run } = await openTasks(isIsolated ? isolated : plain, "index.js");
    await run("start", { threads: 2 });
    const [before, after] = await run<[number, number]>("lateProgress");
    expect(before).toBeGreaterThan(0);
    expect(after).toBe(0);
  });

  test("the door runs in the page itself, with ONNX Runtime beside the bundle", async () => {
    const { run } = await openTasks(plain, "index.js");
    expect(await run<Report>("inPage", 20)).toEqual(digitsInNode);
  });

  test("a browser without SIMD counts on one thread, isolated or not", async () => {
    const { page, run } = await openTasks(isolated, "index.js");
    // Modules that do not validate are what such a browser sees.
    const unknown = { contentType: "application/wasm", body: Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 1]) };
    await page.route(/(release|worker)\.wasm$/, (route) => route.fulfill(unknown));
    expect(await run("start", { threads: 2 })).toEqual({ threads: 1, isIsolated: true, backend: "wasm-scalar" });
    expect((await run<{ totals: unknown }>("time", "zoo:lenet5")).totals).toEqual(drawnInNode.totals);
  });

  test("takes little to load", async () => {
    const weigh = (names: Iterable<string>): number =>
      [...names]
        .map((name) => gzipSync(readFileSync(join(built, name)), { level: 9 }).length)
        .reduce((sum, bytes) => sum + bytes, 0);
    /** Names of the files of the bundle that a page has loaded when it is done with a script. */
    const loadedBy = async (server: StaticServer, script: string): Promise<{ page: Page; names: Set<string> }> => {
      const { page, requests } = await openPage(browser, `${server.url}/`);
      await page.addScriptTag({ type: "module", content: `${script}; window.isDone = true` });
      await page.waitForFunction("window.isDone");
      const paths = requests.map((url) => new URL(url).pathname);
      return {
        page,
        names: new Set(paths.filter((path) => /^\/dist\/browser\/[^/]+$/.test(path)).map((p) => basename(p))),
      };
    };
    const kernels = await loadedBy(
      isolated,
      `import { loadKernels } from "/dist/browser/kernels.js";
      await loadKernels()`,
    );
    // Text → configuration, a network from its file, weights from another one by rules: whatever is loaded later is loaded.
    const everything = `
      import { SCHEMES, startEngine } from "/dist/browser/engine.js";
      const bytes = async (name) => new Uint8Array(await (await fetch("/examples/lenet5/" + name)).arrayBuffer());
      const engine = await startEngine({ threads: 2 });
      const model = await bytes("lenet5-ssl.onnx");
      const rules = { text: "rules: [{ layer: 'conv*', tensor: $0.W }]", place: "page" };
      const config = await engine.parseConfig([{ text: "ou: { rows: 8 }", place: "page" }]);
      const { report } = await engine.simulate({
        workload: {
          kind: "network", name: "lenet5", model,
          inputs: await engine.decodeArray(await bytes("digits.idx3"), "digits.idx3"),
          weightsFrom: { weights: [{ place: "same.onnx", bytes: model }], masks: [], rules },
        },
        config, source: { source: "", sha256: "" }, schemes: SCHEMES, samples: 1, seed: 0, verifyWindows: 0,
      });
      window.answers = { config, report, threads: engine.threads }`;
    const sizes: Record<string, number> = { kernels: weigh(kernels.names) };
    for (const [kind, server, threads, wasm] of [
      ["one thread", plain, 1, "release.wasm"],
      ["threads", isolated, 2, "worker.wasm"],
    ] as const) {
      const { page, names } = await loadedBy(server, everything);
      const answers = await page.evaluate<{ config: unknown; report: Report; threads: number }>("window.answers");
      expect(answers.threads).toBe(threads);
      expect(answers.config).toEqual(parseConfig([{ text: "ou: { rows: 8 }", place: "page" }], []));
      expect(answers.report).toHaveProperty("totals.orc-dof");
      // All that there is, but for the other doors and for what only a browser without SIMD loads.
      const others = /^(index|inline|kernels|twin)\.js$|\.wasm$/;
      const scripts = readdirSync(built).filter((name) => /\.(js|wasm)$/.test(name) && !others.test(name));
      expect([...names].sort()).toEqual([...scripts, wasm].sort());
      sizes[kind] = weigh(names);
    }
    console.log(`bytes in gzip: ${JSON.stringify(sizes)}`);
    expect(sizes["kernels"]).toBeLessThanOrEqual(40_000);
    expect(sizes["one thread"]).toBeLessThanOrEqual(150_000);
    expect(sizes["threads"]).toBeLessThanOrEqual(150_000);
  });

  test("VGG-16's convolutions, beside Node", { timeout: 180_000 }, async () => {
    const layers = ["conv*"];
    const dynamic: Scheme[] = ["naive", "orc-dof"];
    const count = ({ phases_ms }: Pick<SimulateResult, "phases_ms">): number => phases_ms.count!;
    for (const [threads, server] of [
      [1, plain],
      [2, isolated],
    ] as const) {
      const { run } = await openTasks(server, "index.js");
      await run("start", { threads });
      const pool = await createExecutor(threads, builtWorker);
      try {
        const request = drawn("zoo:vgg16", layers, dynamic);
        const inNode = await simulate(request, { executor: pool.executor });
        const inBrowser = await run<SimulateResult & { totals: unknown }>("time", "zoo:vgg16", layers, dynamic);
        expect(inBrowser.totals).toEqual(inNode.report.totals);
        const ms = [count(inNode), count(inBrowser)].map(Math.round);
        console.log(
          `zoo:vgg16 conv*, ${threads} thread(s): Node ${ms[0]} ms, browser ${ms[1]} ms, ratio ${(ms[1]! / ms[0]!).toFixed(2)}`,
        );
      } finally {
        await pool.close();
      }
    }
  });
});
