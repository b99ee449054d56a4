import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/index.ts";
import { someGroups, someFiles, faultOf, collect, inOrder, inOrderOf, starts, endings, until } from "./queue/groups.ts";
import { hasRedisServer } from "./queue/redisServer.ts";
import { WORKER_TIMING, jobsOn, useWorkers } from "./queue/setting.ts";
import { namesIn, sre } from "./sre.ts";

describe.skipIf(!hasRedisServer)("workers of redis-server", () => {
  const setting = useWorkers();

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
