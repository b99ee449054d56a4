import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const BINARY = "redis-server";

export const hasRedisServer = spawnSync(BINARY, ["--version"]).status === 0;

/** A port of the loopback that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A server of our own on the loopback, with an append-only file in `folder`. */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private password: string | undefined,
  ) {}

  static async start(folder: string, password?: string): Promise<RedisServer> {
    const server = new RedisServer(folder, await freePort(), password);
    await server.start();
    return server;
  }

  get url(): string {
    const password = this.password === undefined ? "" : `:${encodeURIComponent(this.password)}@`;
    return `redis://${password}127.0.0.1:${this.port}`;
  }

  /** Also after it was killed. */
  async start(password = this.password): Promise<void> {
    this.password = password;
    const settings = { port: String(this.port), bind: "127.0.0.1", dir: this.folder, appendonly: "yes", save: "" };
    const all = { ...settings, ...(this.password === undefined ? {} : { requirepass: this.password }) };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.child = child;
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    while (!text.includes("Ready to accept connections")) {
      if (child.exitCode !== null) throw new Error(`redis-server does not start: ${text}`);
      await pause(10);
    }
  }

  async kill(): Promise<void> {
    if (this.child?.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }

  /** Of a killed server: what its operating system would have lost of the last second, had it died as well. */
  loseTail(bytes: number): void {
    const folder = join(this.folder, "appendonlydir");
    if (!existsSync(folder)) return;
    const name = readdirSync(folder).find((file) => file.endsWith(".incr.aof"));
    if (name === undefined) return;
    const path = join(folder, name);
    truncateSync(path, Math.max(0, statSync(path).size - bytes));
  }
}
