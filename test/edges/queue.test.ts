import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { InputError } from "../../src/index.ts";
import type { Fault, PointOutcome } from "../../src/index.ts";
import { InputFiles } from "../../src/edges/files/readFiles.ts";
import type { InputFile } from "../../src/edges/files/readFiles.ts";
import type { WorkGroup } from "../../src/edges/sweep/plan.ts";
import { runOnQueue } from "../../src/edges/sweep/queue.ts";
import type { QueueOptions, QueueState } from "../../src/edges/sweep/coordinator.ts";
import { loadQueueLibraries } from "../../src/edges/sweep/redis.ts";
import { SharedFolder, locateIn, publishFiles } from "../../src/edges/sweep/sharedFiles.ts";
import { Random } from "../helpers/random.ts";
import { buildProgram, start } from "./queue/processes.ts";
import type { Process } from "./queue/processes.ts";
import { RedisServer, freePort, hasRedisServer } from "./queue/redisServer.ts";
import { group, outcomesOf, readLog } from "./queue/standIn.ts";
import type { LogEntry } from "./queue/standIn.ts";
import { emptyFolder, namesIn, sre } from "./sre.ts";

const WORKER_TIMING = { patience_ms: 2000, lock_ms: 1500, check_ms: 400, files_ms: 300, idle_ms: 300 };
const TIMING = { patience_ms: 2000, reconcile_ms: 500, backoff_ms: 50 };
/** Lock + 2 x check, and what two busy processors add. */
const TAKE_OVER_LIMIT_MS = 1500 + 2 * 400 + 2500;

if (!hasRedisServer) console.warn("no redis-server on this machine: the sweeps over a queue are not tested");

describe.skipIf(!hasRedisServer)("sweeps over redis-server", () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sre-queue-"));
    program = await buildProgram(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function redisServer(password?: string): Promise<RedisServer> {
    const server = await RedisServer.start(emptyFolder(), password);
    onTestFinished(() => server.kill());
    return server;
  }

  interface Setting {
    readonly server: RedisServer;
    readonly shared: string;
    readonly state: string;
    readonly options: QueueOptions;
    worker(threads?: number, shared?: string, timing?: typeof WORKER_TIMING): Process;
  }

  async function setting(password?: string): Promise<Setting> {
    const server = await redisServer(password);
    const [shared, state] = [emptyFolder(), emptyFolder()];
    const worker = (threads = 1, from = shared, timing = WORKER_TIMING): Process =>
      start(program, {
        role: "worker",
        redis: server.url,
        shared: from,
        threads: String(threads),
        state,
        timing,
      });
    return { server, shared, state, options: { url: server.url, shared, sweepHash: "sweep", timing: TIMING }, worker };
  }

  /** Jobs that the server holds. */
  async function jobsOn(server: RedisServer): Promise<string[]> {
    const client = new Redis(server.url);
    const keys = await client.keys("sre:*");
    client.disconnect();
    return keys.filter((key) => /:[0-9a-f]{32}-[0-9a-f]{32}$/.test(key));
  }

  it("gives what running the groups in order gives, with two workers", async () => {
    const { server, shared, state, options, worker } = await setting("se:cret/@ü");
    const workers = [worker(2), worker()];
    const states: QueueState[] = [];
    const groups = someGroups(40, 60, await someFiles());
    const found = await collect(groups, { ...options, onState: (state) => states.push(state) });
    expect(inOrderOf(groups, found)).toEqual(await inOrder(groups));
    expect(new Set(readLog(state).map(({ pid }) => pid))).toEqual(new Set(workers.map(({ pid }) => pid)));
    expect(starts(state)).toHaveLength(40);
    expect(namesIn(shared)).toEqual(groups[0]!.files.map(({ sha256 }) => sha256).sort());
    expect(states[0]).toEqual({ kind: "connected", place: `redis://127.0.0.1:${server.port}/0` });
    expect(states.filter(({ kind }) => kind === "lost" || kind === "again")).toEqual([]);
    expect(Math.max(...states.map((state) => (state.kind === "workers" ? state.count : 0)))).toBeGreaterThan(0);
    expect(await jobsOn(server)).toEqual([]);
    for (const { stderr } of workers) expect(stderr()).not.toContain("cret");
  });

  it("gives the groups in the order in which they end", async () => {
    const { options, worker } = await setting();
    worker(3);
    const groups = [900, 500, 100].map((duration_ms, i) => group(`g${i}`, 1, { duration_ms }));
    const found = await collect(groups, options);
    expect(found.map(([outcome]) => outcome!.id)).toEqual(["g2/0", "g1/0", "g0/0"]);
  });

  it("holds no more groups on the server than its window", async () => {
    const { server, options, worker } = await setting();
    worker();
    const groups = someGroups(12, 20);
    let most = 0;
    const found: PointOutcome[][] = [];
    for await (const outcomes of runOnQueue(groups, { ...options, timing: { ...TIMING, window: 3 } })) {
      most = Math.max(most, (await jobsOn(server)).length);
      found.push(outcomes);
    }
    expect(inOrderOf(groups, found)).toEqual(await inOrder(groups));
    expect(most).toBe(3);
  });

  it("takes over from a killed worker", async () => {
    const { state, options, worker } = await setting();
    const killed = worker(2);
    const groups = someGroups(20, 250);
    const found = collect(groups, options);
    await until(() => starts(state).length >= 5);
    worker();
    killed.kill("SIGKILL");
    const killedAt = Date.now();
    await killed.exited;
    const ended = new Set(endings(state).map(({ key }) => key));
    const dropped = starts(state).filter(({ key, pid }) => pid === killed.pid && !ended.has(key));
    expect(inOrderOf(groups, await found)).toEqual(await inOrder(groups));
    expect(dropped.length).toBeGreaterThan(0);
    for (const { key } of dropped) {
      const again = starts(state).filter((entry) => entry.key === key && entry.pid !== killed.pid);
      expect(again).toHaveLength(1);
      expect(again[0]!.at_ms - killedAt).toBeLessThan(TAKE_OVER_LIMIT_MS);
    }
  });

  it.each([1, 2, 3])(
    "loses and doubles nothing when the server is killed and started again (seed %i)",
    async (seed) => {
      const random = new Random(seed);
      const { server, state, options, worker } = await setting(seed === 1 ? "secret" : undefined);
      const workers = [worker(2), worker()];
      const states: QueueState[] = [];
      const groups = someGroups(40, 120, await someFiles());
      const found = collect(groups, { ...options, onState: (state) => states.push(state) });
      await until(() => starts(state).length > 0);
      for (let outage = 0; outage < 3; outage++) {
        await pause(random.integer(50, 700));
        await server.kill();
        // The third of the seeds loses what the second that may not have reached the disk held.
        if (seed === 3) server.loseTail(random.integer(1, 20_000));
        await pause(random.integer(0, 500));
        await server.start();
      }
      expect(inOrderOf(groups, await found)).toEqual(await inOrder(groups));
      expect(states.filter(({ kind }) => kind === "lost")).toHaveLength(3);
      const outages = workers.map(({ stderr }) => stderr().match(/trying again/g)?.length);
      expect(outages).toEqual([3, 3]);
      expect(await jobsOn(server)).toEqual([]);
    },
  );

  it("gives all groups to a server that has forgotten everything", async () => {
    const { server, state, options, worker } = await setting();
    const groups = someGroups(10, 100);
    const states: QueueState[] = [];
    const found = collect(groups, { ...options, onState: (state) => states.push(state) });
    worker();
    await until(() => endings(state).length >= 3);
    await server.kill();
    server.loseTail(Infinity);
    await server.start();
    expect(inOrderOf(groups, await found)).toEqual(await inOrder(groups));
    expect(states.map(({ kind }) => kind)).toContain("again");
  });

  it("tries three times, then reports the error, and goes on", async () => {
    const { state, options, worker } = await setting();
    worker(2);
    const groups = [
      group("twice", 2, { duration_ms: 10, throws: 2 }),
      group("always", 2, { duration_ms: 10, throws: 99 }),
      group("point-twice", 3, { duration_ms: 10, pointFails: 2 }),
      group("point-always", 3, { duration_ms: 10, pointFails: 99 }),
      ...someGroups(5, 20),
    ];
    const expected = await inOrder(groups);
    expected[1] = ["always/0", "always/1"].map((id) => ({ id, error: "thrown 3", attempts: 3 }));
    expected[3]![2] = { id: "point-always/2", error: "point failed 3", attempts: 3 };
    expect(inOrderOf(groups, await collect(groups, options))).toEqual(expected);
    // Points that are done are not run again.
    const points = { twice: [2, 2, 2], always: [2, 2, 2], "point-twice": [3, 1, 1], "point-always": [3, 1, 1] };
    for (const [key, counts] of Object.entries(points)) {
      const times = starts(state).filter((entry) => entry.key === key);
      expect(times.map(({ points }) => points)).toEqual(counts);
      expect(times[1]!.at_ms - times[0]!.at_ms).toBeGreaterThanOrEqual(50);
      expect(times[2]!.at_ms - times[1]!.at_ms).toBeGreaterThanOrEqual(100);
    }
  });

  it.each([
    { folder: "an empty", content: undefined, got: "no such file" },
    { folder: "a spoilt", content: "other", got: `sha256 ${sha256("other")}` },
    { folder: "a torn", content: "ot", got: "2 bytes, not 5" },
  ])("says which file is wrong in $folder shared folder", async ({ content, got }) => {
    const { options, worker } = await setting();
    const elsewhere = emptyFolder();
    const file = fileOf("the ONE.npy", "right");
    if (content !== undefined) writeFileSync(join(elsewhere, file.sha256), content);
    worker(1, elsewhere);
    const found = await collect([group("g", 1, { duration_ms: 1 }, [file])], options);
    const error = `${join(elsewhere, file.sha256)} (${file.path}): expected sha256 ${file.sha256}, got ${got}`;
    expect(found).toEqual([[{ id: "g/0", error, attempts: 3 }]]);
  });

  it("goes on from its journal when the side that hands out the groups is killed", async () => {
    const { server, state, options, worker } = await setting();
    worker(2);
    const groups = someGroups(30, 100);
    const journal = join(state, "journal");
    const order = { role: "coordinator", groups, options, journal } as const;
    const lines = (): string[] => (namesIn(state).includes("journal") ? readFileSync(journal, "utf8").split("\n") : []);
    for (const count of [8, 16]) {
      const first = start(program, order);
      await until(() => lines().length > count);
      first.kill("SIGKILL");
      await first.exited;
    }
    expect(await start(program, order).exited).toBe(0);
    const outcomes = lines()
      .slice(0, -1)
      .map((line) => JSON.parse(line) as PointOutcome);
    const expected = (await inOrder(groups)).flat();
    expect(outcomes.sort(byId)).toEqual(expected.sort(byId));
    // Work that the server held went on meanwhile: only what was removed but not written, at most one a kill, ran again.
    expect(starts(state).length).toBeLessThanOrEqual(32);
    expect(await jobsOn(server)).toEqual([]);
  });

  it("ends at once when told to, leaves its jobs, and goes on with them", async () => {
    const { server, state, options, worker } = await setting();
    const groups = someGroups(6, 100);
    const journal = join(state, "journal");
    const aborted = start(program, { role: "coordinator", groups, options, journal, abortAfter_ms: 600 });
    expect(await aborted.exited).toBe(5);
    expect(aborted.stderr()).toBe("told to end\n");
    expect(await jobsOn(server)).toHaveLength(6);
    worker();
    await until(() => endings(state).length === 6);
    // Another sweep leaves them alone.
    await collect(someGroups(1, 10), { ...options, sweepHash: "another sweep" });
    expect(await jobsOn(server)).toHaveLength(6);
    expect(inOrderOf(groups, await collect(groups, options))).toEqual(await inOrder(groups));
    expect(starts(state)).toHaveLength(7);
  });

  it("ends when told to during an outage", async () => {
    const { server, state, options } = await setting();
    const order = { role: "coordinator", groups: someGroups(2, 100), options, journal: join(state, "j") } as const;
    const aborted = start(program, { ...order, abortAfter_ms: 1500 });
    await until(async () => (await jobsOn(server)).length === 2);
    await server.kill();
    const before = Date.now();
    expect(await aborted.exited).toBe(5);
    expect(Date.now() - before).toBeLessThan(6000);
  });

  it("keeps two sweeps apart", async () => {
    const { options, worker } = await setting();
    worker(2);
    worker();
    // Of the same names: only the hash of the sweep tells them apart.
    const [first, second] = [await someFiles(), [fileOf("other", "other")]].map((files) => someGroups(15, 50, files));
    const found = await Promise.all([
      collect(first!, options),
      collect(second!, { ...options, sweepHash: "another sweep" }),
    ]);
    expect(inOrderOf(first!, found[0])).toEqual(await inOrder(first!));
    expect(inOrderOf(second!, found[1])).toEqual(await inOrder(second!));
  });

  it.each([
    { signals: ["SIGTERM"], code: 0, ends: true },
    { signals: ["SIGINT"], code: 130, ends: true },
    { signals: ["SIGINT", "SIGTERM"], code: 130, ends: false },
  ] as const)("a worker ends with $code on $signals", async ({ signals, code, ends }) => {
    const { shared, state, options, worker } = await setting();
    const told = worker(1, shared, { ...WORKER_TIMING, lock_ms: 8000 });
    const groups = someGroups(2, 1000);
    const found = collect(groups, options);
    await until(() => starts(state).length === 1);
    for (const signal of signals) {
      told.kill(signal);
      await pause(100);
    }
    expect(await told.exited).toBe(code);
    const endedAt = Date.now();
    expect(endings(state)).toHaveLength(ends ? 1 : 0);
    worker(2);
    expect(inOrderOf(groups, await found)).toEqual(await inOrder(groups));
    expect(starts(state)).toHaveLength(ends ? 2 : 3);
    // Given back, not waited for until its claim had run out.
    expect(starts(state).at(-1)!.at_ms - endedAt).toBeLessThan(1500);
  });

  it("a worker ends when told to during an outage", async () => {
    const { server, state, options, worker } = await setting();
    const told = worker();
    const abort = new AbortController();
    const found = collect(someGroups(1, 50), { ...options, signal: abort.signal });
    await until(() => endings(state).length === 1);
    await found;
    await server.kill();
    await until(() => told.stderr().includes("trying again"));
    told.kill("SIGTERM");
    expect(await told.exited).toBe(0);
  });

  it.each(["wrong", undefined])("says in one line that the server does not take the password %s", async (password) => {
    const { server, shared, options } = await setting("secret");
    const place = `redis://127.0.0.1:${server.port}/0`;
    const url = `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${server.port}`;
    const got =
      password === undefined ? "none (NOAUTH)" : "WRONGPASS invalid username-password pair or user is disabled.";
    const message = `--redis ${place}: expected user and password that the server accepts, got ${got}`;
    const groups = someGroups(2, 10, await someFiles());
    await expect(collect(groups, { ...options, url })).rejects.toThrow(new InputError(faultOf(message)));
    expect(namesIn(shared)).toEqual([]);
    expect(await jobsOn(server)).toEqual([]);
    expect(await sre(shared, ["worker", "--redis", url])).toEqual({ code: 2, stdout: "", stderr: `sre: ${message}\n` });
  });

  it("says so when the password is changed in the middle", async () => {
    const { server, options } = await setting("secret");
    const failed = collect(someGroups(2, 10), options);
    failed.catch(() => {});
    await until(async () => (await jobsOn(server)).length === 2);
    await server.kill();
    await server.start("changed");
    await expect(failed).rejects.toThrow(/^--redis redis:\/\/127[^ ]*: expected .*, got WRONGPASS [^\n]*$/);
  });
});

describe("a server that cannot be used", () => {
  it.each([
    ["http://127.0.0.1", "got http:…"],
    ["127.0.0.1:6379", "got something else"],
    ["redis://:p/q#r@host", "got redis://…@host"],
    ["redis://:pass@host:6379/one", "got database one"],
    ["redis://:pass@host?db=1", "got an address with ? or # (in a password: %3F, %23)"],
    ["redis://:50%@host", "got user or password with a % that is no code (write %25)"],
  ])("%s", async (url, got) => {
    const message = `--redis: expected redis://[user:password@]host[:port][/database], or rediss:// for TLS, ${got}`;
    await expect(collect(someGroups(1, 1), { url, sweepHash: "" })).rejects.toThrow(new InputError(faultOf(message)));
  });

  it("nobody there", async () => {
    const url = `redis://:secret@127.0.0.1:${await freePort()}`;
    const place = url.replace(":secret@", "");
    const error = await collect(someGroups(1, 1), { url, sweepHash: "", timing: TIMING }).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toBe(
      `--redis ${place}/0: expected a Redis server, got connect ECONNREFUSED ${place.slice(8)} for 2 s`,
    );
  });

  it("something else there", async () => {
    const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(collect(someGroups(1, 1), { url, sweepHash: "", timing: TIMING })).rejects.toThrow(
      `--redis ${url}/0: expected a Redis server with that database, got an answer in another protocol`,
    );
  });

  it("packages that are not installed", async () => {
    const missing = () => Promise.reject(new Error("Cannot find package 'bullmq'\nmore"));
    await expect(loadQueueLibraries(missing)).rejects.toThrow(
      new InputError({
        place: "--redis",
        expected: "the packages bullmq and ioredis beside this one (npm install bullmq ioredis)",
        got: "Cannot find package 'bullmq'",
      }),
    );
  });
});

describe("the shared folder", () => {
  it("gets each content once, in place of a spoilt one too", async () => {
    const shared = join(emptyFolder(), "new");
    const [a, b] = [fileOf("a", "content"), fileOf("b", "content")];
    await publishFiles(shared, [a, b]);
    expect(namesIn(shared)).toEqual([a.sha256]);
    writeFileSync(join(shared, a.sha256), "conTent");
    await publishFiles(shared, [a]);
    expect(namesIn(shared)).toEqual([a.sha256]);
    expect(readFileSync(join(shared, a.sha256), "utf8")).toBe("content");
  });

  it("gets nothing when a file has changed since the sweep was planned", async () => {
    const shared = emptyFolder();
    const file = fileOf("a", "content");
    writeFileSync(file.path, "changed");
    const message = `${file.path}: expected sha256 ${file.sha256}, as when the sweep was planned, got ${sha256("changed")}`;
    await expect(publishFiles(shared, [file])).rejects.toThrow(new InputError(faultOf(message)));
    rmSync(file.path);
    await expect(publishFiles(shared, [file])).rejects.toThrow(
      `${file.path}: expected a readable file, got no such file`,
    );
    expect(namesIn(shared)).toEqual([]);
  });

  it("is where the files of a group are read, by their own names", async () => {
    const shared = emptyFolder();
    const folder = emptyFolder();
    const model = fileOf("net.onnx", "model", folder);
    const data = fileOf("net.data", "0123456789", folder);
    await publishFiles(shared, [model, data]);
    rmSync(model.path);
    rmSync(data.path);
    const files = new InputFiles(locateIn(shared, [model, data]));
    expect(Buffer.from(await files.bytes("INPUT", model.path)).toString()).toBe("model");
    expect(files.files).toEqual([{ ...model, role: "INPUT" }]);
    const read = files.externalDataOf(model.path);
    expect(Buffer.from(await read("net.data", 2, 3)).toString()).toBe("234");
    await expect(read("net.data", 8, 3)).rejects.toThrow(
      `${data.path}: expected 3 bytes at offset 8, got 10 bytes in all`,
    );
    await expect(read("x.data", 0, 1)).rejects.toThrow("x.data: expected a file of this group of points, got none");
    const evil = () => locateIn(shared, [{ ...model, sha256: "../../etc/passwd" }]);
    expect(evil).toThrow("sha256: expected 64 hexadecimal digits");
  });

  it("has to be named when a group has files", async () => {
    const folder = new SharedFolder(undefined);
    await expect(folder.check([])).resolves.toBeUndefined();
    await expect(folder.check([fileOf("a", "b")])).rejects.toThrow(
      /^--shared: expected the folder that holds .*a, got/,
    );
  });
});

/** Of 1 to 4 points each, with durations around `duration_ms`. */
function someGroups(count: number, duration_ms: number, files: readonly InputFile[] = []): WorkGroup[] {
  const random = new Random(count);
  return Array.from({ length: count }, (_, i) =>
    group(
      `g${i}`,
      random.integer(1, 4),
      { duration_ms: random.integer(duration_ms / 2, (duration_ms * 3) / 2) },
      files,
    ),
  );
}

async function someFiles(): Promise<InputFile[]> {
  return ["one", "two"].map((content) => fileOf(`${content}.npy`, content));
}

/** A file with that content. */
function fileOf(name: string, content: string, folder = emptyFolder()): InputFile {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { role: "INPUT", path, sha256: sha256(content), bytes: Buffer.byteLength(content) };
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The fault of a line `place: expected …, got …`. */
function faultOf(line: string): Fault {
  const [, place = "", expected = "", got = ""] = /^(.*?): expected (.*), got (.*)$/.exec(line)!;
  return { place, expected, got };
}

async function collect(groups: readonly WorkGroup[], options: QueueOptions): Promise<PointOutcome[][]> {
  const found: PointOutcome[][] = [];
  for await (const outcomes of runOnQueue(groups, options)) found.push(outcomes);
  return found;
}

function inOrder(groups: readonly WorkGroup[]): Promise<PointOutcome[][]> {
  return Promise.all(groups.map((group) => outcomesOf(group)));
}

/** Outcomes in the order of the groups; those of a group that came twice would be one too many. */
function inOrderOf(groups: readonly WorkGroup[], found: readonly PointOutcome[][]): PointOutcome[][] {
  const place = new Map(groups.map(({ points }, i) => [points[0]!.id, i]));
  return [...found].sort((a, b) => place.get(a[0]!.id)! - place.get(b[0]!.id)!);
}

function byId(a: PointOutcome, b: PointOutcome): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function starts(state: string): LogEntry[] {
  return readLog(state).filter(({ event }) => event === "start");
}

function endings(state: string): LogEntry[] {
  return readLog(state).filter(({ event }) => event === "end");
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}
