import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { SweepReport } from "../../src/index.ts";
import { RedisServer, hasRedisServer } from "./queue/redisServer.ts";
import { emptyFolder, lenet5, namesIn, program, sre } from "./sre.ts";

// Whole sweeps, workers and server as a user starts them; queue.test.ts has the cases one by one.

const SPEC = `
samples: 3
axes:
  network:
    - { name: lenet, input: net.onnx, inputs: ${lenet5}digits.idx3, labels: ${lenet5}labels.idx1,
        config: { input: { scale: 0.00390625 } } }
    - { input: zoo:caffenet, layers: ["conv*"], samples: 1 }
  ou.rows: [4, 8, 16]
  crossbar.cellBits: [1, 2]
  sparsity.indexBits: { from: 3, to: 7 }
`;
const POINTS = 60;

if (!hasRedisServer) console.warn("no redis-server on this machine: sweeps over a queue are not tested");

describe.skipIf(!hasRedisServer)("a sweep over redis-server", () => {
  interface Setting {
    readonly folder: string;
    readonly server: RedisServer;
    /** Options that let the workers run the sweep. */
    readonly queue: readonly string[];
    worker(): ChildProcess;
    journalled(): number;
    results(dir: string): string[];
  }

  async function setting(password?: string): Promise<Setting> {
    const folder = emptyFolder();
    writeFileSync(join(folder, "s.yaml"), SPEC);
    copyFileSync(join(lenet5, "lenet5-ssl.onnx"), join(folder, "net.onnx"));
    const server = await RedisServer.start(emptyFolder(), password);
    onTestFinished(() => server.kill());
    const queue = ["--redis", server.url, "--shared", "shared"];
    return {
      folder,
      server,
      queue,
      worker() {
        const args = [program, "worker", ...queue, "--threads", "1"];
        const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
        const ended = new Promise((resolve) => child.on("close", resolve));
        onTestFinished(async () => {
          child.kill("SIGKILL");
          await ended;
        });
        return child;
      },
      journalled() {
        const path = join(folder, "queued", "journal.jsonl");
        return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 2 : 0;
      },
      results: (dir) =>
        ["report.json", "results.csv", "results.parquet"].map((name) =>
          readFileSync(join(folder, dir, name)).toString("latin1"),
        ),
    };
  }

  const until = async (condition: () => boolean): Promise<void> => {
    const limit = Date.now() + 20_000;
    while (!condition()) {
      if (Date.now() > limit) throw new Error("it did not come to that");
      await pause(5);
    }
  };

  it("with two workers gives the bytes of a local one", async () => {
    const { folder, queue, worker, results } = await setting();
    worker();
    worker();
    const [queued, local] = [
      await sre(folder, ["sweep", "s.yaml", "--out", "queued", ...queue]),
      await sre(folder, ["sweep", "s.yaml", "--out", "local"]),
    ];
    expect([queued.code, local.code], queued.stderr).toEqual([0, 0]);
    expect(results("queued")).toEqual(results("local"));
  }, 60_000);

  it("survives a killed worker and two crashes of the server: nothing lost, nothing twice, no other result", async () => {
    const { folder, server, queue, worker, journalled, results } = await setting();
    const [first] = [worker(), worker()];
    const sweep = sre(folder, ["sweep", "s.yaml", "--out", "queued", ...queue]);
    await until(() => journalled() >= 5);
    first.kill("SIGKILL");
    await until(() => journalled() >= 12);
    for (const more of [3, 10]) {
      const before = journalled();
      await server.kill();
      await pause(300);
      await server.start();
      await until(() => journalled() >= Math.min(POINTS, before + more));
    }
    const { code, stderr } = await sweep;
    expect(code, stderr).toBe(0);
    await sre(folder, ["sweep", "s.yaml", "--out", "local"]);
    expect(results("queued")).toEqual(results("local"));
    const lines = readFileSync(join(folder, "queued", "journal.jsonl"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
    expect([ids.length, new Set(ids).size]).toEqual([POINTS, POINTS]);
    const report = JSON.parse(results("queued")[0]!) as SweepReport;
    expect([report.points.length, report.failed.length]).toEqual([POINTS, 0]);
  }, 90_000);

  it("with a wrong password ends in one line and exit code 2", async () => {
    const { folder, server } = await setting("right");
    const url = server.url.replace("right", "wrong");
    const { code, stderr } = await sre(folder, ["sweep", "s.yaml", "--redis", url, "--shared", "shared"]);
    expect(code).toBe(2);
    const lines = stderr
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("sre:"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /--redis redis:\/\/127\.0\.0\.1:\d+\/0: expected user and password that the server accepts, got WRONGPASS/,
    );
    expect(stderr).not.toContain("wrong@");
    expect(namesIn(folder)).toEqual(["net.onnx", "s.yaml"]);
  });
});
