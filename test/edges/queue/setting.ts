import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { QueueOptions } from "../../../src/edges/sweep/coordinator.ts";
import { emptyFolder } from "../sre.ts";
import { buildProgram, start } from "./processes.ts";
import type { Process } from "./processes.ts";
import type { CoordinatorOrder } from "./program.ts";
import { RedisServer, hasRedisServer } from "./redisServer.ts";

export const WORKER_TIMING = { patience_ms: 2000, lock_ms: 1500, check_ms: 400, files_ms: 300, idle_ms: 300 };
export const TIMING = { patience_ms: 2000, reconcile_ms: 500, backoff_ms: 50 };

if (!hasRedisServer) console.warn("no redis-server on this machine: the sweeps over a queue are not tested");

async function redisServer(password?: string): Promise<RedisServer> {
  const server = await RedisServer.start(emptyFolder(), password);
  onTestFinished(() => server.kill());
  return server;
}

export interface Setting {
  readonly server: RedisServer;
  readonly shared: string;
  readonly state: string;
  readonly options: QueueOptions;
  worker(threads?: number, shared?: string, timing?: typeof WORKER_TIMING): Process;
  coordinator(order: Omit<CoordinatorOrder, "role">): Process;
}

/** Builds the program of the workers for the tests around; gives what starts a server with them. */
export function useWorkers(): (password?: string) => Promise<Setting> {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sre-queue-"));
    program = await buildProgram(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return async (password?: string): Promise<Setting> => {
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
    const coordinator = (order: Omit<CoordinatorOrder, "role">): Process =>
      start(program, { role: "coordinator", ...order });
    const options = { url: server.url, shared, sweepHash: "sweep", timing: TIMING };
    return { server, shared, state, options, worker, coordinator };
  };
}

/** Jobs that the server holds. */
export async function jobsOn(server: RedisServer): Promise<string[]> {
  const client = new Redis(server.url);
  const keys = await client.keys("sre:*");
  client.disconnect();
  return keys.filter((key) => /:[0-9a-f]{32}-[0-9a-f]{32}$/.test(key));
}
