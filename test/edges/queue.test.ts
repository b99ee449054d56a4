import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { PointOutcome } from "../../src/index.ts";
import type { QueueState } from "../../src/edges/sweep/coordinator.ts";
import { runOnQueue } from "../../src/edges/sweep/queue.ts";
import { Random } from "../helpers/random.ts";
import {
  someGroups,
  someFiles,
  fileOf,
  sha256,
  collect,
  inOrder,
  inOrderOf,
  byId,
  starts,
  endings,
  until,
} from "./queue/groups.ts";
import { hasRedisServer } from "./queue/redisServer.ts";
import { TIMING, jobsOn, useWorkers } from "./queue/setting.ts";
import { group, readLog } from "./queue/standIn.ts";
import { emptyFolder, namesIn } from "./sre.ts";

/** Lock + 2 x check, and what two busy processors add. */
const TAKE_OVER_LIMIT_MS = 1500 + 2 * 400 + 2500;

describe.skipIf(!hasRedisServer)("sweeps over redis-server", () => {
  const setting = useWorkers();

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
      // A server that forgets its last second may forget that a job was removed when nobody looks any more: the next call does.
      if (seed === 3) await collect(groups, options);
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
    const { server, state, options, worker, coordinator } = await setting();
    worker(2);
    const groups = someGroups(30, 100);
    const journal = join(state, "journal");
    const order = { groups, options, journal };
    const lines = (): string[] => (namesIn(state).includes("journal") ? readFileSync(journal, "utf8").split("\n") : []);
    for (const count of [8, 16]) {
      const first = coordinator(order);
      await until(() => lines().length > count);
      first.kill("SIGKILL");
      await first.exited;
    }
    expect(await coordinator(order).exited).toBe(0);
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
    const { server, state, options, worker, coordinator } = await setting();
    const groups = someGroups(6, 100);
    const journal = join(state, "journal");
    const aborted = coordinator({ groups, options, journal });
    await until(async () => (await jobsOn(server)).length === 6);
    aborted.kill("SIGTERM");
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

  it("ends when told to while it connects", async () => {
    const { server, options } = await setting();
    const controller = new AbortController();
    const found = collect(someGroups(2, 10), { ...options, signal: controller.signal });
    controller.abort(new Error("told to end"));
    await expect(found).rejects.toThrow("told to end");
    expect(await jobsOn(server)).toEqual([]);
  });

  it("ends when told to during an outage", async () => {
    const { server, state, options, coordinator } = await setting();
    const order = { groups: someGroups(2, 100), options, journal: join(state, "j") };
    const aborted = coordinator(order);
    await until(async () => (await jobsOn(server)).length === 2);
    await server.kill();
    const before = Date.now();
    aborted.kill("SIGTERM");
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
});
