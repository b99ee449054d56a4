import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { serve } from "./playgroundPage.ts";
import type { Serving } from "./playgroundPage.ts";
import { emptyFolder, sre } from "./sre.ts";

describe("sre serve", () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve();
  });
  afterAll(() => void serving.child.kill("SIGKILL"));

  /** As written: `fetch` would tidy the path up. */
  const get = (path: string, method = "GET"): Promise<{ status: number; headers: Record<string, unknown> }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(serving.url);
      request({ hostname, port, path, method }, (response) => {
        response.resume();
        resolve({ status: response.statusCode!, headers: response.headers });
      })
        .on("error", reject)
        .end();
    });

  it("sends types, and the headers that let threads share memory", async () => {
    const page = await get("/");
    expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(page.headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(page.headers["cross-origin-embedder-policy"]).toBe("require-corp");
    expect((await get("/engine/release.wasm")).headers["content-type"]).toBe("application/wasm");
    expect((await get("/playground.js?x=1")).headers["content-type"]).toBe("text/javascript; charset=utf-8");
  });

  it.each([
    "/../cli.js",
    "/engine/../../cli.js",
    "/%2e%2e/cli.js",
    "/..%2fcli.js",
    "/%",
    "/a\\..\\cli.js",
    "/engine",
    "/no",
  ])("%s is not there", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it("takes no other method", async () => {
    expect((await get("/", "POST")).status).toBe(405);
    expect((await get("/", "HEAD")).status).toBe(200);
  });

  it("says in one line that a port is taken, or is none", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const taken = await sre(emptyFolder(), ["serve", "--port", String(port)]);
    expect(taken).toMatchObject({ code: 2, stdout: "" });
    expect(taken.stderr).toBe(
      `sre: --port ${port} on 127.0.0.1: expected a port to listen at, got one that is taken\n`,
    );
    expect((await sre(emptyFolder(), ["serve", "--port", "70000"])).stderr).toMatch(
      /--port: expected integer in 0\.\.65535/,
    );
  });

  it.each([
    ["SIGTERM", 0],
    ["SIGINT", 130],
  ] as const)("ends on %s", async (signal, code) => {
    const { child } = await serve();
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
  });
});
