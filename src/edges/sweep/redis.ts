import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { inputError } from "../../index.ts";

/** The packages that only sweeps over many machines need. */
export interface QueueLibraries {
  readonly bullmq: typeof import("bullmq");
  readonly ioredis: Pick<typeof import("ioredis"), "Redis">;
}

/** Of a server, as the client wants it. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

/** A server that answered. */
export interface RedisConnection extends QueueLibraries {
  /** The URL without user and password, as messages may show it. */
  readonly place: string;
  /** Reconnects for ever; its commands wait for the connection. */
  readonly client: Redis;
}

const DEFAULT_PORT = 6379;
const PAUSE_MS = 200;
const MAX_RECONNECT_DELAY_MS = 2000;
/** Of a host that vanished without closing the connection. */
const SILENCE_LIMIT_MS = 30_000;
const URL_FORM = "redis://[user:password@]host[:port][/database], or rediss:// for TLS";
const UNREACHABLE =
  /ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|LOADING|Connection is closed|connection close|Socket timeout/;

/** @throws InputError when one of the optional packages is not installed. */
export async function loadQueueLibraries(
  loadBullmq: () => Promise<QueueLibraries["bullmq"]> = () => import("bullmq"),
  loadIoredis: () => Promise<QueueLibraries["ioredis"]> = () => import("ioredis"),
): Promise<QueueLibraries> {
  try {
    return { bullmq: await loadBullmq(), ioredis: await loadIoredis() };
  } catch (error) {
    const expected = "the packages bullmq and ioredis beside this one (npm install bullmq ioredis)";
    const [reason = ""] = messageOf(error).split("\n");
    throw inputError("--redis", expected, reason, error);
  }
}

/** Address of a server. @throws InputError, without the password. */
function parseRedisUrl(text: string): { place: string; options: RedisAddress } {
  const shown = text.replace(/\/\/.*@/s, "//…@");
  const wrong = (got: string) => inputError("--redis", URL_FORM, got);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // What does not parse may hold a password anywhere: only what is certainly none is shown.
    throw wrong(shown.includes("…") || !text.includes(":") ? shown : "something else");
  }
  const isTls = url.protocol === "rediss:";
  if (!isTls && url.protocol !== "redis:") throw wrong(`${url.protocol}…`);
  if (url.hostname === "") throw wrong("no host");
  if (url.search !== "" || url.hash !== "") throw wrong("an address with ? or # (in a password: %3F, %23)");
  const database = /^\/?(\d*)$/.exec(url.pathname)?.[1];
  if (database === undefined) throw wrong(`database ${url.pathname.slice(1)}`);
  const port = Number(url.port || DEFAULT_PORT);
  const options: RedisAddress = {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    db: Number(database),
    ...(url.username === "" ? {} : { username: decoded(url.username) }),
    ...(url.password === "" ? {} : { password: decoded(url.password) }),
    ...(isTls ? { tls: {} } : {}),
  };
  return { place: `${url.protocol}//${url.hostname}:${port}/${Number(database)}`, options };
}

/**
 * Connects, trying for `patience_ms`.
 * @throws InputError in one line, without the password: packages missing, bad URL, no server, wrong password, not Redis.
 */
export async function connectRedis(redisUrl: string, patience_ms: number): Promise<RedisConnection> {
  const { place, options } = parseRedisUrl(redisUrl);
  const libraries = await loadQueueLibraries();
  const deadline = Date.now() + patience_ms;
  for (;;) {
    const fault = await tryOnce(libraries, options, Math.max(deadline - Date.now(), PAUSE_MS));
    if (fault === undefined) break;
    if (/WRONGPASS|NOAUTH|NOPERM|AUTH|invalid password/.test(fault)) {
      const got = fault.startsWith("NOAUTH") ? "none (NOAUTH)" : fault;
      throw inputError(`--redis ${place}`, "user and password that the server accepts", got);
    }
    if (!UNREACHABLE.test(fault)) {
      const got = /RESP|Protocol error/.test(fault) ? "an answer in another protocol" : fault;
      throw inputError(`--redis ${place}`, "a Redis server with that database", got);
    }
    if (Date.now() >= deadline) {
      throw inputError(`--redis ${place}`, "a Redis server", `${fault} for ${patience_ms / 1000} s`);
    }
    await pause(PAUSE_MS);
  }
  const client = new libraries.ioredis.Redis({
    ...options,
    maxRetriesPerRequest: null,
    socketTimeout: SILENCE_LIMIT_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_DELAY_MS),
  });
  // Outages are told by watchConnection; without a listener the library would print them.
  client.on("error", () => {});
  return { ...libraries, place, client };
}

/** Calls back once when the connection is lost, and once when it is there again. */
export function watchConnection(client: Redis, lost: () => void, back: () => void): void {
  let isLost = false;
  client.on("close", () => {
    if (isLost) return;
    isLost = true;
    lost();
  });
  client.on("ready", () => {
    if (isLost) back();
    isLost = false;
  });
}

/** Of an outage, in contrast to an answer of the server. */
export function isConnectionError(error: unknown): boolean {
  return UNREACHABLE.test(messageOf(error));
}

/** What is wrong with the server; undefined: nothing. */
async function tryOnce(
  { ioredis }: QueueLibraries,
  options: RedisAddress,
  limit_ms: number,
): Promise<string | undefined> {
  const client = new ioredis.Redis({
    ...options,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: limit_ms,
  });
  let fault: string | undefined;
  client.on("error", (error) => (fault ??= messageOf(error)));
  const stop = new AbortController();
  try {
    const answer = client.connect().then(async () => void (await client.info("server")));
    const silence = pause(limit_ms, undefined, { signal: stop.signal }).then(() => {
      throw new Error("no answer (ETIMEDOUT)");
    });
    silence.catch(() => {});
    await Promise.race([answer, silence]);
  } catch (error) {
    fault ??= messageOf(error);
  } finally {
    stop.abort();
    client.disconnect();
  }
  return fault;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw inputError("--redis", URL_FORM, "user or password with a % that is no code (write %25)");
  }
}

/** Of a host with several addresses, Node reports a group of errors without a message. */
function messageOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}
